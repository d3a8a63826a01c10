"""What a client's calls use where they do not say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from penguiflow_llm_core._call_limits import CallLimits
from penguiflow_llm_core._options import LIMITS, RequestOptions, to_usd

DEFAULT_TIMEOUT_S: Final = 600.0
DEFAULT_MAX_RETRIES: Final = 2
DEFAULT_COOLDOWN_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDefaults:
    """What a call uses where it does not say, and what holds for all calls together."""

    timeout_s: float | None = DEFAULT_TIMEOUT_S
    max_retries: int = DEFAULT_MAX_RETRIES
    first_output_timeout_s: float | None = None
    progress_timeout_s: float | None = None
    max_cost_usd: Decimal | None = None
    max_total_cost_usd: Decimal | None = None
    max_usage_tokens: int | None = None
    max_total_usage_tokens: int | None = None
    cooldown_s: float = DEFAULT_COOLDOWN_S
    """How long a model that failed is passed over where there is another, unless its provider says how long."""

    def limits(self, options: RequestOptions) -> CallLimits:
        """The limits of a call with `options`."""
        given = {name: value for name in LIMITS if (value := options.get(name)) is not None}
        if "max_cost_usd" in given:
            given["max_cost_usd"] = to_usd(given["max_cost_usd"], "max_cost_usd")
        own = {name: getattr(self, name) for name in (*LIMITS, "max_total_cost_usd", "max_total_usage_tokens")}
        return CallLimits(**{**own, **given}, max_tokens_ceiling=options.get("max_tokens_ceiling"))
