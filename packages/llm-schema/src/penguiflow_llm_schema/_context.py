"""What the steps of one rewriting share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ._codec import SAME, Codec
from ._conjunction import Conjunction, PlaceKey, expand
from ._dialect import Dialect
from ._disjoint import Definitions
from ._loss import SchemaLoss
from ._resolver import Place, Resolver, Site

__all__ = ["ANYTHING", "MAX_NODES", "Action", "Budget", "Context", "Emitted", "Sentences", "TooLargeError", "never"]

MAX_NODES: Final = 10_000  # schemas written out for one plan, after inlining
Action = Literal["dropped", "described", "relaxed"]
Sentences = list[str]
ANYTHING: Final = "Any JSON value, written as JSON text."


class TooLargeError(Exception):
    """The schema grew beyond `MAX_NODES`; caught where a plan is made."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """A schema to send, how values of it come back, and what is special about it."""

    schema: dict[str, Any]
    codec: Codec
    null: bool = False  # it takes null as it is
    fits: Literal["some", "any", "none"] = "some"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one attempt at rewriting may spend; a schema over the dialect's limits is tried again with less."""

    depth: int | None = None  # levels; what is deeper is sent as JSON text
    enum_values: int | None = None  # in one enum; longer ones are not listed
    levels: Mapping[PlaceKey, int] = field(default_factory=dict)  # where each definition's use stands that is deepest


@dataclass(slots=True)
class Context:
    """One attempt at rewriting one document for one dialect."""

    dialect: Dialect
    resolver: Resolver
    budget: Budget
    emit: Callable[[Place, int], Emitted]
    definitions: Definitions = field(default_factory=Definitions)
    losses: dict[SchemaLoss, None] = field(default_factory=dict)  # in order, each once
    nodes: int = 0

    def lose(self, site: Site, keyword: str, action: Action, detail: str) -> None:
        self.losses[SchemaLoss(pointer=site.pointer, keyword=keyword, action=action, detail=detail)] = None

    def expand(self, place: Place) -> Conjunction:
        return expand(place, self.resolver)

    def child(self, parent: Site, keyword: str, *tokens: str | int) -> Site:
        return self.resolver.child(parent, keyword, *tokens)

    def spend(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLargeError

    def too_deep(self, level: int) -> bool:
        return self.budget.depth is not None and level > self.budget.depth


def never() -> Emitted:
    """The schema that nothing fits; it is never sent."""
    return Emitted({"not": {}}, SAME, fits="none")
