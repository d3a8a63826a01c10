"""The checker in Anthropic's and Bedrock's words: a row per text of the catalogue that a schema can cause."""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_schema import SchemaStats, check, check_request

OUTPUT = "anthropic/output@2026-11"
STRICT_TOOL = "anthropic/strict-tool@2026-11"
TOOL = "anthropic/tool@2026-11"
CLOSED = {"type": "object", "additionalProperties": False}
CIRCLE = "Self-referencing or mutually-referencing definitions are not supported."
DRAFT = "JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12)."

UNIONS = (
    "Schemas contains too many parameters with union types (24 parameters with type arrays or anyOf). This causes "
    "exponential compilation cost. Reduce the number of nullable or union-typed parameters "
    "(limit: 16 parameters with unions)."
)
OPTIONALS = (
    "Schemas contains too many optional parameters (31), which would make grammar compilation inefficient. "
    "Reduce the number of optional parameters in your tool schemas (limit: 24)."
)


def holding(schema: Any, **more: Any) -> dict[str, Any]:
    return {**CLOSED, "properties": {"x": schema}, "required": ["x"], **more}


def of_many(count: int, schema: Any, required: bool) -> dict[str, Any]:
    names = [f"p{index}" for index in range(count)]
    return {**CLOSED, "properties": dict.fromkeys(names, schema), "required": names if required else []}


# rows of a schema, the rule it breaks and the message
OUTPUT_CASES: list[tuple[Any, str, str]] = [
    (
        holding({"type": "object"}),
        "closed_objects",
        "For 'object' type, 'additionalProperties' must be explicitly set to false",
    ),
    (
        holding({"type": "object", "additionalProperties": True}),
        "closed_objects",
        "For 'object' type, 'additionalProperties: true' is not supported. Please set 'additionalProperties' to false",
    ),
    (
        holding({"type": "object", "additionalProperties": {"type": "string"}}),
        "closed_objects",
        "For 'object' type, 'additionalProperties: object' is not supported",
    ),
    (
        holding({"type": "integer", "minimum": 1}),
        "refused",
        "For 'integer' type, property 'minimum' is not supported",
    ),
    (
        holding({"type": "number", "minimum": 1, "maximum": 2}),
        "refused",
        "For 'number' type, properties maximum, minimum are not supported",
    ),
    (
        holding({"type": "array", "items": {"type": "string"}, "maxItems": 2}),
        "refused",
        "For 'array' type, property 'maxItems' is not supported",
    ),
    (
        holding({"type": "array", "items": {"type": "string"}, "minItems": 2}),
        "least_items",
        "For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: [2])",
    ),
    (holding({"oneOf": [{"type": "string"}]}), "refused", "Schema type 'oneOf' is not supported"),
    (holding({"type": "string", "not": {"const": "a"}}), "refused", "Schema keyword 'not' is not supported"),
    (
        holding({"anyOf": [{"type": "string"}], "discriminator": {"propertyName": "t"}}),
        "unions",
        "For 'anyOf', 'discriminator' is not supported",
    ),
    (holding({"anyOf": [{"type": "string"}], "type": "string"}), "unions", "For 'anyOf', 'type' is not supported"),
    (
        holding({"anyOf": [{"type": "string"}], "properties": {}, "required": [], **CLOSED}),
        "unions",
        "For 'anyOf', 'additionalProperties, properties, required, type' is not supported",
    ),
    (
        holding({**CLOSED, "propertyNames": {"type": "string"}}),
        "refused",
        "For 'object' type, property 'propertyNames' is not supported",
    ),
    (
        holding({"type": "array"}),
        "items_stated",
        "Invalid schema: Array types must be specified with a single object schema for 'items'.",
    ),
    (
        holding({}),
        "typed",
        "Empty schema ({}) that accepts any JSON value is not supported. Please specify a concrete type.",
    ),
    (
        holding({"$ref": "#/$defs/N"}, **{"$defs": {"N": holding({"$ref": "#/$defs/N"})}}),
        "recursion",
        f"Circular reference detected in schema definitions: N -> N. {CIRCLE}",
    ),
    (holding({"type": "string", "format": "phone"}), "formats", "For 'string' type, format 'phone' is not supported"),
    (
        {"name": "answer", "schema": {}},
        "typed",
        'Invalid schema: Schema type is missing for schema: {"name": "answer", "schema": {}}',
    ),
    (
        of_many(24, {"type": ["string", "null"]}, required=True),
        "unions",
        UNIONS,
    ),
    (
        of_many(31, {"type": "string"}, required=False),
        "optional_properties",
        OPTIONALS,
    ),
]
TOP = "input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
TOOL_CASES: list[tuple[Any, str, str]] = [
    ({"type": "object", "anyOf": [{"required": ["a"]}]}, "root", TOP),
    ({"properties": {}}, "root", "input_schema.type: Field required"),
    ({"type": "array"}, "root", "input_schema.type: Input should be 'object'"),
    ({"type": "object", "properties": {"x": {"type": "FLOAT"}}}, "keeps", f"input_schema: {DRAFT}"),
    ({"type": "object", "properties": {"x": {"items": [{}]}}}, "keeps", f"input_schema: {DRAFT}"),
    (
        {"type": "object", "properties": {"a b": {"type": "string"}}},
        "property_names",
        "input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
    ),
]
ROOT = "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object."
CASES = [
    *((OUTPUT, *case) for case in OUTPUT_CASES),
    *((STRICT_TOOL, *case) for case in OUTPUT_CASES if case[0].get("type")),
    *((TOOL, *case) for case in TOOL_CASES),
    ("bedrock/tool@2026-11", {"type": "array"}, "root", ROOT),
    (
        "bedrock/strict-tool@2026-11",
        holding({"type": "array", "items": {"type": "string"}, "maxItems": 2}),
        "refused",
        "For 'array' type, property 'maxItems' is not supported",
    ),
    (
        "bedrock/output@2026-11",
        holding({"oneOf": [{"type": "string"}]}),
        "refused",
        "Schema type 'oneOf' is not supported",
    ),
    (
        "bedrock/nova-tool@2026-11",
        {"type": "object", "properties": {}, "title": "T"},
        "root_keywords",
        "Only type, properties and required are supported at the top, not 'title'.",
    ),
]


@pytest.mark.parametrize(("dialect", "schema", "rule", "message"), CASES)
def test_messages(dialect: str, schema: Any, rule: str, message: str) -> None:
    """Simulated refusals must read as the real ones do: the ladder of modes is driven by them."""
    assert [(rule, message)] == [(found.rule, found.message) for found in check(schema, dialect)]


@pytest.mark.parametrize(
    "document",
    [of_many(24, {"type": "string"}, required=False), of_many(16, {"type": ["string", "null"]}, required=True)],
)
def test_one_schema_may_not_have_all_of_a_request(document: dict[str, Any]) -> None:
    """Recorded: 24 optional properties pass in twelve tools and not in one, and 16 unions do not in one."""
    words = "Schema is too complex for compilation. Try reducing the number of tools or simplifying tool schemas."
    assert [words] == [violation.message for violation in check(document, "anthropic/strict-tool@2026-11")]


def test_a_request_has_limits_of_its_own() -> None:
    """Schemas that pass alone do not pass together: the limits are counted over all strict tools and the output."""
    stats = SchemaStats(optional_properties=12)
    strict, shown = "anthropic/strict-tool@2026-11", "anthropic/tool@2026-11"
    assert ((), ()) == (check_request([stats] * 2, strict, strict_tools=20), check_request([stats] * 3, shown))
    told = (
        "Too many strict tools (21). The maximum number",
        "Schemas contains too many optional parameters (36), which",
    )
    reasons = check_request([stats] * 3, strict, strict_tools=21)
    assert [True, True] == [reason.startswith(head) for reason, head in zip(reasons, told, strict=True)]
    unions = SchemaStats(unions=9)
    assert [True] == ["(limit: 16 parameters with unions)" in each for each in check_request([unions] * 2, strict)]
