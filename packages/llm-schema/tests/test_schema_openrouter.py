"""OpenRouter's dialects: a family's rules under a name of its own, and what every family takes."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from penguiflow_llm_schema import check, get_dialect, plan

PORTABLE = "openrouter/portable@2026-11"
FAMILIES = ("openai/strict@2026-11", "anthropic/output@2026-11", "bedrock/output@2026-11", "gemini/json-schema@2026-11")

NODE: dict[str, Any] = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "next": {"$ref": "#/$defs/Node"}},
    "required": ["value"],
}
MANY = {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(40)}}


@pytest.mark.parametrize(
    ("routed", "family"),
    [
        ("openrouter/openai@2026-11", "openai/strict@2026-11"),
        ("openrouter/openai-strict-tool@2026-11", "openai/strict-tool@2026-11"),
        ("openrouter/openai-tool@2026-11", "openai/tool@2026-11"),
        ("openrouter/anthropic@2026-11", "anthropic/output@2026-11"),
        ("openrouter/anthropic-strict-tool@2026-11", "anthropic/strict-tool@2026-11"),
        ("openrouter/anthropic-tool@2026-11", "anthropic/tool@2026-11"),
        ("openrouter/google@2026-11", "gemini/json-schema@2026-11"),
    ],
)
def test_a_family_keeps_its_rules(routed: str, family: str) -> None:
    """The upstream provider reads the schema, so what is sent is what that provider would be sent."""
    document = {**NODE, "$defs": {"Node": NODE}}
    assert plan(document, family).schema == plan(document, routed).schema
    assert get_dialect(family).strict == get_dialect(routed).strict


@pytest.mark.parametrize(
    "document",
    [
        {**NODE, "$defs": {"Node": NODE}},
        MANY,
        {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
        {"oneOf": [{"const": True}, {"type": "string", "pattern": "^a", "format": "email"}, {"enum": [1, "x", None]}]},
        {"type": "array", "prefixItems": [{"type": "string"}, {}], "minItems": 3},
        {"type": "object", "properties": {"a b": {"type": "object", "additionalProperties": False}}},
    ],
)
def test_portable_is_accepted_by_every_family(document: dict[str, Any]) -> None:
    """Where the provider is chosen by the router, one schema has to pass whichever it is."""
    made = plan(document, PORTABLE)
    assert made.compatible
    assert dict.fromkeys((*FAMILIES, PORTABLE), ()) == {
        name: check(made.schema, name) for name in (*FAMILIES, PORTABLE)
    }


@pytest.mark.parametrize("name", FAMILIES)
def test_portable_refuses_what_one_family_refuses(name: str) -> None:
    """In the words of the one that does."""
    document = {"type": "object", "properties": {"a": {"$ref": "#/$defs/Node"}}, "$defs": {"Node": {**NODE, "not": {}}}}
    refused = {violation.message for violation in check(document, name)}
    assert refused <= {violation.message for violation in check(document, PORTABLE)}


def test_portable_limits_are_in_their_owners_words() -> None:
    texts = [{"type": ["string", "null"]}, {"enum": ["x"] * 1001, "type": "string"}]
    names = [f"p{number}" for number in range(17)]
    document = {
        "type": "object",
        "properties": dict.fromkeys(names, texts[0]) | {"e": texts[1]},
        "required": [*names, "e"],
        "additionalProperties": False,
    }
    limits = ("1001. Consider reducing the number of enums", "(limit: 16 parameters with unions)")
    messages = [violation.message for violation in check(document, PORTABLE)]
    assert [True, True] == [limit in message for limit, message in zip(limits, messages, strict=True)]


NULLABLE = {"type": ["string", "null"]}
MANY_NULLS = {
    "type": "object",
    "properties": {f"p{number}": NULLABLE for number in range(12)} | {"name": {"$ref": "#/$defs/Name"}},
    "required": [f"p{number}" for number in range(12)],
    "$defs": {"Name": NULLABLE},
}


@pytest.mark.parametrize("given", [{"name": "x"}, {"name": None}, {}])
def test_an_optional_reference_to_what_may_be_null(given: dict[str, Any]) -> None:
    """Where nulls are many they are sent as empty lists, behind a reference too: left out, null and a name differ."""
    made = plan(MANY_NULLS, PORTABLE)
    value = dict.fromkeys([f"p{number}" for number in range(12)]) | given
    sent = made.forward(value)
    jsonschema.validate(sent, made.schema)
    assert value == made.restore(sent)
    assert made.lossless
