"""Names and files: folder packages/X is distribution penguiflow-X with an import package of the same name in src/."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from workspace_checks._values import Package, Problem, Workspace


def check(workspace: Workspace) -> Iterator[Problem]:
    """Names that do not follow from the folder, and files that every package carries."""
    for package in workspace.packages:
        yield from _names(package)
        yield from _import_package(package)
        yield from _beside_import_package(package)
        yield from _readme(package)
        yield from _license(workspace, package)


def _names(package: Package) -> Iterator[Problem]:
    if package.name != package.distribution:
        yield Problem(
            where=package.pyproject,
            what=f"the folder says {package.distribution!r}, [project] name says {package.name!r}",
            remedy=f"set name = {package.distribution!r} or rename the folder",
        )
    expected = (f"src/{package.import_name}",)
    if package.wheel_packages != expected:
        yield Problem(
            where=package.pyproject,
            what=f"the wheel would take {list(package.wheel_packages)}",
            remedy=f"set packages = {list(expected)} in [tool.hatch.build.targets.wheel]",
        )


def _import_package(package: Package) -> Iterator[Problem]:
    typed = package.package_folder / "py.typed"
    if not typed.is_file():
        inside = f"{package.where}/src/{package.import_name}"
        yield Problem(where=inside, what="no py.typed", remedy=f"add {inside}/py.typed")
    present = {source.where for source in package.sources}
    folders = {PurePosixPath(where).parent.as_posix() for where in present} - {f"{package.where}/src"}
    for folder in sorted(folders | {f"{package.where}/src/{package.import_name}"}):
        if f"{folder}/__init__.py" not in present:
            yield Problem(
                where=folder,
                what="no __init__.py",
                remedy=f"add {folder}/__init__.py: an implicit namespace breaks in editable installs",
            )


def _beside_import_package(package: Package) -> Iterator[Problem]:
    source_folder = package.folder / "src"
    present = {path.name for path in source_folder.iterdir()} if source_folder.is_dir() else set()
    for stray in sorted(present - {package.import_name, "__pycache__"}):
        yield Problem(
            where=f"{package.where}/src/{stray}",
            what="not the import package of this distribution",
            remedy=f"move it into {package.where}/src/{package.import_name}/",
        )
    if not any((package.folder / "tests").rglob("test_*.py")):
        yield Problem(where=package.where, what="no tests", remedy=f"put its tests in {package.where}/tests/test_*.py")


def _readme(package: Package) -> Iterator[Problem]:
    where = f"{package.where}/README.md"
    path = package.folder / "README.md"
    if package.readme != "README.md" or not path.is_file():
        yield Problem(where=where, what="missing or not named in [project] readme", remedy="write it and name it there")
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != f"# {package.distribution}":
        yield Problem(where=where, what="does not open with its name", remedy=f"open with '# {package.distribution}'")
    if not any(line.startswith("```") for line in lines):
        yield Problem(where=where, what="shows no code", remedy="show how to install and use the package")


def _license(workspace: Workspace, package: Package) -> Iterator[Problem]:
    where = f"{package.where}/LICENSE"
    ours, root = package.folder / "LICENSE", workspace.root / "LICENSE"
    if not ours.is_file() or not root.is_file() or ours.read_bytes() != root.read_bytes():
        yield Problem(where=where, what="missing, or not the workspace's own", remedy="copy LICENSE from the root")
    if package.license != "MIT" or package.license_files != ("LICENSE",):
        yield Problem(
            where=package.pyproject,
            what="the licence is not declared",
            remedy="set license = 'MIT' and license-files = ['LICENSE'] in [project]",
        )
