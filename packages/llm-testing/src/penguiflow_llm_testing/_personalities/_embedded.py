"""JSON Schemas written into a prompt, for requests that ask for structure in words alone."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json

MAX_CANDIDATES: Final = 50  # opening braces tried in one text
_FENCE: Final = re.compile(r"^```json[ \t]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_TYPES: Final = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
# Keywords of JSON Schema 2020-12 that say what is inside a value.
_STRUCTURE: Final = frozenset(
    {
        "$defs",
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "enum",
        "items",
        "oneOf",
        "patternProperties",
        "prefixItems",
        "properties",
    }
)
_IN_DATA_TOO: Final = frozenset({"items"})  # the name of many a list: alone it makes no schema


def find_schema(texts: Sequence[str]) -> dict[str, Any] | None:
    """The JSON Schema the latest of `texts` carries, or None; of several in one text the longest.

    A fence marked `json` is one where any keyword says so. Elsewhere, JSON in a text may as well be an example: there
    it takes a type with structure, or a root of structure alone.
    """
    for text in reversed(texts):
        found = max((*_fenced(text), *_loose(text)), key=lambda found: found[0], default=None)
        if found is not None:
            return found[1]
    return None


def _fenced(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The schemas that are whole fences, each with its length."""
    for fence in _FENCE.finditer(text):
        try:
            value = json.loads(fence[1])
        except (ValueError, RecursionError):
            continue
        if _is_fenced_schema(value):
            yield len(fence[1]), value


def _loose(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The schemas anywhere in the text, each with its length."""
    decoder = json.JSONDecoder()
    position = text.find("{")
    for _ in range(MAX_CANDIDATES):
        if position < 0:
            return
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            if _is_loose_schema(value):
                yield end - position, value
        position = text.find("{", end)


def _is_fenced_schema(value: Json) -> bool:
    if not isinstance(value, Mapping):
        return False
    return _is_typed(value) if "type" in value else not (_STRUCTURE - _IN_DATA_TOO).isdisjoint(value)


def _is_loose_schema(value: Mapping[str, Any]) -> bool:
    structured = any(isinstance(value.get(keyword), dict | list | str) for keyword in _STRUCTURE)
    rooted = "$schema" in value or "$defs" in value or isinstance(value.get("anyOf"), list)
    return structured and (_is_typed(value) or rooted)


def _is_typed(value: Mapping[str, Any]) -> bool:
    """Whether `type` names one of the seven types, or several."""
    named = value.get("type")
    names = named if isinstance(named, list) else [named]
    return bool(names) and all(isinstance(name, str) and name in _TYPES for name in names)
