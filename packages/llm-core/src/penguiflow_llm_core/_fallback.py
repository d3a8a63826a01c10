"""Several models, or one with several keys, tried in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from penguiflow_llm_types import LLMConfigurationError, Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """One model with settings of its own."""

    model: str
    """As `provider/model`."""
    api_key: str | Secret | None = field(default=None, repr=False)
    base_url: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The provider's own options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackConfig:
    """Models in the order they are tried: a call goes to the next one where one, or its provider, fails.

    Where there is another model, a call does not wait for the one that failed. A request that is itself at fault, and a
    stream that has begun, never go to another model. Each model gets the schema planned for it.
    """

    models: Sequence[str | ModelConfig]
    cooldown_s: float = 30.0
    """How long a model that failed is passed over, unless its provider says how long."""

    def __post_init__(self) -> None:
        if not self.models:
            raise LLMConfigurationError("no model was given; name at least one as provider/model", phase="local")
