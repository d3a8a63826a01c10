"""Where schemas stand inside a schema, by position: the one traversal that transformer and checker share.

A property may be called `properties`, `$ref` or `enum`. Whether a dict is a schema follows from the keyword that holds
it, never from the keys it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

__all__ = ["ANNOTATIONS", "ASSERTIONS", "SCHEMA_LISTS", "SCHEMA_MAPS", "SCHEMA_VALUES", "subschemas"]

# JSON Schema 2020-12 core, applicator, unevaluated and content vocabularies; with the draft-03 to 2019-09 spellings
SCHEMA_VALUES: Final = frozenset(
    {
        "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
        "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip
SCHEMA_LISTS: Final = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})
SCHEMA_MAPS: Final = frozenset(
    {"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}
)
_HOLDERS: Final = SCHEMA_VALUES | SCHEMA_LISTS | SCHEMA_MAPS

ANNOTATIONS: Final = frozenset(
    {
        "$comment", "contentEncoding", "contentMediaType", "contentSchema", "default", "deprecated", "description",
        "example", "examples", "readOnly", "title", "writeOnly",
    }
)  # fmt: skip
ASSERTIONS: Final = frozenset(
    {
        "$ref", "additionalProperties", "allOf", "anyOf", "const", "contains", "dependentRequired", "dependentSchemas",
        "else", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "if", "items", "maxContains", "maxItems",
        "maxLength", "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum",
        "multipleOf", "not", "nullable", "oneOf", "pattern", "patternProperties", "prefixItems", "properties",
        "propertyNames", "required", "then", "type", "unevaluatedItems", "unevaluatedProperties", "uniqueItems",
    }
)  # fmt: skip


def subschemas(schema: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The schemas directly inside `schema`, each with the path to it, in document order."""
    for keyword, value in schema.items():
        if keyword not in _HOLDERS:
            continue
        if isinstance(value, dict | bool) and keyword in SCHEMA_VALUES:
            yield (keyword,), value
        elif isinstance(value, list) and keyword in SCHEMA_LISTS:
            for index, item in enumerate(value):
                if isinstance(item, dict | bool):
                    yield (keyword, str(index)), item
        elif isinstance(value, dict) and keyword in SCHEMA_MAPS:
            for name, item in value.items():
                if isinstance(item, dict | bool):
                    yield (keyword, str(name)), item
