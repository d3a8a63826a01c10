"""Rare demands of JSON-Schema-Test-Suite and of corner cases, each of which a plan once changed without a word."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from penguiflow_llm_schema import SchemaPlan, plan

STRICT = "openai/strict@2026-11"
GEMINI = "gemini/schema@2026-11"
TOOL = "anthropic/tool@2026-11"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def admits(made: SchemaPlan, sent: Any) -> bool:
    return jsonschema.Draft202012Validator(made.schema).is_valid(sent)


def test_an_item_that_nothing_fits() -> None:
    """A list that has to contain what cannot be is no list at all; one that may contain none of it is any."""
    schema = {"type": "array", "items": {"type": "string"}, "contains": False}
    assert not plan(schema, STRICT).compatible
    assert plan({**schema, "minContains": 0}, STRICT).compatible


@pytest.mark.parametrize("beside", [{}, {"allOf": [True]}])
def test_no_items_where_none_are_evaluated(beside: dict[str, Any]) -> None:
    """`unevaluatedItems: false` alone leaves the empty list."""
    made = plan({"type": "array", "unevaluatedItems": False, **beside}, STRICT)
    assert made.lossless
    assert (True, False) == (admits(made, {"value": []}), admits(made, {"value": ["x"]}))


def test_items_that_contains_may_evaluate() -> None:
    """Which items `contains` matches is not told apart, and that is reported."""
    schema = {"type": "array", "contains": {"type": "string"}, "unevaluatedItems": False}
    assert {"contains", "unevaluatedItems"} == {loss.keyword for loss in plan(schema, STRICT).losses}


@pytest.mark.parametrize(
    ("listed", "value"),
    [(1, 1.0), ([0], [0.0]), ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1})],
)
def test_equal_values_are_sent_as_the_listed_text(listed: Any, value: Any) -> None:
    """JSON has many texts for one value, and the enum of a provider only one of them."""
    made = plan({"type": "object", "properties": {"x": {"const": listed}}, "required": ["x"]}, GEMINI)
    sent = made.forward({"x": value})
    assert made.schema["properties"]["x"]["enum"] == [sent["x"]]
    assert {"x": value} == made.restore(sent)


def test_true_is_not_one() -> None:
    """Python takes them for equal, JSON does not: what is not listed is sent as it is."""
    made = plan({"type": "object", "properties": {"x": {"enum": [[1], [2]]}}, "required": ["x"]}, GEMINI)
    assert {"x": "[true]"} == made.forward({"x": [True]})


def test_names_hold_where_no_further_value_fits() -> None:
    """Where the dialect cannot say that a list is empty, its pairs are bound by `propertyNames` all the same."""
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "propertyNames": {"pattern": "^.$"},
        "patternProperties": {"^x$": False},
    }
    rest = plan(schema, "bedrock/output@2026-11").schema["properties"]["additional_properties"]
    assert "^.$" in str(rest["items"]["properties"]["key"])


def test_patterns_of_two_schemas() -> None:
    """Where any of the patterns' schemas may come, each schema that has patterns lost what they demand."""
    one, other = {"patternProperties": {"^a": {"type": "string"}}}, {"patternProperties": {"b$": {"type": "integer"}}}
    made = plan({"type": "object", "allOf": [one, other]}, "bedrock/output@2026-11")
    assert {"/allOf/0", "/allOf/1"} == {loss.pointer for loss in made.losses if loss.action == "relaxed"}


@pytest.mark.parametrize(
    ("definition", "beside"),
    [
        ({"unevaluatedProperties": False}, {"properties": {"a": {"type": "string"}}}),
        ({"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"type": "string"}}}),
    ],
)
def test_a_reference_at_the_top_keeps_its_own_schema(definition: dict[str, Any], beside: dict[str, Any]) -> None:
    """Two schemas that would mean something else as one are not made one; the tool's root is wrapped instead."""
    made = plan({"$ref": "#/$defs/A", **beside, "$defs": {"A": definition}}, TOOL)
    assert ["value"] == made.schema["required"]
    assert [definition] == list(made.schema["$defs"].values())


def test_an_untyped_root_that_speaks_of_numbers_too() -> None:
    """It is no object by its properties alone: a number may come, at the top or where it refers to itself."""
    schema = {"minimum": 30, "properties": {"a": {"$ref": "#"}}}
    made = plan(schema, "bedrock/tool@2026-11")
    assert all(admits(made, made.forward(value)) for value in (37, {"a": 37}))


def test_a_renamed_property_leaves_its_object_closed() -> None:
    """A tool that is only shown is written anew where a name is refused; what it forbids is said all the same."""
    inner = {"type": "object", "properties": {"two words": {"type": "string"}}, "additionalProperties": False}
    made = plan({"type": "object", "properties": {"a": inner}}, TOOL)
    assert made.lossless
    assert (True, False) == (admits(made, {"a": {"two_words": "x"}}), admits(made, {"a": {"three": "x"}}))


def test_an_address_beside_a_reference() -> None:
    """Up to draft-07 nothing beside `$ref` counts, so an `$id` there moves no reference."""
    schema = {
        "$schema": DRAFT_7,
        "$id": "http://example.com/base/",
        "definitions": {
            "one": {"$id": "http://example.com/it.json", "type": "string"},
            "other": {"$id": "it.json", "type": "number"},
        },
        "allOf": [{"$id": "http://example.com/", "$ref": "it.json"}],
    }
    assert {"type": "number"} == plan(schema, STRICT).schema["properties"]["value"]


def test_options_that_no_keyword_states() -> None:
    """A schema of several types that states none loses in its `type`, not in a union that it does not have."""
    schema = {"properties": {"a": {"type": "string"}}, "items": {"type": "string"}}
    assert {"type"} == {loss.keyword for loss in plan(schema, "databricks/output@2026-11").losses}


@pytest.mark.parametrize("nullable", [{"type": "null"}, {"type": ["string", "null"]}, {"$ref": "#/$defs/N"}])
@pytest.mark.parametrize("around", ["anyOf", "oneOf"])
def test_null_that_two_branches_take(nullable: dict[str, Any], around: str) -> None:
    """`oneOf` refuses it, so where null and left out are one on the wire it means left out."""
    never_null = {"oneOf": [{"oneOf": [nullable, {"type": ["number", "null"]}]}, {"type": "boolean"}]}
    schema = {
        "type": "object",
        "properties": {"a": {around: [never_null]}, "b": {around: [{"type": "null"}]}},
        "$defs": {"N": {"type": ["string", "null"]}},
    }
    made = plan(schema, STRICT)
    assert {"b": None} == made.restore({"a": None, "b": None})
    assert ["/properties/b"] == [loss.pointer for loss in made.losses if loss.keyword == "required"]


def test_all_schemas_of_a_text_are_reported() -> None:
    """What is sent as JSON text is held to none of the schemas that are demanded of it together."""
    deep: dict[str, Any] = {"allOf": [{"type": "object", "properties": {"a": {}}}, {"required": ["a"]}]}
    for _ in range(10):
        deep = {"type": "object", "properties": {"x": deep}, "required": ["x"]}
    lost = [loss.pointer for loss in plan(deep, STRICT).losses if loss.keyword == "type"]
    assert ["/allOf/0", "/allOf/1"] == [pointer[-8:] for pointer in lost]


@pytest.mark.parametrize("listed", [{"enum": ["a", "b"]}, {"const": "a"}])
def test_a_keyword_of_a_later_draft(listed: dict[str, Any]) -> None:
    """A schema is read as its author means it, also where the draft it names has no `const` yet."""
    made = plan({"$schema": "http://json-schema.org/draft-04/schema#", "type": "string", **listed}, STRICT)
    assert (True, False) == (admits(made, {"value": "a"}), admits(made, {"value": "c"}))
