"""Reading assertions over all sites of a place: which types, which values, which bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ._json import TYPE_ORDER, JsonType, canonical, is_one_of
from ._resolver import Site

__all__ = ["SPEAKS_OF", "allowed_values", "holders", "stated_types"]

# The type that a keyword speaks of; a schema without `type` is read as the types its keywords speak of.
SPEAKS_OF: Final[dict[str, JsonType]] = {
    "properties": "object", "patternProperties": "object", "additionalProperties": "object", "required": "object",
    "minProperties": "object", "maxProperties": "object", "propertyNames": "object", "dependentRequired": "object",
    "dependentSchemas": "object", "unevaluatedProperties": "object",
    "items": "array", "prefixItems": "array", "minItems": "array", "maxItems": "array", "uniqueItems": "array",
    "contains": "array", "minContains": "array", "maxContains": "array", "unevaluatedItems": "array",
    "pattern": "string", "minLength": "string", "maxLength": "string", "format": "string",
    "minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
    "multipleOf": "number",
}  # fmt: skip


def holders(sites: Sequence[Site], keyword: str) -> Iterator[tuple[Site, Any]]:
    """The sites that have `keyword`, each with its value."""
    return ((site, site.keywords[keyword]) for site in sites if site.has(keyword))


def stated_types(sites: Sequence[Site]) -> list[JsonType] | None:
    """The types that all sites allow, or those their keywords speak of where none is stated; None means any."""
    lists = [value for _, value in holders(sites, "type")]
    if not lists:
        spoken = {
            SPEAKS_OF[keyword]
            for site in sites
            for keyword in site.keywords
            if keyword in SPEAKS_OF and site.has(keyword)
        }
        if spoken and any(site.get("nullable") for site in sites):
            spoken.add("null")
        return [name for name in TYPE_ORDER if name in spoken] or None
    types: list[JsonType] = list(lists[0])
    for other in lists[1:]:
        types = _both(types, other)
    return [name for name in types if not (name == "integer" and "number" in types)]


def _both(left: list[JsonType], right: list[JsonType]) -> list[JsonType]:
    """The types in both lists; an integer is a number too."""
    shared = [name for name in left if name in right or (name == "integer" and "number" in right)]
    if "number" in left and "number" not in right and "integer" in right:
        shared.append("integer")
    return list(dict.fromkeys(shared))


def allowed_values(sites: Sequence[Site], types: Sequence[JsonType] | None) -> list[Any] | None:
    """The values that every `enum` and `const` allows and that are of one of `types`; None where nothing is listed."""
    lists = [_with_null(site, value) for site, value in holders(sites, "enum")]
    lists += [[value] for _, value in holders(sites, "const")]
    if not lists:
        return None
    values = {canonical(value): value for value in lists[0]}
    for other in lists[1:]:
        allowed = {canonical(value) for value in other}
        values = {text: value for text, value in values.items() if text in allowed}
    return [value for value in values.values() if types is None or is_one_of(value, types)]


def _with_null(site: Site, values: list[Any]) -> list[Any]:
    """OpenAPI's `nullable` beside an enum means null as well, listed or not."""
    return [*values, None] if site.keywords.get("nullable") is True and None not in values else values
