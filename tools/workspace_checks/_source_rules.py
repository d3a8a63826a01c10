"""Rules for Python files: sizes, module names, and calls that run or unpickle what came from outside."""

import ast
from collections.abc import Iterator
from typing import Final

from workspace_checks._imports import FUNCTIONS
from workspace_checks._policy import Policy
from workspace_checks._values import Problem, Source, Workspace

_VAGUE_WORDS: Final = frozenset({"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"})
_CODE_RUNNERS: Final = frozenset({"eval", "exec", "__import__"})
_UNSAFE_LOADERS: Final = {"pickle": {"load", "loads", "Unpickler"}, "marshal": {"load", "loads"}, "yaml": {"load"}}


def check(workspace: Workspace, policy: Policy) -> Iterator[Problem]:
    """Files and functions too long to read at once, vague names, and unsafe calls outside tests."""
    for source in workspace.sources:
        yield from _file_size(source, policy)
        yield from _function_sizes(source, policy)
        yield from _name(source)
        if not source.is_test:
            yield from _unsafe_calls(source)


def _file_size(source: Source, policy: Policy) -> Iterator[Problem]:
    lines = len(source.text.splitlines())
    if lines > policy.max_file_lines:
        yield Problem(
            where=source.where,
            what=f"{lines} lines, at most {policy.max_file_lines}",
            remedy="split it by what it knows",
        )


def _function_sizes(source: Source, policy: Policy) -> Iterator[Problem]:
    for node in ast.walk(source.tree):
        if isinstance(node, FUNCTIONS):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > policy.max_function_lines:
                yield Problem(
                    where=f"{source.where}:{node.lineno}",
                    what=f"{node.name} has {lines} lines, at most {policy.max_function_lines}",
                    remedy="name its steps as functions of their own",
                )


def _name(source: Source) -> Iterator[Problem]:
    vague = sorted(set(source.stem.strip("_").split("_")) & _VAGUE_WORDS)
    if vague:
        yield Problem(
            where=source.where,
            what=f"{vague[0]!r} in a module's name says nothing",
            remedy="name it after what it knows",
        )


def _unsafe_calls(source: Source) -> Iterator[Problem]:
    for node in ast.walk(source.tree):
        name = _unsafe_name(node)
        if name is not None:
            line = getattr(node, "lineno", 1)
            yield Problem(
                where=f"{source.where}:{line}",
                what=f"{name} can run code that came from outside",
                remedy="parse the value as data, with json or tomllib",
            )


def _unsafe_name(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in _CODE_RUNNERS:
            return name
        case ast.Attribute(value=ast.Name(id=module), attr=name) if name in _UNSAFE_LOADERS.get(module, ()):
            return f"{module}.{name}"
        case ast.ImportFrom(module=str(module), names=names):
            unsafe = [alias.name for alias in names if alias.name in _UNSAFE_LOADERS.get(module, ())]
            return f"{module}.{unsafe[0]}" if unsafe else None
        case _:
            return None
