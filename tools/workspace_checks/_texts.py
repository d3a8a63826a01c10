"""Texts name no package registry: which one is used is a setting of the machine, not of the project."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workspace_checks._reading import files_below
from workspace_checks._values import Problem, Workspace

_REGISTRY_HOST: Final = re.compile(
    r"\b(?:[\w-]+\.)*(?:pypi|pythonhosted|npmjs|crates|anaconda)\.(?:org|com|io)\b", re.IGNORECASE
)
_EXEMPT: Final = frozenset({"uv.lock"})  # a lock is written by the resolver and has addresses by nature


def check(workspace: Workspace) -> Iterator[Problem]:
    """Lines of any text file that name a registry's host."""
    for path in files_below(workspace.root):
        if path.name not in _EXEMPT:
            yield from _registry_hosts(path, path.relative_to(workspace.root).as_posix())


def _registry_hosts(path: Path, where: str) -> Iterator[Problem]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return  # not a text
    for number, line in enumerate(lines, start=1):
        if _REGISTRY_HOST.search(line):
            yield Problem(
                where=f"{where}:{number}",
                what="names a package registry's host",
                remedy="leave the registry to the machine's own configuration",
            )
