"""Schemas the suites ask with, and the dialects of a profile."""

from typing import Any, Final

import pytest

from penguiflow_llm_schema import Dialect, get_dialect
from penguiflow_llm_types import DialectRef

ASKED: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "customer": {"type": "string", "description": "Who pays."},
        "kind": {"enum": ["invoice", "receipt"]},
        "total": {"type": "number"},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "amount": {"type": "number"}},
                "required": ["text", "amount"],
            },
        },
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "prices": {"type": "object", "additionalProperties": {"type": "number"}},
    },
    "required": ["customer", "kind", "total", "lines"],
}
"""What people ask for: nesting, a list, an enumeration, something optional, a dict of numbers."""

_LEAF: Final[dict[str, Any]] = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
_DEEP: Final[dict[str, Any]] = {"type": "object", "properties": {"root": _LEAF}, "required": ["root"]}

ODD: Final[dict[str, dict[str, Any]]] = {
    "open object": _LEAF,
    "no type": {"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False},
    "broken reference": {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/nowhere"}},
        "required": ["a"],
        "additionalProperties": False,
    },
    "optional": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
    "dict": {
        "type": "object",
        "properties": {"a": {"type": "object", "additionalProperties": {"type": "string"}}},
        "required": ["a"],
        "additionalProperties": False,
    },
    "not an object": {"type": "array", "items": {"type": "string"}},
    "nested open object": _DEEP,
    "bounds": {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True}},
        "required": ["a"],
        "additionalProperties": False,
    },
}
"""Schemas at which some provider or other draws the line."""


def dialect_of(reference: DialectRef | None) -> Dialect:
    """The dialect a profile names or brings along."""
    if isinstance(reference, Dialect):
        return reference
    if isinstance(reference, str):
        return get_dialect(reference)
    pytest.fail(f"the profile names no dialect of penguiflow-llm-schema, but {reference!r}")
