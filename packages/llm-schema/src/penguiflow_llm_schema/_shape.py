"""Objects as they were asked for: what all schemas of a place say of properties, declared and further ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ._context import Context
from ._facts import holders
from ._patterns import matches
from ._resolver import Place, Site

__all__ = ["Rest", "Shape", "read_shape"]


@dataclass(frozen=True, slots=True)
class Rest:
    """What a site says of the properties that it does not know."""

    site: Site  # for these
    says: tuple[str, str]  # pointer of the site that says so, and the keyword that takes the others out
    is_never: bool  # there are none
    known: frozenset[str]  # names that are not meant
    patterns: tuple[tuple[str, str], ...]  # nor those that match these: pointer of the site that has it, and a pattern


@dataclass(slots=True)
class Shape:
    """What the sites of an object say together."""

    properties: dict[str, Place] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)  # declared by one site, closed out by another
    patterns: list[tuple[Site, str]] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)  # all hold
    is_open: bool = False  # undeclared properties were asked for

    @property
    def is_closed(self) -> bool:
        """Whether a site knows of no other properties than those it declares, whatever the others say."""
        return any(rest.is_never and not rest.patterns for rest in self.rests)

    @property
    def always(self) -> Place:
        """What holds for every property that is not declared."""
        return tuple(rest.site for rest in self.rests if not rest.patterns)


def read_shape(context: Context, sites: Sequence[Site]) -> Shape:
    """The object that all of `sites` together describe; reports what of them is not decided."""
    shape = Shape()
    for site in sites:
        shape.required.update(site.get("required") or ())
        shape.patterns.extend((site, pattern) for pattern in site.get("patternProperties") or ())
    shape.rests = [rest for site in sites if (rest := _rest_of(context, site, sites)) is not None]
    stated = any(site.has("properties") for site in sites)
    _read_properties(context, sites, shape)
    _report_cousins(context, sites, shape)
    is_asked = any(not rest.is_never for rest in shape.rests) or not (stated or shape.required or shape.rests)
    shape.is_open = not shape.is_closed and (bool(shape.patterns) or is_asked)
    for name in sorted(shape.required - shape.properties.keys() - shape.forbidden):
        _require_undeclared(name, shape)
    return shape


def _rest_of(context: Context, site: Site, sites: Sequence[Site]) -> Rest | None:
    """What `site` says of further properties: beside its own ones, or beside those that the schemas inside it have."""
    if site.has("additionalProperties"):
        return _rest(context, site, "additionalProperties", (site,), (site,))
    seen = [other for other in sites if site.sees(other)]
    if not site.has("unevaluatedProperties") or any(other.has("additionalProperties") for other in seen):
        return None  # where that is said inside it, nothing is left over
    return _rest(context, site, "unevaluatedProperties", seen, sites)  # what others declare, `_report_cousins` has


def _rest(context: Context, site: Site, keyword: str, seen: Sequence[Site], declaring: Sequence[Site]) -> Rest:
    return Rest(
        site=context.child(site, keyword),
        says=(site.pointer, "patternProperties" if site.has("patternProperties") else keyword),
        is_never=site.get(keyword) is False,
        known=frozenset(name for other in declaring for name in other.get("properties") or ()),
        patterns=tuple((other.pointer, each) for other in seen for each in other.get("patternProperties") or ()),
    )


def _read_properties(context: Context, sites: Sequence[Site], shape: Shape) -> None:
    """All that holds for each property that is declared, or that patterns may speak of."""
    declaring: dict[str, list[int]] = {}
    for index, site in enumerate(sites):
        for name in site.get("properties") or ():
            declaring.setdefault(name, []).append(index)
    for name in dict.fromkeys([*declaring, *(sorted(shape.required) if shape.patterns else ())]):
        context.spend((len(shape.rests) + len(shape.patterns)) // 8)
        _read_property(context, [sites[index] for index in declaring.get(name, ())], name, shape)


def _read_property(context: Context, declaring: Sequence[Site], name: str, shape: Shape) -> None:
    """All that holds for the property `name`: where it is declared, where a pattern matches it, and else as a rest."""
    verdicts = _verdicts(context, name, shape)
    place = [_declared(context, site, name, shape) for site in declaring]
    place += [
        context.child(site, "patternProperties", pattern)
        for site, pattern in shape.patterns
        if verdicts[site.pointer, pattern]
    ]
    for rest in shape.rests:
        if name in rest.known or any(verdicts[each] is not False for each in rest.patterns):
            continue
        if rest.is_never:
            shape.forbidden.add(name)
            return
        place.append(rest.site)
    shape.properties[name] = tuple(place)


def _declared(context: Context, site: Site, name: str, shape: Shape) -> Site:
    child = context.child(site, "properties", name)
    if isinstance(child.raw, dict) and child.raw.get("required") is True:  # draft-03
        shape.required.add(name)
    return child


def _verdicts(context: Context, name: str, shape: Shape) -> dict[tuple[str, str], bool | None]:
    """Whether `name` matches each pattern, by the pointer of its site; None where that is not decided, and reported."""
    verdicts: dict[tuple[str, str], bool | None] = {}
    for site, pattern in shape.patterns:
        verdicts[site.pointer, pattern] = matches(pattern, name)
        if verdicts[site.pointer, pattern] is None:
            unknown = f"whether {name!r} matches its patterns is not decided"
            detail = f"{unknown}, so their schemas do not bind it; repeat them there"
            context.lose(site, "patternProperties", "relaxed", detail)
    return verdicts


def _report_cousins(context: Context, sites: Sequence[Site], shape: Shape) -> None:
    """`unevaluatedProperties: false` forbids what only a schema beside its own declares; here that is allowed."""
    for site, value in holders(sites, "unevaluatedProperties"):
        beside = [other for other in sites if not site.sees(other)]
        seen = {name for other in sites if site.sees(other) for name in other.get("properties") or ()}
        names = {name for other in beside for name in other.get("properties") or ()} & shape.properties.keys() - seen
        if value is False and names:
            detail = f"{', '.join(map(repr, sorted(names)))} may be given all the same; declare all in one schema"
            context.lose(site, "unevaluatedProperties", "relaxed", detail)


def _require_undeclared(name: str, shape: Shape) -> None:
    """A required property that is not declared may be anything that undeclared ones may be."""
    if shape.is_closed:
        shape.forbidden.add(name)
    else:
        shape.properties[name] = shape.always
