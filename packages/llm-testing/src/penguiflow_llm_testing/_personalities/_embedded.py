"""JSON Schemas written into a prompt, for requests that ask for structure in words alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json

MAX_CANDIDATES: Final = 50  # opening braces tried in one text
_TYPES: Final = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_STRUCTURE: Final = frozenset({"properties", "items", "$ref", "$defs", "anyOf", "oneOf", "allOf", "enum", "const"})


def find_schema(texts: Sequence[str]) -> dict[str, Any] | None:
    """The JSON Schema the latest of `texts` carries, or None; of several in one text the longest."""
    for text in reversed(texts):
        found = max(_schemas_in(text), key=lambda found: found[0], default=None)
        if found is not None:
            return found[1]
    return None


def _schemas_in(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
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
            if _is_schema(value):
                yield end - position, value
        position = text.find("{", end)


def _is_schema(value: Json) -> bool:
    """Whether an object reads as a schema: it has a type and structure, or nothing but structure at its root."""
    if not isinstance(value, Mapping):
        return False
    named = value.get("type")
    typed = named in _TYPES if isinstance(named, str) else isinstance(named, list)
    structured = any(isinstance(value.get(keyword), dict | list | str) for keyword in _STRUCTURE)
    return structured and (typed or "$schema" in value or "$defs" in value or isinstance(value.get("anyOf"), list))
