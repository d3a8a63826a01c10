"""Objects as they are sent: declared properties, optional ones, and open mappings as lists of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ._codec import KEY, SAME, VALUE, JsonTextCodec, ObjectCodec, PairsCodec, object_of
from ._context import Context, Emitted, Sentences, never
from ._facts import holders
from ._json import join
from ._nulls import fits_null
from ._optional import Properties
from ._patterns import renamed
from ._resolver import Place, Site
from ._scalars import describe_keyword, is_kept, strictest
from ._shape import Shape, read_shape
from ._unions import closed_object, join_branches

__all__ = ["emit_object"]

_REST: Final = "additional_properties"


def emit_object(context: Context, sites: Sequence[Site], level: int, sentences: Sentences) -> Emitted:
    """An object as an object, or as pairs where no property is declared and any may come."""
    shape = read_shape(context, sites)
    _describe_dependencies(context, sites, shape, sentences)
    if shape.required & shape.forbidden:
        return never()
    if shape.is_open and not shape.properties:
        return _emit_pairs(context, sites, shape, level, sentences)
    return _emit_declared(context, sites, shape, level, sentences)


def _describe_dependencies(context: Context, sites: Sequence[Site], shape: Shape, sentences: Sentences) -> None:
    for site, value in holders(sites, "dependentRequired"):
        open_ones = {name: names for name, names in value.items() if not set(names) <= shape.required}
        if open_ones:
            describe_keyword(context, site, "dependentRequired", open_ones, sentences)
    for site, value in holders(sites, "dependentSchemas"):
        describe_keyword(context, site, "dependentSchemas", value, sentences)


def _emit_declared(context: Context, sites: Sequence[Site], shape: Shape, level: int, sentences: Sentences) -> Emitted:
    properties = Properties(context)
    for name, place in shape.properties.items():
        if not _add_property(context, shape, name, place, level, properties):
            return never()
    most = None if shape.is_open else len(properties.schemas)
    _count_properties(context, sites, (len(shape.required), most), sentences)
    if not shape.is_open:
        return _or_nothing(context, properties)
    rest_name = _free_name(_REST, properties.schemas)
    rest, codec = _pairs(context, sites, shape, level + 1)
    rest["description"] = "Further properties, one entry each."
    fields = tuple(properties.fields)
    properties.add_required(rest_name, rest_name, Emitted(rest, SAME))
    return Emitted(properties.schema(), ObjectCodec(fields, rest_name, codec))


def _add_property(context: Context, shape: Shape, name: str, place: Place, level: int, properties: Properties) -> bool:
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
    is_null_asked = emitted.null and (is_default or fits_null(context, context.expand(place)))
    properties.add_optional(name, sent, emitted, null_is_default=is_default, null_is_asked=is_null_asked)
    if is_null_asked and not is_default and context.dialect.optional == "null":
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


def _sent_name(context: Context, name: str, shape: Shape, properties: Properties) -> str:
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


def _count_properties(
    context: Context, sites: Sequence[Site], counts: tuple[int, int | None], sentences: Sentences
) -> None:
    """Say how many properties there have to be, where what is sent may have fewer or more."""
    fewest, most = counts
    for site in sites:
        if site.has("minProperties") and site.get("minProperties") > fewest:
            describe_keyword(context, site, "minProperties", site.get("minProperties"), sentences)
        if site.has("maxProperties") and (most is None or site.get("maxProperties") < most):
            describe_keyword(context, site, "maxProperties", site.get("maxProperties"), sentences)


def _emit_pairs(context: Context, sites: Sequence[Site], shape: Shape, level: int, sentences: Sentences) -> Emitted:
    schema, codec = _pairs(context, sites, shape, level)
    for keyword, bound in (("minProperties", "minItems"), ("maxProperties", "maxItems")):
        found = list(holders(sites, keyword))
        if found and is_kept(context.dialect, bound, strictest(keyword, found)[1]):
            schema[bound] = strictest(keyword, found)[1]
        elif found:
            describe_keyword(context, found[0][0], keyword, strictest(keyword, found)[1], sentences)
    sentences.append("One entry per key.")
    return Emitted(schema, codec)


def _pairs(context: Context, sites: Sequence[Site], shape: Shape, level: int) -> tuple[dict[str, Any], PairsCodec]:
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


def _key_place(context: Context, sites: Sequence[Site], shape: Shape) -> Place:
    """What a key has to be: a string, as `propertyNames` say, and of a pattern where every key needs one."""
    place = [context.child(site, "propertyNames") for site, _ in holders(sites, "propertyNames")]
    needed = [_matching_one_of(rest.says, rest.patterns) for rest in shape.rests if rest.is_never and rest.patterns]
    if shape.patterns and not shape.rests:  # others are not spoken of
        stated = tuple((site.pointer, pattern) for site, pattern in shape.patterns)
        needed = [_matching_one_of((stated[0][0], "patternProperties"), stated)]
    plain = {"type": ["string"]}
    return (*place, *(needed or [Site(sites[0].pointer, plain, plain)]))


def _matching_one_of(says: tuple[str, str], named: Sequence[tuple[str, str]]) -> Site:
    """A key that matches one of these patterns; `says` is the pointer and the keyword that it is from."""
    patterns = list(dict.fromkeys(pattern for _, pattern in named))
    both = patterns[0] if len(patterns) == 1 else "|".join(f"({pattern})" for pattern in patterns)
    keywords = {"type": ["string"], "pattern": both}
    return Site(join(*says), keywords, keywords, origin=says)


def _pair_value(context: Context, shape: Shape, level: int) -> Emitted:
    """Any of the schemas that a property which is not declared may come under."""
    places = [(context.child(site, "patternProperties", pattern), *shape.always) for site, pattern in shape.patterns]
    further = [rest for rest in shape.rests if rest.patterns]
    if not any(rest.is_never for rest in further) and (further or shape.always or not places):
        places.append((*(rest.site for rest in further), *shape.always))
    emitted = [context.emit(place, level) for place in places]
    overlap = len(further) > 1 and any(not rest.is_never for rest in further)  # one's pattern under another's rest
    if overlap or any(one != emitted[0] for one in emitted):
        detail = "which pattern a name matches does not decide on its value's schema; any of them may come"
        for site in {site.pointer: site for site, _ in shape.patterns}.values():
            context.lose(site, "patternProperties", "relaxed", detail)
    return join_branches(context, emitted, shape.patterns[0][0]) if shape.patterns else emitted[0]
