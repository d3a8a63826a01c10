"""Strings, numbers, booleans, null, and lists of allowed values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from ._codec import SAME, Branch, Codec, JsonTextCodec, UnionCodec
from ._conjunction import conditions_of
from ._context import Context, Emitted, Sentences, never
from ._describe import SAYABLE, sentence
from ._dialect import Dialect
from ._facts import holders
from ._json import JsonType, compact, json_type
from ._keeps import Keeper
from ._keywords import ASSERTIONS
from ._lengths import lengths
from ._nulls import nullable
from ._patterns import is_balanced, is_simple, looks_around
from ._resolver import Site

__all__ = ["describe_conditions", "describe_keyword", "emit_scalar", "emit_values", "is_kept", "strictest"]

_BOUNDS: Final[dict[JsonType, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "boolean": (),
    "null": (),
}
_BESIDE_VALUES: Final = ASSERTIONS - {"const", "enum", "nullable", "type"}  # which the listed values are made by
_LOWER_BOUNDS: Final = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_UPPER_BOUNDS: Final = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
# OpenAPI's sizes of numbers: they bind nothing that a JSON number would break in practice
_NUMBER_FORMATS: Final = frozenset(
    {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double"}
)
_BINDS_NOTHING: Final[dict[str, tuple[object, ...]]] = {
    "minLength": (0,), "minItems": (0,), "minProperties": (0,), "uniqueItems": (False,), "not": (False,),
    "propertyNames": (True, {}), "dependentRequired": ({},), "dependentSchemas": ({},),
    "unevaluatedItems": (True, {}), "unevaluatedProperties": (True, {}),
}  # fmt: skip


def emit_scalar(context: Context, sites: Sequence[Site], name: JsonType, sentences: Sentences) -> Emitted:
    """A schema of one scalar type; bounds that the dialect does not take become sentences."""
    schema: dict[str, Any] = {"type": name}
    for keyword in _BOUNDS[name]:
        _bound(context, keyword, sites, schema, sentences)
    if name in ("integer", "number"):
        _describe_number_format(context, sites, sentences)
    return Emitted(schema, SAME, null=name == "null")


def _bound(context: Context, keyword: str, sites: Sequence[Site], schema: dict[str, Any], sentences: Sentences) -> None:
    found = list(holders(sites, keyword))
    if not found:
        return
    site, value = strictest(keyword, found)
    inclusive = _inclusive(context, keyword, value, schema["type"])
    if is_kept(context.dialect, keyword, value):
        schema[keyword] = value
    elif inclusive is not None:
        _tighten(schema, *inclusive)
    elif not _is_implied(context.dialect, keyword, value, sites):
        describe_keyword(context, site, keyword, value, sentences)
    if keyword in _LOWER_BOUNDS or keyword in _UPPER_BOUNDS:
        return
    for other, stated in found:  # patterns, formats and steps that hold beside the one that is sent
        if stated != value:
            describe_keyword(context, other, keyword, stated, sentences)


def _is_implied(dialect: Dialect, keyword: str, value: Any, sites: Sequence[Site]) -> bool:
    """Whether the pattern that is sent leaves no other length."""
    if keyword not in ("minLength", "maxLength"):
        return False
    pattern = next((stated for _, stated in holders(sites, "pattern")), None)
    if pattern is None or not is_kept(dialect, "pattern", pattern):
        return False
    least, most = lengths(pattern)
    return bool(value <= least if keyword == "minLength" else value >= most)


def strictest(keyword: str, found: list[tuple[Site, Any]]) -> tuple[Site, Any]:
    """The site and value of `keyword` that imply the others where one does, else the first."""
    if keyword in _LOWER_BOUNDS:
        return max(found, key=lambda pair: pair[1])
    if keyword in _UPPER_BOUNDS:
        return min(found, key=lambda pair: pair[1])
    return found[0]


def describe_keyword(context: Context, site: Site, keyword: str, value: object, sentences: Sentences) -> None:
    """Say `keyword` in words instead, and report it; one that binds nothing is not worth a word."""
    if any(type(value) is type(nothing) and value == nothing for nothing in _BINDS_NOTHING.get(keyword, ())):
        return
    text = sentence(keyword, value)
    if text in sentences:
        return
    sentences.append(text)
    context.lose(site, keyword, "described", f"{context.dialect.name} does not take {keyword!r}: {text}")


def describe_conditions(context: Context, conditions: Sequence[tuple[Site, str]], sentences: Sentences) -> None:
    """Say `not`, `if`, `then` and `else` in words."""
    for site, keyword in conditions:
        whole = tuple(map(site.get, ("if", "then", "else")))
        describe_keyword(context, site, keyword, whole if keyword == "else" else site.get(keyword), sentences)


def is_kept(dialect: Dialect, keyword: str, value: Any) -> bool:
    """Whether `keyword` is sent with this value."""
    if keyword not in dialect.keeps:
        return False
    match keyword:
        case "format":
            return value in dialect.formats
        case "pattern":
            is_taken = is_simple(value) if dialect.simple_patterns else dialect.lookaround or not looks_around(value)
            return is_balanced(value) and is_taken
        case "minItems":
            return dialect.least_items is None or value <= dialect.least_items
        case _:
            return True


def _inclusive(context: Context, keyword: str, value: Any, name: str) -> tuple[str, int] | None:
    """The bound that says the same of integers where an exclusive one is not sent."""
    other = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}.get(keyword)
    if other is None or name != "integer" or keyword in context.dialect.keeps or other not in context.dialect.keeps:
        return None
    return other, math.floor(value) + 1 if other == "minimum" else math.ceil(value) - 1


def _tighten(schema: dict[str, Any], keyword: str, bound: int) -> None:
    stated = schema.get(keyword, bound)
    schema[keyword] = max(stated, bound) if keyword == "minimum" else min(stated, bound)


def _describe_number_format(context: Context, sites: Sequence[Site], sentences: Sentences) -> None:
    for site, value in holders(sites, "format"):
        if value not in _NUMBER_FORMATS:
            describe_keyword(context, site, "format", value, sentences)


def emit_values(context: Context, sites: Sequence[Site], values: list[Any], sentences: Sentences) -> Emitted:
    """A schema of listed values, one branch per type; what cannot be listed as it is is listed as JSON text."""
    values = _within(context, sites, values, sentences)
    groups = _by_type(context, values)
    if len(groups) == 2 and "null" in groups:
        del groups["null"]
        ((name, group),) = groups.items()
        return nullable(context, _one_type(context, sites, name, group, sentences))
    if len(groups) > 1 and (_texts_clash(groups) or not context.may_unite()):
        groups = {"object": values}
    branches = [_one_type(context, sites, name, group, sentences) for name, group in groups.items()]
    if len(branches) < 2:
        return branches[0] if branches else never()
    codec = UnionCodec(tuple(Branch(one.schema, one.codec) for one in branches)) if "object" in groups else SAME
    return Emitted({"anyOf": [one.schema for one in branches]}, codec, null="null" in groups)


def _within(context: Context, sites: Sequence[Site], values: list[Any], sentences: Sentences) -> list[Any]:
    """The listed values that keep to what else is demanded of them; what is not decided here is said in words."""
    keeper = Keeper(context.expander.resolver)
    for site in sites:
        for keyword in [name for name in site.keywords if name in _BESIDE_VALUES and site.has(name)]:
            verdicts = [keeper.keeps(site, keyword, value) for value in values]
            values = [value for value, verdict in zip(values, verdicts, strict=True) if verdict is not False]
            if None in verdicts:
                _say(context, site, keyword, sentences)
    return values


def _say(context: Context, site: Site, keyword: str, sentences: Sentences) -> None:
    if keyword == "if":
        describe_conditions(context, [(site, name) for name in conditions_of(site) if name != "not"], sentences)
    elif keyword in SAYABLE:
        describe_keyword(context, site, keyword, site.get(keyword), sentences)
    else:
        detail = f"not all of the listed values are known to keep to {keyword!r}; leave out those that do not"
        context.lose(site, keyword, "relaxed", detail)


def _by_type(context: Context, values: list[Any]) -> dict[JsonType, list[Any]]:
    """`values` by type, those that are listed as JSON text under "object"."""
    groups: dict[JsonType, list[Any]] = {}
    has_fractions = any(json_type(value) == "number" for value in values)
    has_both = {True, False} <= {value for value in values if isinstance(value, bool)}
    for value in values:
        name = json_type(value) or "null"
        name = "number" if name == "integer" and has_fractions else name
        is_listed = name in context.dialect.listed_types or name == "null" or (name == "boolean" and has_both)
        groups.setdefault(name if is_listed else "object", []).append(value)
    return groups


def _texts_clash(groups: dict[JsonType, list[Any]]) -> bool:
    """Whether a string reads as the JSON text of another value."""
    return bool({compact(value) for value in groups.get("object", ())} & set(groups.get("string", ())))


def _one_type(
    context: Context, sites: Sequence[Site], name: JsonType, values: list[Any], sentences: Sentences
) -> Emitted:
    if name == "null":
        return Emitted({"type": "null"}, SAME, null=True)
    if name == "boolean" and len(values) == 2:
        return Emitted({"type": "boolean"}, SAME)
    codec: Codec = SAME
    if name == "object":
        texts = [compact(value) for value in values]
        name, values, codec = "string", texts, JsonTextCodec(tuple(texts))
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
    for keyword in ("enum", "const"):
        for site, _ in holders(sites, keyword):
            context.lose(site, keyword, "relaxed", detail)
    return Emitted({"type": name}, codec)
