"""Alternatives: `anyOf`, `oneOf` and several types, with whatever holds beside them carried into each branch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ._codec import SAME, Branch, Codec, NullOrCodec, UnionCodec
from ._conjunction import Conjunction
from ._context import Context, Emitted, Sentences, never
from ._disjoint import are_disjoint, tell_apart
from ._json import canonical
from ._keywords import ANNOTATIONS
from ._nulls import nullable
from ._resolver import Site

__all__ = ["emit_union", "join_branches", "union_of"]

_MOST_COPIES: Final = 64  # properties times branches that what stands beside a union may be copied to


def union_of(found: Conjunction) -> tuple[Site, str] | None:
    """The first union at this place, with its keyword."""
    for site in found.sites:
        for keyword in ("anyOf", "oneOf"):
            if site.has(keyword):
                return site, keyword
    return None


def emit_union(
    context: Context, found: Conjunction, union: tuple[Site, str], level: int, sentences: Sentences
) -> Emitted:
    """The union of its branches, each together with everything else that holds here."""
    site, keyword = union
    base = [other.hide(keyword) if other is site else other for other in found.sites]
    branches = [context.child(site, keyword, index) for index in range(len(site.get(keyword)))]
    if not branches:
        return never()
    if _copies(base, branches) > _MOST_COPIES:
        return _without_union(context, base, union, level, sentences)
    places = [tuple(one.hide(*ANNOTATIONS) for one in base) + (branch,) for branch in branches]
    emitted = join_branches(context, [context.emit(place, level) for place in places])
    if keyword == "oneOf":
        _report_overlap(context, site, emitted)
    return emitted


def _copies(base: Sequence[Site], branches: Sequence[Site]) -> int:
    beside = sum(len(site.get("properties") or ()) for site in base)
    return beside * len(branches)


def _without_union(
    context: Context, base: Sequence[Site], union: tuple[Site, str], level: int, sentences: Sentences
) -> Emitted:
    site, keyword = union
    groups = [branch.get("required") for branch in site.get(keyword) if isinstance(branch, dict)]
    how_many = "At least" if keyword == "anyOf" else "Exactly"
    if all(groups) and len(groups) == len(site.get(keyword)):
        named = "; ".join(", ".join(map(repr, group)) for group in groups)
        sentences.append(f"{how_many} one of these must be given: {named}.")
    detail = (
        f"its {len(site.get(keyword))} branches were not copied to every property beside them; move them to a property"
    )
    context.lose(site, keyword, "relaxed", detail)
    return context.emit(tuple(base), level)


def join_branches(context: Context, emitted: Sequence[Emitted]) -> Emitted:
    """One schema for several alternatives: flat, without doubles, and such that the way back is never in doubt."""
    alternatives = [one for one in emitted if one.fits != "none"]
    if not alternatives:
        return never()
    if any(one.fits == "any" for one in alternatives):
        return next(one for one in alternatives if one.fits == "any")
    branches = _flat(alternatives)
    plain = [branch for branch in branches if not _is_null(branch.schema)]
    if len(branches) == 1:
        return Emitted(dict(branches[0].schema), branches[0].codec, null=not plain)
    if len(plain) == 1:
        codec = plain[0].codec
        return nullable(Emitted(dict(plain[0].schema), codec if codec == SAME else NullOrCodec(codec)))
    if len(plain) > 1:
        branches = tell_apart(branches, context.definitions)
    is_null = len(plain) < len(branches) or any(one.null for one in alternatives)
    codec = SAME if all(branch.codec == SAME for branch in branches) else UnionCodec(tuple(branches))
    return Emitted({"anyOf": [branch.schema for branch in branches]}, codec, null=is_null)


def _flat(alternatives: Sequence[Emitted]) -> list[Branch]:
    """The branches of all alternatives, unions within unions opened where they carry no description of their own."""
    branches: dict[str, Branch] = {}
    for one in alternatives:
        if one.schema.keys() == {"anyOf"}:
            codecs = _codecs(one.codec, one.schema["anyOf"])
            opened = [Branch(schema, codec) for schema, codec in zip(one.schema["anyOf"], codecs, strict=True)]
        else:
            opened = [Branch(one.schema, one.codec)]
        for branch in opened:
            branches.setdefault(f"{canonical(branch.schema)} {branch.codec!r}", branch)
    return list(branches.values())


def _codecs(codec: Codec, schemas: Sequence[Any]) -> list[Codec]:
    """The codec of each branch of an emitted union."""
    if isinstance(codec, UnionCodec):
        return [branch.codec for branch in codec.branches]
    inner = codec.inner if isinstance(codec, NullOrCodec) else codec
    return [SAME if _is_null(schema) else inner for schema in schemas]


def _is_null(schema: Any) -> bool:
    return bool(schema.get("type") == "null")


def _report_overlap(context: Context, site: Site, emitted: Emitted) -> None:
    """`oneOf` says exactly one; as `anyOf` that is lost unless no value fits two branches anyway."""
    branches = emitted.schema.get("anyOf", [])
    pairs = [(left, right) for index, left in enumerate(branches) for right in branches[index + 1 :]]
    if not all(are_disjoint(left, right, context.definitions) for left, right in pairs):
        context.lose(
            site, "oneOf", "relaxed", "sent as anyOf: a value may fit more than one branch; make the branches differ"
        )
