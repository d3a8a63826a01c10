"""Imports of a package against its declared dependencies, and imports inside functions."""

import ast
import sys
from collections.abc import Iterator
from typing import Final

from workspace_checks._policy import Policy
from workspace_checks._values import Package, Problem, Source, Workspace

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def check(workspace: Workspace, policy: Policy) -> Iterator[Problem]:
    """Imports nobody declared, dependencies nobody imports, and imports inside functions."""
    for package in workspace.packages:
        if package.distribution in policy.packages:
            yield from _undeclared(package, policy)
            yield from _unused(package, policy)
    for source in workspace.sources:
        if not source.is_test:
            yield from _inside_functions(source)


def imported_modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of every absolute import, and of `import_module` where its argument is a literal.

    `from a import b` gives a and a.b, since b may be a module.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names, lineno=line):
                yield from ((line, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names, lineno=line):
                yield line, module
                yield from ((line, f"{module}.{alias.name}") for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
                lineno=line,
            ) if not module.startswith("."):
                yield line, module
            case _:
                pass


def top_level(module: str) -> str:
    """The first segment of a dotted name."""
    return module.partition(".")[0]


def _undeclared(package: Package, policy: Policy) -> Iterator[Problem]:
    rows = policy.packages[package.distribution].dependencies
    known = {module for row in rows for module in row.modules} | {package.import_name} | sys.stdlib_module_names
    for source in package.sources:
        found = {(line, top_level(module)) for line, module in imported_modules(source.tree)}
        for line, module in sorted(found):
            if module not in known:
                yield Problem(
                    where=f"{source.where}:{line}",
                    what=f"imports {module!r}, which no dependency of {package.distribution} provides",
                    remedy="declare the distribution it comes from and give it a row in the policy, or do without",
                )


def _unused(package: Package, policy: Policy) -> Iterator[Problem]:
    used = {top_level(module) for source in package.sources for _, module in imported_modules(source.tree)}
    for row in policy.packages[package.distribution].dependencies:
        if row.imported and not used & set(row.modules):
            yield Problem(
                where=package.pyproject,
                what=f"depends on {row.distribution!r} but never imports it",
                remedy="remove it, or mark its row in the policy as not imported",
            )


def _inside_functions(source: Source) -> Iterator[Problem]:
    lines = source.text.splitlines()
    nested = {
        node
        for function in ast.walk(source.tree)
        if isinstance(function, FUNCTIONS)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    for node in sorted(nested, key=lambda item: item.lineno):
        explained = "#" in lines[node.lineno - 1] or lines[node.lineno - 2].lstrip().startswith("#")
        yield Problem(
            where=f"{source.where}:{node.lineno}",
            what="import inside a function",
            remedy="keep it only for what must stay off the import path"
            if explained
            else "move it to the top, or say in a comment beside it what must stay off the import path",
            level="warning" if explained else "error",
        )
