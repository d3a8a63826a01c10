"""Built wheels: exactly the package's own files, no `.pth`, metadata that publishes, sizes within bounds."""

from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from packaging.utils import canonicalize_name, parse_wheel_filename

from workspace_checks._metadata import METADATA_VERSION
from workspace_checks._policy import Policy
from workspace_checks._reading import files_below
from workspace_checks._values import Package, Problem, Workspace

_REQUIRED_METADATA: Final = frozenset({"METADATA", "RECORD", "WHEEL", "licenses/LICENSE"})
_OPTIONAL_METADATA: Final = frozenset({"entry_points.txt"})


def check(workspace: Workspace, policy: Policy, folder: Path) -> Iterator[Problem]:
    """Problems of the wheels in `folder`, which must hold exactly one for each package."""
    wheels: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.whl")):
        wheels.setdefault(canonicalize_name(parse_wheel_filename(path.name)[0]), []).append(path)
    for package in workspace.packages:
        match wheels.pop(package.distribution, []):
            case [path]:
                yield from _wheel(package, policy, path)
            case others:
                yield Problem(
                    where=package.where,
                    what=f"{len(others)} wheels in {folder}, not one",
                    remedy="empty the folder and run 'uv build --all-packages --wheel --out-dir' on it",
                )
    for distribution in wheels:
        yield Problem(where=str(folder), what=f"a wheel of {distribution!r}, no member", remedy="empty the folder")


def _wheel(package: Package, policy: Policy, path: Path) -> Iterator[Problem]:
    with ZipFile(path) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        info = f"{package.import_name}-{package.version}.dist-info"
        metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode()) if f"{info}/METADATA" in names else None
    yield from _files(package, path, names, info)
    yield from _metadata(package, path, metadata)
    rules = policy.packages.get(package.distribution)
    size = path.stat().st_size // 1024
    if rules is not None and size > rules.max_wheel_kib:
        yield Problem(
            where=path.name,
            what=f"{size} KiB, at most {rules.max_wheel_kib}",
            remedy="find what grew, or raise max_wheel_kib in the policy and say why",
        )


def _files(package: Package, path: Path, names: set[str], info: str) -> Iterator[Problem]:
    source_folder = package.folder / "src"
    ours = {file.relative_to(source_folder).as_posix() for file in files_below(package.package_folder)}
    required = ours | {f"{info}/{name}" for name in _REQUIRED_METADATA}
    for name in sorted(required - names):
        yield Problem(where=path.name, what=f"lacks {name}", remedy="build it anew from a clean tree")
    for name in sorted(names - required - {f"{info}/{name}" for name in _OPTIONAL_METADATA}):
        yield Problem(
            where=path.name,
            what=f"installs {name}, which is not a file of {package.import_name}",
            remedy="take it out of the build: nothing may land beside the import package",
        )


def _metadata(package: Package, path: Path, metadata: Message | None) -> Iterator[Problem]:
    found = None if metadata is None else metadata["Metadata-Version"]
    if found != METADATA_VERSION:
        yield Problem(
            where=path.name,
            what=f"Metadata-Version is {found!r}",
            remedy=f"set core-metadata-version = {METADATA_VERSION!r} in {package.pyproject}",
        )
    published = set() if metadata is None else set(metadata.get_all("Requires-Dist", []))
    for line in sorted(published):
        if line.startswith("penguiflow-") and not ("<" in line and ">=" in line):
            yield Problem(
                where=path.name,
                what=f"publishes {line!r} without both bounds",
                remedy=f"write the range by hand in {package.pyproject}",
            )
