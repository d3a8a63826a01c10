"""Plans as values, the dialects they are made for, and input that is no schema."""

from __future__ import annotations

import copy
import json
from types import MappingProxyType
from typing import Any

import pytest

import penguiflow_llm_schema
from penguiflow_llm_schema import (
    Dialect,
    DialectTransformer,
    InvalidSchemaError,
    SchemaPlan,
    SchemaStats,
    UnknownDialectError,
    check,
    dialect_names,
    get_dialect,
    plan,
)

STRICT = "openai/strict@2026-11"
TOOL = "openai/tool@2026-11"
VERBATIM = "json-schema@2020-12"
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": ["integer", "null"]}},
    "required": ["name"],
}


def test_names() -> None:
    """Providers name dialects by these strings; a released one stays."""
    names = (
        "anthropic/output@2026-11",
        "anthropic/strict-tool@2026-11",
        "anthropic/tool@2026-11",
        "bedrock/nova-tool@2026-11",
        "bedrock/output@2026-11",
        "bedrock/strict-tool@2026-11",
        "bedrock/tool@2026-11",
        "databricks/function-gpt@2026-11",
        "databricks/function@2026-11",
        "databricks/output-gpt@2026-11",
        "databricks/output@2026-11",
        "gemini/function@2026-11",
        "gemini/json-schema@2026-11",
        "gemini/schema-vertex@2026-11",
        "gemini/schema@2026-11",
        "json-schema@2020-12",
        "openai/strict-tool@2026-11",
        "openai/strict@2026-11",
        "openai/tool@2026-11",
        "openrouter/anthropic-strict-tool@2026-11",
        "openrouter/anthropic-tool@2026-11",
        "openrouter/anthropic@2026-11",
        "openrouter/google-tool@2026-11",
        "openrouter/google@2026-11",
        "openrouter/openai-strict-tool@2026-11",
        "openrouter/openai-tool@2026-11",
        "openrouter/openai@2026-11",
        "openrouter/portable-tool@2026-11",
        "openrouter/portable@2026-11",
    )
    assert names == dialect_names()
    assert names == tuple(get_dialect(name).name for name in names)


@pytest.mark.parametrize("name", dialect_names())
def test_dialects_are_sourced_and_hashable(name: str) -> None:
    """A rule without a source cannot be checked when the provider changes it."""
    dialect = get_dialect(name)
    assert dialect.sources
    assert {dialect} == {get_dialect(name)}
    assert not dialect.keeps & dialect.refused


def test_unknown_dialect() -> None:
    """A provider newer than the installed schema package must lead to an upgrade, not to a puzzle."""
    with pytest.raises(
        UnknownDialectError, match=r"No dialect 'openai/strict@2031-01' in penguiflow-llm-schema"
    ) as caught:
        plan(PERSON, "openai/strict@2031-01")
    installed = penguiflow_llm_schema.__version__
    assert f"it knows {', '.join(dialect_names())}" in str(caught.value)
    assert f"pip install 'penguiflow-llm-schema>{installed}'" in str(caught.value)


def test_plan_of_a_dialect_value() -> None:
    """A provider with a dialect of its own hands it over instead of a name."""
    own = Dialect(name="house/own@2026-11", enforcement="shown", sources={"keeps": "ours"})
    assert ("house/own@2026-11", PERSON) == (plan(PERSON, own).dialect, plan(PERSON, own).schema)


def test_plan_says_what_it_is_for() -> None:
    """What a caller logs: counts as the API counts them, and whether to send the strict flag."""
    made = plan(PERSON, STRICT)
    stats = SchemaStats(properties=2, depth=1, string_length=7, unions=1)
    assert (STRICT, PERSON, True, True, stats) == (
        made.dialect,
        made.requested_schema,
        made.strict,
        made.compatible,
        made.stats,
    )
    assert ["age"] == [loss.pointer.rpartition("/")[2] for loss in made.losses]
    assert not plan(PERSON, TOOL).strict


def test_input_is_copied() -> None:
    """Plans are cached: a schema that changes later, or a plan that changes it, would be found far from the cause."""
    schema, before = copy.deepcopy(PERSON), copy.deepcopy(PERSON)
    made = plan(schema, VERBATIM)
    assert before == schema
    schema["properties"]["name"]["type"] = "integer"
    assert before == made.schema == made.requested_schema


def test_frozen_mappings_are_read() -> None:
    """Callers keep schemas in read-only mappings."""
    assert plan(PERSON, STRICT).schema == plan(MappingProxyType(PERSON), STRICT).schema


def test_own_transformer() -> None:
    """A transformer of one's own may wrap the one that reads the tables."""

    class Renamed:
        def transform(self, schema: object, dialect: Dialect) -> SchemaPlan:
            made = DialectTransformer().transform(schema, dialect)
            return SchemaPlan(
                dialect="renamed",
                requested_schema=made.requested_schema,
                schema=made.schema,
                strict=made.strict,
                compatible=made.compatible,
            )

    made = plan(PERSON, STRICT, transformer=Renamed())
    assert ("renamed", {"a": 1}, True) == (made.dialect, made.restore({"a": 1}), made.lossless)


WRAPPED_NODE = {
    "type": "object",
    "properties": {
        "value": {"anyOf": [{"$ref": "#/$defs/N"}, {"$ref": "#/properties/value/x"}, {"$ref": "#/properties/value"}]}
    },
    "required": ["value"],
    "$defs": {"N": {"type": "object"}},
}


@pytest.mark.parametrize(
    ("schema", "sent"),
    [
        (PERSON, PERSON),
        ({"type": "object"}, {"type": "object", "properties": {}}),
        ({"properties": {"a": {"type": "dict"}}}, {"type": "object", "properties": {"a": {"type": "object"}}}),
        (
            {"type": "object", "properties": {"l": {"type": "array"}}},
            {"type": "object", "properties": {"l": {"type": "array", "items": {}}}},
        ),
        (
            {"type": "array", "items": {"type": "any"}},
            {"type": "object", "properties": {"value": {"type": "array", "items": {}}}, "required": ["value"]},
        ),
        (True, {"type": "object", "properties": {"value": {}}, "required": ["value"]}),
        (
            {"type": ["object", "null"]},
            {"type": "object", "properties": {"value": {"type": ["object", "null"]}}, "required": ["value"]},
        ),
        ({"$ref": "#/$defs/P", "title": "T", "$defs": {"P": PERSON}}, {**PERSON, "title": "T", "$defs": {"P": PERSON}}),
        (
            {
                "anyOf": [{"$ref": "#/$defs/N"}, {"$ref": "#/x"}, {"$ref": "#"}],
                "$id": "http://x/y",
                "$defs": {"N": {"type": "object"}},
            },
            WRAPPED_NODE,
        ),
    ],
)
def test_shown_schema(schema: Any, sent: Any) -> None:
    """Tools that are not strict keep their schemas but for what is refused even so."""
    made = plan(schema, TOOL)
    assert sent == made.schema
    assert () == made.losses
    assert () == check(made.schema, TOOL)


def test_shown_schema_tells_what_it_lost() -> None:
    """Lookaround is refused without strict mode too."""
    properties = {"a": {"type": "string", "pattern": "(?=a)", "description": "D"}}
    made = plan({"type": "object", "properties": properties}, TOOL)
    assert [("/properties/a", "pattern", "described")] == [
        (loss.pointer, loss.keyword, loss.action) for loss in made.losses
    ]
    assert "D. Must match the regular expression `(?=a)`." == made.schema["properties"]["a"]["description"]


def test_wrapped_tool_arguments_come_back() -> None:
    """The wrapper is ours: nobody asked for it."""
    made = plan({"type": "array", "items": {"type": "string"}}, TOOL)
    assert ({"value": ["a"]}, ["a"]) == (made.forward(["a"]), made.restore({"value": ["a"]}))


@pytest.mark.parametrize("schema", [PERSON, {"$ref": "nowhere"}, {"type": "gizmo", "x": [1, None]}])
def test_verbatim(schema: Any) -> None:
    """In a prompt the model sees what was asked for, whatever it is."""
    assert (schema, ()) == (plan(schema, VERBATIM).schema, plan(schema, VERBATIM).losses)


@pytest.mark.parametrize(("schema", "sent"), [(True, {}), (False, {"not": {}})])
def test_verbatim_boolean(schema: bool, sent: Any) -> None:
    """What is sent is an object always."""
    assert sent == plan(schema, VERBATIM).schema


def nested(levels: int, keyword: str) -> Any:
    schema: Any = {"type": "string"}
    for _ in range(levels):
        schema = {"properties": {"a": schema}} if keyword == "properties" else {keyword: [schema]}
    return schema


def cyclic() -> Any:
    schema: dict[str, Any] = {}
    schema["properties"] = {"a": schema}
    return schema


def shared(levels: int) -> Any:
    schema: Any = {"type": "string"}
    for _ in range(levels):
        schema = {"properties": {"a": schema, "b": schema}}
    return schema


@pytest.mark.parametrize("dialect", dialect_names())
@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        (None, "", "a schema is an object or a boolean, not 'NoneType'"),
        ([], "", "a schema is an object or a boolean, not 'list'"),
        ({1: True}, "", "the key 1 is not a string"),
        ({"properties": {2: True}}, "/properties", "the key 2 is not a string"),
        ({"const": float("nan")}, "/const", "a number that JSON cannot carry"),
        ({"const": 10**5_000}, "/const", "a number that JSON cannot carry"),
        ({"a/b~": {1}}, "/a~1b~0", "a value of type 'set' is not JSON"),
        (nested(10_000, "properties"), "", "nested deeper than 64 schemas"),
        (nested(10_000, "allOf"), "", "nested deeper than 64 schemas"),
        (cyclic(), "", "nested deeper than 64 schemas"),
        (shared(40), "", "more than 250,000 values"),
    ],
    ids=range(11),
)
def test_no_json(schema: Any, pointer: str, words: str, dialect: str) -> None:
    """Whatever is handed in: a typed error that says where, in bounded time."""
    with pytest.raises(InvalidSchemaError, match=words) as caught:
        plan(schema, dialect)
    assert pointer == caught.value.pointer


@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        ({"type": "gizmo"}, "/type", "'gizmo' is not a type; use one of string"),
        ({"type": 3}, "/type", "3 is not a type"),
        ({"properties": []}, "", "'properties' cannot be of type 'list'"),
        ({"properties": {"a": {"enum": "x"}}}, "/properties/a", "'enum' cannot be of type 'str'"),
        ({"required": "a"}, "", "'required' must be a list of property names"),
        ({"minimum": "1"}, "", "'minimum' cannot be of type 'str'"),
        ({"items": 3}, "/items", "a schema is an object or a boolean"),
        ({"$ref": 3}, "", "'\\$ref' cannot be of type 'int'"),
        ({"dependencies": []}, "", "'dependencies' must be an object"),
        ({"dependentRequired": {"a": 1}}, "", "'dependentRequired' cannot be of type 'dict'"),
        ({"$ref": "#"}, "", "this schema is defined as itself"),
        ({"allOf": [{"$ref": "#"}]}, "", "this schema is defined as itself"),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
            "/$defs/a",
            "defined as itself",
        ),
    ],
)
def test_no_schema(schema: Any, pointer: str, words: str) -> None:
    """JSON that is no schema is named by its place, with what to do."""
    with pytest.raises(InvalidSchemaError, match=words) as caught:
        plan(schema, STRICT)
    assert pointer == caught.value.pointer


@pytest.mark.parametrize("schema", [{"type": "gizmo"}, {"properties": None}, {"properties": {"a": {"required": "b"}}}])
def test_no_schema_to_show(schema: Any) -> None:
    """An API that reads the schema of a tool refuses these too."""
    with pytest.raises(InvalidSchemaError):
        plan(schema, TOOL)


def chain(length: int, link: Any, end: Any) -> dict[str, Any]:
    return {
        "$ref": "#/$defs/d0",
        "$defs": {f"d{index}": link(f"#/$defs/d{index + 1}") for index in range(length)} | {f"d{length}": end},
    }


TWICE = chain(
    30, lambda ref: {"type": "object", "properties": {"a": {"$ref": ref}, "b": {"$ref": ref}}}, {"type": "string"}
)
BOMBS: dict[str, Any] = {
    "doubling references": TWICE,
    "doubling allOf": chain(30, lambda ref: {"allOf": [{"$ref": ref}, {"$ref": ref}]}, {"type": "string"}),
    "doubling unions": chain(
        60,
        lambda ref: {"anyOf": [{"$ref": ref}, {"type": "object", "properties": {"p": {"$ref": ref}}}]},
        {"type": "string"},
    ),
    "multiplying unions": {
        "allOf": [{"anyOf": [{"required": [f"a{index}"]}, {"required": [f"b{index}"]}]} for index in range(400)]
    },
    "long chain of objects": chain(
        2_000, lambda ref: {"type": "object", "properties": {"a": {"$ref": ref}}}, {"type": "string"}
    ),
    "long chain of references": chain(2_000, lambda ref: {"$ref": ref}, {"type": "string"}),
    "a megabyte of enum": {
        "type": "object",
        "properties": {"e": {"enum": [f"value {index:07d}" for index in range(70_000)]}},
    },
    "as deep as it may be": nested(60, "anyOf"),
    "a union of itself": chain(1, lambda ref: {"anyOf": [{"$ref": "#/$defs/d0"}, {"$ref": ref}]}, {"type": "object"}),
    "crossing recursions": {
        "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
        "$defs": {
            "a": {"properties": {"x": {"$ref": "#/$defs/a"}, "y": {"$ref": "#/$defs/b"}}},
            "b": {"properties": {"x": {"$ref": "#/$defs/b"}, "y": {"$ref": "#/$defs/a"}}},
        },
    },
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(name: str) -> None:
    """A schema made to explode costs a plan, not the process."""
    made = plan(BOMBS[name], STRICT)
    assert made.compatible
    assert () == check(made.schema, STRICT)
    assert 600_000 > len(json.dumps(made.schema))
    assert [] == made.restore([])


def test_incompatible_when_it_cannot_be_opened() -> None:
    """Flat and too large: nothing can be folded, so nothing is sent."""
    made = plan({"type": "object", "properties": {f"p{index}": {"type": "null"} for index in range(10_001)}}, STRICT)
    reason = "the schema grows beyond 10,000 parts when it is opened; make it smaller"
    assert (False, (reason,)) == (made.compatible, made.reasons)
