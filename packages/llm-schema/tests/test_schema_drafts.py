"""Older drafts, OpenAPI and references of every kind: one outcome each."""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_schema import plan

STRICT = "openai/strict@2026-11"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_4 = "http://json-schema.org/draft-04/schema#"
STRING = {"type": "string"}
TEXT = {"type": "string", "description": "Any JSON value, written as JSON text."}


def sent(schema: dict[str, Any]) -> dict[str, Any]:
    """The properties sent for `schema`, with references opened one level so that cases read at a glance."""
    made = plan(schema, STRICT)
    assert made.compatible
    definitions = made.schema.get("$defs", {})
    properties: dict[str, Any] = made.schema["properties"]
    return {
        name: definitions.get(one.get("$ref", "").removeprefix("#/$defs/"), one) for name, one in properties.items()
    }


def holding(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": schema}, "required": ["x"], **more}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string", {"type": "integer"}]}, {"anyOf": [STRING, {"type": "integer"}]}),
        ({"type": "any"}, TEXT),
        ({"type": None}, {"type": "null"}),
        ({"type": "integer", "divisibleBy": 2}, {"type": "integer", "multipleOf": 2}),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": False}, {"type": "integer", "minimum": 1}),
        ({"type": "integer", "maximum": 1, "exclusiveMaximum": True}, {"type": "integer", "exclusiveMaximum": 1}),
        ({"type": ["integer", "number"]}, {"type": "number"}),
        ({"type": "string", "enum": ["a"], "nullable": True}, {"anyOf": [{**STRING, "enum": ["a"]}, {"type": "null"}]}),
        ({"minLength": 0, "nullable": False, "pattern": "a"}, {**STRING, "pattern": "a"}),
        ({"pattern": "a", "nullable": True}, {"type": ["string", "null"], "pattern": "a"}),
        ({"oneOf": [STRING], "nullable": True}, {"type": ["string", "null"]}),
        ({"anyOf": [STRING], "nullable": True}, {"type": ["string", "null"]}),
        ({"enum": [1, 2.5]}, {"type": "number", "enum": [1, 2.5]}),
        ({"enum": [2.5, 1]}, {"type": "number", "enum": [2.5, 1]}),
        ({"enum": [1.0, "a"], "type": "integer"}, {"type": "number", "enum": [1.0]}),
        ({"enum": [True, False]}, {"type": "boolean"}),
        ({"allOf": [{"enum": ["a", "b", 1]}, {"enum": ["b", 1, "c"]}, STRING]}, {**STRING, "enum": ["b"]}),
        ({"allOf": [{"type": ["number", "null"]}, {"type": ["integer", "string"]}]}, {"type": "integer"}),
        ({"allOf": [{"type": "integer"}, {"type": "number", "maximum": 3}]}, {"type": "integer", "maximum": 3}),
        ({"type": "array", "items": False}, {"type": "array", "items": {"type": "null"}, "maxItems": 0}),
        (
            {"contentEncoding": "base64", "contentMediaType": "image/png", **STRING},
            {**STRING, "description": "Encoded as base64. Content type: image/png."},
        ),
        ({"example": "e", **STRING}, {**STRING, "description": 'Example: "e".'}),
        (
            {"type": "object", "patternProperties": {"^a": False}},
            {"type": "array", "description": "One entry per key.", "maxItems": 0},
        ),
    ],
)
def test_forms_of_older_drafts(schema: Any, expected: Any) -> None:
    """Schemas in the wild are of every draft, and seldom say which."""
    written = sent(holding(schema))["x"]
    assert expected == {key: value for key, value in written.items() if key in expected}


def test_draft_3_required() -> None:
    """In draft-03 a property said of itself that it is required."""
    properties = {"a": {"type": "string", "required": True}, "b": {"type": "string", "required": False}}
    assert {"a": STRING, "b": {"type": ["string", "null"]}} == sent({"type": "object", "properties": properties})


def test_neighbours_of_a_reference_depend_on_the_draft() -> None:
    """Up to draft-07 what stands beside a reference was ignored; since then it holds too."""
    schema = holding({"$ref": "#/definitions/s", "maxLength": 3}, definitions={"s": STRING})
    assert ["maxLength"] == [loss.keyword for loss in plan(schema, STRICT).losses]
    assert () == plan({**schema, "$schema": DRAFT_7}, STRICT).losses


@pytest.mark.parametrize(
    ("reference", "more"),
    [
        ("#/definitions/s", {"definitions": {"s": STRING}}),
        ("#/components/schemas/s", {"components": {"schemas": {"s": STRING}}}),
        ("#/allOf/0/items/1", {"allOf": [{"items": [True, STRING]}]}),
        ("#s", {"$defs": {"any": {"$anchor": "s", **STRING}}}),
        ("#s", {"$defs": {"any": {"$id": "#s", **STRING}}, "$schema": DRAFT_7}),
        ("s.json", {"$id": "https://example.com/r.json", "$defs": {"s": {"$id": "s.json", **STRING}}}),
        (
            "https://example.com/s.json#",
            {"id": "https://example.com/r.json", "definitions": {"s": {"id": "s.json", **STRING}}, "$schema": DRAFT_4},
        ),
        (
            "other#/$defs/in",
            {"$id": "https://example.com/r", "$defs": {"o": {"$id": "other", "$defs": {"in": STRING}}}},
        ),
    ],
)
def test_reference_inside_the_document(reference: str, more: dict[str, Any]) -> None:
    """However a document names its own parts, nothing has to be fetched for them."""
    schema = holding({"$ref": reference}, **more)
    assert STRING == sent(schema)["x"]
    assert () == plan(schema, STRICT).losses


def test_pointers_inside_an_embedded_resource() -> None:
    """A pointer starts at the resource it stands in, or, as many write it, at the document."""
    inner = {
        "$id": "inner",
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/s"}, "b": {"$ref": "#/$defs/outer"}},
        "$defs": {"s": STRING},
    }
    schema = holding(
        {"$ref": "#/$defs/inner"},
        **{"$id": "https://example.com/r", "$defs": {"inner": inner, "outer": {"type": "integer"}}},
    )
    definitions = plan(schema, STRICT).schema["$defs"]
    assert (STRING, {"type": "integer"}) == (definitions["s"], definitions["outer"])


def test_dynamic_references_are_read_where_they_stand() -> None:
    """One document extends nothing, so a dynamic reference is one to its own anchor."""
    node = {"$dynamicAnchor": "node", "type": "object", "properties": {"next": {"$dynamicRef": "#node"}}}
    assert {"anyOf": [{"$ref": "#"}, {"type": "null"}]} == sent(node)["next"]


def test_names_of_definitions_do_not_collide() -> None:
    """Two definitions of one name, or of names that only differ in what is not taken, stay two."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/n m"},
            "b": {"$ref": "#/$defs/n-m"},
            "c": {"$ref": "#/$defs/n:m"},
            "d": {"$ref": "#/$defs/ÿ"},
        },
        "required": ["a", "b", "c", "d"],
        "$defs": {"n m": STRING, "n-m": {"type": "integer"}, "n:m": {"type": "number"}, "ÿ": {"type": "boolean"}},
    }
    made = plan(schema, STRICT)
    expected = {
        "n_m": STRING,
        "n-m": {"type": "integer"},
        "n_m_2": {"type": "number"},
        "Definition": {"type": "boolean"},
    }
    assert expected == made.schema["$defs"]


def test_several_patterns_of_names() -> None:
    """A list of pairs cannot tie a value's schema to the pattern of its key: that is said, and any may come."""
    patterns = {"^i_": {"type": "integer"}, "^s_": STRING}
    made = plan(holding({"type": "object", "patternProperties": patterns, "additionalProperties": False}), STRICT)
    pair = made.schema["properties"]["x"]["items"]["properties"]
    assert ({**STRING, "pattern": "(^i_)|(^s_)"}, {"anyOf": [{"type": "integer"}, STRING]}) == (
        pair["key"],
        pair["value"],
    )
    assert [("/properties/x", "patternProperties", "relaxed")] == [
        (one.pointer, one.keyword, one.action) for one in made.losses
    ]
    further = plan(
        holding({"type": "object", "patternProperties": {"^i_": STRING}, "additionalProperties": STRING}), STRICT
    )
    assert (STRING, True) == (further.schema["properties"]["x"]["items"]["properties"]["key"], further.lossless)


def test_words_in_a_pattern_tell_branches_apart() -> None:
    """`^a$` is how older schemas write a constant."""
    branches = [holding({"type": "string", "pattern": pattern}) for pattern in ("^a$", "^(b|c)$")]
    made = plan(holding({"oneOf": branches}), STRICT)
    assert () == made.losses
    assert {"x": {"x": "c"}} == made.restore(made.forward({"x": {"x": "c"}}))


@pytest.mark.parametrize("pattern", ["(", "[a", "*a", "a)", "(+)", "\\"])
def test_pattern_that_is_none(pattern: str) -> None:
    """A pattern that does not compile would have the whole schema refused."""
    made = plan(holding({"type": "string", "pattern": pattern}), STRICT)
    assert ["pattern"] == [loss.keyword for loss in made.losses]


@pytest.mark.parametrize("pattern", ["[]a]", "[^]]+", r"\p{L}*", r"\[\(", "(?<name>a)+", "(a|b)*", "a{2,}?"])
def test_pattern_of_another_language(pattern: str) -> None:
    """Patterns are not Python's: what only looks odd from here is sent."""
    assert {**STRING, "pattern": pattern} == sent(holding({"type": "string", "pattern": pattern}))["x"]


def test_second_pattern_is_told() -> None:
    """Two patterns hold at once, and only one can be sent."""
    made = plan(holding({"allOf": [{"type": "string", "pattern": "a"}, {"pattern": "b"}]}), STRICT)
    assert {**STRING, "pattern": "a", "description": "Must match the regular expression `b`."} == made.schema[
        "properties"
    ]["x"]
    assert [("/properties/x/allOf/1", "pattern")] == [(loss.pointer, loss.keyword) for loss in made.losses]


def test_union_too_wide_to_multiply() -> None:
    """Copying fifty properties into five branches would bury them: what the branches demand is said in words."""
    names = [f"p{index}" for index in range(50)]
    branches = [{"required": [name]} for name in names[:5]]
    made = plan({"type": "object", "properties": dict.fromkeys(names, STRING), "anyOf": branches}, STRICT)
    assert "At least one of these must be given: 'p0'; 'p1'; 'p2'; 'p3'; 'p4'." == made.schema["description"]
    assert [("", "anyOf", "relaxed")] == [(loss.pointer, loss.keyword, loss.action) for loss in made.losses]


def test_many_small_enums_are_shortened() -> None:
    """A thousand values in all, however they are spread: the longest lists go first."""
    properties = {f"p{index}": {"enum": [f"v{value}" for value in range(40)]} for index in range(30)}
    made = plan({"type": "object", "properties": {**properties, "few": {"enum": ["a", "b"]}}}, STRICT)
    assert (True, 2) == (made.compatible, made.stats.enum_values)
    assert {"enum"} == {loss.keyword for loss in made.losses}
