"""A property that can only be its default, as tags of unions are: always sent, so that it stays a tag."""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_schema import check, plan

STRICT = "openai/strict@2026-11"


def tagged(name: str, **keywords: Any) -> dict[str, Any]:
    tag = {"type": "string", "const": name, "default": name, "title": "Kind", **keywords}
    return {"type": "object", "properties": {"kind": tag, "n": {"type": "integer"}}, "required": ["n"]}


def sent(name: str) -> dict[str, Any]:
    properties = {"kind": {"type": "string", "const": name}, "n": {"type": "integer"}}
    return {"type": "object", "properties": properties, "required": ["kind", "n"], "additionalProperties": False}


PETS = {
    "type": "object",
    "properties": {
        "pets": {
            "type": "array",
            "items": {
                "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"},
                },
            },
        }
    },
    "required": ["pets"],
    "$defs": {"Cat": tagged("cat"), "Dog": tagged("dog")},
}


def test_tags_are_sent_bare() -> None:
    """A tag that may be null tells nothing apart: a model that answers null breaks the tagged union."""
    made = plan(PETS, STRICT)
    assert {"Cat": sent("cat"), "Dog": sent("dog")} == made.schema["$defs"]
    assert {"anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]} == made.schema["properties"]["pets"]["items"]
    assert (True, ()) == (made.compatible, made.losses)
    assert () == check(made.schema, STRICT)


@pytest.mark.parametrize(
    ("asked", "sent_value", "restored"),
    [
        ({"kind": "dog", "n": 1}, {"kind": "dog", "n": 1}, {"kind": "dog", "n": 1}),
        ({"n": 1}, {"kind": "cat", "n": 1}, {"kind": "cat", "n": 1}),
    ],
)
def test_left_out_is_the_default(asked: Any, sent_value: Any, restored: Any) -> None:
    """Left out and given mean the same, so it is filled in on the way out and kept on the way back."""
    made = plan(PETS, STRICT)
    assert {"pets": [sent_value]} == made.forward({"pets": [asked]})
    assert {"pets": [restored]} == made.restore({"pets": [sent_value]})


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        (tagged("a"), {"type": "string", "const": "a"}),
        (tagged("a", const="a", enum=["a", "b"]), {"type": "string", "const": "a"}),
        ({"type": "object", "properties": {"kind": {"enum": [2], "default": 2}}}, {"type": "integer", "enum": [2]}),
        (
            {
                "type": "object",
                "properties": {"kind": {"$ref": "#/$defs/K", "default": 1}},
                "$defs": {"K": {"const": 1}},
            },
            {"$ref": "#/$defs/K"},
        ),
        (tagged("a", default="b"), {"description": 'Default: "b".', "anyOf": [{"type": "string", "const": "a"}, None]}),
        (
            {"type": "object", "properties": {"kind": {"enum": ["a", "b"], "default": "a"}}},
            {"description": 'Default: "a".', "anyOf": [{"type": "string", "enum": ["a", "b"]}, None]},
        ),
        (
            {"type": "object", "properties": {"kind": {"const": None, "default": None}}},
            {"type": "null"},
        ),
    ],
)
def test_only_where_it_can_be_nothing_else(schema: Any, kind: dict[str, Any]) -> None:
    """Any other optional property may still be left out."""
    branches = [{"type": "null"} if branch is None else branch for branch in kind.get("anyOf", ())]
    expected = {**kind, "anyOf": branches} if branches else kind
    assert expected == plan(schema, STRICT).schema["properties"]["kind"]
