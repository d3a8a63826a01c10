"""Version ranges. uv ignores the ranges between members, so nothing else notices a wrong one before users do."""

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from workspace_checks._policy import Policy
from workspace_checks._values import Declared, Package, Problem, Workspace

_LOWER = frozenset({">=", ">"})
_PINS = frozenset({"==", "===", "~="})
_BOTH_BOUNDS = frozenset({">=", "<"})


def check(workspace: Workspace, policy: Policy) -> Iterator[Problem]:
    """Ranges that a sibling does not fit, that differ between packages, or that bind too much or nothing."""
    for package in workspace.packages:
        for declared in package.declared:
            sibling = workspace.package(declared.requirement.name)
            if sibling is None:
                yield from _third_party(package, declared.requirement)
            else:
                yield from _sibling(package, declared.requirement, sibling)
    yield from _differing(workspace, policy)


def _third_party(package: Package, requirement: Requirement) -> Iterator[Problem]:
    operators = {specifier.operator for specifier in requirement.specifier}
    if not operators & _LOWER or operators & _PINS:
        yield Problem(
            where=package.pyproject,
            what=f"{str(requirement)!r} has no lower bound, or pins",
            remedy="give the oldest version that works with '>=', and leave the choice above it to users",
        )


def _sibling(package: Package, requirement: Requirement, sibling: Package) -> Iterator[Problem]:
    operators = sorted(specifier.operator for specifier in requirement.specifier)
    if operators != sorted(_BOTH_BOUNDS):
        yield Problem(
            where=package.pyproject,
            what=f"{str(requirement)!r} is not a range with both bounds",
            remedy=f"write it by hand, like '{requirement.name}>=0.1,<0.2'",
        )
        return
    version = _version(sibling)
    if version is not None and not requirement.specifier.contains(version, prereleases=True):
        yield Problem(
            where=package.pyproject,
            what=f"{str(requirement)!r} shuts out {sibling.distribution} {version} of this workspace",
            remedy="move the range in every package that has it, or the version",
        )


def _version(package: Package) -> Version | None:
    try:
        return Version(package.version or "")
    except InvalidVersion:
        return None


def _differing(workspace: Workspace, policy: Policy) -> Iterator[Problem]:
    first: dict[str, tuple[Package, Declared]] = {}
    for package in workspace.packages:
        for declared in package.declared:
            name = declared.requirement.name
            if workspace.package(name) is None or (package.distribution, name) in policy.differing_ranges:
                continue
            other, agreed = first.setdefault(name, (package, declared))
            if declared.requirement.specifier != agreed.requirement.specifier:
                yield Problem(
                    where=package.pyproject,
                    what=f"asks for {name}{declared.requirement.specifier},"
                    f" {other.pyproject} for {name}{agreed.requirement.specifier}",
                    remedy="make them one range, or give the reason in differing_ranges of the policy",
                )
