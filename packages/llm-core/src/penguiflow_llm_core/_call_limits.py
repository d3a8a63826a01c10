"""What one call may take: time, attempts and money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from penguiflow_llm_core._account import ClientAccount
from penguiflow_llm_core._result import AttemptRecord, total_cost, total_tokens
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
    max_usage_tokens: int | None = None
    """No further request is made once the call has used so many tokens, input and output."""
    max_total_usage_tokens: int | None = None
    """No further request is made once all calls of the client have used so many."""
    max_tokens_ceiling: int | None = None
    """An answer cut off at `max_tokens` is asked for once more with up to so many."""

    def check_spent(self, history: tuple[AttemptRecord, ...], account: ClientAccount) -> None:
        """Raise `LLMQuotaError` where the call or its client has spent what it may, or nobody knows how much.

        Asked before every request; the first answer of a call is always had, whatever the limits of a call are.
        """
        if self.max_cost_usd is not None and history:
            _check_cost("the call", "max_cost_usd", self.max_cost_usd, total_cost(history))
        if self.max_total_cost_usd is not None:
            _check_cost("this client", "max_total_cost_usd", self.max_total_cost_usd, account.cost)
        if self.max_usage_tokens is not None and history:
            _check_tokens("the call", "max_usage_tokens", self.max_usage_tokens, total_tokens(history))
        if self.max_total_usage_tokens is not None:
            _check_tokens("this client", "max_total_usage_tokens", self.max_total_usage_tokens, account.tokens)


def _check_cost(whose: str, setting: str, most: Decimal, spent: Decimal | None) -> None:
    if spent is None:
        raise _spent(f"{setting} is set, and what {whose} has used has no known price; leave the limit out")
    if spent >= most:
        raise _spent(f"{whose} has cost {spent} US dollars, of {most} allowed; raise {setting}")


def _check_tokens(whose: str, setting: str, most: int, used: int | None) -> None:
    if used is None:
        raise _spent(f"{setting} is set, and an answer did not say how many tokens it took; leave the limit out")
    if used >= most:
        raise _spent(f"{whose} has used {used} tokens, of {most} allowed; raise {setting}")


def _spent(why: str) -> LLMQuotaError:
    return LLMQuotaError(f"nothing more is sent: {why}", kind="spend_limit", phase="local")
