"""What cannot be sent: said to the model, reported to the caller, or the reason to send nothing."""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_schema import check, plan

STRICT = "openai/strict@2026-11"
ANY = {"type": "string", "description": "Any JSON value, written as JSON text."}


def holding(schema: Any) -> dict[str, Any]:
    """An object that requires one property of this schema."""
    return {"type": "object", "properties": {"x": schema}, "required": ["x"]}


# keyword -> (schema of the property, what its description says)
LOSSES: dict[str, tuple[Any, str]] = {
    "minLength": ({"type": "string", "minLength": 2}, "Must have at least 2 characters."),
    "maxLength": ({"type": "string", "maxLength": 1}, "Must have at most 1 character."),
    "format": ({"type": "string", "format": "uri"}, "Format: uri."),
    "pattern": ({"type": "string", "pattern": "^(?!x)"}, "Must match the regular expression `^(?!x)`."),
    "uniqueItems": ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, "Items must be unique."),
    "contains": (
        {"type": "array", "items": {"type": "string"}, "contains": {"const": 1}},
        'Must contain an item that matches {"const": 1}.',
    ),
    "minProperties": (
        {"type": "object", "properties": {"a": {"type": "string"}}, "minProperties": 1},
        "Must have at least 1 property.",
    ),
    "not": ({"type": "string", "not": {"const": "x"}}, 'Must not match {"const": "x"}.'),
    "dependentSchemas": (
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "dependentSchemas": {"a": {"minProperties": 2}},
        },
        "If 'a' is given, it must match {\"minProperties\": 2} too.",
    ),
    "dependentRequired": (
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "dependencies": {"a": ["b"]},
        },
        "If 'a' is given, 'b' must be given too.",
    ),
}


@pytest.mark.parametrize("keyword", LOSSES)
def test_constraint_becomes_words(keyword: str) -> None:
    """A constraint that cannot be sent is told to the model and reported to the caller."""
    schema, words = LOSSES[keyword]
    made = plan(holding(schema), STRICT)
    assert [("/properties/x", keyword, "described")] == [
        (loss.pointer, loss.keyword, loss.action) for loss in made.losses
    ]
    assert words == made.schema["properties"]["x"]["description"]
    assert not made.lossless


def test_words_follow_the_author() -> None:
    """Descriptions read as prose, whatever is appended to them."""
    schema = {"type": "string", "description": "A link", "minLength": 1, "default": "x", "deprecated": True}
    sent = plan(holding(schema), STRICT).schema["properties"]["x"]
    assert 'A link. Must have at least 1 character. Deprecated. Default: "x".' == sent["description"]


THEN, ELSE = {"multipleOf": 5}, {"maximum": 3}
SAID = 'If it matches {"minimum": 5}, then it must match {"multipleOf": 5}.'


@pytest.mark.parametrize(
    ("branches", "said"),
    [
        ({"then": THEN}, SAID),
        ({"then": THEN, "else": ELSE}, f'{SAID} Otherwise it must match {{"maximum": 3}}.'),
        ({"else": ELSE}, 'If it does not match {"minimum": 5}, it must match {"maximum": 3}.'),
        ({}, None),
    ],
)
def test_condition_reads_as_one_thought(branches: dict[str, Any], said: str | None) -> None:
    """`if`, `then` and `else` are three keywords and one thought; `if` alone demands nothing."""
    made = plan(holding({"type": "integer", "if": {"minimum": 5}, **branches}), STRICT)
    assert said == made.schema["properties"]["x"].get("description")
    assert [*(["if"] if "then" in branches else []), *branches] == [loss.keyword for loss in made.losses]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "then": {"minimum": 3}},
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "required": ["a"],
            "minProperties": 1,
            "dependentRequired": {"b": ["a"]},
        },
        {"type": "array", "items": {"type": "string"}, "contains": {}, "minContains": 0, "unevaluatedItems": False},
    ],
)
def test_what_demands_nothing_is_no_loss(schema: Any) -> None:
    """A loss that is none would send callers to a weaker mode."""
    lost = [loss.keyword for loss in plan(holding(schema), STRICT).losses]
    assert [] == [keyword for keyword in lost if keyword != "contains"]


def test_absent_and_null_merge_only_where_both_mean_something() -> None:
    """An optional property that may be null has one null for two meanings, unless null is its default."""
    nullable = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    made = plan({"type": "object", "properties": {"a": nullable, "b": {**nullable, "default": None}}}, STRICT)
    assert [("/properties/a", "required", "relaxed")] == [
        (loss.pointer, loss.keyword, loss.action) for loss in made.losses
    ]
    assert {"a": None, "b": None} == made.restore({"a": None, "b": None})


def test_overlapping_one_of_is_a_loss() -> None:
    """`anyOf` allows what fits two branches, `oneOf` does not."""
    made = plan(holding({"oneOf": [{"type": "integer"}, {"type": "number"}]}), STRICT)
    assert ["oneOf"] == [loss.keyword for loss in made.losses]


@pytest.mark.parametrize("reference", ["https://example.com/x.json", "other.json#/a", "#/$defs/Missing", "http://["])
def test_reference_to_elsewhere(reference: str) -> None:
    """Nothing is fetched: what such a reference means is unknown, which is said, and anything may come."""
    made = plan(holding({"$ref": reference}), STRICT)
    assert ANY == made.schema["properties"]["x"]
    assert [("/properties/x", "$ref")] == [(loss.pointer, loss.keyword) for loss in made.losses]
    assert repr(reference) in made.losses[0].detail


def test_deep_schema_is_folded() -> None:
    """Levels beyond the limit come as JSON text instead of being refused, and come back as values."""
    schema: Any = {"type": "string"}
    for _ in range(14):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    made = plan(schema, STRICT)
    assert (True, 10) == (made.compatible, made.stats.depth)
    assert () == check(made.schema, STRICT)
    value: Any = "v"
    for _ in range(14):
        value = {"a": value}
    assert value == made.restore(made.forward(value))
    assert ["type"] == [loss.keyword for loss in made.losses]


def test_deep_definitions_are_folded() -> None:
    """A chain of references is as deep as what it refers to."""
    definitions: dict[str, Any] = {"d12": {"type": "string"}}
    for index in range(12):
        definitions[f"d{index}"] = {
            "type": "object",
            "properties": {"a": {"$ref": f"#/$defs/d{index + 1}"}},
            "required": ["a"],
        }
    made = plan({"$ref": "#/$defs/d0", "$defs": definitions}, STRICT)
    assert (True, 10) == (made.compatible, made.stats.depth)
    assert () == check(made.schema, STRICT)


@pytest.mark.parametrize("count", [400, 1_200])
def test_long_enum_is_described(count: int) -> None:
    """An enum over the limits would have the whole schema refused."""
    values = [f"a rather long value to be listed, number {index}" for index in range(count)]
    made = plan(holding({"enum": values}), STRICT)
    sent = made.schema["properties"]["x"]
    assert ("string", False) == (sent["type"], "enum" in sent)
    assert sent["description"].startswith(f"One of {count} allowed values, such as ")
    assert [("enum", "relaxed")] == [(loss.keyword, loss.action) for loss in made.losses]
    assert made.compatible


def test_too_many_properties() -> None:
    """What cannot be made to fit is said before any request, with what to change."""
    made = plan({"type": "object", "properties": {f"p{index}": {"type": "string"} for index in range(5_001)}}, STRICT)
    assert not made.compatible
    assert (
        "5,001 properties are more than the 5,000 allowed; leave some out, or ask for them in several calls",
    ) == made.reasons


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "object", "required": ["a"], "properties": {}, "additionalProperties": False},
        {"enum": ["a"], "type": "integer"},
        {"anyOf": []},
        {"type": "array", "items": False, "minItems": 1},
        {"type": "array", "items": {}, "minItems": 2, "maxItems": 1},
        {"type": "array", "prefixItems": [{}, False], "minItems": 2},
    ],
)
def test_nothing_fits(schema: Any) -> None:
    """A schema that no value fits is no schema to send."""
    made = plan(schema, STRICT)
    assert (False, ("no value fits the schema; remove what contradicts",)) == (made.compatible, made.reasons)
