"""Null: adding it to a schema that is sent, and knowing whether a definition will take it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ._conjunction import Conjunction, PlaceKey
from ._context import Context, Emitted
from ._facts import allowed_values, stated_types
from ._resolver import Site

__all__ = ["nullable", "takes_null"]

_NULL: Final = {"type": "null"}
_PLAIN: Final = frozenset({"string", "number", "integer", "boolean"})


def nullable(emitted: Emitted) -> Emitted:
    """`emitted` with null allowed: in the type list of a plain scalar, else as a branch beside it."""
    if emitted.null:
        return emitted
    schema = dict(emitted.schema)
    if isinstance(schema.get("type"), str) and schema["type"] in _PLAIN and not schema.keys() & {"enum", "const"}:
        schema["type"] = [schema["type"], "null"]
        return replace(emitted, schema=schema, null=True)
    outside: dict[str, Any] = {"description": schema.pop("description")} if "description" in schema else {}
    branches = schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]
    return replace(emitted, schema={**outside, "anyOf": [*branches, dict(_NULL)]}, null=True)


def takes_null(context: Context, found: Conjunction, above: frozenset[PlaceKey] = frozenset()) -> bool:
    """Whether what is written for `found` takes null as null; what takes anything is sent as text and does not."""
    if found.key in above:
        return False
    for site in found.sites:
        for keyword in ("anyOf", "oneOf"):
            if site.has(keyword):
                return _union_takes_null(context, found, site, keyword, above | {found.key})
    types = stated_types(found.sites)
    values = allowed_values(found.sites, types)
    return None in values if values is not None else "null" in (types or ())


def _union_takes_null(
    context: Context, found: Conjunction, site: Site, keyword: str, above: frozenset[PlaceKey]
) -> bool:
    base = tuple(other.hide(keyword) if other is site else other for other in found.sites)
    branches = [context.child(site, keyword, index) for index in range(len(site.get(keyword)))]
    opened = [context.expand((*base, branch)) for branch in branches]
    if any(not one.sites for one in opened):
        return False  # one branch takes anything: the whole is sent as text
    return any(takes_null(context, one, above) for one in opened)
