"""Whether no value can fit two alternatives as they were asked for: what `oneOf` demands and `anyOf` does not.

Asked for, not sent: two branches that differ on the wire, by an option's name or a null, may come back as one value
that fits both. A value is of the types and has the properties that its branch was sent with, which is less than the
branch allows where it does not state them; the other branch allows what it does not forbid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ._conjunction import Conjunction, PlaceKey
from ._context import Context
from ._facts import holders
from ._json import TYPE_ORDER, canonical, json_type
from ._patterns import words_of
from ._resolver import Place

__all__ = ["are_exclusive"]

_MOST_COMPARISONS: Final = 20_000  # of two places, for one `oneOf`; what is beyond is taken to overlap
_MOST_LEVELS: Final = 8
_ALL: Final = frozenset[str](TYPE_ORDER)
_OBJECT: Final = frozenset({"object"})
_FURTHER: Final = ("additionalProperties", "unevaluatedProperties")
_STRING: Final = frozenset({"string"})


def are_exclusive(context: Context, alternatives: Sequence[Place]) -> bool:
    """True only if every value fits one of `alternatives` at most; False where that is not plain to see."""
    comparison = _Comparison(context)
    if comparison.have_tags(alternatives):
        return True
    pairs = ((one, other) for index, one in enumerate(alternatives) for other in alternatives[index + 1 :])
    return all(comparison.excludes(one, other, _MOST_LEVELS) for one, other in pairs)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is plain to see of a place."""

    types: frozenset[str]  # that are sent: stated, or spoken of
    allowed: frozenset[str]  # those, or all where none is stated
    values: frozenset[str] | None  # in canonical form, None where none are listed
    declared: frozenset[str]
    required: frozenset[str]
    given: frozenset[str]  # those, and what can only be its default, which comes back given
    is_closed: bool  # no other properties than the declared ones, as the author says
    is_open: bool  # others are asked for; neither: they are not spoken of, and not sent


@dataclass(slots=True)
class _Comparison:
    context: Context
    remaining: int = _MOST_COMPARISONS
    _known: dict[PlaceKey, _Facts] = field(default_factory=dict)

    def have_tags(self, alternatives: Sequence[Place]) -> bool:
        """Whether each lists values of its own, itself or for one property that all of them require."""
        opened = [self.context.expand(place) for place in alternatives]
        if self._have_own_values(opened):
            return True
        facts = [self._facts(found) for found in opened]
        if any(found.unions or one.allowed != _OBJECT for found, one in zip(opened, facts, strict=True)):
            return False
        shared = frozenset.intersection(*(one.given & one.declared for one in facts)) if facts else frozenset()
        return any(self._have_own_values([self._opened(found, name) for found in opened]) for name in shared)

    def _have_own_values(self, places: Sequence[Conjunction]) -> bool:
        lists = [self._facts(found).values for found in places if found.values is not None and not found.unions]
        seen = [value for values in lists if values is not None for value in values]
        return len(lists) == len(places) and len(seen) == len(set(seen))

    def excludes(self, left: Place, right: Place, levels: int) -> bool:
        self.remaining -= 1
        if self.remaining < 0 or not levels:
            return False
        mine, theirs = self.context.expand(left), self.context.expand(right)
        if mine.is_trivial or theirs.is_trivial:
            return True
        for one, other in ((mine, right), (theirs, left)):
            for site, keyword in one.unions[:1]:
                base = tuple(each.hide(keyword) if each is site else each for each in one.sites)
                branches = [self.context.child(site, keyword, index) for index in range(len(site.get(keyword)))]
                return all(self.excludes((*base, branch), other, levels - 1) for branch in branches)
        return self._differ(mine, theirs, levels)

    def _differ(self, mine: Conjunction, theirs: Conjunction, levels: int) -> bool:
        left, right = self._facts(mine), self._facts(theirs)
        shared = (left.types & right.allowed) | (right.types & left.allowed)
        if not shared:
            return True
        if left.values is not None and right.values is not None and (shared == _STRING or _are_listed(mine, theirs)):
            return not left.values & right.values
        return shared == _OBJECT and self._objects_differ(mine, theirs, left, right, levels)

    def _objects_differ(self, mine: Conjunction, theirs: Conjunction, left: _Facts, right: _Facts, levels: int) -> bool:
        """By a name that one requires and the other has not, or by a property that one requires and both declare."""
        only_left, only_right = left.required - right.declared, right.required - left.declared
        if (only_left and right.is_closed) or (only_right and left.is_closed):
            return True
        if only_left and only_right and not left.is_open and not right.is_open:
            return True
        names = sorted(
            name
            for name in left.declared & right.declared
            if (name in left.given or name in right.required) and (name in right.given or name in left.required)
        )
        return any(
            self.excludes(self._property(mine, name), self._property(theirs, name), levels - 1) for name in names
        )

    def _property(self, found: Conjunction, name: str) -> Place:
        return tuple(
            self.context.child(site, "properties", name)
            for site in found.sites
            if name in (site.get("properties") or ())
        )

    def _opened(self, found: Conjunction, name: str) -> Conjunction:
        return self.context.expand(self._property(found, name))

    def _facts(self, found: Conjunction) -> _Facts:
        if found.key not in self._known:
            self._known[found.key] = self._facts_of(found)
        return self._known[found.key]

    def _facts_of(self, found: Conjunction) -> _Facts:
        sites, types = found.sites, _types(found)
        declared = frozenset(name for _, value in holders(sites, "properties") for name in value)
        required = frozenset(name for _, value in holders(sites, "required") for name in value)
        further = [site.get(keyword) for site in sites for keyword in _FURTHER if site.has(keyword)]
        has_patterns = any(value for _, value in holders(sites, "patternProperties"))
        has_types = found.values is not None or any(site.has("type") for site in sites)
        return _Facts(
            types=types,
            allowed=types if has_types else _ALL,
            values=_values(found),
            declared=declared,
            required=required,
            given=required | {name for name in declared - required if self._opened(found, name).only},
            is_closed=False in further and not has_patterns,
            is_open=has_patterns or not declared or any(value is not False for value in further),
        )


def _types(found: Conjunction) -> frozenset[str]:
    """The types of the listed values, or those that are stated or spoken of; an integer is a number too."""
    stated = found.types
    if found.values is not None:
        return frozenset(json_type(value) or "null" for value in found.values)
    types = _ALL if stated is None else frozenset[str](stated)
    return types | {"integer"} if "number" in types else types


def _are_listed(*places: Conjunction) -> bool:
    """Whether the values of each are listed whatever their type, not by a pattern, which speaks of strings alone."""
    return all(found.values is not None for found in places)


def _values(found: Conjunction) -> frozenset[str] | None:
    listed = found.values
    if listed is None and found.types == ["string"]:
        words = [words_of(pattern) for _, pattern in holders(found.sites, "pattern")]
        listed = next((list(each) for each in words if each is not None), None)
    return None if listed is None else frozenset(map(canonical, listed))
