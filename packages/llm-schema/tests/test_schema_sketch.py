"""JSON text is told what it has to hold: a model cannot guess the fields of an object it is only named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from penguiflow_llm_schema import plan

DIALECT = "databricks/function@2026-11"
WIDE = {f"p{number}": {"type": "string"} for number in range(20)}  # more than the 16 properties of a function
HEAD = "that matches this JSON Schema: "


def told(inner: dict[str, Any], **document: Any) -> str:
    """The description of `inner` where the schema around it has too many properties for it to be sent as it is."""
    schema = {
        "type": "object",
        "properties": {"inner": inner, "wide": {"type": "object", "properties": WIDE}},
        **document,
    }
    sent = plan(schema, DIALECT).schema["properties"]["inner"]
    assert "string" == sent["type"]
    return str(sent["description"])


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (
            {
                "type": "object",
                "title": "Noise",
                "properties": {"a": {"type": "integer"}},
                "required": ["a"],
            },
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        ),
        (
            {"type": "array", "items": {"$ref": "#/$defs/P", "description": "A person."}},
            {
                "type": "array",
                "items": {"description": "A person.", "type": "object", "properties": {"n": {"type": "string"}}},
            },
        ),
        (
            {"type": "object", "properties": {"next": {"$ref": "#/$defs/L"}}},
            {"type": "object", "properties": {"next": {"type": "object", "properties": {"next": {}}}}},
        ),
    ],
    ids=["notes are left away", "references are written out", "recursion ends"],
)
def test_the_shape_is_told(inner: dict[str, Any], shown: dict[str, Any]) -> None:
    """As the author wrote it, because that is the shape the text is read in."""
    definitions = {
        "P": {"type": "object", "properties": {"n": {"type": "string"}}},
        "L": {"type": "object", "properties": {"next": {"$ref": "#/$defs/L"}}},
    }
    assert shown == json.loads(told(inner, **{"$defs": definitions}).partition(HEAD)[2])


def test_the_authors_words_come_first() -> None:
    """And are not said twice."""
    text = told({"type": "object", "description": "Who pays.", "properties": {"a": {"type": "string"}}})
    assert text.startswith("Who pays. A JSON object, written as JSON text that matches")
    assert 1 == text.count("Who pays.")


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "object", "properties": {f"property_{number}": {"type": "string"} for number in range(200)}},
        {"type": "array", "items": {"enum": [f"a rather long value, number {number}" for number in range(100)]}},
    ],
    ids=["many schemas", "much text"],
)
def test_what_nobody_could_follow_is_left_away(inner: dict[str, Any]) -> None:
    """A description of pages helps no model, and is paid for with every request."""
    assert told(inner).endswith("written as JSON text.")
