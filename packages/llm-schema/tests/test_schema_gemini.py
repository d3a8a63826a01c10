"""What Gemini is sent in its two kinds of fields, and how values come back."""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_schema import check, plan

JSON = "gemini/json-schema@2026-11"
SCHEMA = "gemini/schema@2026-11"
FUNCTION = "gemini/function@2026-11"
ANY = {"type": "string", "description": "Any JSON value, written as JSON text."}


def opened(required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties) if required is None else required}


def sent(required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    """An object in a `Schema` field: closed without saying so, its properties in order."""
    names = list(properties) if required is None else required
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | ({"required": names} if names else {}) | ordering(properties)


def ordering(properties: dict[str, Any]) -> dict[str, Any]:
    return {"propertyOrdering": list(properties)} if len(properties) > 1 else {}


ADDRESS = opened(street={"type": "string"})

# name -> (requested schema, sent schema, values in the asked and in the sent shape)
CASES: dict[str, tuple[Any, Any, list[tuple[Any, Any]]]] = {
    "optional, in one order": (
        opened(["c", "a"], a={"type": "string"}, b={"type": "integer"}, c={"type": "boolean"}),
        sent(["a", "c"], a={"type": "string"}, b={"type": "integer"}, c={"type": "boolean"}),
        [({"a": "x", "c": True}, {"a": "x", "c": True})],
    ),
    "null beside a scalar": (
        opened(a={"type": ["integer", "null"]}),
        sent(a={"type": "integer", "nullable": True}),
        [({"a": None}, {"a": None})],
    ),
    "null beside an enum": (
        opened(a={"enum": ["x", None]}),
        sent(a={"type": "string", "enum": ["x"], "nullable": True}),
        [({"a": None}, {"a": None}), ({"a": "x"}, {"a": "x"})],
    ),
    "null beside an object": (
        opened(a={"anyOf": [ADDRESS, {"type": "null"}], "description": "Where"}),
        sent(a={**sent(street={"type": "string"}), "description": "Where", "nullable": True}),
        [({"a": None}, {"a": None}), ({"a": {"street": "x"}}, {"a": {"street": "x"}})],
    ),
    "null beside a reference to a union of references": (
        opened(a={"anyOf": [{"$ref": "#/$defs/U"}, {"type": "null"}]})
        | {
            "$defs": {
                "U": {"anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]},
                "A": {"type": "string"},
                "B": {"type": "integer"},
            }
        },
        sent(a={"anyOf": [{"type": "string", "nullable": True}, {"type": "integer"}]}),
        [({"a": None}, {"a": None}), ({"a": 1}, {"a": 1})],
    ),
    "a union stands alone, with null on a branch": (
        opened(a={"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}], "description": "A or B"}),
        sent(a={"anyOf": [{"type": "string", "description": "A or B", "nullable": True}, {"type": "integer"}]}),
        [({"a": None}, {"a": None}), ({"a": 1}, {"a": 1})],
    ),
    "const": (
        opened(a={"const": "x"}),
        sent(a={"type": "string", "enum": ["x"]}),
        [({"a": "x"}, {"a": "x"})],
    ),
    "enum of integers": (
        opened(a={"enum": [1, 2]}),
        sent(a={"type": "string", "enum": ["1", "2"]}),
        [({"a": 2}, {"a": "2"})],
    ),
    "enum of several types": (
        opened(a={"enum": ["a", 1, True]}),
        sent(a={"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["1", "true"]}]}),
        [({"a": "a"}, {"a": "a"}), ({"a": 1}, {"a": "1"}), ({"a": True}, {"a": "true"})],
    ),
    "enum of texts that read as other values": (
        opened(a={"enum": ["1", 1]}),
        sent(a={"type": "string", "enum": ['"1"', "1"]}),
        [({"a": "1"}, {"a": '"1"'}), ({"a": 1}, {"a": "1"})],
    ),
    "object without properties": (
        opened(a=opened()),
        sent(a={"type": "string", "enum": ["{}"]}),
        [({"a": {}}, {"a": "{}"})],
    ),
    "no parameters": (opened(), sent(value={"type": "string", "enum": ["{}"]}), [({}, {"value": "{}"})]),
    "references are written out": (
        {
            **opened(a={"$ref": "#/$defs/A", "description": "Home"}, b={"$ref": "#/$defs/A"}),
            "$defs": {"A": ADDRESS},
        },
        sent(a={"description": "Home", **sent(street={"type": "string"})}, b=sent(street={"type": "string"})),
        [({"a": {"street": "x"}, "b": {"street": "y"}}, {"a": {"street": "x"}, "b": {"street": "y"}})],
    ),
    "exclusive bounds of integers": (
        opened(a={"type": "integer", "exclusiveMinimum": 0, "minimum": -5, "exclusiveMaximum": 9.5}),
        sent(a={"type": "integer", "minimum": 1, "maximum": 9}),
        [({"a": 1}, {"a": 1})],
    ),
    "mapping": (
        opened(a={"type": "object", "additionalProperties": {"type": "integer"}}),
        sent(
            a={
                "type": "array",
                "description": "One entry per key.",
                "items": sent(key={"type": "string"}, value={"type": "integer"}),
            }
        ),
        [({"a": {"x": 1}}, {"a": [{"key": "x", "value": 1}]})],
    ),
    "names that are not taken": (
        opened(**{"a-b": {"type": "string"}, "1": {"type": "string"}, "a_b": {"type": "string"}}),
        sent(a_b_2={"type": "string"}, _1={"type": "string"}, a_b={"type": "string"}),
        [({"a-b": "x", "1": "y", "a_b": "z"}, {"a_b_2": "x", "_1": "y", "a_b": "z"})],
    ),
}


@pytest.mark.parametrize("dialect", [SCHEMA, "gemini/schema-vertex@2026-11", FUNCTION])
@pytest.mark.parametrize("name", CASES)
def test_sent_schema(name: str, dialect: str) -> None:
    """A `Schema` field knows few names, and refuses the others."""
    requested, expected, values = CASES[name]
    made = plan(requested, dialect)
    assert expected == made.schema
    assert (True, (), ()) == (made.compatible, made.losses, check(made.schema, dialect))
    for asked, answer in values:
        assert answer == made.forward(asked)
        assert asked == made.restore(answer)


def test_json_schema_keeps_references_and_numbers() -> None:
    """The JSON Schema fields take more: definitions once, null in type lists, enums of numbers."""
    document = {
        **opened(
            ["a"], a={"$ref": "#/$defs/A", "description": "Home"}, n={"enum": [1, 2]}, m={"type": ["string", "null"]}
        ),
        "$defs": {"A": ADDRESS},
    }
    made = plan(document, JSON)
    assert {
        "a": {"description": "Home", "anyOf": [{"$ref": "#/$defs/A"}]},
        "n": {"type": "integer", "enum": [1, 2]},
        "m": {"type": ["string", "null"]},
    } == made.schema["properties"]
    assert (["a"], ["a", "n", "m"]) == (made.schema["required"], made.schema["propertyOrdering"])
    assert (True, (), ()) == (made.compatible, made.losses, check(made.schema, JSON))


def test_recursion_through_optional_properties_stays() -> None:
    """The JSON Schema fields take a loop that may end."""
    node = opened(["v"], v={"type": "integer"}, next={"$ref": "#/$defs/Node"})
    made = plan({"$ref": "#/$defs/Node", "$defs": {"Node": node}}, JSON)
    assert (
        {"$ref": "#/$defs/Node"}
        == made.schema["properties"]["next"]
        == made.schema["$defs"]["Node"]["properties"]["next"]
    )
    assert (True, (), ()) == (made.compatible, made.losses, check(made.schema, JSON))


def test_many_names_become_one() -> None:
    """Names in a script that is not taken at all still differ, and keep to the length."""
    names = [chr(0x4E00 + index) * 70 for index in range(30)]
    made = plan(opened(**{name: {"type": "string"} for name in names}), FUNCTION)
    assert (30, ()) == (made.stats.properties, check(made.schema, FUNCTION))
    assert dict.fromkeys(names, "x") == made.restore(made.forward(dict.fromkeys(names, "x")))


@pytest.mark.parametrize("dialect", [JSON, SCHEMA])
def test_recursion_through_required_properties_ends(dialect: str) -> None:
    """Where sources disagree on null and empty lists, the loop is ended, and that is reported."""
    node = opened(v={"type": "integer"}, kids={"type": "array", "items": {"$ref": "#/$defs/Node"}})
    made = plan({"$ref": "#/$defs/Node", "$defs": {"Node": node}}, dialect)
    assert (True, ["$ref"], ()) == (
        made.compatible,
        [loss.keyword for loss in made.losses],
        check(made.schema, dialect),
    )
    value = {"v": 1, "kids": [{"v": 2, "kids": [{"v": 3, "kids": [{"v": 4, "kids": []}]}]}]}
    assert value == made.restore(made.forward(value))


RESPONSE = "generation_config.response_schema"
FIELD = f"GenerateContentRequest.{RESPONSE}"
STATED = "If a schema node has $ref set, then only description and default can be set alongside it"
LOOP = (
    "ref loops are only supported if they include optional or nullable property values, or a potentially-zero-length "
    "array items, but a ref loop of required fields was found at $defs.N"
)
ALONE = "schema specified other fields alongside any_of. When using any_of, it must be the only field set."


def unknown(name: str, place: str) -> str:
    return f"Invalid JSON payload received. Unknown name \"{name}\" at '{RESPONSE}{place}': Cannot find field."


# rows of a dialect, a schema, the rule it breaks and the message
MESSAGES: list[tuple[str, Any, str, str]] = [
    (SCHEMA, sent(x={"type": "string", "const": "a"}), "refused", unknown("const", ".properties.x")),
    (SCHEMA, {**sent(x={"type": "string"}), "$defs": {}}, "refused", unknown("$defs", "")),
    (SCHEMA, sent(x={"$ref": "#/$defs/X"}), "refused", unknown("$ref", ".properties.x")),
    (
        SCHEMA,
        {**sent(x={"type": "string"}), "additionalProperties": False},
        "refused",
        unknown("additional_properties", ""),
    ),
    (
        SCHEMA,
        sent(x={"type": "object"}),
        "empty_objects",
        f'* {FIELD}.properties["x"].properties: should be non-empty for OBJECT type',
    ),
    (
        SCHEMA,
        sent(x={"enum": ["a"]}),
        "listed_types",
        f'* {FIELD}.properties["x"].enum: only allowed for STRING type',
    ),
    (
        SCHEMA,
        sent(x={"type": "string", "enum": ["a", 2]}),
        "listed_types",
        f"Invalid value at '{RESPONSE}.properties.x.enum[1]' (TYPE_STRING), 2",
    ),
    (SCHEMA, sent(x={"type": "array"}), "items_stated", f'* {FIELD}.properties["x"].items: missing field.'),
    (
        FUNCTION,
        sent(["y"], x={"type": "string"}),
        "required",
        f"* {FIELD}.required[0]: property is not defined",
    ),
    (
        SCHEMA,
        sent(x={"anyOf": [{"type": "string"}], "title": "T"}),
        "lonely_unions",
        f'Unable to submit request because `{FIELD}.properties["x"]` {ALONE}',
    ),
    (
        JSON,
        {**sent(x={"$ref": "#/$defs/X", "type": "string"}), "$defs": {"X": {"type": "string"}}},
        "reference_siblings",
        f"$ref 'X' was set alongside unsupported fields. {STATED}",
    ),
    (
        JSON,
        sent(target_object={"anyOf": [{"type": "null"}, {"$ref": "#/$defs/X"}]}),
        "references",
        "reference to undefined schema at properties.target_object.anyOf.1",
    ),
    (
        JSON,
        {**sent(n={"$ref": "#/$defs/N"}), "$defs": {"N": sent(n={"$ref": "#/$defs/N"})}},
        "recursion",
        LOOP,
    ),
]


@pytest.mark.parametrize(("dialect", "schema", "rule", "message"), MESSAGES)
def test_messages(dialect: str, schema: Any, rule: str, message: str) -> None:
    """A row per text of the catalogue that a schema can cause, but those on depth and states: no limit is published."""
    assert [(rule, message)] == [(found.rule, found.message) for found in check(schema, dialect)]


def test_recursion_that_is_written_out_ends() -> None:
    """Definitions that lead to one another are sent no deeper than any schema is read, and the rest is JSON text."""
    ways = [{"$ref": f"#/$defs/{letter}0"} for letter in "xyz"]
    rings = {"x": 2, "y": 5, "z": 7}
    definitions = {
        f"{letter}{at}": {"additionalProperties": {"$ref": f"#/$defs/{letter}{(at + 1) % size}"}}
        for letter, size in rings.items()
        for at in range(size)
    }
    word = {"type": "object", "properties": {"a": {"$ref": "#/$defs/word"}}, "additionalProperties": False}
    schema = {"allOf": [{"$ref": "#/$defs/word"}, *ways], "$defs": {"word": word, **definitions}}
    made = plan(schema, "gemini/function@2026-11")
    assert made.compatible
    assert ("type", "relaxed") in {(loss.keyword, loss.action) for loss in made.losses}
    assert plan(made.schema, "gemini/function@2026-11").lossless
