"""K17, K18, K24: what no file of ours does, read from the files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("packages/*/src/**/*.py"))
CALLED = {"eval", "exec", "compile", "__import__"}
IMPORTED = {"pickle", "marshal", "shelve", "dill", "yaml", "code", "codeop"}
# Repetitions in repetitions, each with what begins the inner one and cannot end it, so that nothing is tried twice.
NESTED = {
    r"[A-Za-z0-9][A-Za-z0-9._@:-]*(?:/[A-Za-z0-9][A-Za-z0-9._@:-]*)*",  # a slash
    r"[\w\-()\[\]]+(?:\s[\w\-()\[\]]+)*",  # a blank
    (
        r"(?:\\[dDwWsS\W]|\\[nrt]|\[\^?\]?(?:\\[dDwWsSnrt\W]|[^\]\\\[])*\]|\((?:\?:)?|\)|[|.^$]|[*+?](?![*+?])"
        r"|\{\d{1,2}(?:,\d{0,2})?\}(?![*+?])|[^\\\[\](){}|.^$*+?])*"
    ),  # an opening bracket
    r"\^(?:\((?:\?:)?(?P<group>[\w -]+(?:\|[\w -]+)*)\)|(?P<word>[\w -]+))\$",  # a bar
}


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for file in FILES:
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def test_there_is_code() -> None:
    """The rest would hold of nothing at all, too."""
    assert len(FILES) > 200


def test_no_text_becomes_code() -> None:
    """Nothing that unpickles, evaluates or runs what it is given."""
    found = [
        f"{file}:{node.lineno} {node.func.id}"
        for file, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLED
    ]
    assert [] == found
    imports = [(file, name) for file, tree in _trees() for name in _imports(tree) if name.split(".")[0] in IMPORTED]
    assert [] == [(file, name) for file, name in imports if "/conformance/" not in file]  # which pickles its own errors


def test_nothing_else_is_imported_where_a_package_is_missing() -> None:
    """A name that nobody owns can be registered by anybody."""
    found = [
        f"{file}:{handler.lineno}"
        for file, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        for handler in node.handlers
        if any(name in ast.dump(handler.type) for name in ("ImportError", "ModuleNotFoundError") if handler.type)
        if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(handler))
    ]
    assert [] == found


def _patterns() -> Iterator[tuple[str, str]]:
    """Every regular expression of ours that is written out, and where."""
    for file, tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            owner, pattern = node.func.value, node.args[0]
            if isinstance(owner, ast.Name) and owner.id == "re" and isinstance(pattern, ast.Constant):
                yield f"{file}:{node.lineno}", str(pattern.value)


def _repeats(tree: Any, inside: bool = False) -> bool:
    """Whether something unbounded is repeated without bound."""
    for operator, argument in tree:
        if operator in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            unbounded = argument[1] == constants.MAXREPEAT
            if (unbounded and inside) or _repeats(argument[2], inside or unbounded):
                return True
        elif operator is constants.SUBPATTERN:
            if _repeats(argument[-1], inside):
                return True
        elif operator is constants.BRANCH and any(_repeats(branch, inside) for branch in argument[1]):
            return True
    return False


def test_our_own_patterns_do_not_nest_repetitions() -> None:
    """Those in `NESTED` were read by hand: text that is not ours runs through all of them."""
    patterns = dict(_patterns())
    nested = {pattern for pattern in patterns.values() if _repeats(parser.parse(pattern))}
    assert len(patterns) > 30
    assert NESTED == nested


@pytest.mark.parametrize(
    ("pattern", "nested"), [("(a+)+", True), ("(a|b*)*", True), ("a+b+", False), ("(a{2})+", False)]
)
def test_what_is_nested(pattern: str, nested: bool) -> None:
    """The search above finds what it looks for."""
    assert nested == _repeats(parser.parse(pattern))
