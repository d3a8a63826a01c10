"""Whatever schema goes in, the value that comes out satisfies it, by the word of an independent validator."""

# ruff: noqa: E501  a table reads best with one case on a line

import gzip
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penguiflow_llm_testing import UnsatisfiableSchemaError, generate_value
from penguiflow_llm_testing._values._valid import is_valid

PROMPT = "Maria Silva <maria@example.org> paid EUR 1,234.50 for 3 widgets on 14 March 2026."
Schema = dict[str, Any]

NAMES = st.sampled_from(["id", "email", "date", "total", "name", "tags", "value", "key", "kind", "note"])


def strings() -> st.SearchStrategy[Schema]:
    return st.one_of(
        st.builds(
            lambda low, span: {"type": "string", "minLength": low, "maxLength": low + span},
            st.integers(0, 40),
            st.integers(0, 60),
        ),
        st.builds(
            lambda name: {"type": "string", "format": name},
            st.sampled_from(["date", "email", "uuid", "date-time", "ipv4"]),
        ),
        st.builds(
            lambda name: {"type": "string", "pattern": name},
            st.sampled_from([r"^[A-Z]{3}-\d{4}$", r"^(a|b)+c?$", r"\d"]),
        ),
        st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=5), min_size=1, max_size=4)),
        st.builds(
            lambda value: {"const": value}, st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
        ),
    )


def numbers() -> st.SearchStrategy[Schema]:
    def bounded(kind: str, low: int, span: int, step: float | None, exclusive: bool) -> Schema:
        names = ("exclusiveMinimum", "exclusiveMaximum") if exclusive else ("minimum", "maximum")
        return {"type": kind, names[0]: low, names[1]: low + span} | ({} if step is None else {"multipleOf": step})

    steps = st.sampled_from([None, 1, 2, 5, 0.5])
    return st.builds(
        bounded,
        st.sampled_from(["integer", "number"]),
        st.integers(-500, 500),
        st.integers(12, 90),
        steps,
        st.booleans(),
    )


def containers(children: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    def closed(members: dict[str, Schema], optional: set[str]) -> Schema:
        required = [name for name in members if name not in optional]
        return {"type": "object", "properties": members, "required": required, "additionalProperties": False}

    return st.one_of(
        st.builds(closed, st.dictionaries(NAMES, children, max_size=5), st.sets(NAMES, max_size=3)),
        st.builds(lambda item, low, span: {"type": "array", "items": item, "minItems": low, "maxItems": low + span}, children, st.integers(0, 4), st.integers(0, 4)),
        st.builds(lambda value: {"type": "object", "additionalProperties": value}, children),
        st.builds(lambda branches: {"anyOf": branches}, st.lists(children, min_size=1, max_size=3)),
        st.builds(lambda parts: {"type": "array", "prefixItems": parts, "minItems": len(parts), "items": False}, st.lists(children, min_size=1, max_size=3)),
        st.builds(lambda one, other: {"if": {"type": "string"}, "then": one, "else": other}, strings(), numbers()),
        st.builds(lambda one: {"anyOf": [one, {"type": "null"}]}, children),
    )  # fmt: skip


SCHEMAS = st.recursive(
    st.one_of(strings(), numbers(), st.just({"type": "boolean"}), st.just({})), containers, max_leaves=12
)


@settings(max_examples=250)
@given(schema=SCHEMAS, seed=st.integers(0, 5))
def test_a_value_satisfies_its_schema(schema: Schema, seed: int) -> None:
    """A simulator that breaks the schema it was sent would test the wrong thing."""
    value = generate_value(schema, seed=seed, prompt=PROMPT)
    jsonschema.Draft202012Validator(schema).validate(value)
    assert value == generate_value(schema, seed=seed, prompt=PROMPT)


@pytest.mark.parametrize(
    ("corpus", "limit"),
    [("jsonschemabench", 150), ("mcp_tool", 330), ("crd", 40), ("openapi", 57), ("schemastore", 60)],
)
def test_schemas_that_others_wrote(shared: Path, corpus: str, limit: int) -> None:
    """Real schemas hold what nobody thinks of; those that point outside themselves are refused, never fetched."""
    with gzip.open(shared / "schemas" / f"{corpus}.jsonl.gz") as lines:
        records = [json.loads(line) for line, _ in zip(lines, range(limit), strict=False)]
    broken, refused = [], []
    for record in records:
        schema = record["schema"]
        try:
            value = generate_value(schema, seed=1, prompt=PROMPT)
        except UnsatisfiableSchemaError:
            refused.append(record["id"])
            continue
        if not _is_valid(schema, value):
            broken.append(record["id"])
    assert broken == []
    assert len(refused) <= 0.1 * len(records)


def _is_valid(schema: Any, value: Any) -> bool:
    if isinstance(schema, bool):
        return schema
    validator = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    return bool(validator(schema).is_valid(value))


RECURSIVE: Schema = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
            "required": ["name", "children"],
            "additionalProperties": False,
        }
    },
}


@pytest.mark.parametrize("seed", range(20))
def test_recursion_ends(seed: int) -> None:
    """A schema that contains itself must give a finite value, and one not only a leaf."""
    value = generate_value(RECURSIVE, seed=seed, prompt=PROMPT)
    jsonschema.Draft202012Validator(RECURSIVE).validate(value)
    assert value["children"] != []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "integer"}}, "minProperties": 2, "additionalProperties": {"type": "boolean"}},
        {"type": "object", "patternProperties": {"^x_[a-z]+$": {"type": "integer"}}, "minProperties": 1, "additionalProperties": False},
        {"type": "object", "propertyNames": {"enum": ["red", "green"]}, "minProperties": 2},
        {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 3, "uniqueItems": True},
        {"type": "array", "contains": {"const": "x"}, "minContains": 2},
        {"allOf": [{"properties": {"a": {"minimum": 3}}}, {"properties": {"a": {"maximum": 4}}}], "required": ["a"], "type": "object"},
        {"type": "string", "not": {"maxLength": 6}},
        {"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}},
        {"type": "object", "dependencies": {"a": ["b"], "b": {"required": ["c"]}}, "required": ["a"]},
        {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]},
        {"type": "object", "allOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}], "unevaluatedProperties": False},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
        {"type": "number", "multipleOf": 0.01, "minimum": 1},
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": [{"type": "integer"}], "additionalItems": False, "minItems": 1},
        {"type": "string", "minLength": 2000},
        {"$anchor": "top", "type": "object", "properties": {"next": {"$ref": "#top"}}},
        {"type": ["integer", "null"]},
        True,
    ],
    ids=str,
)  # fmt: skip
def test_keywords(schema: Any) -> None:
    """Each keyword that restricts a value is obeyed, alone and beside others."""
    for seed in range(10):
        assert _is_valid(schema, generate_value(schema, seed=seed, prompt=PROMPT))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (False, "allows no value"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "no integer lies within its bounds"),
        ({"enum": []}, "no value of its enum fits"),
        ({"type": "wibble"}, "unknown type 'wibble'"),
        ({"$ref": "https://example.com/other.json"}, "points to nothing inside the schema"),
        ({"$ref": "#/$defs/Missing"}, "points to nothing inside the schema"),
        ({"$ref": "#"}, "leads back to itself"),
        ({"$ref": "#/$defs/N", "$defs": {"N": {"type": "object", "properties": {"n": {"$ref": "#/$defs/N"}}, "required": ["n"]}}}, "bounded depth"),
        ({"type": "string", "pattern": "^(?=x)y$"}, "cannot be read|look-around"),
        ({"type": "array", "minItems": 10_000_000}, "more than the 10000 items"),
        ({"required": 3}, "not iterable"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "breaks one of its rules"),
        (7, "not a schema"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_satisfied_is_said(schema: Any, reason: str) -> None:
    """The simulator must say that it cannot answer; an endless search or a wrong value would look like the client's bug."""
    with pytest.raises(UnsatisfiableSchemaError, match=f"(?i){reason}"):
        generate_value(schema, seed=0, prompt=PROMPT)


def test_a_bomb_is_refused_quickly() -> None:
    """A schema of a few hundred bytes must not cost a test run minutes."""
    bomb: Schema = {"$defs": {f"n{i}": {"type": "object", "properties": {"a": {"$ref": f"#/$defs/n{i + 1}"}, "b": {"$ref": f"#/$defs/n{i + 1}"}}, "required": ["a", "b"]} for i in range(30)}}  # fmt: skip
    bomb |= {"$ref": "#/$defs/n0"}
    bomb["$defs"]["n30"] = {"type": "string"}
    with pytest.raises(UnsatisfiableSchemaError, match="bounded size"):
        generate_value(bomb, seed=0)


@pytest.mark.parametrize(
    "around",
    [
        {"type": "string", "not": {"$ref": "#/$defs/a"}},
        {"type": "object", "required": ["x"], "propertyNames": {"$ref": "#/$defs/a"}},
        {"type": "object", "required": ["x"], "dependentSchemas": {"x": {"$ref": "#/$defs/a"}}},
        {
            "type": "object",
            "required": ["x"],
            "unevaluatedProperties": False,
            "dependentSchemas": {"x": {"$ref": "#/$defs/a"}},
        },
    ],
    ids=["not", "propertyNames", "dependentSchemas", "unevaluatedProperties"],
)
def test_a_definition_that_is_its_own_condition_ends(around: dict[str, Any]) -> None:
    """Twice itself at each of 100 levels would take longer than the world has been: each verdict is reached once."""
    own = {"$ref": "#/$defs/a"}
    schema = {**around, "$defs": {"a": {"if": own, "then": own, "else": own}}}
    with suppress(UnsatisfiableSchemaError):
        assert is_valid(schema, schema, generate_value(schema, seed=1))
