"""What to save on next, where a schema is over a limit: what costs least is tried first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from ._context import Budget, Cut, DefinitionKey
from ._dialect import Limits

__all__ = ["tighter"]

_DEPTHS: Final = (10, 7, 5, 3, 1)  # levels tried in turn where a schema is over a limit
_ENUMS: Final = (250, 100, 30, 10, 0)  # values of one enum tried in turn


def tighter(
    budget: Budget, broken: Iterable[str], limits: Limits, levels: Callable[[], Mapping[DefinitionKey, int]], depth: int
) -> Budget | None:
    """The next budget to try, None where nothing is left to save on.

    `broken` are the names of the limits that were broken, `depth` is how deep the schema was, and `levels` tells where
    each definition stands.
    """
    names = set(broken)
    reversible = _rewritten(budget, names, limits)
    if reversible is not None:
        return reversible
    if names & {"enum_values", "string_length"} and budget.enum_values != 0:
        most = budget.enum_values
        budget = replace(budget, enum_values=next(size for size in _ENUMS if most is None or size < most))
        if names <= {"enum_values", "string_length"}:
            return budget
    if budget.cut is not None and budget.cut.times:
        return replace(budget, cut=Cut(budget.cut.order, budget.cut.times - 1))
    following = _depth(budget, limits, depth if "depth" in names else 0)
    return None if following is None else replace(budget, depth=following, levels=levels())


def _depth(budget: Budget, limits: Limits, reached: int) -> int | None:
    """The next depth to try: less by what the schema was too deep, or where other limits are broken, a large step."""
    if limits.depth is not None and reached > limits.depth:
        if budget.depth is None:
            return limits.depth
        return max(budget.depth - (reached - limits.depth), 1) if budget.depth > 1 else None
    tried = budget.depth if budget.depth is not None else (limits.depth or _DEPTHS[0]) + 1
    return next((depth for depth in _DEPTHS if depth < tried), None)


def _rewritten(budget: Budget, broken: set[str], limits: Limits) -> Budget | None:
    """A budget that only other ways of saying the same are needed for."""
    if "optional_properties" in broken and budget.optional_properties is None:
        return replace(budget, optional_properties=limits.optional_properties)
    if "unions" in broken and not budget.nulls_as_lists:
        return replace(budget, nulls_as_lists=True)
    if "unions" in broken and budget.unions is None:
        return replace(budget, unions=limits.unions)
    return None
