"""Which JSON in a prompt is read as a schema to answer by: in prompted mode nothing else says what is wanted."""

import json
from typing import Any

import pytest

from penguiflow_llm_testing._personalities._embedded import find_schema

# First what pydantic makes of int, str, bool, date, UUID, dict[str, int] and tuple[int, str].
FENCED = [
    {"type": "integer"},
    {"type": "string"},
    {"type": "boolean"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "uuid"},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2, "maxItems": 2},
    {"type": ["string", "null"]},
    {"type": "object"},
    {"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}},
    {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    {"oneOf": [{"type": "integer"}, {"type": "null"}]},
    {"allOf": [{"type": "integer"}]},
    {"enum": ["yes", "no"]},
    {"const": 7},
    {"properties": {"a": {}}},
    {"additionalProperties": {"type": "integer"}},
    {"prefixItems": [{}]},
    {"patternProperties": {"^a": {}}},
]
FENCED_DATA = [
    {"type": "Feature", "properties": {"name": "a geographic feature"}},
    {"type": ["string", "text"]},
    {"type": []},
    {"type": 7},
    {"items": [{"sku": "A-1"}], "total": 3},
    {"name": "Ada"},
    {},
    [{"type": "string"}],
    "string",
]
LOOSE = [
    {"type": "object", "properties": {"a": {"type": "string"}}},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"type": "array", "prefixItems": [{"type": "integer"}]},
    {"type": "array", "items": {"type": "string"}},
    {"$defs": {"A": {}}, "$ref": "#/$defs/A"},
    {"anyOf": [{"type": "integer"}, {"type": "null"}]},
]
LOOSE_DATA = [{"type": "string"}, {"enum": ["a"]}, {"properties": {"a": 1}}, {"type": ["a", "b"], "items": []}]


def in_a_fence(value: Any, indent: int | None = None) -> str:
    return f"Answer by the JSON Schema below.\n\n```json\n{json.dumps(value, indent=indent)}\n```"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("schema", FENCED, ids=json.dumps)
def test_a_fenced_schema_is_found(schema: Any, indent: int | None) -> None:
    """Somebody set it apart and called it JSON: a type alone is enough."""
    assert schema == find_schema([in_a_fence(schema, indent)])


@pytest.mark.parametrize("value", FENCED_DATA, ids=json.dumps)
def test_fenced_data_is_no_schema(value: Any) -> None:
    """A document with JSON in it must not be answered with more of it."""
    assert find_schema([in_a_fence(value)]) is None


@pytest.mark.parametrize("schema", LOOSE, ids=json.dumps)
def test_a_schema_within_prose_is_found(schema: Any) -> None:
    """Not every prompt is tidy."""
    assert schema == find_schema([f"Use {json.dumps(schema)}, please."])


@pytest.mark.parametrize("value", LOOSE_DATA, ids=json.dumps)
def test_an_example_within_prose_is_no_schema(value: Any) -> None:
    """Prose about schemas is not a demand."""
    assert find_schema([f"What does {json.dumps(value)} mean?"]) is None


def test_the_latest_text_counts_and_in_it_the_longest_schema() -> None:
    """A follow-up question brings its own schema; parts of a schema that are explained beside it are not the demand."""
    first, second = in_a_fence({"type": "integer"}), in_a_fence({"type": "string", "minLength": 1})
    assert find_schema([first, second, "And now?"]) == {"type": "string", "minLength": 1}
    assert find_schema([f"{second}\n{first}"]) == {"type": "string", "minLength": 1}
    assert find_schema([f"{first}\n```json\n{{not json\n```"]) == {"type": "integer"}
    assert find_schema([f"{first}\n```json\n{'[' * 100_000}\n```"]) == {"type": "integer"}
