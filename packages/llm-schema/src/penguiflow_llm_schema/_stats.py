"""Counting a sent schema as the APIs do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ._dialect import Limits
from ._keywords import subschemas
from ._loss import SchemaStats

__all__ = ["broken_limits", "over_limits", "start_levels", "stats_of"]


_DEFINITIONS: Final = ("$defs", "definitions")
_MOST_NODES: Final = 50_000  # schemas looked at; more are over every limit anyway
_NOWHERE: Final = -1_000_000  # the level of a definition that is not at the top: what it uses is not followed


def stats_of(schema: Any) -> SchemaStats:
    """The counts of `schema`, a JSON Schema of any origin."""
    counts = _Counts()
    local = _local(schema, counts)
    return SchemaStats(
        properties=counts.properties,
        depth=max(level - 1 + local[reference].own for reference, level in _start_levels(local).items()),
        enum_values=counts.enum_values,
        string_length=counts.strings,
        optional_properties=counts.optional,
        unions=counts.unions,
        definitions=counts.definitions,
    )


def start_levels(schema: Any) -> dict[str, int]:
    """For each reference, the level at which what it means stands on the longest path from the root; "#" is 1.

    References are followed once: one that leads back to where the path came from adds nothing.
    """
    return _start_levels(_local(schema, _Counts()))


@dataclass(slots=True)
class _Counts:
    nodes: int = 0
    properties: int = 0
    enum_values: int = 0
    strings: int = 0
    optional: int = 0
    unions: int = 0
    definitions: int = 0

    def add(self, node: dict[str, Any]) -> None:
        """Count what `node` itself says."""
        if "properties" in node:
            declared = _mapping(node, "properties")
            self.properties += len(declared)
            self.optional += len(declared.keys() - set(_names(node)))
            self.strings += _length(declared)
        for key in _DEFINITIONS:
            if key in node:
                named = _mapping(node, key)
                self.definitions += len(named)
                self.strings += _length(named)
        if "enum" in node:
            listed = node["enum"] if isinstance(node["enum"], list) else []
            self.enum_values += len(listed)
            self.strings += _length(listed)
        if isinstance(node.get("const"), str):
            self.strings += len(node["const"])
        self.unions += "anyOf" in node or "oneOf" in node or isinstance(node.get("type"), list)


def _length(texts: Iterable[Any]) -> int:
    return sum([len(text) for text in texts if isinstance(text, str)])


def _mapping(node: Any, keyword: str) -> dict[str, Any]:
    value = node.get(keyword) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}


def _names(node: dict[str, Any]) -> list[str]:
    value = node.get("required")
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


@dataclass(slots=True)
class _Levels:
    """Levels inside one definition, and how deep in it others are referred to."""

    own: int = 0
    uses: dict[str, int] = field(default_factory=dict)  # reference -> levels above its deepest use


def _start_levels(local: Mapping[str, _Levels]) -> dict[str, int]:
    levels = {"#": 1}
    order = _order(local)
    rank = {reference: index for index, reference in enumerate(order)}
    for current in reversed(order):
        for use, above in local[current].uses.items():
            if rank.get(use, len(order)) < rank[current]:
                levels[use] = max(levels.get(use, 1), levels[current] + above)
    return levels


def _local(schema: Any, counts: _Counts) -> dict[str, _Levels]:
    """The levels of the root ("#") and of each definition at the top, and what they say in `counts`."""
    bodies = {f"#/{key}/{name}": body for key in _DEFINITIONS for name, body in _mapping(schema, key).items()}
    local = {reference: _levels(body, counts) for reference, body in bodies.items()}
    return local | {"#": _levels(schema, counts, is_root=True)}


def _levels(body: Any, counts: _Counts, *, is_root: bool = False) -> _Levels:
    levels = _Levels()
    pending: list[tuple[Any, int]] = [(body, 0)]
    while pending and counts.nodes < _MOST_NODES:
        node, above = pending.pop()
        if not isinstance(node, dict):
            continue
        counts.nodes += 1
        counts.add(node)
        reference = node.get("$ref")
        if isinstance(reference, str) and above >= 0:
            levels.uses[reference] = max(above, levels.uses.get(reference, 0))
        inner = above + 1 if _is_container(node) else above
        levels.own = max(levels.own, inner)
        for path, child in subschemas(node):
            if path[0] not in _DEFINITIONS:
                pending.append((child, inner))
            elif not (is_root and node is body):
                pending.append((child, _NOWHERE))
    return levels


def _is_container(node: dict[str, Any]) -> bool:
    stated = node.get("type")
    if isinstance(stated, list):
        return "object" in stated or "array" in stated or "properties" in node or "items" in node
    return stated in ("object", "array") or "properties" in node or "items" in node


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
