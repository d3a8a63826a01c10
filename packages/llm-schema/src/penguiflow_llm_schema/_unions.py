"""Alternatives: `anyOf`, `oneOf` and several types, with whatever holds beside them carried into each branch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ._codec import SAME, Branch, ChoiceCodec, Codec, NullOrCodec, UnionCodec, option_name
from ._conjunction import Conjunction
from ._context import Context, Emitted, Sentences, never
from ._disjoint import tell_apart
from ._exclusive import are_exclusive
from ._json import canonical
from ._keywords import ANNOTATIONS
from ._nulls import maybe, nullable
from ._resolver import Site

__all__ = ["closed_object", "emit_union", "join_branches"]

_MOST_COPIES: Final = 64  # branches that unions at one place may multiply to, times the properties beside them


def emit_union(context: Context, found: Conjunction, level: int, sentences: Sentences) -> Emitted:
    """The unions of a place as one: each branch together with everything else that holds here.

    What stands beside a union is copied to its branches, and two unions multiply; where that would be too much, a union
    is left out and said in words.
    """
    sites = list(found.sites)
    beside = sum(len(site.get("properties") or ()) for site in sites)
    kept: tuple[Site, str] | None = None
    copies = max(beside, 1)
    for site, keyword in found.unions:
        copies *= len(site.get(keyword))
        if copies <= _MOST_COPIES or (kept is None and not beside):
            kept = kept or (site, keyword)
        else:
            copies //= len(site.get(keyword))
            _leave_out(context, site, keyword, sentences)
            sites = [other.hide(keyword) if other.pointer == site.pointer else other for other in sites]
    if kept is None:
        return context.emit(tuple(site.hide(*ANNOTATIONS) for site in sites), level)
    return _branched(context, sites, *kept, level)


def _branched(context: Context, sites: Sequence[Site], site: Site, keyword: str, level: int) -> Emitted:
    base = [other.hide(*ANNOTATIONS, *([keyword] if other.pointer == site.pointer else [])) for other in sites]
    branches = [context.child(site, keyword, index) for index in range(len(site.get(keyword)))]
    places = [(*base, branch) for branch in branches]
    emitted = join_branches(context, [context.emit(place, level) for place in places], site)
    if keyword == "oneOf" and not are_exclusive(context, places):
        detail = "sent as anyOf: a value may fit more than one branch; make the branches differ"
        context.lose(site, "oneOf", "relaxed", detail)
    return emitted


def _leave_out(context: Context, site: Site, keyword: str, sentences: Sentences) -> None:
    branches = site.get(keyword)
    groups = [branch["required"] for branch in branches if isinstance(branch, dict) and branch.keys() == {"required"}]
    if len(groups) == len(branches) and all(isinstance(group, list) for group in groups):
        named = "; ".join(", ".join(map(repr, group)) for group in groups)
        sentences.append(f"{'At least' if keyword == 'anyOf' else 'Exactly'} one of these must be given: {named}.")
    detail = f"its {len(branches)} branches were not multiplied with what stands beside them; move them to a property"
    context.lose(site, keyword, "relaxed", detail)


def join_branches(context: Context, emitted: Sequence[Emitted], site: Site) -> Emitted:
    """One schema for several alternatives: flat, without doubles, and such that the way back is never in doubt."""
    alternatives = [one for one in emitted if one.fits != "none"]
    if not alternatives:
        return never()
    if any(one.fits == "any" for one in alternatives):
        return next(one for one in alternatives if one.fits == "any")
    branches = _flat(alternatives)
    plain = [branch for branch in branches if not _is_null(branch.schema)]
    if len(branches) == 1:
        return branches[0]
    if len(plain) == 1:
        return plain[0] if plain[0].null_inside else nullable(context, plain[0])
    if not context.may_unite():
        takes_null = len(plain) < len(branches) or any(one.null or one.null_inside for one in plain)
        return _choice(context, plain, site, takes_null=takes_null)
    kept = tell_apart([Branch(one.schema, one.codec) for one in branches], context.definitions)
    codec = SAME if all(branch.codec == SAME for branch in kept) else UnionCodec(tuple(kept))
    null, null_inside = any(one.null for one in branches), any(one.null_inside for one in branches)
    return Emitted({"anyOf": [branch.schema for branch in kept]}, codec, null=null, null_inside=null_inside)


def _choice(context: Context, branches: Sequence[Emitted], site: Site, *, takes_null: bool) -> Emitted:
    """Alternatives as options of an object, all sent and one filled."""
    as_lists = context.budget.nulls_as_lists
    sent = [maybe(one) if as_lists else nullable(context, one, keep_codec=True) for one in branches]
    options = {option_name(index): one.schema for index, one in enumerate(sent)}
    schema = closed_object(options)
    words = "Fill one option, or none for null." if takes_null else "Fill exactly one option."
    if not takes_null:
        detail = "sent as an object with an option for each branch, which may all be empty; use fewer unions"
        keyword = next((keyword for keyword in ("anyOf", "oneOf") if site.has(keyword)), "type")
        context.lose(site, keyword, "relaxed", detail)
    codec = ChoiceCodec(tuple(Branch(one.schema, one.codec) for one in branches), as_lists)
    return Emitted({"type": "object", "description": words} | schema, codec, null_inside=takes_null)


def closed_object(properties: dict[str, Any]) -> dict[str, Any]:
    """An object schema of these properties, all required, and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _flat(alternatives: Sequence[Emitted]) -> list[Emitted]:
    """The branches of all alternatives, unions within unions opened where they carry no description of their own."""
    branches: list[Emitted] = []
    alike: dict[str, list[Codec]] = {}  # the ways back of the branches of one schema
    for one in alternatives:
        opened = [one]
        if one.schema.keys() == {"anyOf"}:
            inside = one.schema["anyOf"]
            codecs = _codecs(one.codec, inside)
            is_behind = one.null and not any(map(_lists_null, inside))  # one of its references takes null
            opened = [
                Emitted(each, codec, _lists_null(each) or (is_behind and "$ref" in each), one.null_inside)
                for each, codec in zip(inside, codecs, strict=True)
            ]
        for branch in opened:
            others = alike.setdefault(canonical(branch.schema), [])
            if branch.codec not in others:
                others.append(branch.codec)
                branches.append(branch)
    return branches


def _codecs(codec: Codec, schemas: Sequence[Any]) -> list[Codec]:
    """The codec of each branch of an emitted union."""
    if isinstance(codec, UnionCodec):
        return [branch.codec for branch in codec.branches]
    inner = codec.inner if isinstance(codec, NullOrCodec) else codec
    return [SAME if _is_null(schema) else inner for schema in schemas]


def _is_null(schema: Any) -> bool:
    return bool(schema.get("type") == "null")


def _lists_null(schema: Any) -> bool:
    stated = schema.get("type")
    return stated == "null" or (isinstance(stated, list) and "null" in stated)
