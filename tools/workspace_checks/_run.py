"""All checks, one after the other."""

from collections.abc import Iterator
from pathlib import Path

from workspace_checks import (
    _changelog,
    _dependencies,
    _imports,
    _layout,
    _metadata,
    _purity,
    _ranges,
    _registration,
    _source_rules,
    _texts,
    _wheels,
)
from workspace_checks._policy import Policy
from workspace_checks._values import Problem, Workspace


def check(workspace: Workspace, policy: Policy, *, wheels: Path | None = None) -> Iterator[Problem]:
    """Every problem of the workspace; those of its wheels too where a folder with them is given."""
    yield from _layout.check(workspace)
    yield from _changelog.check(workspace)
    yield from _metadata.check(workspace)
    yield from _ranges.check(workspace, policy)
    yield from _registration.check(workspace)
    yield from _dependencies.check(workspace, policy)
    yield from _imports.check(workspace, policy)
    yield from _purity.check(workspace, policy)
    yield from _source_rules.check(workspace, policy)
    yield from _texts.check(workspace)
    if wheels is not None:
        yield from _wheels.check(workspace, policy, wheels)
