"""Changelog fragments: `changelog.d/NNNN.kind.md`, one change each; docs/changelog-policy.md says why."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workspace_checks._values import Package, Problem, Workspace

FRAGMENT_KINDS: Final = ("added", "changed", "fixed", "removed")
FRAGMENT_NAME: Final = re.compile(rf"(?P<number>\d{{4}})\.(?P<kind>{'|'.join(FRAGMENT_KINDS)})\.md")
_FOLDER: Final = "changelog.d"
_NAME_REMEDY: Final = f"call it NNNN.KIND.md, with a KIND of {', '.join(FRAGMENT_KINDS)}"


def check(workspace: Workspace) -> Iterator[Problem]:
    """Packages without any history, and fragments that a release could not collect."""
    for package in workspace.packages:
        fragments = sorted(path for path in (package.folder / _FOLDER).glob("*"))
        if not fragments and not (package.folder / "CHANGELOG.md").is_file():
            yield Problem(
                where=f"{package.where}/{_FOLDER}",
                what="no fragment, and no CHANGELOG.md of an earlier release",
                remedy=f"describe the package in {_FOLDER}/0001.added.md",
            )
        yield from _names(package, fragments)
        yield from _contents(package, fragments)


def _names(package: Package, fragments: list[Path]) -> Iterator[Problem]:
    numbers: set[str] = set()
    for path in fragments:
        where = f"{package.where}/{_FOLDER}/{path.name}"
        match = FRAGMENT_NAME.fullmatch(path.name)
        if match is None:
            yield Problem(
                where=where, what="no fragment name", remedy=f"call it NNNN.KIND.md with KIND of {FRAGMENT_KINDS}"
            )
        elif match["number"] in numbers:
            yield Problem(where=where, what=f"number {match['number']} is taken", remedy="take the next free number")
        else:
            numbers.add(match["number"])


def _contents(package: Package, fragments: list[Path]) -> Iterator[Problem]:
    for path in fragments:
        text = path.read_text(encoding="utf-8").strip()
        if not text or text.startswith(("#", "-", "*")) or "\n\n" in text:
            yield Problem(
                where=f"{package.where}/{_FOLDER}/{path.name}",
                what="not one paragraph of plain sentences",
                remedy="write one change per fragment, without heading or bullet: the release adds those",
            )
