"""What one attempt costs, and by whose word: the user's own price, the provider's figure, or the list price."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from penguiflow_llm_core._model_price import ModelPrice
from penguiflow_llm_types import Usage

CostSource: TypeAlias = Literal["own", "reported", "listed"]
"""Whose word a cost is: a `ModelPrice` of yours, the provider's own figure, or the price list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an attempt cost."""

    usd: Decimal
    source: CostSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """By what an attempt's tokens are billed."""

    model: str | None = None
    """The model that is billed, as the provider names it."""
    price_provider: str | None = None
    """The provider's id in `genai-prices`; None where its prices are not listed."""
    service_tier: str | None = None
    """As the provider named the tier it used; None is the standard one."""
    own: ModelPrice | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was sent: prices change by the day, and some by the hour."""


def attempt_cost(usage: Usage | None, tariff: Tariff) -> Cost | None:
    """The cost of one attempt; None where its usage or its price is unknown.

    Your own price comes first, then what the provider itself reports, then the list price.
    """
    if usage is None:
        return None
    if tariff.own is not None:
        own = tariff.own.cost(usage)
        return None if own is None else Cost(usd=own, source="own")
    if usage.reported_cost_usd is not None:
        return Cost(usd=usage.reported_cost_usd, source="reported")
    if (
        tariff.model is None
        or tariff.price_provider is None
        or usage.input_tokens is None
        or usage.output_tokens is None
    ):
        return None
    load_prices()
    # It is loaded by now; at the top of this file who asks for no cost would load it too.
    from penguiflow_llm_core._price_list import list_price

    listed = list_price(
        usage, tariff.model, price_provider=tariff.price_provider, service_tier=tariff.service_tier, at=tariff.at
    )
    return None if listed is None else Cost(usd=listed, source="listed")


def load_prices() -> None:
    """Load the price list now, such as when a server starts, and not when a cost is first asked for."""
    with _LOADING:
        # It takes half a second of CPU, and stays off the import path of those who ask for no cost.
        from penguiflow_llm_core._price_list import load

        load()


_LOADING: Final = threading.RLock()
"""Held while the list loads, and by who forks: in a child, an import that another thread had begun never ends."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_LOADING.acquire, after_in_parent=_LOADING.release, after_in_child=_LOADING.release)
