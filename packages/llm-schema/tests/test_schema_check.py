"""The checker: the provider's rules in the provider's words, and what the provider really answered."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from penguiflow_llm_schema import Dialect, Limits, Violation, check, dialect_names

STRICT = "openai/strict@2026-11"
TOOL = "openai/tool@2026-11"
REQUIRED = "'required' is required to be supplied and to be an array including every key in properties."
ENUMS = (
    "Expected at most 1000 enum values in total within a single schema when using structured outputs, but received "
    "1208. Consider reducing the number of enums, or opt out of structured outputs by setting 'strict: false'."
)
REFERENCE = "reference can only point to definitions defined at the top level of the schema."
TOP = "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def without(schema: dict[str, Any], keyword: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != keyword}


def nested(levels: int) -> dict[str, Any]:
    schema = closed()
    for _ in range(levels - 1):
        schema = closed(a=schema)
    return schema


# one row per text of the catalogue that a schema can cause: (schema, rule, context, message)
STRICT_CASES: list[tuple[Any, str, tuple[str, ...], str]] = [
    (
        closed(a=without(closed(), "additionalProperties")),
        "closed_objects",
        ("properties", "a"),
        "In context=('properties', 'a'), 'additionalProperties' is required to be supplied and to be false.",
    ),
    (
        {**closed(roles={"type": "string"}), "required": []},
        "closed_objects",
        (),
        f"In context=(), {REQUIRED} Missing 'roles'.",
    ),
    (
        closed(a={"oneOf": [{"type": "string"}]}),
        "refused",
        ("properties", "a"),
        "In context=('properties', 'a'), 'oneOf' is not permitted.",
    ),
    (
        {**closed(), "propertyNames": {"type": "string"}},
        "refused",
        (),
        "In context=(), 'propertyNames' is not permitted.",
    ),
    (
        closed(a={"type": "array", "items": {"type": "string"}, "uniqueItems": True}),
        "refused",
        ("properties", "a"),
        "In context=('properties', 'a'), 'uniqueItems' is not permitted.",
    ),
    (
        closed(a={"type": "string", "not": {"type": "null"}}),
        "refused",
        ("properties", "a"),
        "In context=('properties', 'a'), Unsupported keywords ('not',)",
    ),
    (
        {**closed(c={"$ref": "#/$defs/C", "description": "D"}), "$defs": {"C": closed()}},
        "reference_siblings",
        ("properties", "c"),
        "context=('properties', 'c'), $ref cannot have keywords {'description'}.",
    ),
    (
        closed(a={"type": "string"}, b={"$ref": "#/properties/a"}),
        "local_references",
        ("properties", "b"),
        f"In context=('properties', 'b'), {REFERENCE}",
    ),
    (closed(a={}), "typed", ("properties", "a"), "In context=('properties', 'a'), schema must have a 'type' key."),
    (
        closed(a={"const": 1}),
        "typed",
        ("properties", "a"),
        "In context=('properties', 'a'), schema must have a 'type' key.",
    ),
    (
        closed(a={"type": ["array", "null"]}),
        "items_stated",
        ("properties", "a"),
        "In context=('properties', 'a'), array schema missing items.",
    ),
    (without(closed(), "properties"), "properties_stated", (), "In context=(), object schema missing properties."),
    ({**closed(), "anyOf": []}, "root", (), TOP),
    (
        {"$ref": "#/$defs/A", "$defs": {"A": closed()}},
        "root",
        (),
        "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.",
    ),
    ([], "root", (), "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."),
    (
        {"type": "array", "items": {"type": "string"}},
        "root",
        (),
        "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'.",
    ),
    (
        closed(a={"type": "string", "format": "uri"}),
        "formats",
        ("properties", "a"),
        "In context=('properties', 'a'), 'uri' is not a valid format.",
    ),
    (nested(14), "depth", (), "14 levels of nesting exceeds limit of 10."),
    (
        closed(**{f"p{index}": {"type": "null"} for index in range(6_000)}),
        "properties",
        (),
        "6000 parameters exceeds limit of 5000.",
    ),
    (
        closed(a={"type": "integer", "enum": list(range(1_208))}),
        "enum_values",
        (),
        ENUMS,
    ),
    (
        closed(a={"type": "string", "enum": [f"{index:060d}" for index in range(251)]}),
        "large_enum",
        ("properties", "a"),
        "In context=('properties', 'a'), enum of 251 values has 15060 characters, which exceeds limit of 15000.",
    ),
    (
        closed(**{"p" * 120_001: {"type": "null"}}),
        "string_length",
        (),
        "120001 characters in names and values exceeds limit of 120000.",
    ),
    (
        closed(email={"type": "string", "pattern": "^(?!x)"}),
        "lookaround",
        ("properties", "email"),
        "Invalid JSON schema: regex lookaround is not supported. Found at $.properties.email.pattern.",
    ),
    (
        closed(a={"type": "string", "pattern": r"(a)\1"}),
        "lookaround",
        ("properties", "a"),
        "Invalid JSON schema: regex lookaround is not supported. Found at $.properties.a.pattern.",
    ),
    (
        closed(a={"type": ["integer", "null"], "enum": [1, "x", None]}),
        "typed",
        ("properties", "a"),
        "In context=('properties', 'a'), enum value x does not validate against {'type': ['integer', 'null']}.",
    ),
]


@pytest.mark.parametrize(("schema", "rule", "context", "message"), STRICT_CASES)
def test_strict_rules(schema: Any, rule: str, context: tuple[str, ...], message: str) -> None:
    """The simulator refuses what the provider refuses, in words that error handling was written for."""
    pointer = "".join(f"/{step}" for step in context)
    assert Violation(pointer=pointer, rule=rule, message=message, context=context) == check(schema, STRICT)[0]


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "object"}, "In context=(), object schema missing properties."),
        (
            {"type": "object", "properties": {"c": {"type": "array"}}},
            "In context=('properties', 'c'), array schema missing items.",
        ),
        ({"type": "object", "properties": {}, "oneOf": [{}]}, TOP),
        (
            {"type": "object", "properties": {"e": {"pattern": "(?<=a)b"}}},
            "Invalid JSON schema: regex lookaround is not supported. Found at $.properties.e.pattern.",
        ),
    ],
)
def test_tools_without_strict(schema: Any, message: str) -> None:
    """Not everything goes in tools that are not strict."""
    assert [message] == [found.message for found in check(schema, TOOL)]


def test_order_of_the_document() -> None:
    """The provider reports one violation a request: the first has to be the same one."""
    schema = {"type": "object", "properties": {"a": {}, "b": {"type": "array"}}, "$defs": {"C": {"allOf": []}}}
    assert [(), (), ("properties", "a"), ("properties", "b"), ("$defs", "C")] == [
        found.context for found in check(schema, STRICT)
    ]


@pytest.mark.parametrize(
    "schema",
    [
        closed(a={"type": "string", "minLength": 1, "default": "x", "examples": ["y"], "title": "A"}),
        closed(a={"enum": [1, "x"]}),
        closed(a={"type": "string", "pattern": r"\(?=x\\1"}),
        closed(a={"type": "number", "enum": [1, 2.5]}, b={"type": "integer", "enum": [1.0]}),
        {
            **closed(n={"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/a~1b"}, {"type": "null"}]}),
            "definitions": {"a/b": closed()},
        },
        closed(**{"oneOf": {"type": "string"}, "$ref": {"type": "string"}}),
        nested(10),
    ],
)
def test_inside_the_dialect(schema: Any) -> None:
    """What is accepted, or was not seen to be refused, is not refused here."""
    assert () == check(schema, STRICT)


@pytest.mark.parametrize("dialect", dialect_names())
@pytest.mark.parametrize(
    "schema",
    [
        None,
        True,
        3,
        {1: 2},
        {"properties": {1: {}}},
        {"type": {}},
        {"$ref": 3},
        {"required": 3, "type": "object"},
        {"enum": 3},
        {"anyOf": {}},
    ],
)
def test_takes_anything(schema: Any, dialect: str) -> None:
    """Requests are checked before anybody has looked at them."""
    before = copy.copy(schema)
    check(schema, dialect)
    assert before == schema


def test_ends_on_endless_schemas() -> None:
    """A cycle or a bomb of shared parts is over every limit, and is told so in bounded time."""
    cyclic: dict[str, Any] = {"type": "object", "properties": {}}
    cyclic["properties"]["a"] = cyclic
    assert "depth" in {found.rule for found in check(cyclic, STRICT)}
    bomb: dict[str, Any] = closed()
    for _ in range(60):
        bomb = closed(a=bomb, b=bomb)
    assert "properties" in {found.rule for found in check(bomb, STRICT)}


def test_limits_of_a_dialect_value() -> None:
    """Rules come from the dialect: another has others."""
    own = Dialect(name="house/own@2026-11", enforcement="compiled", limits=Limits(properties=1))
    assert ["2 parameters exceeds limit of 1."] == [found.message for found in check(closed(a={}, b={}), own)]


def test_agrees_with_the_wire(real_schemas: list[dict[str, Any]]) -> None:
    """Where a recording shows what OpenAI answered to a schema, the checker answers the same."""
    strict, refused = [], []
    for record in real_schemas:
        for verdict in record.get("verdicts", ()):
            if verdict["provider"] == "openai" and verdict["strict_somewhere"]:
                if not verdict["accepted"] and verdict.get("about_schema"):
                    refused.append((record, verdict["error"]))
                elif verdict["accepted"] and record["schema"].get("additionalProperties") is False:
                    strict.append(record)
    assert strict
    assert refused
    for record, error in refused:
        assert check(record["schema"], STRICT)[0].message in error
    wrongly = {
        record["id"]: check(record["schema"], STRICT)[0].message for record in strict if check(record["schema"], STRICT)
    }
    assert {} == {identity: message for identity, message in wrongly.items() if "'required' is required" not in message}
