"""What one call may take: time, attempts and money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


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
