"""What a client has used and spent over all its calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from penguiflow_llm_core._result import AttemptRecord
from penguiflow_llm_types import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTotals:
    """What one model was used for, failed attempts included."""

    attempts: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = Decimal(0)
    """US dollars; None as soon as an attempt that used tokens has no known price."""

    def plus(self, record: AttemptRecord) -> ModelTotals:
        """These totals and one more attempt."""
        if record.usage is None:
            return ModelTotals(attempts=self.attempts + 1, usage=self.usage, cost=self.cost)
        cost = record.cost
        total = None if self.cost is None or cost is None else self.cost + cost
        return ModelTotals(attempts=self.attempts + 1, usage=self.usage + record.usage, cost=total)


class ClientAccount:
    """Adds up attempts by model, named `provider/model` as it was billed."""

    __slots__ = ("_by_model",)

    def __init__(self) -> None:
        self._by_model: dict[str, ModelTotals] = {}

    def add(self, record: AttemptRecord) -> None:
        """One more attempt."""
        name = f"{record.provider}/{record.model}"
        self._by_model[name] = self._by_model.get(name, ModelTotals()).plus(record)

    @property
    def by_model(self) -> Mapping[str, ModelTotals]:
        """Totals of each model."""
        return dict(self._by_model)

    @property
    def usage(self) -> Usage:
        """Tokens of every attempt."""
        return Usage.sum(totals.usage for totals in self._by_model.values())

    @property
    def cost(self) -> Decimal | None:
        """US dollars of every attempt; None where one that used tokens has no known price."""
        costs = [totals.cost for totals in self._by_model.values()]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Decimal(0)) if len(known) == len(costs) else None
