"""Which properties an object may have where several schemas speak of it, each by its own names and patterns."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from penguiflow_llm_schema import plan

DIALECTS = ("anthropic/output@2026-11", "openai/strict@2026-11")  # keeps patterns, and keeps bounds too
CLOSED = {"additionalProperties": False}
X = {"^x-": {"type": "integer"}}
Y = {"-y$": {"type": "integer"}}


def restored(schema: dict[str, Any], dialect: str, asked: dict[str, Any]) -> tuple[bool, bool]:
    """Whether a model may send `asked`, and whether what is demanded of it is kept in full."""
    made = plan({"type": "object", **schema}, dialect)
    return jsonschema.Draft202012Validator(made.schema).is_valid(made.forward(asked)), made.lossless


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [CLOSED, {**CLOSED, "patternProperties": X}]},
        {"allOf": [{**CLOSED, "patternProperties": X}, {**CLOSED, "properties": {}}]},
        {"allOf": [{"patternProperties": X}, CLOSED]},
        {"allOf": [{"patternProperties": X}, {"unevaluatedProperties": False}]},
    ],
)
def test_closed_is_closed_to_the_patterns_of_others(schema: dict[str, Any], dialect: str) -> None:
    """`additionalProperties: false` knows the names and the patterns of its own schema alone."""
    assert (False, True) == restored(schema, dialect, {"x-a": 1})
    assert (True, True) == restored(schema, dialect, {})


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "schema",
    [
        {**CLOSED, "patternProperties": X},
        {"unevaluatedProperties": False, "allOf": [{"patternProperties": X}]},
        {"unevaluatedProperties": False, "allOf": [{"additionalProperties": {"type": "integer"}}]},
        {"unevaluatedProperties": False, "additionalProperties": {"type": "integer"}},
    ],
)
def test_open_to_what_a_schema_knows(schema: dict[str, Any], dialect: str) -> None:
    """`unevaluatedProperties: false` leaves what the schemas inside it evaluate."""
    assert (True, True) == restored(schema, dialect, {"x-a": 1})
    assert (False, True) == restored(schema, dialect, {"x-a": "text"})


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_name_that_two_closed_schemas_know(dialect: str) -> None:
    """It matches a pattern of each; where only one pattern can be sent the other is said, and reported."""
    made = plan({"allOf": [{**CLOSED, "patternProperties": X}, {**CLOSED, "patternProperties": Y}]}, dialect)
    key = made.schema["properties"]["value"]["items"]["properties"]["key"]
    assert ("^x-", "Must match the regular expression `-y$`.") == (key["pattern"], key["description"])
    assert [("/allOf/1", "patternProperties")] == [(loss.pointer, loss.keyword) for loss in made.losses]


def test_what_holds_for_all_further_properties_holds_beside_a_pattern() -> None:
    """The pattern of one schema takes no name out of what another says of all."""
    positive = {"additionalProperties": {"type": "integer", "minimum": 1}}
    schema = {"allOf": [{**CLOSED, "patternProperties": X}, positive]}
    assert (True, True) == restored(schema, DIALECTS[1], {"x-a": 1})
    assert (False, True) == restored(schema, DIALECTS[1], {"x-a": 0})


def test_a_required_name_that_nothing_evaluates() -> None:
    """No object has it, where `unevaluatedProperties` is false and no pattern matches it."""
    schema = {"type": "object", "required": ["b"], "patternProperties": X, "unevaluatedProperties": False}
    assert not plan(schema, DIALECTS[0]).compatible
    assert plan({**schema, "required": ["x-b"]}, DIALECTS[0]).compatible


@pytest.mark.parametrize(("most", "lost"), [(1, ["maxProperties"]), (2, [])])
def test_as_many_properties_as_there_can_be(most: int, lost: list[str]) -> None:
    """An object that is closed has no more properties than it declares, so a bound on that is no loss."""
    schema = {"type": "object", "properties": {"a": {}, "b": {}}, "maxProperties": most, **CLOSED}
    assert lost == [loss.keyword for loss in plan(schema, DIALECTS[0]).losses]
