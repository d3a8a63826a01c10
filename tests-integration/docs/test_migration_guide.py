"""The tables of docs/migration.md: whoever follows them finds what they name."""

from __future__ import annotations

import inspect
import re
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import penguiflow_llm
from penguiflow_llm import LLMError

GUIDE = (Path(__file__).parents[2] / "docs" / "migration.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$", GUIDE, re.MULTILINE)
NEW = sorted({name for _, new, _ in ROWS for name in re.findall(r"`([^`]+)`", new)})
# Their attributes are those of an instance.
INSTANCES: dict[str, Any] = {"LLMError": LLMError("example")}


def resolve(name: str) -> Any:
    """What a dotted name of the second column is."""
    first, *rest = name.split(".")
    if first in ("penguiflow_llm_core", "penguiflow_llm_schema"):
        return reduce(_inside, rest, import_module(first))
    return reduce(_member, rest, INSTANCES.get(first) or getattr(penguiflow_llm, first))


def _inside(module: Any, name: str) -> Any:
    """A name of a module; the modules of a package may need extras, and are imported here only."""
    return getattr(module, name) if hasattr(module, name) else import_module(f"{module.__name__}.{name}")


def _member(owner: Any, name: str) -> Any:
    return owner.__annotations__[name] if name in getattr(owner, "__annotations__", {}) else getattr(owner, name)


def test_every_row_is_read() -> None:
    """A row in another form would be held to nothing."""
    rows = [line for line in GUIDE.splitlines() if line.startswith("| ") and "---" not in line]
    headings = 4
    assert len(rows) - headings == len(ROWS) > 140


@pytest.mark.parametrize("name", NEW)
def test_what_a_row_leads_to_exists(name: str) -> None:
    """Dotted names are members, a name in brackets is a parameter."""
    called, _, parameter = name.partition("(")
    if ".mlflow." in called:
        pytest.importorskip("mlflow", reason="not of this environment, being heavy: its own tests run with it")
    found = resolve(called)
    if parameter:
        assert parameter.removesuffix(")") in inspect.signature(found).parameters


def test_every_row_says_what_is_different() -> None:
    """A row without its difference sends its reader to try it out."""
    assert [old for old, _, difference in ROWS if len(difference) < 4] == []


def test_a_name_that_is_gone_says_what_to_do() -> None:
    """ "—" alone would be a dead end."""
    assert {len(difference) > 10 for _, new, difference in ROWS if new == "—"} == {True}
