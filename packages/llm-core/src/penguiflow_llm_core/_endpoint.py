"""One model of one provider as a client's calls share it, and the routes a call may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from penguiflow_llm_core._breaker import CircuitBreaker
from penguiflow_llm_core._limits import ConcurrencyLimit, Pacer
from penguiflow_llm_core._retry import RetryBudget
from penguiflow_llm_core._task import Task
from penguiflow_llm_types import ModelProfile, Provider


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """A model, how it is priced, and what is known of its health."""

    provider: Provider
    model: str
    """The provider's own id of the model."""
    price_provider: str | None
    budget: RetryBudget = field(default_factory=RetryBudget)
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    slots: ConcurrencyLimit = field(default_factory=lambda: ConcurrencyLimit(None))
    pacer: Pacer | None = None
    """None: requests are not paced."""
    in_flight: int = 0
    """Requests under way."""
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

    def usable(self, now: float) -> bool:
        """Whether a call should try it."""
        return now >= self.cooling_until and not self.breaker.is_open(now)


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint and what the call asks of it: each model has its own plan and output mode."""

    endpoint: Endpoint
    make_task: Callable[[], Task]
    """Made when the route is taken; raises `LLMConfigurationError` where this model cannot do what is asked."""
