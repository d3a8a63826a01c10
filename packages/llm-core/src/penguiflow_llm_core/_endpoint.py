"""One model of one provider as a client's calls share it, and the routes a call may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from penguiflow_llm_core._breaker import CircuitBreaker
from penguiflow_llm_core._cost import Tariff
from penguiflow_llm_core._limits import ConcurrencyLimit, Pacer
from penguiflow_llm_core._model_price import ModelPrice
from penguiflow_llm_core._modes import ModeSelector
from penguiflow_llm_core._retry import RetryBudget
from penguiflow_llm_core._task import Task
from penguiflow_llm_types import CompletionResponse, LLMError, ModelProfile, Provider, forget_variables

# Databricks bills its serving endpoints, whatever model it says has answered ("Foundation Model Serving" prices, read
# 2026-11).
_BILLS_WHAT_WAS_ASKED: Final = frozenset({"databricks"})


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """A model, how it is priced, and what is known of its health."""

    provider: Provider
    model: str
    """The provider's own id of the model."""
    price_provider: str | None
    prices: Mapping[str, ModelPrice] = field(default_factory=dict)
    """The user's own, by `provider/model`."""
    budget: RetryBudget = field(default_factory=RetryBudget)
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    slots: ConcurrencyLimit = field(default_factory=lambda: ConcurrencyLimit(None))
    pacer: Pacer | None = None
    """None: requests are not paced."""
    in_flight: int = 0
    """Requests under way."""
    modes: ModeSelector = field(default_factory=ModeSelector)
    rng: Random = field(default_factory=Random)
    cooling_until: float = 0.0
    """Until when calls prefer another endpoint, in seconds of the client's clock."""

    @property
    def name(self) -> str:
        """As `provider/model`."""
        return f"{self.provider.name}/{self.model}"

    @property
    def profile(self) -> ModelProfile:
        """What is known of the model."""
        return self.provider.profile(self.model)

    def billed_model(self, response: CompletionResponse | None) -> str:
        """The id that is billed: that of the model which answered, where it is known and counts."""
        if response is None or response.model is None or self.price_provider in _BILLS_WHAT_WAS_ASKED:
            return self.model
        return response.model

    def tariff(self, response: CompletionResponse | None) -> Tariff:
        """By what an attempt that just ended is billed; a price of the user's own may be that of either name."""
        model = self.billed_model(response)
        own = self.prices.get(f"{self.provider.name}/{model}", self.prices.get(self.name))
        tier = None if response is None else response.service_tier
        return Tariff(model=model, price_provider=self.price_provider, service_tier=tier, own=own)

    def scrub(self, error: LLMError) -> None:
        """Have no credential in `error`, nor in the variables it keeps alive."""
        getattr(self.provider, "scrub", forget_variables)(error)

    def usable(self, now: float) -> bool:
        """Whether a call should try it."""
        return now >= self.cooling_until and not self.breaker.is_open(now)


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint and what the call asks of it: each model has its own plan and output mode."""

    endpoint: Endpoint
    make_task: Callable[[], Task]
    """Made when the route is taken; raises `LLMConfigurationError` where this model cannot do what is asked."""
