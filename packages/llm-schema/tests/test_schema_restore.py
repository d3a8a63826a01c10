"""The way back on values that are unfinished, finished already, or nothing that was asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penguiflow_llm_schema import SchemaPlan, plan

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "votes": {"type": "object", "additionalProperties": {"type": "integer"}},
        "point": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "minItems": 1},
        "pet": {"anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]},
        "any": {},
        "tree": {"$ref": "#/$defs/Tree"},
        "mixed": {
            "anyOf": [
                {"type": "object", "additionalProperties": {}},
                {"type": "array", "items": {"type": "string"}},
                {"enum": [1, {"a": 1}]},
            ]
        },
        "open": {
            "type": "object",
            "properties": {"a": {"type": "integer"}},
            "additionalProperties": {"type": "string"},
        },
    },
    "$defs": {
        "Cat": {
            "type": "object",
            "properties": {"kind": {"const": "cat"}, "toys": {"type": "object"}},
            "required": ["kind"],
        },
        "Dog": {
            "type": "object",
            "properties": {"kind": {"const": "dog"}, "age": {"type": "integer"}},
            "required": ["kind"],
        },
        "Tree": {
            "type": "object",
            "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}, "tags": {"type": "object"}},
        },
    },
}


@pytest.fixture(scope="module")
def made() -> SchemaPlan:
    return plan(SCHEMA, "openai/strict@2026-11")


@pytest.mark.parametrize(
    ("partial", "restored"),
    [
        ({}, {}),
        ({"votes": None}, {}),
        ({"votes": []}, {"votes": {}}),
        ({"votes": [{}]}, {"votes": {}}),
        ({"votes": [{"key": "a", "value": 1}, {"key": "b"}]}, {"votes": {"a": 1}}),
        ({"votes": [{"key": "a", "value": 1}, {"key": None, "value": 2}]}, {"votes": {"a": 1}}),
        ({"point": {}}, {"point": []}),
        ({"point": {"item_0": "x"}}, {"point": ["x"]}),
        ({"point": {"item_1": 3}}, {"point": []}),
        ({"pet": {"kind": "d"}}, {"pet": {"kind": "d"}}),
        (
            {"pet": {"kind": "cat", "toys": [{"key": "ball", "value": "2"}]}},
            {"pet": {"kind": "cat", "toys": {"ball": 2}}},
        ),
        ({"pet": {"kind": "dog", "age": None}}, {"pet": {"kind": "dog"}}),
        ({"any": '{"a": [1'}, {"any": '{"a": [1'}),
        ({"any": '{"a": [1]}'}, {"any": {"a": [1]}}),
        ({"any": "plain words"}, {"any": "plain words"}),
        (
            {"tree": {"kids": [{"tags": [{"key": "t", "value": "1"}]}, {}]}},
            {"tree": {"kids": [{"tags": {"t": 1}}, {}]}},
        ),
        (
            {"open": {"a": None, "additional_properties": [{"key": "b", "value": "x"}, {"key": "a", "value": "y"}]}},
            {"open": {"b": "x", "a": "y"}},
        ),
        ({"open": {"a": 1, "additional_properties": None}}, {"open": {"a": 1}}),
        ({"surprise": [1]}, {"surprise": [1]}),
    ],
)
def test_partial_values(made: SchemaPlan, partial: Any, restored: Any) -> None:
    """A stream shows half-built objects; each step must already have the shape the caller knows."""
    assert restored == made.restore(partial)


@pytest.mark.parametrize(
    "value", [None, 3, "x", [], [[]], {"votes": 3}, {"votes": [3]}, {"point": "x"}, {"pet": []}, {"open": [1]}]
)
def test_other_shapes_stay(made: SchemaPlan, value: Any) -> None:
    """What is in neither shape is for the validator to complain of, as the model wrote it."""
    assert value == made.restore(value)


def test_restored_values_stay(made: SchemaPlan) -> None:
    """A value may be restored by one layer and handed to the next."""
    value = {
        "votes": {"a": 1},
        "point": ["x", 2],
        "pet": {"kind": "cat", "toys": {}},
        "tree": {"kids": [{"tags": {}}]},
        "open": {"a": 1, "b": "x"},
    }
    assert value == made.restore(value)
    assert value == made.restore(made.forward(value))


def test_a_branch_that_is_still_being_written() -> None:
    """What only lacks parts is read as it was sent, though a mapping beside it takes any object as restored before."""
    pair = {"type": "object", "properties": {"p": {}, "q": {}}, "required": ["p", "q"]}
    schema = {"anyOf": [{"type": "object", "additionalProperties": {}}, {"type": "array", "items": pair}]}
    made = plan(schema, "openai/strict@2026-11")
    assert {"value": {"option_2": [{"p": "1", "q": "2"}]}} == made.forward([{"p": 1, "q": 2}])
    assert [{"p": 1}] == made.restore({"value": {"option_2": [{"p": "1"}]}})
    assert {"p": 1} == made.restore({"p": 1})


def crowded(schema: dict[str, Any]) -> SchemaPlan:
    """A plan with more unions than the dialect takes, so that optional is a list of at most one, here of `a`."""
    others = {f"p{index}": {"anyOf": [{"type": "string"}, {"type": "object"}]} for index in range(20)}
    return plan({"type": "object", "properties": {**others, "a": schema}}, "openrouter/portable@2026-11")


@pytest.mark.parametrize("value", [{}, {"size": "small"}, {"name": "a"}])
def test_a_branch_with_an_optional_pattern(value: Any) -> None:
    """A pattern binds strings: the null of what was left out does not speak against its branch."""
    sized = {"name": {"type": "string"}, "size": {"type": "string", "pattern": "^(small|large)$"}}
    priced = {"price": {"type": "number"}}
    branches = [
        {"type": "object", "properties": priced, "required": ["price"], "additionalProperties": False},
        {"type": "object", "properties": sized, "additionalProperties": False},
    ]
    made = plan(
        {"type": "object", "properties": {"one": {"anyOf": branches}}, "required": ["one"]}, "openai/strict@2026-11"
    )
    sent = made.forward({"one": value})
    assert {"one": {"name": None, "size": None} | value} == sent
    assert {"one": value} == made.restore(sent)


def test_an_optional_value_that_is_still_being_written() -> None:
    """Of a list of at most one, too, what only lacks parts is read as it was sent."""
    made = crowded({"anyOf": [{"type": "array", "items": {}}, {"type": "string"}]})
    assert [{"option_1": [], "option_2": ["sha"]}] == made.forward({"a": "sha"})["a"]
    assert {"a": "sha"} == made.restore({"a": [{"option_2": ["sha"]}]})
    assert {"a": ["x", 2]} == made.restore({"a": ["x", 2]})


def test_a_tuple_with_further_items_stays() -> None:
    """Items beyond a tuple are not asked for; a list that has some is no list of at most one tuple."""
    made = crowded({"type": "array", "prefixItems": [{"type": "string"}]})
    assert {"a": ["x", "y"]} == made.restore({"a": ["x", "y"]})
    assert {"a": ["x"]} == made.restore({"a": [{"item_0": ["x"]}]})


def test_value_is_not_altered(made: SchemaPlan) -> None:
    """The raw answer is kept for logs."""
    value = {"votes": [{"key": "a", "value": 1}], "any": "1"}
    made.restore(value)
    assert {"votes": [{"key": "a", "value": 1}], "any": "1"} == value


def test_endless_values(made: SchemaPlan) -> None:
    """Values far deeper than any model writes are left alone from some level on."""
    value: Any = {}
    for _ in range(5_000):
        value = {"kids": [value]}
    assert made.restore({"tree": value})["tree"]["kids"]
    assert made.forward({"tree": value})["tree"]["kids"]
    endless: Any = []
    for _ in range(5_000):
        endless = [endless]
    for key in SCHEMA["properties"]:
        assert made.restore({key: endless}).keys() == {key}
        assert key in made.forward({key: endless})


def test_union_of_itself_ends() -> None:
    """A definition that is only other definitions leads nowhere, and must not lead there for ever."""
    looped = plan(
        {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "object"}]}}},
        "openai/strict@2026-11",
    )
    assert [1] == looped.restore([1])
    assert looped.forward([1])
    assert ("x",) == looped.restore_location(("x",))


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.binary(max_size=2) | st.dates()
NAMES = st.sampled_from(
    [
        *SCHEMA["properties"],
        "key",
        "value",
        "kids",
        "tags",
        "item_0",
        "more_items",
        "kind",
        "option_1",
        "additional_properties",
    ]
)
VALUES = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


@settings(max_examples=300, derandomize=True)
@given(VALUES)
def test_never_raises(value: Any) -> None:
    """The model may answer anything at all, and callers may hand over anything."""
    made = plan(SCHEMA, "openai/strict@2026-11")
    made.restore(value)
    made.forward(value)


def test_values_that_are_no_json(made: SchemaPlan) -> None:
    """Python values in an example are shown as they are."""
    assert {"any": dt.date} == made.restore({"any": dt.date})
    assert dt.date == made.forward({"any": dt.date})["any"]


@pytest.mark.parametrize(
    ("sent", "asked", "value"),
    [
        (("votes", 0, "value"), ("votes", "a"), {"votes": [{"key": "a", "value": 1}]}),
        (("votes", 0, "value"), ("votes", 0), None),
        (("point", "item_1"), ("point", 1), None),
        (
            ("pet", "toys", 0, "value"),
            ("pet", "toys", "ball"),
            {"pet": {"kind": "cat", "toys": [{"key": "ball", "value": "x"}]}},
        ),
        (("tree", "kids", 0, "tags", 1, "key"), ("tree", "kids", 0, "tags", 1), None),
        (
            ("open", "additional_properties", 0, "value"),
            ("open", "b"),
            {"open": {"additional_properties": [{"key": "b"}]}},
        ),
        (("any",), ("any",), None),
        (("elsewhere", 3), ("elsewhere", 3), None),
    ],
)
def test_restore_location(made: SchemaPlan, sent: Any, asked: Any, value: Any) -> None:
    """A validation error names the place in the shape that the user knows."""
    assert asked == made.restore_location(sent, value)


@pytest.mark.parametrize(
    ("asked", "sent", "value"),
    [
        (("votes", "a"), ("votes", 1, "value"), {"votes": [{"key": "b"}, {"key": "a", "value": 1}]}),
        (("votes", "a"), ("votes", "a", "value"), None),
        (("point", 1), ("point", "item_1"), None),
        (
            ("pet", "toys", "ball"),
            ("pet", "toys", 0, "value"),
            {"pet": {"kind": "cat", "toys": [{"key": "ball", "value": "x"}]}},
        ),
        (("tree", "kids", 0, "tags", "t"), ("tree", "kids", 0, "tags", "t", "value"), None),
        (
            ("open", "b"),
            ("open", "additional_properties", 0, "value"),
            {"open": {"additional_properties": [{"key": "b"}]}},
        ),
        (("open", "a"), ("open", "a"), None),
        (("any", "x", 1), ("any", "x", 1), None),
        (("mixed", "list[str]", 0), ("mixed", "list[str]", 0), None),
    ],
)
def test_forward_location(made: SchemaPlan, asked: Any, sent: Any, value: Any) -> None:
    """Feedback to the model names the place in the shape that it was asked to write."""
    assert sent == made.forward_location(asked, value)


def test_locations_through_a_wrapper() -> None:
    """The wrapper of a root that is no object is in the model's shape only."""
    made = plan({"type": "array", "items": {"type": "object"}}, "openai/strict@2026-11")
    assert (0, "a") == made.restore_location(("value", 0, 0, "value"), {"value": [[{"key": "a", "value": "1"}]]})
    assert ("value", 0, 0, "value") == made.forward_location((0, "a"), {"value": [[{"key": "a", "value": "1"}]]})
    assert ("value",) == made.forward_location(())


def test_locations_in_an_open_tuple() -> None:
    """Positions beyond the named ones keep counting."""
    rest = {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "object"}, "minItems": 1}
    made = plan({"type": "object", "properties": {"t": rest}, "required": ["t"]}, "openai/strict@2026-11")
    assert ("t", 2) == made.restore_location(("t", "more_items", 1))
    assert ("t", "more_items", 1) == made.forward_location(("t", 2))
    assert ("t", 0) == made.restore_location(("t", "item_0"))
