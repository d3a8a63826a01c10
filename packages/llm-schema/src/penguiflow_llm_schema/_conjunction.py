"""What holds at a place: references followed and `allOf` opened, so that one place is a flat list of schemas.

Everything later reads a place as "all of these sites", which makes `allOf`, keywords beside `$ref`, and a union beside
`properties` one and the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ._errors import InvalidSchemaError
from ._json import split
from ._keywords import ANNOTATIONS, ASSERTIONS
from ._resolver import Place, Resolver, Site

__all__ = ["Conjunction", "PlaceKey", "expand"]

PlaceKey = tuple[tuple[str, frozenset[str]], ...]


@dataclass(slots=True)
class Conjunction:
    """A place, opened."""

    sites: list[Site] = field(default_factory=list)  # those that assert something
    outer: list[Site] = field(default_factory=list)  # whose annotations belong to this use
    inner: list[Site] = field(default_factory=list)  # whose annotations belong to the definition referred to
    outside: list[tuple[Site, str]] = field(default_factory=list)  # references that lead out of the document
    name: str | None = None  # of the definition referred to, None where there is no reference

    @property
    def key(self) -> PlaceKey:
        """Equal for places that mean the same, whatever is said about them."""
        return tuple((site.pointer, site.hidden - ANNOTATIONS) for site in self.sites)

    def place(self, *, hide: frozenset[str] = frozenset()) -> Place:
        return tuple(site.hide(*hide) if hide else site for site in self.sites)


def expand(place: Place, resolver: Resolver) -> Conjunction:
    """`place` with `$ref` and `allOf` opened; raises `InvalidSchemaError` for a schema that is made of itself alone."""
    found = Conjunction()
    seen: set[tuple[str, frozenset[str]]] = set()
    pending = [(site, frozenset[str](), False) for site in reversed(place)]
    while pending:
        site, ancestors, referred = pending.pop()
        if (site.pointer, site.hidden) in seen:
            continue
        seen.add((site.pointer, site.hidden))
        following = list(_open(site, ancestors, referred, found, resolver))
        pending.extend(reversed(following))
    return found


def _open(
    site: Site, ancestors: frozenset[str], referred: bool, found: Conjunction, resolver: Resolver
) -> list[tuple[Site, frozenset[str], bool]]:
    """Put what `site` itself says into `found`; the sites that also hold are handed back."""
    ahead: list[tuple[Site, frozenset[str], bool]] = []
    lineage = ancestors | {site.pointer}
    if site.has("$ref"):
        target = resolver.resolve(site.get("$ref"), site)
        if target is None:
            found.outside.append((site, site.get("$ref")))
        else:
            _refuse_circle(target, lineage)
            found.name = found.name or _definition_name(target)
            ahead.append((target, lineage, True))
        before_2019 = resolver.document.draft <= 7  # the keywords beside a reference were ignored until then
        site = site.hide("$ref", *(ASSERTIONS if before_2019 else ()))
    if site.has("allOf"):
        members = [resolver.child(site, "allOf", index) for index in range(len(site.get("allOf")))]
        for member in members:
            _refuse_circle(member, lineage)
        ahead.extend((member, lineage, referred) for member in members)
        site = site.hide("allOf")
    (found.inner if referred else found.outer).append(site)
    if any(keyword in ASSERTIONS and keyword not in site.hidden for keyword in site.keywords):
        found.sites.append(site)
    return ahead


def _refuse_circle(target: Site, lineage: frozenset[str]) -> None:
    if target.pointer in lineage:
        message = "this schema is defined as itself and so says nothing; give it keywords of its own"
        raise InvalidSchemaError(message, pointer=target.pointer)


def _definition_name(target: Site) -> str:
    tokens = split(target.pointer)
    title = target.raw.get("title") if isinstance(target.raw, dict) else None
    return tokens[-1] if tokens else title if isinstance(title, str) and title else "Root"
