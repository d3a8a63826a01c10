"""The lists in the root pyproject that a new package must be added to: forgotten ones fail silently."""

from collections.abc import Iterator

from workspace_checks._values import Problem, Workspace


def check(workspace: Workspace) -> Iterator[Problem]:
    """Members a list lacks, and names in a list that are no member."""
    settings = workspace.settings
    distributions = {package.distribution for package in workspace.packages}
    imports = {package.import_name for package in workspace.packages}
    yield from _compare("tool.uv.sources", settings.workspace_sources, distributions)
    yield from _compare("tool.importlinter.root_packages", settings.linted_imports, imports)
    yield from _compare("tool.coverage.run.source_pkgs", settings.measured_imports, imports)
    yield from _compare("tool.ruff.lint.isort.known-first-party", settings.first_party_imports, imports)


def _compare(key: str, listed: tuple[str, ...], members: set[str]) -> Iterator[Problem]:
    for name in sorted(members - set(listed)):
        yield Problem(where="pyproject.toml", what=f"{key} lacks {name!r}", remedy="add it there")
    for name in sorted(set(listed) - members):
        yield Problem(where="pyproject.toml", what=f"{key} has {name!r}, which is no member", remedy="take it out")
