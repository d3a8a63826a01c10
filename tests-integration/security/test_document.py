"""SECURITY.md promises only what is tested: every test it names is there, and every promise names one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(?P<file>[\w./-]+\.py)::(?P<test>\w+)(?:\[\w+\])?`")
PROMISES = TEXT.partition("## What is promised")[2].partition("## What is not promised")[0]


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED.findall(TEXT))))
def test_a_test_that_is_named_is_there(file: str, test: str) -> None:
    """Renamed or removed, the promise goes with it."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_promise_names_a_test() -> None:
    """A promise without one is a wish."""
    promises = re.split(r"(?m)^- ", PROMISES)[1:]
    assert len(promises) > 25
    assert [] == [promise for promise in promises if not NAMED.search(promise)]
