"""Null: adding it to a schema that is sent, and knowing whether a definition will take it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ._codec import SAME, MaybeCodec, NullOrCodec
from ._conjunction import Conjunction, PlaceKey
from ._context import Context, Emitted
from ._describe import with_sentences

__all__ = ["fits_null", "maybe", "nullable", "takes_null", "without_null"]

_NULL: Final = {"type": "null"}
_PLAIN: Final = frozenset({"string", "number", "integer", "boolean"})
_MOST_LEVELS: Final = 8  # of unions in unions


def maybe(emitted: Emitted, *, null_is_item: bool = False) -> Emitted:
    """`emitted` or nothing, as a list of at most one: it takes no union, and the list ends itself.

    Nothing means null, or where `null_is_item` that it was left out.
    """
    schema = dict(emitted.schema)
    own = schema.pop("description", "") if "$ref" not in schema else ""
    description = with_sentences(own, ["A list of one, or empty for none."])
    items = schema["anyOf"][0] if schema.keys() == {"anyOf"} and len(schema["anyOf"]) == 1 else schema
    codec = MaybeCodec(emitted.codec, items, null_is_item)
    return Emitted({"type": "array", "description": description, "items": items}, codec, null_inside=True)


def nullable(context: Context, emitted: Emitted, *, keep_codec: bool = False) -> Emitted:
    """`emitted` with null allowed: in the type list of a plain scalar, else as a branch beside it.

    `keep_codec` where null never gets to the codec.
    """
    if emitted.null:
        return emitted
    if context.budget.nulls_as_lists:
        return maybe(emitted, null_is_item=emitted.null_inside)
    if emitted.codec != SAME and not keep_codec:
        emitted = replace(emitted, codec=NullOrCodec(emitted.codec))
    schema = dict(emitted.schema)
    if isinstance(schema.get("type"), str) and schema["type"] in _PLAIN and not schema.keys() & {"enum", "const"}:
        schema["type"] = [schema["type"], "null"]
        return replace(emitted, schema=schema, null=True)
    outside: dict[str, Any] = {"description": schema.pop("description")} if "description" in schema else {}
    branches = schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]
    return replace(emitted, schema={**outside, "anyOf": [*branches, dict(_NULL)]}, null=True)


def without_null(emitted: Emitted) -> Emitted:
    """`emitted` without null where that can be taken out, else as it is."""
    schema = emitted.schema
    stated, branches = schema.get("type"), schema.get("anyOf", [])
    if isinstance(stated, list) and len(stated) == 2 and "null" in stated:
        name = next(name for name in stated if name != "null")
        return replace(emitted, schema={**schema, "type": name}, null=False)
    kept = [branch for branch in branches if branch != _NULL]
    if not emitted.null or len(kept) == len(branches) or not kept or any(map(_takes_null, kept)):
        return emitted
    if len(kept) > 1:
        return replace(emitted, schema={**schema, "anyOf": kept}, null=False)
    outside = {"description": schema["description"]} if "description" in schema else {}
    if "$ref" in kept[0] and outside:
        return replace(emitted, schema={**outside, "anyOf": kept}, null=False)
    return replace(emitted, schema={**outside, **kept[0], **outside}, null=False)


def _takes_null(schema: dict[str, Any]) -> bool:
    """Whether a branch may take null; what is behind a reference may."""
    stated = schema.get("type", [])
    return "$ref" in schema or "anyOf" in schema or "null" in (stated if isinstance(stated, list) else [stated])


def takes_null(context: Context, found: Conjunction) -> bool:
    """Whether null is among what `found` takes; what takes anything is sent as text, and null with it."""
    known = context.expander.nulls
    above: dict[PlaceKey, PlaceKey | None] = {found.key: None}  # of each place looked at, the union it is a branch of
    pending = [found]
    while pending:
        place = pending.pop()
        if known.get(place.key) is False:
            continue
        branches = _branches(context, place)
        if place.key in known or (branches is None and _lists_null(place)):
            step: PlaceKey | None = place.key
            while step is not None:
                known[step], step = True, above[step]
            return True
        for branch in branches or ():
            if branch.key not in above:
                above[branch.key] = place.key
                pending.append(branch)
    known.update(dict.fromkeys(above, False))
    return False


def fits_null(context: Context, found: Conjunction, levels: int = _MOST_LEVELS) -> bool:
    """Whether null is valid for what `found` takes: not where more than one branch of a `oneOf` takes it."""
    branches = _branches(context, found)
    if not branches or not levels or not takes_null(context, found):
        return takes_null(context, found)
    known, name = context.expander.valid_nulls, (found.key, levels)
    if name not in known:
        fitting = sum(fits_null(context, branch, levels - 1) for branch in branches)
        known[name] = fitting == 1 if found.unions[0][1] == "oneOf" else fitting > 0
    return known[name]


def _lists_null(found: Conjunction) -> bool:
    return None in found.values if found.values is not None else "null" in (found.types or ())


def _branches(context: Context, found: Conjunction) -> list[Conjunction] | None:
    """The branches of the union that `found` is, none where one of them takes anything; None where it is no union."""
    if not found.unions:
        return None
    site, keyword = found.unions[0]
    base = tuple(other.hide(keyword) if other is site else other for other in found.sites)
    branches = [context.child(site, keyword, index) for index in range(len(site.get(keyword)))]
    opened = [context.expand((*base, branch)) for branch in branches]
    return opened if all(one.sites for one in opened) else []
