"""What to save on next, where a schema is over a limit: what costs least is tried first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ._context import Budget, Cut, DefinitionKey
from ._dialect import Dialect, Limits
from ._loss import SchemaStats
from ._stats import broken_limits

__all__ = ["frugal", "tighter"]

_DEPTHS: Final = (10, 7, 5, 3, 1)  # levels tried in turn where a schema is over a limit
_ENUMS: Final = (250, 100, 30, 10, 0)  # values of one enum tried in turn
_Levels = Callable[[], Mapping[DefinitionKey, int]]


def frugal(budget: Budget, stats: SchemaStats, dialect: Dialect) -> Budget | None:
    """A budget that says the same in another way, for less of what is dear; None where that is little already."""
    few, saved = dialect.few, budget
    if few.optional_properties is not None and stats.optional_properties > few.optional_properties:
        most = _less(budget.optional_properties, stats.optional_properties, few.optional_properties)
        saved = replace(saved, optional_properties=most)
    if few.unions is not None and stats.unions > few.unions:
        saved = replace(saved, nulls_as_lists=True)
    return saved if saved != budget else None


def tighter(budget: Budget, stats: SchemaStats | None, dialect: Dialect, levels: _Levels) -> Budget | None:
    """The next budget to try, None where nothing is left to save on.

    `stats` are the counts of the schema that broke the limits, None where it grew out of bounds before they could be
    taken; `levels` tells where each definition stands.
    """
    limits = dialect.limits
    if stats and (saved := frugal(budget, stats, dialect) or _united(budget, stats, limits)):
        return saved
    broken = set(broken_limits(stats, limits)) if stats else {"properties"}
    if broken & {"enum_values", "string_length"} and budget.enum_values != 0:
        most = budget.enum_values
        budget = replace(budget, enum_values=next(size for size in _ENUMS if most is None or size < most))
        if broken <= {"enum_values", "string_length"}:
            return budget
    if budget.cut is not None and budget.cut.times:
        return replace(budget, cut=Cut(budget.cut.order, budget.cut.times - 1))
    depth = _depth(budget, limits, stats.depth if stats else 0)
    return None if depth is None else replace(budget, depth=depth, levels=levels())


def _united(budget: Budget, stats: SchemaStats, limits: Limits) -> Budget | None:
    """A budget with fewer unions, None where they are few enough or none is left."""
    if limits.unions is None or stats.unions <= limits.unions:
        return None
    most = _less(budget.unions, stats.unions, limits.unions)
    return replace(budget, unions=most) if most != budget.unions else None


def _less(allowed: int | None, counted: int, limit: int | None) -> int | None:
    """How many to allow next: the limit, then less by what was counted beyond it, as what is copied counts twice."""
    return limit if allowed is None or limit is None else max(allowed - (counted - limit), 0)


def _depth(budget: Budget, limits: Limits, reached: int) -> int | None:
    """The next depth to try: less by what the schema was too deep, or where other limits are broken, a large step."""
    if limits.depth is not None and reached > limits.depth:
        if budget.depth is None:
            return limits.depth
        return max(budget.depth - (reached - limits.depth), 1) if budget.depth > 1 else None
    tried = budget.depth if budget.depth is not None else (limits.depth or _DEPTHS[0]) + 1
    return next((depth for depth in _DEPTHS if depth < tried), None)
