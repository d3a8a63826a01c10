"""Names and files: folder packages/X is distribution penguiflow-X with an import package of the same name in src/."""

from collections.abc import Iterator

from workspace_checks._values import Package, Problem, Workspace


def check(workspace: Workspace) -> Iterator[Problem]:
    """Names that do not follow from the folder, and files that every package carries."""
    for package in workspace.packages:
        yield from _names(package)
        yield from _import_package(package)
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
    inside = f"{package.where}/src/{package.import_name}"
    for name in ("__init__.py", "py.typed"):
        if not (package.package_folder / name).is_file():
            yield Problem(where=inside, what=f"no {name}", remedy=f"add {inside}/{name}")
    source_folder = package.folder / "src"
    if source_folder.is_dir():
        strays = sorted({p.name for p in source_folder.iterdir()} - {package.import_name, "__pycache__"})
        for stray in strays:
            yield Problem(
                where=f"{package.where}/src/{stray}",
                what="not the import package of this distribution",
                remedy=f"move it into {inside}/",
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
