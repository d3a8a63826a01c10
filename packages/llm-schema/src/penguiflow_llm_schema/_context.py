"""What the steps of one rewriting share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ._codec import SAME, Codec
from ._conjunction import Conjunction, Expander, PlaceKey, TooLargeError
from ._dialect import Dialect
from ._disjoint import Definitions
from ._loss import SchemaLoss
from ._resolver import Place, Site

__all__ = [
    "ANYTHING", "MAX_NODES", "Action", "Budget", "Context", "Cut", "DefinitionKey", "Emitted", "Sentences",
    "TooLargeError", "never",
]  # fmt: skip

MAX_NODES: Final = 10_000  # schemas written out for one plan, after inlining
Action = Literal["dropped", "described", "relaxed"]
Sentences = list[str]
DefinitionKey = tuple[PlaceKey, int]  # what it stands for, and how often it leads back to itself above
ANYTHING: Final = "Any JSON value, written as JSON text."


@dataclass(frozen=True, slots=True)
class Emitted:
    """A schema to send, how values of it come back, and what is special about it."""

    schema: dict[str, Any]
    codec: Codec
    null: bool = False  # it takes null as it is
    null_inside: bool = False  # it takes null, but in a way of its own, or it is not known yet in which
    fits: Literal["some", "any", "none"] = "some"


@dataclass(frozen=True, slots=True)
class Cut:
    """Where definitions that lead back to themselves end: JSON text stands for what is deeper."""

    order: Mapping[DefinitionKey, int]  # a reference to one that is not lower leads back
    times: int  # that one may be written again


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one attempt at rewriting may spend; a schema over the dialect's limits is tried again with less."""

    depth: int | None = None  # levels; what is deeper is sent as JSON text
    enum_values: int | None = None  # in one enum; longer ones are not listed
    optional_properties: int | None = None  # that are left out; more are sent as lists of at most one
    unions: int | None = None  # that are sent as such; more are sent as the options of an object
    nulls_as_lists: bool = False  # null beside something is an empty list
    cut: Cut | None = None  # of what leads back to itself
    levels: Mapping[DefinitionKey, int] = field(
        default_factory=dict
    )  # where each definition's use stands that is deepest


@dataclass(slots=True)
class Context:
    """One attempt at rewriting one document for one dialect."""

    dialect: Dialect
    expander: Expander
    budget: Budget
    emit: Callable[[Place, int], Emitted]
    definitions: Definitions = field(default_factory=Definitions)
    losses: dict[SchemaLoss, None] = field(default_factory=dict)  # in order, each once
    nodes: int = 0
    left_out: int = 0  # properties that are left out where they are not given
    unions: int = 0  # unions that are sent as such
    in_optional: bool = False  # inside a property that may be left out

    def lose(self, site: Site, keyword: str, action: Action, detail: str) -> None:
        pointer, keyword = site.origin or (site.pointer, keyword)
        self.losses[SchemaLoss(pointer=pointer, keyword=keyword, action=action, detail=detail)] = None

    def expand(self, place: Place) -> Conjunction:
        return self.expander.expand(place)

    def child(self, parent: Site, keyword: str, *tokens: str | int) -> Site:
        return self.expander.resolver.child(parent, keyword, *tokens)

    def spend(self, nodes: int = 1) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise TooLargeError

    def may_leave_out(self) -> bool:
        """Whether one more property may be left out, which is counted."""
        self.left_out += 1
        most = self.budget.optional_properties
        return most is None or self.left_out <= most

    def may_unite(self) -> bool:
        """Whether one more union may be sent as such, which is counted."""
        self.unions += 1
        most = self.budget.unions if self.dialect.unions else 0
        return most is None or self.unions <= most

    @property
    def nulls_are_plain(self) -> bool:
        """Whether null is sent as null wherever it is taken, not as an empty list or as options that are all empty."""
        return self.dialect.unions and self.budget.unions is None and not self.budget.nulls_as_lists

    def emit_optional(self, place: Place, level: int) -> Emitted:
        """The schema of a property that may be left out."""
        before, self.in_optional = self.in_optional, True
        try:
            return self.emit(place, level)
        finally:
            self.in_optional = before

    def too_deep(self, level: int) -> bool:
        return self.budget.depth is not None and level > self.budget.depth


def never() -> Emitted:
    """The schema that nothing fits; it is never sent."""
    return Emitted({"not": {}}, SAME, fits="none")
