"""What holds at a place: references followed and `allOf` opened, so that one place is a flat list of schemas.

Everything later reads a place as "all of these sites", which makes `allOf`, keywords beside `$ref`, and a union beside
`properties` one and the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from ._errors import InvalidSchemaError
from ._facts import allowed_values, stated_types
from ._json import JsonType, canonical, split
from ._keywords import ANNOTATIONS, ASSERTIONS
from ._resolver import Place, Resolver, Site

__all__ = ["Conjunction", "Expander", "PlaceKey", "TooLargeError", "conditions_of"]

_MOST_OPENED: Final = 200_000  # schemas that all places of one document are made of, together


class TooLargeError(Exception):
    """The schema grows out of bounds when it is opened; caught where a plan is made."""


PlaceKey = tuple[tuple[str, frozenset[str]], ...]


@dataclass
class Conjunction:
    """A place, opened; filled once and then shared, so whoever has one leaves it as it is."""

    sites: list[Site] = field(default_factory=list)  # those that assert something
    outer: list[Site] = field(default_factory=list)  # whose annotations belong to this use
    inner: list[Site] = field(default_factory=list)  # whose annotations belong to the definition referred to
    outside: list[tuple[Site, str]] = field(default_factory=list)  # references that lead out of the document
    name: str | None = None  # of the definition referred to, None where there is no reference

    @cached_property
    def key(self) -> PlaceKey:
        """Equal for places that mean the same, whatever is said about them."""
        return tuple((site.pointer, site.hidden - ANNOTATIONS) for site in self.sites)

    @cached_property
    def types(self) -> list[JsonType] | None:
        """The types that are allowed here; None for any."""
        return stated_types(self.sites)

    @cached_property
    def values(self) -> list[Any] | None:
        """The values that are allowed here, where they are listed."""
        return allowed_values(self.sites, self.types)

    @cached_property
    def unions(self) -> list[tuple[Site, str]]:
        """The unions here, each with its keyword."""
        return [(site, keyword) for site in self.sites for keyword in ("anyOf", "oneOf") if site.has(keyword)]

    @cached_property
    def conditions(self) -> list[tuple[Site, str]]:
        """The keywords here that bind values of every type, each with its site."""
        return [(site, keyword) for site in self.sites for keyword in conditions_of(site)]

    @cached_property
    def is_trivial(self) -> bool:
        """Whether nothing can fit, by an explicit `false`."""
        return any("not" in site.keywords and site.get("not") in ({}, True) for site in self.sites)

    @cached_property
    def only(self) -> tuple[Any, ...]:
        """The one value there can be, where it is the default too and not null; else none."""
        values = [] if self.unions else self.values or []
        if len(values) != 1 or values[0] is None:
            return ()
        defaults = [site.get("default") for site in (*self.outer, *self.inner) if site.has("default")]
        return (values[0],) if canonical(values[0]) in map(canonical, defaults) else ()


@dataclass(slots=True)
class Expander:
    """Opens the places of one document, each once."""

    resolver: Resolver
    nulls: dict[PlaceKey, bool] = field(default_factory=dict)  # of places, whether they take null
    valid_nulls: dict[tuple[PlaceKey, int], bool] = field(default_factory=dict)  # and whether it is valid there
    _opened: int = 0
    _known: dict[tuple[tuple[int, frozenset[str]], ...], tuple[Place, Conjunction]] = field(default_factory=dict)

    def expand(self, place: Place) -> Conjunction:
        """`place` with `$ref` and `allOf` opened; raises `InvalidSchemaError` where it is made of itself alone."""
        name = tuple([(id(site.keywords), site.hidden) for site in place])
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = (place, self._open(place))  # the place keeps the ids in use
        return known[1]

    def _open(self, place: Place) -> Conjunction:
        found = Conjunction()
        seen: set[tuple[str, frozenset[str]]] = set()
        above: set[str] = set()  # pointers of what the current site is part of
        pending: list[tuple[Site, bool] | str] = [(site, False) for site in reversed(place)]
        while pending:
            following = pending.pop()
            if isinstance(following, str):
                above.discard(following)
                continue
            site, referred = following
            if (site.pointer, site.hidden) in seen:
                continue
            seen.add((site.pointer, site.hidden))
            self._opened += 1
            if self._opened > _MOST_OPENED:
                raise TooLargeError
            inside = _open(site, referred, found, self.resolver)
            if inside:
                above.add(site.pointer)
                _refuse_circle(inside, above)
                pending.append(site.pointer)
                pending.extend(reversed(inside))
        return found


def conditions_of(site: Site) -> list[str]:
    """`then` and `else` mean nothing without `if`, which means nothing where both take anything."""
    found = ["not"] if site.has("not") else []
    if site.has("if"):
        found += ["if", "then"] if _demands(site, "then") else []
        found += ["else"] if _demands(site, "else") else []
    return found


def _demands(site: Site, keyword: str) -> bool:
    return site.has(keyword) and site.get(keyword) not in (True, {})


def _open(site: Site, referred: bool, found: Conjunction, resolver: Resolver) -> list[tuple[Site, bool]]:
    """Put what `site` itself says into `found`; the sites that also hold, and whether they were referred to."""
    ahead: list[tuple[Site, bool]] = []
    if site.has("$ref"):
        target = resolver.resolve(site.get("$ref"), site)
        if target is None:
            found.outside.append((site, site.get("$ref")))
        else:
            found.name = found.name or _definition_name(target)
            ahead.append((target, True))
        before_2019 = resolver.document.draft <= 7  # the keywords beside a reference were ignored until then
        site = site.hide("$ref", *(ASSERTIONS if before_2019 else ()))
    if site.has("allOf"):
        members = [resolver.child(site, "allOf", index) for index in range(len(site.get("allOf")))]
        ahead.extend((member, referred) for member in members)
        site = site.hide("allOf")
    (found.inner if referred else found.outer).append(site)
    if any(keyword in ASSERTIONS and keyword not in site.hidden for keyword in site.keywords):
        found.sites.append(site)
    return ahead


def _refuse_circle(inside: list[tuple[Site, bool]], above: set[str]) -> None:
    for target, _ in inside:
        if target.pointer in above:
            message = "this schema is defined as itself and so says nothing; give it keywords of its own"
            raise InvalidSchemaError(message, pointer=target.pointer)


def _definition_name(target: Site) -> str:
    tokens = split(target.pointer)
    title = target.raw.get("title") if isinstance(target.raw, dict) else None
    return tokens[-1] if tokens else title if isinstance(title, str) and title else "Root"
