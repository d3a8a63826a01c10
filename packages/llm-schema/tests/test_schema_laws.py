"""Laws that hold for any schema and any value: on thousands of real ones, and on generated ones."""

from __future__ import annotations

import copy
import json
from collections import Counter
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penguiflow_llm_schema import (
    Dialect,
    InvalidSchemaError,
    Limits,
    SchemaPlan,
    check,
    dialect_names,
    get_dialect,
    plan,
)

STRICT = "openai/strict@2026-11"
REWRITTEN = [name for name in dialect_names() if get_dialect(name).enforcement == "compiled"]
# so narrow that small schemas already need what large ones need elsewhere
TIGHT = replace(get_dialect("anthropic/output@2026-11"), name="tight", limits=Limits(optional_properties=1, unions=1))
GENERATED_FOR = [*map(get_dialect, REWRITTEN), *[TIGHT] * 4]
# those that differ from the others in more than their root
DISTINCT = [
    f"{name}@2026-11"
    for name in ("openai/strict", "anthropic/output", "gemini/json-schema", "gemini/schema", "databricks/output")
]
EXTERNAL = {"remote_ref", "relative_ref"}


def planned(schema: Any, dialect: Dialect | str) -> SchemaPlan | None:
    try:
        return plan(schema, dialect)
    except InvalidSchemaError:
        return None


@pytest.mark.parametrize("dialect", dialect_names())
def test_compatible_means_accepted(real_schemas: list[dict[str, Any]], dialect: str) -> None:
    """What a plan calls compatible passes the checker, which was written apart from it; the input is left alone."""
    usable = Counter[bool]()
    for record in real_schemas[:: 1 if dialect == STRICT else 8]:
        text = json.dumps(record["schema"])
        made = planned(record["schema"], dialect)
        assert text == json.dumps(record["schema"])
        if made is not None and made.compatible:
            assert () == check(made.schema, dialect), record["id"]
        if not EXTERNAL & set(record.get("tags", ())):
            usable[made is not None and made.compatible] += 1
    few_keys = dialect.startswith("databricks/")  # which flat schemas with many properties go over
    assert usable[True] / usable.total() > (0.9 if few_keys else 0.98)


def test_plans_are_deterministic(real_schemas: list[dict[str, Any]]) -> None:
    """Plans are cached and compared: the same schema gives the same bytes."""
    for record in real_schemas[::7]:
        first, second = planned(record["schema"], STRICT), planned(copy.deepcopy(record["schema"]), STRICT)
        assert first == second
        assert first is None or second is None or json.dumps(first.schema) == json.dumps(second.schema)


def test_compatible_plans_stay(real_schemas: list[dict[str, Any]]) -> None:
    """A schema that was carried over once needs nothing more: planning its result changes nothing it demands."""
    for record in real_schemas[::7]:
        made = planned(record["schema"], STRICT)
        if made is not None and made.compatible:
            again = plan(made.schema, STRICT)
            assert (True, ()) == (again.compatible, again.losses), record["id"]


def without_closing(schema: Any) -> Any:
    """The sent schema with objects open, as they are in most of the requested ones."""
    if isinstance(schema, list):
        return [without_closing(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_closing(value) for key, value in schema.items() if (key, value) != ("additionalProperties", False)
    }


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of patterns with [[ in them, from the validator
@pytest.mark.parametrize("dialect", DISTINCT)
def test_real_values_travel(real_schemas: list[dict[str, Any]], dialect: str) -> None:
    """A value that is valid for the requested schema is, sent and taken back, what it was."""
    seen = Counter[str]()
    for record in real_schemas:
        made = planned(record["schema"], dialect)
        if made is None or not made.compatible or not made.lossless:
            continue
        validator = jsonschema.Draft202012Validator(without_closing(dict(made.codecs.schema)))
        for test in record.get("tests", ()):
            if not test["valid"] or test.get("verified") not in (True, "format"):
                continue
            sent = made.forward(test["data"])
            assert test["data"] == made.restore(sent), record["id"]
            seen["sent" if validator.is_valid(sent) else "undeclared"] += 1
    assert seen["sent"] > 50
    # values with properties that no branch declares fit none of the branches
    assert seen["undeclared"] <= 0.02 * seen.total()


SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer"},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "null"},
        {"type": ["string", "null"]},
        {"const": "a"},
        {"enum": ["a", 1, None]},
        {"enum": [{"k": 1}, "b"]},
        {"type": "integer", "minimum": 2},
        {},
    ]
)


def compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(["a", "b", "type", "value", "key", "$ref"])

    def an_object(properties: dict[str, Any], required: set[str], rest: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": properties,
            "required": sorted(required & properties.keys()),
            "additionalProperties": rest,
        }

    def a_tuple(items: list[Any], more: Any) -> dict[str, Any]:
        return {"type": "array", "prefixItems": items, "items": more, "minItems": len(items)}

    return st.one_of(
        st.builds(
            an_object, st.dictionaries(names, inner, max_size=3), st.sets(names), st.one_of(st.just(value=False), inner)
        ),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(a_tuple, st.lists(inner, min_size=1, max_size=2), st.one_of(st.just(value=False), inner)),
        st.builds(lambda branches: {"anyOf": branches}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda schema: {"$ref": "#/$defs/S", "_": schema}, inner),
        st.builds(lambda one, other: {"allOf": [one, other]}, inner, inner),
    )


SCHEMAS = st.recursive(SCALARS, compound, max_leaves=6)
VALUES = st.recursive(
    st.sampled_from([None, True, 0, 1, 3, 2.5, "a", "b", '{"k": 1}', "null", {"k": 1}]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "key", "value", "type", "k"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def instance(draw: st.DrawFn, schema: Any, document: Any, level: int = 0) -> Any:
    """A value that is meant to be valid for `schema`."""
    if level > 6:
        return draw(st.sampled_from([None, "a", 1, [], {}]))
    if "$ref" in schema:
        return instance(draw, document["$defs"]["S"], document, level + 1)
    if "anyOf" in schema:
        return instance(draw, draw(st.sampled_from(schema["anyOf"])), document, level + 1)
    if "allOf" in schema:
        return instance(draw, draw(st.sampled_from(schema["allOf"])), document, level + 1)
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    match schema.get("type"):
        case "object":
            rest = schema["additionalProperties"]
            names = [name for name in schema["properties"] if name in schema["required"] or draw(st.booleans())]
            value = {name: instance(draw, schema["properties"][name], document, level + 1) for name in names}
            if rest is not False and draw(st.booleans()):
                value.setdefault("further", instance(draw, rest, document, level + 1))
            return value
        case "array":
            items = [instance(draw, item, document, level + 1) for item in schema.get("prefixItems", ())]
            more = draw(st.integers(0, 2)) if schema["items"] is not False else 0
            return items + [instance(draw, schema["items"], document, level + 1) for _ in range(more)]
        case None:
            return schema.get("const", draw(VALUES) if "const" not in schema else None)
        case kind:
            return draw(
                st.sampled_from(
                    [value for value in (None, True, 3, 2.5, "a") if type(value).__name__ in _PYTHON[str(kind)]]
                )
            )


_PYTHON = {
    "string": ["str"],
    "integer": ["int"],
    "number": ["float", "int"],
    "boolean": ["bool"],
    "null": ["NoneType"],
    "['string', 'null']": ["str", "NoneType"],
}


@st.composite
def documents_and_values(draw: st.DrawFn) -> tuple[Any, Any]:
    document = {**draw(SCHEMAS), "$defs": {"S": draw(SCHEMAS.filter(lambda schema: "$ref" not in schema))}}
    return document, instance(draw, document, document)


def valid(schema: Any, value: Any) -> bool | None:
    """None where the validator finds no end, as in a union that has itself as a branch."""
    try:
        return jsonschema.Draft202012Validator(schema).is_valid(value)
    except RecursionError:
        return None


@settings(max_examples=1200, derandomize=True, suppress_health_check=list(HealthCheck))
@given(documents_and_values(), st.sampled_from(GENERATED_FOR))
def test_generated_values_travel(drawn: tuple[Any, Any], dialect: Dialect) -> None:
    """Every rewrite under every other: valid values go out as the sent schema demands, and come back as they were."""
    document, value = drawn
    made = planned(document, dialect)
    if made is None or not made.compatible:
        return
    assert () == check(made.schema, dialect)
    if not made.lossless or not valid(document, value):
        return
    sent = made.forward(value)
    assert valid(made.codecs.schema, sent) is not False
    assert json.dumps(value, sort_keys=True) == json.dumps(made.restore(sent), sort_keys=True)


@settings(max_examples=800, derandomize=True, suppress_health_check=list(HealthCheck))
@given(SCHEMAS, SCHEMAS, VALUES, st.sampled_from(GENERATED_FOR))
def test_valid_for_sent_restores_to_valid(schema: Any, definition: Any, value: Any, dialect: Dialect) -> None:
    """Whatever the model may write comes back as what was asked for."""
    document = {**schema, "$defs": {"S": definition}}
    made = planned(document, dialect)
    if made is None or not made.compatible or not made.lossless:
        return
    sent = made.forward(value)
    if valid(made.codecs.schema, sent):
        assert valid(document, made.restore(sent)) is not False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["string", "object", "#", "#/$defs/a", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "$ref",
                    "$defs",
                    "a",
                    "items",
                    "anyOf",
                    "allOf",
                    "oneOf",
                    "enum",
                    "const",
                    "required",
                    "not",
                    "if",
                    "then",
                    "additionalProperties",
                    "patternProperties",
                    "prefixItems",
                    "minItems",
                    "maxItems",
                    "nullable",
                    "default",
                    "examples",
                    "description",
                    "dependencies",
                    "$id",
                    "$anchor",
                    "pattern",
                    "format",
                    "propertyNames",
                    "minProperties",
                    "unevaluatedProperties",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=600, derandomize=True, suppress_health_check=list(HealthCheck))
@given(JSON, st.sampled_from(dialect_names()))
def test_total(schema: Any, dialect: str) -> None:
    """Any JSON value gives a plan or `InvalidSchemaError`, and the checker agrees with the plan."""
    made = planned(schema, dialect)
    if made is not None and made.compatible:
        assert () == check(made.schema, dialect)
        made.restore(schema)
        made.forward(schema)
