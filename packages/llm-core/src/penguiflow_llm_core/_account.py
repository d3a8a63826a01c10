"""What a client has used and spent over all its calls."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from penguiflow_llm_core._first_names import OTHER, FirstNames
from penguiflow_llm_core._result import AttemptRecord
from penguiflow_llm_types import Usage

_MOST_MODELS: Final = 1_000
"""Models that are counted apart; the rest is that of "other"."""

_MOST_UNPRICED: Final = 100
"""So many attempts are kept without a price before it is looked up unasked: an account does not grow with its calls."""


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
    """Adds up attempts by model, named `provider/model` as it was billed. Threads may share it.

    A price is looked up when a cost is asked for, so that who asks for none does not wait for the price list.
    """

    __slots__ = ("_by_model", "_lock", "_names", "_tokens", "_unpriced")

    def __init__(self) -> None:
        self._by_model: dict[str, ModelTotals] = {}
        self._names = FirstNames(_MOST_MODELS)
        self._unpriced: list[AttemptRecord] = []
        self._tokens: int | None = 0
        self._lock = threading.Lock()

    def add(self, record: AttemptRecord) -> None:
        """One more attempt."""
        tokens = record.tokens
        with self._lock:
            self._tokens = None if tokens is None or self._tokens is None else self._tokens + tokens
            self._unpriced.append(replace(record, response=None, error=None))
            if len(self._unpriced) >= _MOST_UNPRICED:
                self._price()

    @property
    def tokens(self) -> int | None:
        """Input and output of every attempt; None as soon as an answer did not say how many."""
        return self._tokens

    @property
    def by_model(self) -> Mapping[str, ModelTotals]:
        """Totals of each model."""
        with self._lock:
            self._price()
            return dict(self._by_model)

    @property
    def usage(self) -> Usage:
        """Tokens of every attempt."""
        with self._lock:
            priced = [totals.usage for totals in self._by_model.values()]
            return Usage.sum([*priced, *(record.usage for record in self._unpriced if record.usage is not None)])

    @property
    def cost(self) -> Decimal | None:
        """US dollars of every attempt; None where one that used tokens has no known price."""
        costs = [totals.cost for totals in self.by_model.values()]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Decimal(0)) if len(known) == len(costs) else None

    def _price(self) -> None:
        for record in self._unpriced:
            name = f"{record.provider}/{record.model}"
            name = name if self._names.admits(name) else OTHER
            self._by_model[name] = self._by_model.get(name, ModelTotals()).plus(record)
        self._unpriced.clear()
