"""What Anthropic and Bedrock are sent, and how values come back: within 24 optional properties and 16 unions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from penguiflow_llm_schema import SchemaPlan, check, plan

OUTPUT = "anthropic/output@2026-11"
TOOL = "anthropic/tool@2026-11"
NOVA = "bedrock/nova-tool@2026-11"
ANY = {"type": "string", "description": "Any JSON value, written as JSON text."}
LISTED = "A list of one, or empty for none."


def closed(required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def maybe(items: Any) -> dict[str, Any]:
    return {"type": "array", "description": LISTED, "items": items}


def opened(required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties) if required is None else required}


NODE = opened(["v"], v={"type": "integer"}, kids={"type": "array", "items": {"$ref": "#/$defs/Node"}})
ADDRESS = opened(street={"type": "string"})

# name -> (requested schema, sent schema, values in the asked and in the sent shape)
CASES: dict[str, tuple[Any, Any, list[tuple[Any, Any]]]] = {
    "optional property": (
        opened(["a"], a={"type": "string"}, b={"type": "integer"}),
        closed(["a"], a={"type": "string"}, b={"type": "integer"}),
        [({"a": "x"}, {"a": "x"}), ({"a": "x", "b": 1}, {"a": "x", "b": 1})],
    ),
    "null that means left out takes no union": (
        opened([], a={"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}),
        closed([], a={"type": "integer"}),
        [({}, {}), ({"a": 1}, {"a": 1})],
    ),
    "null that is a value stays": (
        opened([], a={"type": ["integer", "null"]}),
        closed([], a={"type": ["integer", "null"]}),
        [({}, {}), ({"a": None}, {"a": None}), ({"a": 1}, {"a": 1})],
    ),
    "tuple with an optional position": (
        opened(x={"type": "array", "items": [{"type": "string"}, {"type": "integer"}], "minItems": 1, "maxItems": 2}),
        closed(x=closed(["item_0"], item_0={"type": "string"}, item_1={"type": "integer"})),
        [({"x": ["a"]}, {"x": {"item_0": "a"}}), ({"x": ["a", 1]}, {"x": {"item_0": "a", "item_1": 1}})],
    ),
    "words beside a reference": (
        {
            **opened(a={"$ref": "#/$defs/Address", "description": "Home"}, b={"$ref": "#/$defs/Address"}),
            "$defs": {"Address": ADDRESS},
        },
        {
            **closed(
                a={"type": "object", "description": "Home", **closed(street={"type": "string"})},
                b={"$ref": "#/$defs/Address"},
            ),
            "$defs": {"Address": closed(street={"type": "string"})},
        },
        [({"a": {"street": "x"}, "b": {"street": "y"}}, {"a": {"street": "x"}, "b": {"street": "y"}})],
    ),
    "names that are not taken": (
        opened(
            ["$ref", "a b", "a-b"], **{"$ref": {"type": "string"}, "a b": {"type": "string"}, "a-b": {"type": "string"}}
        ),
        closed(**{"_ref": {"type": "string"}, "a_b": {"type": "string"}, "a-b": {"type": "string"}}),
        [({"$ref": "1", "a b": "2", "a-b": "3"}, {"_ref": "1", "a_b": "2", "a-b": "3"})],
    ),
    "a list that is always empty": (
        opened(x={"type": "array", "items": False}),
        closed(x={"type": "string", "enum": ["[]"]}),
        [({"x": []}, {"x": "[]"})],
    ),
}


def is_sent(name: str, made: SchemaPlan) -> None:
    assert (name, True, (), ()) == (name, made.compatible, made.reasons, made.losses)
    assert () == check(made.schema, made.dialect)


@pytest.mark.parametrize("name", CASES)
def test_sent_schema(name: str) -> None:
    """The schema is what the model reads, and what is counted."""
    requested, sent, values = CASES[name]
    made = plan(requested, OUTPUT)
    assert sent == made.schema
    is_sent(name, made)
    for asked, answer in values:
        assert answer == made.forward(asked)
        assert asked == made.restore(answer)
        assert asked == made.restore(asked)


def test_more_than_8_optional_properties() -> None:
    """Further ones are lists of at most one: all are enforced, none is lost, and the schema is not too complex."""
    names = [f"p{index}" for index in range(27)]
    made = plan(opened([], **{name: {"type": "integer"} for name in names}), OUTPUT)
    is_sent("optional", made)
    assert (8, names[8:]) == (made.stats.optional_properties, made.schema["required"])
    assert maybe({"type": "integer"}) == made.schema["properties"]["p24"]
    for asked in ({}, {"p0": 1}, {"p24": 2}, {"p0": 1, "p26": 3}):
        sent = made.forward(asked)
        assert asked == made.restore(sent)
    assert {name: [] for name in names[8:]} | {"p24": [2]} == made.forward({"p24": 2})
    assert ("p24",) == made.restore_location(("p24", 0))
    assert ("p24", 0) == made.forward_location(("p24",), made.forward({"p24": 2}))


def test_few_optional_properties_are_left_out() -> None:
    made = plan(opened([], **{f"p{index}": {"type": "integer"} for index in range(8)}), OUTPUT)
    assert (8, []) == (made.stats.optional_properties, made.schema["required"])


def test_more_than_8_nulls() -> None:
    """Null beside something is an empty list then, which takes no union."""
    made = plan(opened(**{f"p{index}": {"type": ["integer", "null"]} for index in range(9)}), OUTPUT)
    is_sent("nulls", made)
    assert (0, maybe({"type": "integer"})) == (made.stats.unions, made.schema["properties"]["p0"])
    asked = {f"p{index}": index or None for index in range(9)}
    assert asked == made.restore(made.forward(asked))
    assert ([], [1]) == (made.forward(asked)["p0"], made.forward(asked)["p1"])


def test_more_than_15_unions() -> None:
    """Further ones are options of an object; that one is filled cannot be demanded, and is reported."""
    union = {"anyOf": [ADDRESS, {"type": "string"}]}
    made = plan(opened(**{f"p{index}": union for index in range(17)}), OUTPUT)
    assert (True, 15) == (made.compatible, made.stats.unions)
    assert () == check(made.schema, OUTPUT)
    assert {("/properties/p15", "anyOf", "relaxed"), ("/properties/p16", "anyOf", "relaxed")} == {
        (loss.pointer, loss.keyword, loss.action) for loss in made.losses
    }
    options = closed(option_1=maybe(closed(street={"type": "string"})), option_2=maybe({"type": "string"}))
    assert {**options, "description": "Fill exactly one option."} == made.schema["properties"]["p15"]
    asked = {f"p{index}": {"street": "x"} if index % 2 else "y" for index in range(17)}
    sent = made.forward(asked)
    assert {"option_1": [{"street": "x"}], "option_2": []} == sent["p15"]
    assert asked == made.restore(sent)
    assert ("p15", "option_1", 0, "street") == made.forward_location(("p15", "street"), sent)
    assert ("p15", "street") == made.restore_location(("p15", "option_1", 0, "street"), sent)


def test_more_than_15_unions_with_null() -> None:
    """No option filled means null, where null is one of the branches: nothing is lost."""
    union = {"anyOf": [{"type": "object", "properties": {}}, {"type": "string"}, {"type": "null"}]}
    made = plan(opened(**{f"p{index}": union for index in range(18)}), OUTPUT)
    is_sent("unions", made)
    asked: dict[str, Any] = {f"p{index}": (None, "x", {})[index % 3] for index in range(18)}
    assert asked == made.restore(made.forward(asked))


def test_recursion_ends() -> None:
    """Definitions are written again twice; what is deeper is JSON text, reported, and comes back as it was."""
    made = plan({"$ref": "#/$defs/Node", "$defs": {"Node": NODE}}, OUTPUT)
    assert (True, ["Node", "Node_2"]) == (made.compatible, list(made.schema["$defs"]))
    assert () == check(made.schema, OUTPUT)
    assert [("$ref", "relaxed")] == [(loss.keyword, loss.action) for loss in made.losses]
    node = '{"type":"object","properties":{"v":{"type":"integer"},"kids":{"type":"array","items":{}}},"required":["v"]}'
    deeper = made.schema["$defs"]["Node_2"]["properties"]["kids"]["items"]
    assert "string" == deeper["type"]
    head = "A JSON value, written as JSON text that matches this JSON Schema: "
    assert json.loads(node) == json.loads(deeper["description"].removeprefix(head))
    deep = {"v": 1, "kids": [{"v": 2, "kids": [{"v": 3, "kids": [{"v": 4, "kids": []}]}]}]}
    sent = made.forward(deep)
    assert '{"v": 4, "kids": []}' == sent["kids"][0]["kids"][0]["kids"][0]
    assert deep == made.restore(sent)


def test_bounds_are_told() -> None:
    """What is refused is said in words, and reported."""
    schema = opened(
        n={"type": "integer", "minimum": 1}, s={"type": "array", "items": {"type": "string"}, "minItems": 2}
    )
    made = plan(schema, OUTPUT)
    assert {"type": "integer", "description": "Must be at least 1."} == made.schema["properties"]["n"]
    assert ["minimum", "minItems"] == [loss.keyword for loss in made.losses]
    assert () == check(made.schema, OUTPUT)


@pytest.mark.parametrize(
    ("pattern", "is_sent"),
    [
        (r"^[a-z]+(?:-\d{1,4})?$", True),
        (r"^\w+@\w+\.com$", True),
        (r"^[\w.-]+$", True),
        (r"^(?=a)a$", False),
        (r"\bword\b", False),
        (r"^a{1,1000}$", False),
        (r"^a+?$", False),
        (r"^\p{L}+$", False),
        (r"^(a)\1$", False),
    ],
)
def test_patterns(pattern: str, is_sent: bool) -> None:
    """Only what every engine takes is sent; the rest is described."""
    made = plan(opened(x={"type": "string", "pattern": pattern}), OUTPUT)
    assert is_sent == (made.schema["properties"]["x"].get("pattern") == pattern) == made.lossless


@pytest.mark.parametrize(
    "schema",
    [
        opened(**{"a b": {"type": "string"}}),
        opened(a={"type": "array", "items": [{"type": "string"}]}),
        opened(a={"type": "number", "minimum": 0, "exclusiveMinimum": True}),
    ],
)
def test_plain_tools_are_rewritten_where_refused(schema: Any) -> None:
    """A plain tool is sent as it is, but not with names or keywords that the API refuses."""
    assert () != check(schema, TOOL)
    made = plan(schema, TOOL)
    assert (True, False, ()) == (made.compatible, made.strict, check(made.schema, TOOL))
    plain = opened(a={"type": "string", "minLength": 2})
    assert (plain, False) == (plan(plain, TOOL).schema, plan(plain, TOOL).strict)


def test_nova_has_three_keywords_at_the_top() -> None:
    """With any other, Nova leaves the tool alone without a word."""
    document = {
        **opened([], home={"$ref": "#/$defs/Address", "description": "Where"}),
        "title": "T",
        "description": "D",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "additionalProperties": False,
        "$defs": {"Address": ADDRESS},
    }
    made = plan(document, NOVA)
    home = {"type": "object", "description": "Where", "properties": ADDRESS["properties"], "required": ["street"]}
    assert {"type": "object", "properties": {"home": home}, "required": []} == made.schema
    assert (True, False, ()) == (made.compatible, made.strict, made.losses)
