"""Counting a sent schema as the APIs do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ._dialect import Limits
from ._keywords import subschemas
from ._loss import SchemaStats

__all__ = ["broken_limits", "over_limits", "start_levels", "stats_of"]


_MOST_NODES: Final = 50_000  # schemas looked at; more are over every limit anyway


def stats_of(schema: Any) -> SchemaStats:
    """The counts of `schema`, a JSON Schema of any origin."""
    properties = enum_values = strings = optional = unions = definitions = 0
    pending, count = [schema], 0
    while pending and count < _MOST_NODES:
        node = pending.pop()
        count += 1
        if not isinstance(node, dict):
            continue
        declared = _mapping(node, "properties")
        named = [name for key in ("$defs", "definitions") for name in _mapping(node, key)]
        listed = _listed(node)
        properties += len(declared)
        definitions += len(named)
        optional += len(declared.keys() - set(_names(node)))
        enum_values += len(listed)
        strings += sum(len(text) for text in [*declared, *named, *listed] if isinstance(text, str))
        unions += _is_union(node)
        if isinstance(node.get("const"), str):
            strings += len(node["const"])
        pending.extend(child for _, child in subschemas(node))
    return SchemaStats(
        properties=properties,
        depth=_depth(schema),
        enum_values=enum_values,
        string_length=strings,
        optional_properties=optional,
        unions=unions,
        definitions=definitions,
    )


def _mapping(node: dict[str, Any], keyword: str) -> dict[str, Any]:
    value = node.get(keyword)
    return value if isinstance(value, dict) else {}


def _listed(node: dict[str, Any]) -> list[Any]:
    value = node.get("enum")
    return value if isinstance(value, list) else []


def _names(node: dict[str, Any]) -> list[str]:
    value = node.get("required")
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _is_union(node: dict[str, Any]) -> bool:
    return "anyOf" in node or "oneOf" in node or isinstance(node.get("type"), list)


def start_levels(schema: Any) -> dict[str, int]:
    """For each reference, the level at which what it means stands on the longest path from the root; "#" is 1.

    References are followed once: one that leads back to where the path came from adds nothing.
    """
    local = _local(schema)
    levels = {"#": 1}
    order = _order(local)
    rank = {reference: index for index, reference in enumerate(order)}
    for current in reversed(order):
        for use, above in local[current].uses.items():
            if rank.get(use, len(order)) < rank[current]:
                levels[use] = max(levels.get(use, 1), levels[current] + above)
    return levels


def _depth(schema: Any) -> int:
    local = _local(schema)
    return max(level - 1 + local[reference].own for reference, level in start_levels(schema).items())


def _local(schema: Any) -> dict[str, _Levels]:
    bodies = {f"#/{key}/{name}": body for key in ("$defs", "definitions") for name, body in _top(schema, key).items()}
    return {reference: _levels(body) for reference, body in (bodies | {"#": schema}).items()}


def _top(schema: Any, keyword: str) -> dict[str, Any]:
    return _mapping(schema, keyword) if isinstance(schema, dict) else {}


@dataclass(slots=True)
class _Levels:
    own: int = 0
    uses: dict[str, int] = field(default_factory=dict)  # reference -> levels above its deepest use


def _levels(body: Any) -> _Levels:
    """Levels inside one definition, and how deep in it others are referred to."""
    levels = _Levels()
    pending: list[tuple[Any, int]] = [(body, 0)]
    count = 0
    while pending and count < _MOST_NODES:
        node, above = pending.pop()
        count += 1
        if not isinstance(node, dict):
            continue
        reference = node.get("$ref")
        if isinstance(reference, str):
            levels.uses[reference] = max(above, levels.uses.get(reference, 0))
        inner = above + 1 if _is_container(node) else above
        levels.own = max(levels.own, inner)
        pending.extend((child, inner) for path, child in subschemas(node) if path[0] not in ("$defs", "definitions"))
    return levels


def _is_container(node: dict[str, Any]) -> bool:
    stated = node.get("type")
    types = stated if isinstance(stated, list) else [stated]
    return "object" in types or "array" in types or "properties" in node or "items" in node


def _order(local: Mapping[str, _Levels]) -> list[str]:
    """The root and what it leads to, each after all that it leads to but itself and its like."""
    order: list[str] = []
    visited = {"#"}
    path = [("#", iter(local["#"].uses))]
    while path:
        current, uses = path[-1]
        ahead = next((use for use in uses if use in local and use not in visited), None)
        if ahead is None:
            order.append(current)
            path.pop()
        else:
            visited.add(ahead)
            path.append((ahead, iter(local[ahead].uses)))
    return order


_ADVICE: Final = {
    "depth": ("levels of nesting", "make it flatter"),
    "properties": ("properties", "leave some out, or ask for them in several calls"),
    "enum_values": ("enum values", "shorten the enums"),
    "string_length": ("characters of names and values", "shorten names and enums"),
    "optional_properties": ("optional properties", "require some of them"),
    "unions": ("unions", "leave some out, or ask for them in several calls"),
}


def broken_limits(stats: SchemaStats, limits: Limits) -> tuple[str, ...]:
    """The names of the limits that `stats` go over."""
    most = {name: getattr(limits, name) for name in _ADVICE}
    return tuple(name for name, limit in most.items() if limit is not None and getattr(stats, name) > limit)


def over_limits(stats: SchemaStats, limits: Limits) -> tuple[str, ...]:
    """Each limit that `stats` go over in a sentence, with what to change."""
    reasons = []
    for name in broken_limits(stats, limits):
        what, advice = _ADVICE[name]
        reasons.append(f"{getattr(stats, name):,} {what} are more than the {getattr(limits, name):,} allowed; {advice}")
    return tuple(reasons)
