"""Lists, and tuples as objects with one field per position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ._codec import MORE_ITEMS, SAME, JsonTextCodec, TupleCodec, array_of
from ._context import Context, Emitted, Sentences, never
from ._facts import holders
from ._optional import Properties
from ._resolver import Place, Site
from ._scalars import describe_keyword, is_kept, strictest

__all__ = ["emit_array"]

_DESCRIBED: Final = ("uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems")


def emit_array(context: Context, sites: Sequence[Site], level: int, sentences: Sentences) -> Emitted:
    """A list of one kind of item as a list, positions with schemas of their own as an object."""
    if _contains_nothing(sites):
        return never()
    for keyword in _DESCRIBED:
        for site, value in holders(sites, keyword):
            if value is not False and not (keyword == "minContains" and value == 0):
                describe_keyword(context, site, keyword, value, sentences)
    _report_cousins(context, sites)
    if any(value for _, value in holders(sites, "prefixItems")):
        return _emit_tuple(context, sites, level, sentences)
    items = context.emit(_items(context, sites), level + 1)
    return _list_of(context, sites, items, sentences)


def _contains_nothing(sites: Sequence[Site]) -> bool:
    """Whether an item is demanded that nothing fits."""
    return any(site.get("contains") in (False, {"not": {}}) and site.get("minContains") != 0 for site in sites)


def _report_cousins(context: Context, sites: Sequence[Site]) -> None:
    """`unevaluatedItems: false` forbids what only a schema beside its own describes; here that is allowed."""
    for site, value in holders(sites, "unevaluatedItems"):
        beside = [other for other in sites if not site.sees(other) and (other.has("items") or other.has("prefixItems"))]
        if value is False and beside:
            detail = f"items that {beside[0].pointer!r} describes may be given all the same; describe all in one schema"
            context.lose(site, "unevaluatedItems", "relaxed", detail)


def _items(context: Context, sites: Sequence[Site]) -> Place:
    """What holds for the items beyond all positions; `unevaluatedItems: false` alone lets none be."""
    stated = tuple(context.child(site, "items") for site in sites if site.has("items"))
    closing = [site for site, value in holders(sites, "unevaluatedItems") if value is False]
    if stated or not closing:
        return stated
    if any(site.has("contains") or site.has("if") for site in sites):
        detail = "items that a condition or `contains` speaks of are not told from others; describe all with `items`"
        context.lose(closing[0], "unevaluatedItems", "relaxed", detail)
        return ()
    return (context.child(closing[0], "unevaluatedItems"),)


def _list_of(context: Context, sites: Sequence[Site], items: Emitted, sentences: Sentences) -> Emitted:
    least, most = _length(sites)
    if items.fits == "none":
        if least:
            return never()
        if not is_kept(context.dialect, "maxItems", 0):
            return Emitted({"type": "string", "enum": ["[]"]}, JsonTextCodec())
        return Emitted({"type": "array", "items": {"type": "null"}, "maxItems": 0}, SAME)
    schema: dict[str, Any] = {"type": "array", "items": items.schema}
    for keyword in ("minItems", "maxItems"):
        found = list(holders(sites, keyword))
        if not found:
            continue
        site, value = strictest(keyword, found)
        if is_kept(context.dialect, keyword, value):
            schema[keyword] = value
        else:
            describe_keyword(context, site, keyword, value, sentences)
    return Emitted(schema, array_of(items.codec)) if most is None or least <= most else never()


def _length(sites: Sequence[Site]) -> tuple[float, float | None]:
    """The fewest and the most items; None where there is no upper bound."""
    least = max((value for _, value in holders(sites, "minItems")), default=0)
    most = min((value for _, value in holders(sites, "maxItems")), default=None)
    return least, most


def _emit_tuple(context: Context, sites: Sequence[Site], level: int, sentences: Sentences) -> Emitted:
    least, most = _length(sites)
    places = _positions(context, sites, most)
    emitted = [context.emit(place, level + 1) for place in places]
    known = next((index for index, one in enumerate(emitted) if one.fits == "none"), len(emitted))
    emitted = emitted[:known]
    if known < len(places):  # nothing fits there, so the list ends before
        if known < least:
            return never()
        most = known
    same = emitted and all(one == emitted[0] for one in emitted)
    if same and least == most == len(places):
        return _list_of(context, sites, emitted[0], sentences)
    return _emit_fields(context, sites, emitted, (least, most), level, sentences)


def _positions(context: Context, sites: Sequence[Site], most: float | None) -> list[Place]:
    """All that holds at each position that has a schema of its own somewhere."""
    longest = max(len(value) for _, value in holders(sites, "prefixItems"))
    count = longest if most is None else min(longest, int(most))
    return [tuple(_at(context, site, index) for site in sites if _covers(site, index)) for index in range(count)]


def _covers(site: Site, index: int) -> bool:
    return index < len(site.get("prefixItems") or ()) or site.has("items")


def _at(context: Context, site: Site, index: int) -> Site:
    if index < len(site.get("prefixItems") or ()):
        return context.child(site, "prefixItems", index)
    return context.child(site, "items")


def _emit_fields(
    context: Context,
    sites: Sequence[Site],
    emitted: list[Emitted],
    length: tuple[float, float | None],
    level: int,
    sentences: Sentences,
) -> Emitted:
    least, most = length
    properties = Properties(context)
    for index, one in enumerate(emitted):
        add = properties.add_required if index < least else properties.add_optional
        add(str(index), f"item_{index}", one)
    fields = tuple(properties.fields)
    rest, lacking = _items(context, sites), least > len(emitted)
    if (not rest and not lacking) or (most is not None and most <= len(emitted)):
        return never() if lacking else _closed_tuple(context, properties)
    more = context.emit(rest, level + 2)
    if more.fits == "none":
        return never() if lacking else _closed_tuple(context, properties)
    further = {"type": "array", "items": more.schema, "description": "Further items."}
    further |= _length_of_rest(context, sites, len(emitted), sentences)
    properties.add_required(MORE_ITEMS, MORE_ITEMS, Emitted(further, SAME))
    return Emitted(properties.schema(), TupleCodec(fields, MORE_ITEMS, more.codec))


def _length_of_rest(context: Context, sites: Sequence[Site], known: int, sentences: Sentences) -> dict[str, Any]:
    """How many items there may be beyond the known ones; what cannot be said of them is said of the whole."""
    bounds: dict[str, Any] = {}
    for keyword in ("minItems", "maxItems"):
        found = list(holders(sites, keyword))
        site, value = strictest(keyword, found) if found else (sites[0], 0)
        if not found or (keyword == "minItems" and value <= known):
            continue
        if is_kept(context.dialect, keyword, value - known):
            bounds[keyword] = value - known
        else:
            describe_keyword(context, site, keyword, value, sentences)
    return bounds


def _closed_tuple(context: Context, properties: Properties) -> Emitted:
    """The positions as an object, or where one without properties cannot be said, the empty list as JSON text."""
    if properties.schemas or context.dialect.empty_objects:
        return Emitted(properties.schema(), TupleCodec(tuple(properties.fields)))
    return Emitted({"type": "string", "enum": ["[]"]}, JsonTextCodec())
