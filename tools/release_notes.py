"""Move a package's changelog fragments into its CHANGELOG.md, as the section of the version in its pyproject."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from workspace_checks import FRAGMENT_KINDS, FRAGMENT_NAME, Package, WorkspaceError, read_workspace

_ROOT = Path(__file__).resolve().parent.parent


class ReleaseError(Exception):
    """The notes cannot be made; the message says what to do first."""


def read_fragments(folder: Path) -> dict[str, list[str]]:
    """Kind of change -> texts in the order of their numbers, each on one line.

    Raises:
        ReleaseError: there is none, or a file is not named as a fragment.
    """
    found: dict[str, list[str]] = {kind: [] for kind in FRAGMENT_KINDS}
    paths = sorted(folder.glob("*"))
    if not paths:
        raise ReleaseError(f"{folder} has no fragments: nothing changed, so there is nothing to release")
    for path in paths:
        match = FRAGMENT_NAME.fullmatch(path.name)
        if match is None:
            raise ReleaseError(f"{path} is no fragment; run tools/check_workspace.py and mend what it says")
        found[match["kind"]].append(" ".join(path.read_text(encoding="utf-8").split()))
    return found


def section(version: str, day: date, fragments: Mapping[str, Sequence[str]]) -> str:
    """The Markdown of one release: kinds in the order of the policy, empty ones left out."""
    blocks = [f"## {version} ({day.isoformat()})"]
    for kind, texts in fragments.items():
        if texts:
            blocks.append("\n".join([f"### {kind.capitalize()}", "", *(f"- {text}" for text in texts)]))
    return "\n\n".join(blocks) + "\n"


def with_section(changelog: str, distribution: str, version: str, notes: str) -> str:
    """`changelog` with the notes on top; an empty one gets its heading first.

    Raises:
        ReleaseError: the version has a section already.
    """
    heading = f"# Changes of {distribution}\n"
    if f"\n## {version} " in changelog:
        raise ReleaseError(f"{distribution} {version} is in its changelog already; raise the version first")
    earlier = changelog.removeprefix(heading).lstrip("\n")
    return "\n".join(part for part in (heading, notes, earlier) if part)


def release(package: Package, day: date, *, write: bool) -> str:
    """The notes of the package's next release; with `write`, the changelog gets them and the fragments go.

    Raises:
        ReleaseError: no version, no fragments, or a version that was released already.
    """
    if package.version is None:
        raise ReleaseError(f"{package.pyproject} has no static version; set it to the one to release")
    folder = package.folder / "changelog.d"
    notes = section(package.version, day, read_fragments(folder))
    path = package.folder / "CHANGELOG.md"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    after = with_section(before, package.distribution, package.version, notes)
    if write:
        path.write_text(after, encoding="utf-8")
        for fragment in folder.glob("*"):
            fragment.unlink()
    return notes


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the notes; 1 where they cannot be made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", help="folder name below packages/")
    parser.add_argument("--date", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD", help="default: today")
    parser.add_argument("--write", action="store_true", help="change the files; without it the notes are only printed")
    parser.add_argument("--root", type=Path, default=_ROOT, metavar="DIR", help="the workspace (default: this one)")
    options = parser.parse_args(arguments)
    try:
        packages = {package.folder.name: package for package in read_workspace(options.root).packages}
        if options.package not in packages:
            raise ReleaseError(f"{options.package!r} is no package here; choose from {sorted(packages)}")
        print(release(packages[options.package], options.date or date.today(), write=options.write), end="")
    except (ReleaseError, WorkspaceError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
