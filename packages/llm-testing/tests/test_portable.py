"""`assert_portable`: which dialects it asks, when it fails, and what it says then."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import pytest

from penguiflow_llm_schema import InvalidSchemaError, UnknownDialectError, dialect_names, plan
from penguiflow_llm_testing import assert_portable
from penguiflow_llm_testing._portable import _is_structured_output, _names

STRICT, STRICT_TOOL, TOOL = "openai/strict@2026-11", "openai/strict-tool@2026-11", "openai/tool@2026-11"

CITY: Final[dict[str, Any]] = {
    "title": "City",
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
}
NAMED: Final[dict[str, Any]] = {
    "title": "Named",
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 2}},
    "required": ["name"],
}
IMPOSSIBLE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"a": {"allOf": [{"type": "string"}, {"type": "integer"}]}},
    "required": ["a"],
}


class Described:
    """Has a schema as pydantic's models have one; a word of its own is all it takes."""

    schema: Mapping[str, Any] = NAMED

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        return dict(cls.schema)


@dataclass
class Priced:
    """A type that cannot describe itself."""

    tags: set[str]


def report(model_or_schema: Any, **asked: Any) -> str:
    """What the failure says."""
    with pytest.raises(AssertionError) as caught:
        assert_portable(model_or_schema, **asked)
    return str(caught.value)


@pytest.mark.parametrize(
    "asked", [{}, {"providers": ["openai"]}, {"dialects": [TOOL]}, {"lossless": True, "providers": ["openai"]}], ids=str
)
def test_what_every_dialect_takes_passes(asked: dict[str, Any]) -> None:
    """In silence, as an assertion does."""
    assert_portable(CITY, **asked)


def test_a_loss_passes_unless_nothing_may_be_lost() -> None:
    """The answer is validated against the whole type anyway; who cannot live with that says so."""
    assert_portable(NAMED, providers=["openai"])
    (loss,) = plan(NAMED, STRICT).losses
    assert report(NAMED, dialects=[STRICT, TOOL], lossless=True) == (
        "Named is not portable to 1 of 2 dialects\n\n"
        "openai/strict@2026-11 loses some of it; leave these keywords out, or allow it with lossless=False and have "
        "the answer validated:\n"
        f"  - /properties/name minLength described: {loss.detail}"
    )


def test_what_no_value_fits_is_refused() -> None:
    """Each dialect that cannot carry it, with what to change; a plain tool only shows the schema, and takes it."""
    assert report(IMPOSSIBLE, dialects=[STRICT, STRICT_TOOL, TOOL]) == (
        "the schema is not portable to 2 of 3 dialects\n\n"
        "openai/strict@2026-11 cannot carry it:\n"
        "  - no value fits the schema; remove what contradicts\n\n"
        "openai/strict-tool@2026-11 cannot carry it:\n"
        "  - no value fits the schema; remove what contradicts"
    )


def test_a_long_report_ends() -> None:
    """A schema that loses something in each of a hundred places is understood after twenty."""
    names = [f"p{number}" for number in range(100)]
    wide = {"type": "object", "properties": dict.fromkeys(names, NAMED["properties"]["name"]), "required": names}
    lines = report(wide, dialects=[STRICT], lossless=True).splitlines()
    assert len([line for line in lines if line.startswith("  - ")]) == 21
    assert lines[-1] == "  - and 80 more"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("openai/strict@2026-11", True),
        ("openai/strict-tool@2026-11", False),
        ("openai/tool@2026-11", False),
        ("acme/json-schema@2030-01", True),
        ("acme/nova-tool@2030-01", False),
        ("acme/function@2030-01", False),
        ("json-schema@2020-12", False),
    ],
)
def test_dialects_of_structured_output(name: str, is_one: bool) -> None:
    """Whole providers are meant by what their models are asked with first; a prompt is no provider."""
    assert _is_structured_output(name) is is_one


def test_asking_for_nothing_asks_for_everything() -> None:
    """A dialect that a later version knows is held as well, without a change to the test."""
    assert set(_names((), ())) == {name for name in dialect_names() if _is_structured_output(name)}
    assert STRICT in _names((), ())


def test_a_dialect_is_asked_once() -> None:
    """Named by its provider and by itself, it is one line of the report."""
    assert _names(["openai"], [TOOL, STRICT, TOOL]) == (STRICT, TOOL)


@pytest.mark.parametrize("provider", ["nobody", "openai/strict@2026-11", "", "json-schema@2020-12"])
def test_an_unknown_provider(provider: str) -> None:
    """A typo must not pass as a provider without dialects."""
    with pytest.raises(ValueError, match=r"^no dialect of structured output is '.*'s; known are .*\bopenai\b"):
        assert_portable(CITY, providers=[provider])


def test_an_unknown_dialect() -> None:
    """The message lists the known ones."""
    with pytest.raises(UnknownDialectError, match="openai/strict@2026-11"):
        assert_portable(CITY, dialects=["openai/strict"])


@pytest.mark.parametrize("argument", ["providers", "dialects"])
def test_a_text_is_no_list(argument: str) -> None:
    """Its letters would be looked up one by one."""
    with pytest.raises(TypeError, match=rf"{argument} is the text 'openai'; give a list of names"):
        assert_portable(CITY, **cast("dict[str, Any]", {argument: "openai"}))


def test_what_is_no_schema() -> None:
    """A mistake in the test is no verdict on the type."""
    with pytest.raises(InvalidSchemaError):
        assert_portable({"type": "nonsense"}, dialects=[STRICT])


def test_a_class_that_describes_itself() -> None:
    """Pydantic's models do, and so may anything else; pydantic is not needed for it."""
    assert_portable(Described, dialects=[STRICT])
    assert report(Described, dialects=[STRICT], lossless=True).startswith("Described is not portable to 1 of 1 ")


@pytest.mark.parametrize(("annotation", "name"), [(Priced, "Priced"), (set[int], "set[int]")])
def test_a_type_that_pydantic_describes(annotation: Any, name: str) -> None:
    """Dataclasses, typed dicts, unions, lists: whatever a response model may be."""
    pytest.importorskip("pydantic", reason="the extra pydantic is not installed")
    assert_portable(annotation, dialects=[STRICT])
    assert report(annotation, dialects=[STRICT], lossless=True).startswith(f"{name} is not portable to ")


def test_a_type_without_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says both ways out."""
    monkeypatch.setitem(sys.modules, "pydantic", None)
    with pytest.raises(TypeError, match=r"pass a JSON Schema, or install penguiflow-llm-testing\[pydantic\]"):
        assert_portable(Priced, dialects=[STRICT])


def test_pytest_shows_the_line_of_the_test() -> None:
    """The failure is about the type; frames of this package would only stand before it."""
    with pytest.raises(AssertionError) as caught:
        assert_portable(IMPOSSIBLE, dialects=[STRICT])
    frames = list(traceback.walk_tb(caught.value.__traceback__))
    hidden = [frame.f_code.co_name for frame, _ in frames if frame.f_locals.get("__tracebackhide__")]
    assert [frame.f_code.co_name for frame, _ in frames[1:]] == hidden == ["assert_portable"]
