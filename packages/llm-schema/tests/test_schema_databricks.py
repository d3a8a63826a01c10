"""What Databricks is sent: no unions, no references, few keys."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from penguiflow_llm_schema import check, plan

OUTPUT = "databricks/output@2026-11"
FUNCTION = "databricks/function@2026-11"
GPT = "databricks/output-gpt@2026-11"


def closed(required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def opened(required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties) if required is None else required}


ADDRESS = opened(street={"type": "string"})
OR_NULL = {**closed(street={"type": "string"}), "type": ["object", "null"]}


def test_unions_are_options() -> None:
    """Each branch is a property that is null or filled; that one is filled cannot be demanded, and is reported."""
    document = {
        **opened(a={"oneOf": [{"$ref": "#/$defs/A"}, {"type": "integer"}]}, b={"type": ["string", "boolean", "null"]}),
        "$defs": {"A": ADDRESS},
    }
    made = plan(document, OUTPUT)
    first = closed(option_1=OR_NULL, option_2={"type": ["integer", "null"]})
    second = closed(option_1={"type": ["string", "null"]}, option_2={"type": ["boolean", "null"]})
    assert {
        "a": {**first, "description": "Fill exactly one option."},
        "b": {**second, "description": "Fill one option, or none for null."},
    } == made.schema["properties"]
    assert [("/properties/a", "oneOf", "relaxed")] == [
        (loss.pointer, loss.keyword, loss.action) for loss in made.losses
    ]
    assert (True, ()) == (made.compatible, check(made.schema, OUTPUT))
    asked = {"a": {"street": "x"}, "b": None}
    answer = {"a": {"option_1": {"street": "x"}, "option_2": None}, "b": {"option_1": None, "option_2": None}}
    assert answer == made.forward(asked)
    assert asked == made.restore(answer)
    assert ("a", "option_1", "street") == made.forward_location(("a", "street"), answer)
    assert ("a", "street") == made.restore_location(("a", "option_1", "street"), answer)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({"anyOf": [ADDRESS, {"type": "null"}]}, OR_NULL),
        ({"enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"enum": ["a", 1]}, {"type": "string", "enum": ['"a"', "1"]}),
        (
            {"type": "string", "pattern": "^a"},
            {"type": "string", "description": "Must match the regular expression `^a`."},
        ),
        ({"$ref": "#/$defs/A"}, closed(street={"type": "string"})),
    ],
)
def test_sent_schema(asked: Any, sent: Any) -> None:
    """Null stands in the list of types, the only place that it may."""
    made = plan({**opened(x=asked), "$defs": {"A": ADDRESS}}, OUTPUT)
    assert sent == made.schema["properties"]["x"]
    assert (True, ()) == (made.compatible, check(made.schema, OUTPUT))


def test_keys_are_few() -> None:
    """What is nested is JSON text where a function would have more than 16 keys; more at the top are too many."""
    inner = opened(**{f"p{index}": {"type": "string"} for index in range(20)})
    made = plan(opened(a=inner), FUNCTION)
    assert (True, 1, ["type"]) == (made.compatible, made.stats.properties, [loss.keyword for loss in made.losses])
    value = {"a": {f"p{index}": "x" for index in range(20)}}
    assert value == made.restore(made.forward(value))
    assert (True, 21) == (plan(opened(a=inner), OUTPUT).lossless, plan(opened(a=inner), OUTPUT).stats.properties)
    assert ("20 properties are more than the 16 allowed; leave some out, or ask for them in several calls",) == plan(
        inner, FUNCTION
    ).reasons


def test_gpt_endpoints_are_as_openai() -> None:
    """They are answered by another back end, which wants what OpenAI wants."""
    schema = opened([], a={"type": "integer", "minimum": 1})
    assert plan(schema, "openai/strict@2026-11").schema == plan(schema, GPT).schema
    assert (True, False) == (plan(schema, GPT).strict, plan(schema, FUNCTION).strict)
    message = "In context=(), 'additionalProperties' is required to be supplied and to be false."
    assert [message] == [found.message for found in check({"type": "object", "properties": {}}, GPT)]


@pytest.mark.parametrize(
    ("schema", "rule", "message"),
    [
        (opened(x={"anyOf": [{"type": "string"}]}), "refused", "'anyOf' is not supported."),
        (
            opened(x={"type": ["string", "integer"]}),
            "nulls",
            "'type' ['string', 'integer'] is not supported; only [type, 'null'] is.",
        ),
        (
            opened(**{f"p{index}": {"type": "string"} for index in range(65)}),
            "properties",
            "The maximum number of keys specified in the JSON schema is 64.",
        ),
    ],
)
def test_messages(schema: Any, rule: str, message: str) -> None:
    """The documentation's words where it has any; what the API answers is not known."""
    assert [(rule, message)] == [(found.rule, found.message) for found in check(schema, OUTPUT)]


@pytest.mark.parametrize("value", [{"a": None}, {"a": "red"}, {"a": 6}, {"a": {"b": "x"}}])
def test_null_among_values_behind_a_reference(value: dict[str, Any]) -> None:
    """Values that are sent as text have null among the texts, so an empty option needs a null of its own."""
    schema = opened(
        a={
            "anyOf": [
                {"$ref": "#/$defs/E"},
                {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]},
            ]
        }
    )
    made = plan({**schema, "$defs": {"E": {"enum": ["red", 6, None]}}}, OUTPUT)
    jsonschema.validate(made.forward(value), made.schema)
    assert value == made.restore(made.forward(value))
