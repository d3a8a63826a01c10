"""What is sent for each construct, and how its values travel there and back."""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_schema import check, plan

STRICT = "openai/strict@2026-11"
ANY = {"type": "string", "description": "Any JSON value, written as JSON text."}


def closed(**properties: Any) -> dict[str, Any]:
    """An object schema as strict mode wants it."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def pairs(value: Any, key: Any = None, **more: Any) -> dict[str, Any]:
    items = closed(key=key or {"type": "string"}, value=value)
    return {"type": "array", "description": "One entry per key.", "items": items, **more}


def holding(schema: Any, **definitions: Any) -> dict[str, Any]:
    """An object that requires one property of this schema."""
    whole: dict[str, Any] = {"type": "object", "properties": {"x": schema}, "required": ["x"]}
    return {**whole, "$defs": definitions} if definitions else whole


CAT = {"type": "object", "title": "Cat", "properties": {"t": {"const": "cat"}}, "required": ["t"]}
DOG = {"type": "object", "properties": {"t": {"const": "dog"}, "age": {"type": "integer"}}, "required": ["t"]}
SENT_CAT = closed(t={"type": "string", "const": "cat"})
SENT_DOG = closed(t={"type": "string", "const": "dog"}, age={"type": ["integer", "null"]})
NODE = {
    "type": "object",
    "properties": {"v": {"type": "integer"}, "kids": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
    "required": ["v"],
}

# name -> (requested schema, sent schema, values in the asked and in the sent shape)
CASES: dict[str, tuple[Any, Any, list[tuple[Any, Any]]]] = {
    "optional property": (
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a"]},
        closed(a={"type": "string"}, b={"type": ["integer", "null"]}),
        [({"a": "x"}, {"a": "x", "b": None}), ({"a": "x", "b": 1}, {"a": "x", "b": 1})],
    ),
    "optional object with a default": (
        {"type": "object", "properties": {"o": {"type": "object", "properties": {}, "default": {}}}},
        closed(o={"description": "Default: {}.", "anyOf": [closed(), {"type": "null"}]}),
        [({}, {"o": None}), ({"o": {}}, {"o": {}})],
    ),
    "null that was allowed stays null": (
        holding({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}),
        closed(x={"type": ["integer", "null"]}),
        [({"x": None}, {"x": None})],
    ),
    "dict": (
        holding(
            {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1, "maxProperties": 3}
        ),
        closed(x=pairs({"type": "integer"}, minItems=1, maxItems=3)),
        [({"x": {"a": 1, "b": 2}}, {"x": [{"key": "a", "value": 1}, {"key": "b", "value": 2}]})],
    ),
    "dict of dicts": (
        holding(
            {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}}}
        ),
        closed(x=pairs(pairs({"type": "integer"}))),
        [
            (
                {"x": {"a": {"b": 1}, "c": {}}},
                {"x": [{"key": "a", "value": [{"key": "b", "value": 1}]}, {"key": "c", "value": []}]},
            )
        ],
    ),
    "dict with an enum of keys": (
        holding({"type": "object", "propertyNames": {"enum": ["a", "b"]}, "additionalProperties": {"type": "integer"}}),
        closed(x=pairs({"type": "integer"}, key={"type": "string", "enum": ["a", "b"]})),
        [({"x": {"b": 1}}, {"x": [{"key": "b", "value": 1}]})],
    ),
    "dict with a pattern of keys": (
        holding({"type": "object", "patternProperties": {"^x_": {"type": "integer"}}, "additionalProperties": False}),
        closed(x=pairs({"type": "integer"}, key={"type": "string", "pattern": "^x_"})),
        [({"x": {"x_1": 1}}, {"x": [{"key": "x_1", "value": 1}]})],
    ),
    "object of anything": (
        holding({"type": "object"}),
        closed(x=pairs(ANY)),
        [({"x": {"a": [1, "two"]}}, {"x": [{"key": "a", "value": '[1, "two"]'}]})],
    ),
    "declared and further properties": (
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "required": ["a"],
            "additionalProperties": {"type": "number"},
        },
        closed(
            a={"type": "string"},
            additional_properties={
                "type": "array",
                "items": closed(key={"type": "string"}, value={"type": "number"}),
                "description": "Further properties, one entry each.",
            },
        ),
        [({"a": "x", "b": 1.5}, {"a": "x", "additional_properties": [{"key": "b", "value": 1.5}]})],
    ),
    "tuple": (
        holding(
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "minItems": 2, "maxItems": 2}
        ),
        closed(x=closed(item_0={"type": "string"}, item_1={"type": "integer"})),
        [({"x": ["a", 1]}, {"x": {"item_0": "a", "item_1": 1}})],
    ),
    "draft-07 tuple, open, with an optional position": (
        holding(
            {
                "type": "array",
                "items": [{"type": "string"}, {"type": "integer"}],
                "additionalItems": {"type": "boolean"},
                "minItems": 1,
            }
        ),
        closed(
            x=closed(
                item_0={"type": "string"},
                item_1={"type": ["integer", "null"]},
                more_items={"type": "array", "items": {"type": "boolean"}, "description": "Further items."},
            )
        ),
        [
            ({"x": ["a"]}, {"x": {"item_0": "a", "item_1": None, "more_items": []}}),
            ({"x": ["a", 1, True]}, {"x": {"item_0": "a", "item_1": 1, "more_items": [True]}}),
        ],
    ),
    "tuple of one type": (
        holding(
            {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}], "minItems": 2, "maxItems": 2}
        ),
        closed(x={"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
        [({"x": [1.5, 2]}, {"x": [1.5, 2]})],
    ),
    "list at the root": (
        {"type": "array", "items": {"type": "string"}},
        closed(value={"type": "array", "items": {"type": "string"}}),
        [(["a"], {"value": ["a"]})],
    ),
    "union at the root": (
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        closed(value={"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        [("a", {"value": "a"}), (3, {"value": 3})],
    ),
    "anything at the root": (True, closed(value=ANY), [({"a": None}, {"value": '{"a": null}'})]),
    "const without a type": (holding({"const": 1}), closed(x={"type": "integer", "const": 1}), [({"x": 1}, {"x": 1})]),
    "enum of several types": (
        holding({"enum": ["a", 1, True, None, 2]}),
        closed(
            x={
                "anyOf": [
                    {"type": "string", "enum": ["a"]},
                    {"type": "integer", "enum": [1, 2]},
                    {"type": "boolean", "enum": [True]},
                    {"type": "null"},
                ]
            }
        ),
        [({"x": None}, {"x": None}), ({"x": 2}, {"x": 2})],
    ),
    "enum of objects": (
        holding({"enum": [{"a": 1}, [2], "s"]}),
        closed(x={"anyOf": [{"type": "string", "enum": ['{"a": 1}', "[2]"]}, {"type": "string", "enum": ["s"]}]}),
        [({"x": {"a": 1}}, {"x": '{"a": 1}'}), ({"x": [2]}, {"x": "[2]"}), ({"x": "s"}, {"x": "s"})],
    ),
    "tagged union of definitions": (
        holding(
            {"oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}], "discriminator": {"propertyName": "t"}},
            Cat=CAT,
            Dog=DOG,
        ),
        {
            **closed(x={"anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}),
            "$defs": {"Cat": SENT_CAT, "Dog": SENT_DOG},
        },
        [({"x": {"t": "cat"}}, {"x": {"t": "cat"}}), ({"x": {"t": "dog"}}, {"x": {"t": "dog", "age": None}})],
    ),
    "branches that would look alike": (
        holding(
            {
                "anyOf": [
                    {"type": "object", "additionalProperties": {"type": "string"}},
                    {"type": "array", "items": {"type": "string"}},
                ]
            }
        ),
        closed(
            x={"anyOf": [closed(option_1=pairs({"type": "string"})), {"type": "array", "items": {"type": "string"}}]}
        ),
        [
            ({"x": {}}, {"x": {"option_1": []}}),
            ({"x": []}, {"x": []}),
            ({"x": {"a": "b"}}, {"x": {"option_1": [{"key": "a", "value": "b"}]}}),
        ],
    ),
    "union beside properties": (
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
        closed(
            value={
                "anyOf": [
                    closed(a={"type": "integer"}, b={"type": ["integer", "null"]}),
                    closed(a={"type": ["integer", "null"]}, b={"type": "integer"}),
                ]
            }
        ),
        [({"b": 1}, {"value": {"a": None, "b": 1}}), ({"a": 1, "b": 2}, {"value": {"a": 1, "b": 2}})],
    ),
    "allOf": (
        {
            "allOf": [
                {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}, "required": ["a"]},
                {"properties": {"a": {"minimum": 2}, "b": {"type": "string"}}},
            ]
        },
        closed(a={"type": "integer", "minimum": 2}, b={"type": ["string", "null"]}),
        [({"a": 3}, {"a": 3, "b": None})],
    ),
    "words beside a reference, and a name with a space": (
        holding({"$ref": "#/$defs/Home address", "description": "Where"}, **{"Home address": CAT}),
        {
            **closed(x={"description": "Where", "anyOf": [{"$ref": "#/$defs/Home_address"}]}),
            "$defs": {"Home_address": SENT_CAT},
        },
        [({"x": {"t": "cat"}}, {"x": {"t": "cat"}})],
    ),
    "recursion through the root": (
        {"$ref": "#/$defs/Node", "$defs": {"Node": NODE}},
        closed(v={"type": "integer"}, kids={"anyOf": [{"type": "array", "items": {"$ref": "#"}}, {"type": "null"}]}),
        [({"v": 1, "kids": [{"v": 2}]}, {"v": 1, "kids": [{"v": 2, "kids": None}]})],
    ),
    "recursion through a root that is no object": (
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#"}}]},
        {
            **closed(value={"$ref": "#/$defs/Root"}),
            "$defs": {"Root": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/$defs/Root"}}]}},
        },
        [([["a"], "b"], {"value": [["a"], "b"]})],
    ),
    "OpenAPI nullable": (
        holding({"$ref": "#/$defs/Cat", "nullable": True}, Cat=CAT),
        {**closed(x={"anyOf": [{"$ref": "#/$defs/Cat"}, {"type": "null"}]}), "$defs": {"Cat": SENT_CAT}},
        [({"x": None}, {"x": None})],
    ),
    "draft-04 exclusive bound, names of other languages": (
        holding({"type": "FLOAT", "minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.5, "format": "double"}),
        closed(x={"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5}),
        [({"x": 0.5}, {"x": 0.5})],
    ),
    "properties called like keywords": (
        {
            "type": "object",
            "properties": {"type": {"type": "string"}, "$ref": {"type": "string"}, "properties": CAT},
            "required": ["type", "$ref", "properties"],
        },
        closed(**{"type": {"type": "string"}, "$ref": {"type": "string"}, "properties": SENT_CAT}),
        [
            (
                {"type": "a", "$ref": "b", "properties": {"t": "cat"}},
                {"type": "a", "$ref": "b", "properties": {"t": "cat"}},
            )
        ],
    ),
    "escapes in a reference": (
        {**holding({"$ref": "#/definitions/a~1b%25~0"}), "definitions": {"a/b%~": {"type": "boolean"}}},
        {**closed(x={"$ref": "#/$defs/a_b"}), "$defs": {"a_b": {"type": "boolean"}}},
        [({"x": True}, {"x": True})],
    ),
    "anchors and own addresses": (
        {
            **holding({"$ref": "https://example.com/s#here"}),
            "$id": "https://example.com/s",
            "$defs": {"h": {"$anchor": "here", "type": "boolean"}},
        },
        {**closed(x={"$ref": "#/$defs/h"}), "$defs": {"h": {"type": "boolean"}}},
        [({"x": False}, {"x": False})],
    ),
    "boolean schemas": (
        {"type": "object", "properties": {"a": True, "b": False}, "required": ["a"]},
        closed(a=ANY),
        [({"a": 1}, {"a": "1"})],
    ),
    "examples in the shape that is sent": (
        holding(
            {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "examples": [{"a": 1}],
                "description": "Votes",
            }
        ),
        closed(
            x={
                "type": "array",
                "description": 'Votes. One entry per key. Example: [{"key": "a", "value": 1}].',
                "items": closed(key={"type": "string"}, value={"type": "integer"}),
            }
        ),
        [({"x": {}}, {"x": []})],
    ),
    "noise": (
        {
            **holding({"type": "string", "title": "X", "$comment": "?", "x-order": 3, "readOnly": True}),
            "$schema": "https://json-schema.org/draft/2020-12/schema",
        },
        closed(x={"type": "string"}),
        [({"x": ""}, {"x": ""})],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sent_schema(name: str) -> None:
    """The schema is what the model reads: nothing in it changes by accident, and strict mode takes it."""
    requested, sent, _ = CASES[name]
    made = plan(requested, STRICT)
    assert sent == made.schema
    assert list(sent["properties"]) == list(made.schema["properties"])
    assert (True, (), ()) == (made.compatible, made.reasons, made.losses)
    assert () == check(made.schema, STRICT)


@pytest.mark.parametrize(("name", "asked", "sent"), [(name, *pair) for name, case in CASES.items() for pair in case[2]])
def test_values_travel_both_ways(name: str, asked: Any, sent: Any) -> None:
    """What the model answers in the sent shape must reach the caller in the shape that was asked for."""
    made = plan(CASES[name][0], STRICT)
    assert sent == made.forward(asked)
    assert asked == made.restore(sent)
    assert asked == made.restore(asked)
