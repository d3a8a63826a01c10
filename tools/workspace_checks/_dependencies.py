"""Declared dependencies against the policy: arrows run one way, and every third party has earned its place."""

from collections.abc import Iterator
from typing import Final

from packaging.utils import canonicalize_name

from workspace_checks._policy import Policy
from workspace_checks._values import Package, Problem, Workspace

_POLICY_FILE: Final = "tools/workspace_checks/_policy.py"


def check(workspace: Workspace, policy: Policy) -> Iterator[Problem]:
    """Dependencies the policy does not know, and rows of the policy that nothing uses any more."""
    for package in workspace.packages:
        if package.distribution not in policy.packages:
            yield Problem(
                where=package.where,
                what=f"{_POLICY_FILE} has no row for {package.distribution!r}",
                remedy="add one: what it may depend on, and why",
            )
        else:
            yield from _compare(package, policy)
    members = {package.distribution for package in workspace.packages}
    for name in sorted(set(policy.packages) - members):
        yield Problem(where=_POLICY_FILE, what=f"{name!r} is no member", remedy="remove its row")


def _compare(package: Package, policy: Policy) -> Iterator[Problem]:
    rows = policy.packages[package.distribution].dependencies
    allowed = {(row.distribution, row.extra) for row in rows}
    declared: set[tuple[str, str | None]] = {
        (canonicalize_name(item.requirement.name), item.extra) for item in package.declared
    }
    for name, extra in sorted(declared - allowed, key=str):
        yield Problem(
            where=package.pyproject,
            what=f"{name!r}{_in(extra)} is not a dependency this package may have",
            remedy=f"do without it, or add a row with the reason to {_POLICY_FILE}",
        )
    for name, extra in sorted(allowed - declared, key=str):
        yield Problem(
            where=_POLICY_FILE,
            what=f"{package.distribution} no longer declares {name!r}{_in(extra)}",
            remedy="remove the row, or declare it",
        )


def _in(extra: str | None) -> str:
    return "" if extra is None else f" (extra {extra!r})"
