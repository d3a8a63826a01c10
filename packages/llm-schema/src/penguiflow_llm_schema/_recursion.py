"""Which references of a sent schema lead back to where they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ._keywords import subschemas

__all__ = ["order_of", "uses_of"]

_Uses = Mapping[str, tuple[str, ...]]


def uses_of(schema: Mapping[str, Any], *, required_only: bool) -> dict[str, tuple[str, ...]]:
    """For the root ("#") and each definition, the references in it; `required_only` leaves out optional properties."""
    bodies = {f"#/$defs/{name}": body for name, body in schema.get("$defs", {}).items()}
    return {
        reference: tuple(_references(body, required_only=required_only))
        for reference, body in ({"#": schema} | bodies).items()
    }


def _references(body: Any, *, required_only: bool) -> Iterator[str]:
    pending = [body]
    while pending:
        node = pending.pop()
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        stated = node.get("required")
        required = stated if isinstance(stated, list) else []
        for path, child in subschemas(node):
            is_optional = path[0] == "properties" and path[1] not in required
            if path[0] not in ("$defs", "definitions") and not (is_optional and required_only):
                pending.append(child)


def order_of(uses: _Uses) -> dict[str, int] | None:
    """A rank for each definition, higher than those of all it refers to; None where nothing leads back to itself.

    Where something does, a reference to a rank that is not lower leads back.
    """
    rank: dict[str, int] = {}
    visited: set[str] = set()
    for start in uses:
        if start not in visited:
            visited.add(start)
            _rank_from(start, uses, visited, rank)
    leads_back = any(rank[use] >= rank[name] for name, used in uses.items() for use in used if use in rank)
    return rank if leads_back else None


def _rank_from(start: str, uses: _Uses, visited: set[str], rank: dict[str, int]) -> None:
    path = [(start, iter(uses[start]))]
    while path:
        current, ahead = path[-1]
        following = next((use for use in ahead if use in uses and use not in visited), None)
        if following is None:
            rank[current] = len(rank)
            path.pop()
        else:
            visited.add(following)
            path.append((following, iter(uses[following])))
