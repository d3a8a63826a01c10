"""Schemas for what one keyword of a schema refuses and the rest of it mostly takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from ._losses import SPELLINGS
from ._routes import text_for

__all__ = ["WILD", "breaking"]

WILD: Final[tuple[Any, ...]] = ("?", "", 0, -1.5, True, None, [], {}, ["?"], {"?": 0}, [0, 0], {"further_1": [0]})
_TEXTS: Final = ("?", "", "a b", "A", "~", "0", "é", "x" * 40, "2020-99-99", "/", "-")
_LOWER: Final = ("minimum", "exclusiveMinimum")
_UPPER: Final = ("maximum", "exclusiveMaximum")
_Schema = dict[str, Any]


def breaking(node: _Schema, keyword: str) -> Iterator[_Schema]:
    """Schemas in place of `node`, most of whose values `keyword` refuses; the last say nothing of it."""
    rest = _without(node, keyword)
    if keyword in (*_LOWER, *_UPPER):
        yield from _out_of_bounds(node, keyword)
    elif keyword in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"):
        yield from _of_other_size(rest, keyword, node.get(keyword))
    elif keyword in ("pattern", "format", "enum", "const", "multipleOf"):
        yield from _listed([*_TEXTS, 0.3, 7, 1.5, 1e6 + 0.7])
    elif keyword in ("contains", "minContains", "maxContains", "uniqueItems", "unevaluatedItems"):
        yield from _lists(node, rest)
    elif keyword in ("if", "then", "else", "not"):
        yield from _conditions(node, rest, keyword)
    elif keyword in ("anyOf", "oneOf"):
        yield from _unions(node, rest, keyword)
    else:
        yield from _objects(node, rest, keyword)
    yield rest
    yield from _listed(WILD)


def _listed(values: Any) -> Iterator[_Schema]:
    yield from ({"enum": [value]} for value in values)


def _without(node: _Schema, *keywords: str) -> _Schema:
    dropped = {*keywords, "enum", "const"}
    dropped |= {spelled for spelled, names in SPELLINGS.items() if not dropped.isdisjoint(names)} - {"items"}
    return {key: value for key, value in node.items() if key not in dropped}


def _out_of_bounds(node: _Schema, keyword: str) -> Iterator[_Schema]:
    sign, names = (-1, _LOWER) if keyword in _LOWER else (1, _UPPER)
    for name in names:
        bound = node.get(name)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            yield from _listed([bound, bound + sign, bound + sign * 0.5, bound + sign * 10**6])


def _of_other_size(rest: _Schema, keyword: str, bound: Any) -> Iterator[_Schema]:
    kind = keyword[3:]
    loose = _without(rest, "pattern", "format", "uniqueItems", f"min{kind}", f"max{kind}")
    if not isinstance(bound, int):
        return
    if keyword.startswith("min"):
        yield {**loose, f"max{kind}": max(bound - 1, 0)}
        yield from _listed(["", [], {}, "x" * max(bound - 1, 0)])
        return
    yield {**loose, f"min{kind}": bound + 1, f"max{kind}": bound + 3}
    if kind == "Length":
        yield from _listed(["x" * (bound + 1), "1" * (bound + 1)])
        if isinstance(rest.get("pattern"), str):
            yield from _listed(_stretched(rest["pattern"], bound + 1))
    if kind == "Properties":
        yield {**loose, "required": list(rest.get("properties") or ())}


def _stretched(pattern: str, length: int) -> Iterator[str]:
    """Texts of at least `length` that match `pattern`, by one character of a short one many times."""
    short = str(text_for(pattern))
    for index, character in enumerate(short[:20]):
        text = short[:index] + character * length + short[index:]
        with suppress(re.error):
            if re.search(pattern, text):
                yield text


def _lists(node: _Schema, rest: _Schema) -> Iterator[_Schema]:
    yield {**rest, "minItems": 2, "maxItems": 4, "items": {"enum": [None]}}
    items = node.get("items")
    if isinstance(items, dict) and isinstance(items.get("pattern"), str):
        yield {"enum": [[text_for(items["pattern"])] * 2]}
    yield from _listed([[value, value] for value in WILD])
    enum = (node.get("items") or {}).get("enum") if isinstance(node.get("items"), dict) else None
    yield from _listed([[value, value] for value in (enum or [])[:3]])
    most = node.get("maxContains")
    if isinstance(most, int) and isinstance(node.get("contains"), dict):
        yield {**rest, "items": node["contains"], "minItems": most + 1}
    yield {**rest, "minItems": 1}
    yield {**rest, "minItems": 4, "maxItems": 6}


def _conditions(node: _Schema, rest: _Schema, keyword: str) -> Iterator[_Schema]:
    bare = _without(rest, "if", "then", "else")
    if keyword == "not":
        yield {"allOf": [rest, node.get("not")]}
        if isinstance(node.get("not"), dict):
            yield node["not"]
            yield {"allOf": [rest, {**node["not"], "type": node.get("type", "object")}]}
        yield {**rest, "required": list(rest.get("properties") or ())}
        return
    condition = node.get("if", {})
    if keyword != "else":
        names = list(condition.get("properties") or ()) if isinstance(condition, dict) else []
        yield {"allOf": [bare, condition, {"not": node.get("then", {})}]}
        yield {"allOf": [bare, condition, {"required": names}]}
        yield {"allOf": [bare, condition]}
        yield from ({"allOf": [bare, condition, other]} for other in _wild_properties(node.get("then")))
    if keyword != "then":
        yield {"allOf": [bare, {"not": condition}, {"not": node.get("else", {})}]}
        yield {"allOf": [bare, {"not": condition}]}
        yield from ({"allOf": [bare, {"not": condition}, other]} for other in _wild_properties(node.get("else")))
    yield bare
    yield {**bare, "required": list(bare.get("properties") or ())}


def _wild_properties(schema: Any) -> Iterator[_Schema]:
    """Objects that have a property which `schema` names, of any value."""
    for name in list(schema.get("properties") or ())[:3] if isinstance(schema, dict) else ():
        yield {"required": [name]}
        yield from ({"required": [name], "properties": {name: {"enum": [value]}}} for value in WILD)


def _unions(node: _Schema, rest: _Schema, keyword: str) -> Iterator[_Schema]:
    branches = [branch for branch in node.get(keyword, ()) if isinstance(branch, dict)][:6]
    yield {"enum": [None]}
    yield rest
    for index, one in enumerate(branches):
        yield {"allOf": [rest, one]}
        for other in branches[index + 1 :]:
            yield {"allOf": [rest, one, other]}
    names = {name for one in branches for name in (one.get("properties") or {})}
    yield {"allOf": [rest, *branches[:1], {"required": sorted({*names, *(rest.get("properties") or ())})}]}


def _objects(node: _Schema, rest: _Schema, keyword: str) -> Iterator[_Schema]:
    stated: Any = {**(node.get("dependencies") or {}), **(node.get(keyword) or {})} if "depend" in keyword else {}
    for name, value in stated.items():
        properties = dict(rest.get("properties") or {})
        lacking = {key: item for key, item in properties.items() if not isinstance(value, list) or key not in value}
        loose = {**_without(rest, "minProperties"), "type": "object"}
        own = [each for each in rest.get("required") or () if each in lacking]
        yield {**loose, "properties": {**lacking, name: properties.get(name, {})}, "required": [*own, name]}
        if isinstance(value, dict):
            yield {"allOf": [{**loose, "required": [*own, name]}, {"not": value}]}
            yield {**loose, "required": sorted({*own, name})}
            yield {**loose, "required": sorted({*properties, name})}
    rests = rest.get("additionalProperties", {})
    inner = rests if isinstance(rests, dict) else {}
    names = _TEXTS if keyword in ("propertyNames", "additionalProperties", "unevaluatedProperties") else ()
    for name in names:
        properties = {**(rest.get("properties") or {}), name: inner}
        yield {**rest, "type": "object", "properties": properties, "required": [name]}
    if keyword == "patternProperties":
        yield from _misplaced(node, rest)
    if keyword in ("unevaluatedProperties", "patternProperties"):
        yield {**rest, "required": list(rest.get("properties") or ())}


def _misplaced(node: _Schema, rest: _Schema) -> Iterator[_Schema]:
    """Names of one pattern with the values of another, and declared ones with any."""
    patterns = node.get("patternProperties") or {}
    names = [text_for(pattern) for pattern in patterns]
    others = [*patterns.values(), node.get("additionalProperties", {}), *({"enum": [value]} for value in WILD)]
    for name in [*_TEXTS[:3], *names[:4], *(node.get("properties") or ())][:10]:
        for other in others[:12]:
            if isinstance(other, dict):
                properties = {**(rest.get("properties") or {}), name: other}
                yield {**rest, "type": "object", "properties": properties, "required": [name]}
