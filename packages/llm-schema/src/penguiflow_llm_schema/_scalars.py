"""Strings, numbers, booleans, null, and lists of allowed values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ._codec import SAME, Branch, Codec, JsonTextCodec, UnionCodec
from ._context import Context, Emitted, Sentences, never
from ._describe import sentence
from ._facts import holders
from ._json import JsonType, compact, json_type
from ._patterns import is_balanced, looks_around
from ._resolver import Site

__all__ = ["describe_keyword", "emit_scalar", "emit_values", "strictest"]

_BOUNDS: Final[dict[JsonType, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "boolean": (),
    "null": (),
}
_LOWER_BOUNDS: Final = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_UPPER_BOUNDS: Final = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
# OpenAPI's sizes of numbers: they bind nothing that a JSON number would break in practice
_NUMBER_FORMATS: Final = frozenset(
    {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double"}
)


def emit_scalar(context: Context, sites: Sequence[Site], name: JsonType, sentences: Sentences) -> Emitted:
    """A schema of one scalar type; bounds that the dialect does not take become sentences."""
    schema: dict[str, Any] = {"type": name}
    for keyword in _BOUNDS[name]:
        found = list(holders(sites, keyword))
        if found:
            _bound(context, keyword, found, schema, sentences)
    if name in ("integer", "number"):
        _describe_number_format(context, sites, sentences)
    return Emitted(schema, SAME, null=name == "null")


def _bound(
    context: Context, keyword: str, found: list[tuple[Site, Any]], schema: dict[str, Any], sentences: Sentences
) -> None:
    site, value = strictest(keyword, found)
    if _is_kept(context, keyword, value):
        schema[keyword] = value
    else:
        describe_keyword(context, site, keyword, value, sentences)
    if keyword in _LOWER_BOUNDS or keyword in _UPPER_BOUNDS:
        return
    for other, stated in found:  # patterns, formats and steps that hold beside the one that is sent
        if stated != value:
            describe_keyword(context, other, keyword, stated, sentences)


def strictest(keyword: str, found: list[tuple[Site, Any]]) -> tuple[Site, Any]:
    """The site and value of `keyword` that imply the others where one does, else the first."""
    if keyword in _LOWER_BOUNDS:
        return max(found, key=lambda pair: pair[1])
    if keyword in _UPPER_BOUNDS:
        return min(found, key=lambda pair: pair[1])
    return found[0]


def describe_keyword(context: Context, site: Site, keyword: str, value: object, sentences: Sentences) -> None:
    """Say `keyword` in words instead, and report it."""
    text = sentence(keyword, value)
    if text in sentences:
        return
    sentences.append(text)
    context.lose(site, keyword, "described", f"{context.dialect.name} does not take {keyword!r}: {text}")


def _is_kept(context: Context, keyword: str, value: Any) -> bool:
    if keyword not in context.dialect.keeps:
        return False
    if keyword == "format":
        return value in context.dialect.formats
    if keyword == "pattern":
        return is_balanced(value) and (context.dialect.lookaround or not looks_around(value))
    return True


def _describe_number_format(context: Context, sites: Sequence[Site], sentences: Sentences) -> None:
    for site, value in holders(sites, "format"):
        if value not in _NUMBER_FORMATS:
            describe_keyword(context, site, "format", value, sentences)


def emit_values(context: Context, sites: Sequence[Site], values: list[Any], sentences: Sentences) -> Emitted:
    """A schema of listed values, one branch per type; objects and lists are listed as JSON text."""
    groups: dict[JsonType, list[Any]] = {}
    for value in values:
        kind = json_type(value) or "null"
        kind = "number" if kind == "integer" and "number" in groups else kind
        if kind == "number" and "integer" in groups:
            groups["number"] = groups.pop("integer")
        groups.setdefault("object" if kind == "array" else kind, []).append(value)
    branches = [_one_type(context, sites, name, group, sentences) for name, group in groups.items()]
    if len(branches) < 2:
        return branches[0] if branches else never()
    codec = UnionCodec(tuple(Branch(one.schema, one.codec) for one in branches)) if "object" in groups else SAME
    return Emitted({"anyOf": [one.schema for one in branches]}, codec, null="null" in groups)


def _one_type(
    context: Context, sites: Sequence[Site], name: JsonType, values: list[Any], sentences: Sentences
) -> Emitted:
    if name == "null":
        return Emitted({"type": "null"}, SAME, null=True)
    if name == "boolean" and len(values) == 2:
        return Emitted({"type": "boolean"}, SAME)
    codec: Codec = SAME
    if name == "object":
        name, values, codec = "string", [compact(value) for value in values], JsonTextCodec()
    if _is_too_long(context, name, values):
        return _unlisted(context, sites, name, values, codec, sentences)
    if len(values) == 1 and context.dialect.const == "const" and any(site.has("const") for site in sites):
        return Emitted({"type": name, "const": values[0]}, codec)
    return Emitted({"type": name, "enum": values}, codec)


def _is_too_long(context: Context, name: JsonType, values: list[Any]) -> bool:
    limits, most = context.dialect.limits, context.budget.enum_values
    if most is not None and len(values) > most:
        return True
    if (
        name != "string"
        or limits.large_enum is None
        or limits.large_enum_length is None
        or len(values) <= limits.large_enum
    ):
        return False
    return sum(map(len, values)) > limits.large_enum_length


def _unlisted(
    context: Context, sites: Sequence[Site], name: JsonType, values: list[Any], codec: Codec, sentences: Sentences
) -> Emitted:
    shown = ", ".join(compact(value) for value in values[:5])
    sentences.append(f"One of {len(values)} allowed values, such as {shown}.")
    detail = (
        f"{len(values)} values are more than {context.dialect.name} can list; split the enum or validate afterwards"
    )
    for site, _ in [*holders(sites, "enum"), *holders(sites, "const")][:1]:
        context.lose(site, "enum", "relaxed", detail)
    return Emitted({"type": name}, codec)
