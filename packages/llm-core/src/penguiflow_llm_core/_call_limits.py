"""What one call may take: time, attempts and money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from penguiflow_llm_core._account import ClientAccount
from penguiflow_llm_core._result import AttemptRecord, total_cost
from penguiflow_llm_types import LLMQuotaError


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """The limits of one call; None is no limit."""

    timeout_s: float | None = None
    """For the whole call: every attempt, wait, and callback."""
    max_retries: int = 0
    """Additional requests of every kind, except those to another model."""
    first_output_timeout_s: float | None = None
    """Until an attempt's first output: a stream's first event, a plain call's answer."""
    progress_timeout_s: float | None = None
    """Between a stream's events."""
    max_cost_usd: Decimal | None = None
    """No further request is made once the call has cost this much."""
    max_total_cost_usd: Decimal | None = None
    """No further request is made once all calls of the client have cost this much."""
    max_tokens_ceiling: int | None = None
    """An answer cut off at `max_tokens` is asked for once more with up to so many."""

    def check_spent(self, history: tuple[AttemptRecord, ...], account: ClientAccount) -> None:
        """Raise `LLMQuotaError` where the call or its client has spent what it may, or nobody knows how much.

        Asked before every request; the first answer of a call is always had, whatever `max_cost_usd` is.
        """
        if self.max_cost_usd is not None and history:
            _check_ceiling("the call", "max_cost_usd", self.max_cost_usd, total_cost(history))
        if self.max_total_cost_usd is not None:
            _check_ceiling("this client", "max_total_cost_usd", self.max_total_cost_usd, account.cost)


def _check_ceiling(whose: str, setting: str, most: Decimal, spent: Decimal | None) -> None:
    if spent is not None and spent < most:
        return
    if spent is None:
        why = f"{setting} is set, and what {whose} has used has no known price; leave the limit out"
    else:
        why = f"{whose} has cost {spent} US dollars, of {most} allowed; raise {setting}"
    raise LLMQuotaError(f"nothing more is sent: {why}", kind="spend_limit", phase="local")
