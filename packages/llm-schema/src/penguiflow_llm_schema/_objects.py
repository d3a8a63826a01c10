"""Objects: declared properties, optional ones, and open mappings as lists of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ._codec import KEY, SAME, VALUE, JsonTextCodec, ObjectCodec, PairsCodec, object_of
from ._context import Context, Emitted, Sentences, never
from ._facts import holders
from ._json import join
from ._optional import Properties
from ._patterns import matches, renamed
from ._resolver import Place, Site
from ._scalars import describe_keyword, is_kept, strictest
from ._unions import closed_object, join_branches

__all__ = ["emit_object"]

_REST: Final = "additional_properties"


@dataclass(slots=True)
class _Shape:
    """What the sites of an object say together."""

    properties: dict[str, Place] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)  # declared by one site, closed out by another
    is_closed: bool = False
    patterns: list[tuple[Site, str]] = field(default_factory=list)
    rest: list[Site] = field(default_factory=list)  # schemas of the properties that are not declared
    is_open: bool = False  # undeclared properties were asked for


def emit_object(context: Context, sites: Sequence[Site], level: int, sentences: Sentences) -> Emitted:
    """An object as an object, or as pairs where no property is declared and any may come."""
    shape = _read(context, sites)
    _describe_dependencies(context, sites, shape, sentences)
    if shape.required & shape.forbidden:
        return never()
    if shape.is_open and not shape.properties:
        return _emit_pairs(context, sites, shape, level, sentences)
    return _emit_declared(context, sites, shape, level, sentences)


def _describe_dependencies(context: Context, sites: Sequence[Site], shape: _Shape, sentences: Sentences) -> None:
    for site, value in holders(sites, "dependentRequired"):
        open_ones = {name: names for name, names in value.items() if not set(names) <= shape.required}
        if open_ones:
            describe_keyword(context, site, "dependentRequired", open_ones, sentences)
    for site, value in holders(sites, "dependentSchemas"):
        describe_keyword(context, site, "dependentSchemas", value, sentences)


def _read(context: Context, sites: Sequence[Site]) -> _Shape:
    shape = _Shape()
    for site in sites:
        shape.required.update(site.get("required") or ())
        shape.patterns.extend((site, pattern) for pattern in site.get("patternProperties") or ())
        _read_openness(context, site, shape)
    stated = any(site.has("properties") for site in sites)
    _read_properties(context, sites, shape)
    _report_cousins(context, sites, shape)
    if shape.is_closed:
        shape.rest = []
    shape.is_open = bool(shape.patterns) or (
        not shape.is_closed and (bool(shape.rest) or (not stated and not shape.required))
    )
    for name in sorted(shape.required - shape.properties.keys() - shape.forbidden):
        _require_undeclared(name, shape)
    return shape


def _read_openness(context: Context, site: Site, shape: _Shape) -> None:
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if not site.has(keyword):
            continue
        if site.get(keyword) is False:
            shape.is_closed = True
        elif keyword == "additionalProperties" or not site.has("additionalProperties"):
            shape.rest.append(context.child(site, keyword))


def _read_properties(context: Context, sites: Sequence[Site], shape: _Shape) -> None:
    """All that holds for each property that is declared, or that patterns may speak of."""
    declaring: dict[str, list[int]] = {}
    for index, site in enumerate(sites):
        for name in site.get("properties") or ():
            declaring.setdefault(name, []).append(index)
    others = {
        index for index, site in enumerate(sites) if site.has("additionalProperties") or site.has("patternProperties")
    }
    for name in dict.fromkeys([*declaring, *(sorted(shape.required) if shape.patterns else ())]):
        speaking = sorted(others.union(declaring.get(name, ())))
        context.spend((len(others) + len(shape.patterns)) // 8)
        _read_property(context, [sites[index] for index in speaking], name, shape)


def _read_property(context: Context, sites: Sequence[Site], name: str, shape: _Shape) -> None:
    """All that holds for the property `name`: where it is declared, where a pattern matches it, and else as a rest."""
    place: list[Site] = []
    for site in sites:
        declared = _declared(context, site, name, shape)
        matching = _matching(context, site, name)
        place += [*declared, *(matching or ())]
        if declared or matching is None or matching or not site.has("additionalProperties"):
            continue
        if site.get("additionalProperties") is False:
            shape.forbidden.add(name)
            return
        place.append(context.child(site, "additionalProperties"))
    shape.properties[name] = tuple(place)


def _declared(context: Context, site: Site, name: str, shape: _Shape) -> list[Site]:
    if name not in (site.get("properties") or ()):
        return []
    child = context.child(site, "properties", name)
    if isinstance(child.raw, dict) and child.raw.get("required") is True:  # draft-03
        shape.required.add(name)
    return [child]


def _matching(context: Context, site: Site, name: str) -> list[Site] | None:
    """The schemas of the patterns that `name` matches; None where that was not decided, which is reported."""
    verdicts = {pattern: matches(pattern, name) for pattern in site.get("patternProperties") or ()}
    if None in verdicts.values():
        detail = (
            f"whether {name!r} matches its patterns is not decided, so their schemas do not bind it; repeat them there"
        )
        context.lose(site, "patternProperties", "relaxed", detail)
        return None
    return [context.child(site, "patternProperties", pattern) for pattern, verdict in verdicts.items() if verdict]


def _report_cousins(context: Context, sites: Sequence[Site], shape: _Shape) -> None:
    """`unevaluatedProperties: false` forbids what only a schema beside its own declares; here that is allowed."""
    for site, value in holders(sites, "unevaluatedProperties"):
        beside = [other for other in sites if not site.sees(other)]
        seen = {name for other in sites if site.sees(other) for name in other.get("properties") or ()}
        names = {name for other in beside for name in other.get("properties") or ()} & shape.properties.keys() - seen
        if value is False and names:
            detail = f"{', '.join(map(repr, sorted(names)))} may be given all the same; declare all in one schema"
            context.lose(site, "unevaluatedProperties", "relaxed", detail)


def _require_undeclared(name: str, shape: _Shape) -> None:
    """A required property that is not declared may be anything that undeclared ones may be."""
    if shape.is_closed and not shape.patterns:
        shape.forbidden.add(name)
    else:
        shape.properties[name] = tuple(shape.rest)


def _emit_declared(context: Context, sites: Sequence[Site], shape: _Shape, level: int, sentences: Sentences) -> Emitted:
    properties = Properties(context)
    for name, place in shape.properties.items():
        if not _add_property(context, shape, name, place, level, properties):
            return never()
    _count_properties(context, sites, len(shape.required), sentences)
    if not shape.is_open:
        return _or_nothing(context, properties)
    rest_name = _free_name(_REST, properties.schemas)
    rest, codec = _pairs(context, sites, shape, level + 1)
    rest["description"] = "Further properties, one entry each."
    fields = tuple(properties.fields)
    properties.add_required(rest_name, rest_name, Emitted(rest, SAME))
    return Emitted(properties.schema(), ObjectCodec(fields, rest_name, codec))


def _add_property(context: Context, shape: _Shape, name: str, place: Place, level: int, properties: Properties) -> bool:
    """Whether the object can be had with this property, which is added where it can."""
    is_required = name in shape.required
    # what can only be its default means the same left out and given, so it is always sent: a union's tag stays a tag
    only = () if is_required else context.expand(place).only
    said = tuple(site.hide("default") for site in place) if only else place
    emitted = (context.emit if is_required or only else context.emit_optional)(said, level + 1)
    if emitted.fits == "none":
        return not is_required
    sent = name if context.dialect.property_names is None else _sent_name(context, name, shape, properties)
    if is_required or only:
        properties.add_required(name, sent, emitted, only)
        return True
    is_default = any(site.has("default") and site.get("default") is None for site in place)
    properties.add_optional(name, sent, emitted, null_is_default=is_default)
    if emitted.null and not is_default and context.dialect.optional == "null":
        _report_merged_null(context, place)
    return True


def _or_nothing(context: Context, properties: Properties) -> Emitted:
    """The object, or where one without properties cannot be said, the only value that it has."""
    if properties.schemas or context.dialect.empty_objects:
        return Emitted(properties.schema(), object_of(tuple(properties.fields)))
    return Emitted({"type": "string", "enum": ["{}"]}, JsonTextCodec())


def _report_merged_null(context: Context, place: Place) -> None:
    """Left out and null are both sent as null."""
    detail = "left out and null are both sent as null and come back as null; require it, or give it the default null"
    for site in place[:1]:
        context.lose(site, "required", "relaxed", detail)


def _sent_name(context: Context, name: str, shape: _Shape, properties: Properties) -> str:
    """`name` where the dialect takes it, else one made of it that nothing else is called by."""
    wanted = sent = renamed(name, context.dialect.property_names)
    while sent != name and (sent in shape.properties or sent in properties.schemas):
        number = properties.numbers[wanted] = properties.numbers.get(wanted, 1) + 1
        sent = f"{wanted[:56]}_{number}"
    return sent


def _free_name(wanted: str, taken: dict[str, Any]) -> str:
    while wanted in taken:
        wanted += "_"
    return wanted


def _count_properties(context: Context, sites: Sequence[Site], required: int, sentences: Sentences) -> None:
    for site in sites:
        if site.has("minProperties") and site.get("minProperties") > required:
            describe_keyword(context, site, "minProperties", site.get("minProperties"), sentences)
        if site.has("maxProperties"):
            describe_keyword(context, site, "maxProperties", site.get("maxProperties"), sentences)


def _emit_pairs(context: Context, sites: Sequence[Site], shape: _Shape, level: int, sentences: Sentences) -> Emitted:
    schema, codec = _pairs(context, sites, shape, level)
    for keyword, bound in (("minProperties", "minItems"), ("maxProperties", "maxItems")):
        found = list(holders(sites, keyword))
        if found and is_kept(context.dialect, bound, strictest(keyword, found)[1]):
            schema[bound] = strictest(keyword, found)[1]
        elif found:
            describe_keyword(context, found[0][0], keyword, strictest(keyword, found)[1], sentences)
    sentences.append("One entry per key.")
    return Emitted(schema, codec)


def _pairs(context: Context, sites: Sequence[Site], shape: _Shape, level: int) -> tuple[dict[str, Any], PairsCodec]:
    key = context.emit(_key_place(context, sites, shape), level + 2)
    value = _pair_value(context, shape, level + 2)
    if key.fits == "none" or value.fits == "none":
        items = closed_object({KEY: key.schema if key.fits != "none" else {"type": "string"}, VALUE: {"type": "null"}})
        return {"type": "array", "items": items, **_none(context, sites)}, PairsCodec(value.codec)
    items = closed_object({KEY: key.schema, VALUE: value.schema})
    return {"type": "array", "items": items}, PairsCodec(value.codec)


def _none(context: Context, sites: Sequence[Site]) -> dict[str, Any]:
    """That there are no pairs, since nothing fits one."""
    if is_kept(context.dialect, "maxItems", 0):
        return {"maxItems": 0}
    stating = [
        (site, keyword)
        for keyword in ("additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames")
        for site, _ in holders(sites, keyword)
    ]
    for site, keyword in stating[:1]:
        context.lose(site, keyword, "described", "nothing fits it, so there is no further property; leave it out")
    return {"description": "Always empty."}


def _key_place(context: Context, sites: Sequence[Site], shape: _Shape) -> Place:
    """What a key has to be: a string, as `propertyNames` say, and of a pattern where every key needs one."""
    place = [context.child(site, "propertyNames") for site, _ in holders(sites, "propertyNames")]
    pointer, origin = sites[0].pointer, None
    keywords: dict[str, Any] = {"type": ["string"]}
    if shape.patterns and not shape.rest:
        patterns = list(dict.fromkeys(pattern for _, pattern in shape.patterns))
        both = patterns[0] if len(patterns) == 1 else "|".join(f"({pattern})" for pattern in patterns)
        origin = (shape.patterns[0][0].pointer, "patternProperties")
        pointer, keywords = join(origin[0], origin[1]), {"type": ["string"], "pattern": both}
    return (*place, Site(pointer, keywords, keywords, origin=origin))


def _pair_value(context: Context, shape: _Shape, level: int) -> Emitted:
    """Any of the schemas that a property which is not declared may come under."""
    places: list[Place] = [(context.child(site, "patternProperties", pattern),) for site, pattern in shape.patterns]
    if not places:
        return context.emit(tuple(shape.rest), level)
    if shape.rest:
        places.append(tuple(shape.rest))
    emitted = [context.emit(place, level) for place in places]
    if any(one != emitted[0] for one in emitted):
        detail = "which pattern a name matches does not decide on its value's schema; any of them may come"
        for site in {site.pointer: site for site, _ in shape.patterns}.values():
            context.lose(site, "patternProperties", "relaxed", detail)
    return join_branches(context, emitted, shape.patterns[0][0])
