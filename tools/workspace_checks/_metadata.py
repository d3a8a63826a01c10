"""What every pyproject declares alike: a static version, one requires-python, one build backend, metadata 2.4."""

from collections.abc import Iterator
from typing import Final

from packaging.version import InvalidVersion, Version

from workspace_checks._values import Package, Problem, Workspace

_BACKEND: Final = "hatchling.build"
METADATA_VERSION: Final = "2.4"  # hatchling 1.32 writes 2.5 by itself, which older publish actions refuse


def check(workspace: Workspace) -> Iterator[Problem]:
    """Packages that declare these otherwise."""
    for package in workspace.packages:
        yield from _version(package)
        yield from _build(package)
        wanted = workspace.settings.requires_python
        if package.requires_python != wanted:
            yield Problem(
                where=package.pyproject,
                what=f"requires-python is {package.requires_python!r}, the root's is {wanted!r}",
                remedy="make them the same: one lock serves all",
            )


def _version(package: Package) -> Iterator[Problem]:
    if package.dynamic or package.version is None:
        yield Problem(
            where=package.pyproject, what="the version is not static", remedy="write version = '...' in [project]"
        )
        return
    try:
        Version(package.version)
    except InvalidVersion:
        yield Problem(
            where=package.pyproject,
            what=f"{package.version!r} is no version",
            remedy="write one like '0.1.0'",
        )


def _build(package: Package) -> Iterator[Problem]:
    if package.build_backend != _BACKEND:
        yield Problem(
            where=package.pyproject,
            what=f"the build backend is {package.build_backend!r}",
            remedy=f"set build-backend = {_BACKEND!r} in [build-system]",
        )
    for target, version in package.metadata_versions.items():
        if version != METADATA_VERSION:
            yield Problem(
                where=package.pyproject,
                what=f"core-metadata-version of the {target} is {version!r}",
                remedy=f"set it to {METADATA_VERSION!r} in [tool.hatch.build.targets.{target}]",
            )
