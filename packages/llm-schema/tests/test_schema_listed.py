"""Listed values are held to what else is demanded of them, and lengths to what a pattern leaves: neither is a loss."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penguiflow_llm_schema import SchemaPlan, plan
from penguiflow_llm_schema._lengths import lengths

OPENAI: Final = "openai/strict@2026-11"
SCALARS: Final = (None, True, 0, 7, 0.3, 10.99, "", "a", "abc")
VALUES: Final[tuple[Any, ...]] = (*SCALARS, [], [1, 1], ["a"], {}, {"a": 1}, {"a": "x", "b": [2]})


def planned(schema: dict[str, Any]) -> SchemaPlan:
    return plan({"type": "object", "properties": {"one": schema}, "required": ["one"]}, OPENAI)


def left(schema: dict[str, Any]) -> list[Any]:
    """The listed values that may be sent, as they come back."""
    made = planned(schema)
    if not made.compatible:
        return []
    judge = jsonschema.Draft202012Validator(made.schema)
    sent = [made.forward({"one": value}) for value in schema["enum"]]
    return [made.restore(each)["one"] for each in sent if judge.is_valid(each)]


@pytest.mark.parametrize(
    ("beside", "kept"),
    [
        ({"not": {"not": {"enum": [7, None]}}}, [None, 7]),
        ({"type": "array", "minItems": 1, "uniqueItems": True}, [["a"]]),
        ({"type": "number", "multipleOf": 0.01}, [0, 7, 0.3, 10.99]),
        ({"type": "number", "if": {"minimum": 5}, "then": {"type": "integer"}}, [0, 7, 0.3]),
        ({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}, [{"a": 1}]),
        ({"type": "object", "patternProperties": {"^b": {"contains": {"const": 1}}}}, [{}, {"a": 1}]),
        ({"type": "object", "propertyNames": {"const": "a"}, "minProperties": 1}, [{"a": 1}]),
        ({"type": "object", "additionalProperties": {"type": "string"}}, [{}]),
        ({"type": "object", "unevaluatedProperties": True}, [{}, {"a": 1}, {"a": "x", "b": [2]}]),
        ({"type": "string", "anyOf": [{"minLength": 2}, {"maxLength": 0}]}, ["", "abc"]),
    ],
)
def test_values_that_keep_to_what_stands_beside_them(beside: dict[str, Any], kept: list[Any]) -> None:
    """What contradicts is not offered, and what is held to is not reported as lost."""
    schema = {"enum": list(VALUES), **beside}
    assert kept == left(schema)
    assert () == planned(schema).losses


@pytest.mark.parametrize(
    ("beside", "keyword"),
    [
        ({"format": "date"}, "format"),
        ({"pattern": r"^(a|b)\1$"}, "pattern"),
        ({"not": {"pattern": r"(a+)+$"}}, "not"),
        ({"if": {"format": "date"}, "then": {"minLength": 2}}, "then"),
        ({"$ref": "#/$defs/object", "unevaluatedProperties": False}, "unevaluatedProperties"),
    ],
)
def test_what_is_not_decided_is_reported(beside: dict[str, Any], keyword: str) -> None:
    """All values stay, and the loss says which demand they may not keep to."""
    schema = {"properties": {"one": {"enum": ["a", {"a": 1}], **beside}}, "$defs": {"object": {}}, "required": ["one"]}
    made = plan({"type": "object", **schema}, OPENAI)
    assert keyword in {loss.keyword for loss in made.losses}
    assert ["a", {"a": 1}] == [made.restore(made.forward({"one": value}))["one"] for value in ("a", {"a": 1})]


def test_a_condition_that_takes_anything() -> None:
    """It demands nothing, and is no loss."""
    condition = {"if": {"minLength": 2}, "then": {}}
    assert () == planned({"type": "string", **condition}).losses
    made = planned({"type": "string", **condition, "else": {"pattern": "b"}})
    assert ["else"] == [loss.keyword for loss in made.losses]
    described = made.schema["properties"]["one"]["description"]
    assert 'If it does not match {"minLength": 2}, it must match {"pattern": "b"}.' == described


SIMPLE: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [
        {"minLength": 1}, {"maxLength": 1}, {"pattern": "^[a-z]+$"}, {"minimum": 1}, {"exclusiveMaximum": 7},
        {"multipleOf": 7}, {"type": ["string", "null"]}, {"type": "integer"}, {"minItems": 1}, {"uniqueItems": True},
        {"required": ["b"]}, {"maxProperties": 1}, {"dependentRequired": {"a": ["b"]}}, True, False,
    ]
)  # fmt: skip


def compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        inner,
        st.builds(lambda found: {"anyOf": found}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda found: {"oneOf": found}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda found: {"allOf": found}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda one, two, three: {"if": one, "then": two, "else": three}, inner, inner, inner),
        st.builds(lambda one: {"items": one, "properties": {"a": one}}, inner),
        st.builds(lambda one, two: {"prefixItems": [one], "items": two, "additionalProperties": two}, inner, inner),
        st.builds(lambda one: {"contains": one, "maxContains": 1, "dependentSchemas": {"a": one}}, inner),
        st.builds(lambda one: {"propertyNames": one, "patternProperties": {"^b": one}}, inner),
    )


DEMANDS: Final = compound(compound(SIMPLE))


@settings(max_examples=300, deadline=None)
@given(st.builds(lambda one: {"enum": list(VALUES), "not": one}, DEMANDS))
def test_a_validator_takes_the_same_values(schema: dict[str, Any]) -> None:
    """`jsonschema` is the judge of what is kept where nothing is reported, and of what is left out always."""
    judge = jsonschema.Draft202012Validator(schema)
    valid = [value for value in VALUES if judge.is_valid(value)]
    kept = left(schema)
    if planned(schema).losses:
        assert {*map(json.dumps, valid)} <= {*map(json.dumps, kept)}
    else:
        assert valid == kept


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        (r"^[a-z]+$", 1, None),
        (r"^(?:\S+\s+){0,49}\S+$", 1, None),
        (r"^[\w-]{1,255}?$", 1, 255),
        (r"^(a|bcd)?x{2,}$", 2, None),
        (r"^(ab|c)(\.\d{3}){2}$", 9, 10),
        (r"^#\d{6}", 7, None),
        (r"a|bc", 1, None),
        (r"^a|b$", 1, None),
        (r"^a\$", 2, None),
        (r"^$", 0, 0),
        (r"^[]a]$", 1, 1),
        (r"^[^\]]\.$", 2, 2),
        (r"\bfoo\b", 3, None),
    ],
)
def test_lengths_that_a_pattern_leaves(pattern: str, least: int, most: int | None) -> None:
    """Bounds that follow from it are neither said nor reported where it is sent."""
    implied = {"minLength": least} | ({} if most is None else {"maxLength": most})
    made = planned({"type": "string", "pattern": pattern, **implied})
    assert () == made.losses
    assert {"type": "string", "pattern": pattern} == made.schema["properties"]["one"]
    stricter = {"minLength": least + 1, "maxLength": 1000 if most is None else most - 1}
    lost = planned({"type": "string", "pattern": pattern, **stricter}).losses
    assert ["minLength", "maxLength"] == [loss.keyword for loss in lost]


@pytest.mark.parametrize(
    "pattern", [r"(?=x)a", r"a{2", r")", r"(a", r"a**", r"\u0041", r"(a)\1", "(" * 90 + "a" + ")" * 90]
)
def test_lengths_of_patterns_that_are_not_read(pattern: str) -> None:
    assert (0, float("inf")) == lengths(pattern)


ATOMS: Final = st.sampled_from(["a", ".", r"\d", "[a-c]", r"\.", "(?:ab|c)", "(d|)"])
TIMES: Final = st.sampled_from(["", "*", "+", "?", "{2}", "{1,}", "{0,3}", "+?"])
PATTERNS: Final = st.lists(st.builds(lambda one, times: one + times, ATOMS, TIMES), max_size=4).map(
    lambda parts: f"^{''.join(parts)}$"
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_text_is_shorter_or_longer(data: st.DataObject) -> None:
    """What a pattern matches is as long as it is said to be."""
    pattern = data.draw(PATTERNS)
    text = data.draw(st.from_regex(re.compile(pattern), fullmatch=True))
    least, most = lengths(pattern)
    assert least <= len(text.removesuffix("\n")) <= most
