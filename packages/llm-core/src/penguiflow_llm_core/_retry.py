"""When to send again, and how long to wait first. The law itself is stated over the errors (`LLMError.retry_rule`)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Final

from penguiflow_llm_types import LLMError

# Base and cap in seconds: facts/reliability.md section 2, read 2026-11.
_BASE_S: Final = 0.5
_OVERLOAD_BASE_S: Final = 1.0
_CAP_S: Final = 8.0
_WINDOW_S: Final = 10.0
_WINDOW_SHARE: Final = 0.1
_FLOOR_CAP: Final = 10.0
_FLOOR_REFILL_S: Final = 10.0


def backoff_s(retry: int, *, base_s: float = _BASE_S, rng: Random) -> float:
    """Seconds to wait before retry number `retry`, from 1: full jitter up to `base_s`, doubled each time, 8 s at most.

    Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
    """
    return rng.uniform(0.0, min(_CAP_S, base_s * 2 ** min(retry - 1, 8)))


class RetryBudget:
    """Keeps an outage from being amplified: retries are a tenth of recent calls, plus a small allowance.

    One per client. The allowance grows back only while calls succeed, so that over any outage, however long, requests
    stay within 1.10 x calls + 10.
    """

    def __init__(self) -> None:
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()
        self._floor = _FLOOR_CAP
        self._refilled_at: float | None = None
        self._failing = False

    def call(self, now: float) -> None:
        """Note a call. `now` is monotonic seconds."""
        self._forget(now)
        self._calls.append(now)

    def succeed(self, now: float) -> None:
        """Note that a call succeeded: the outage, if there was one, is over."""
        self._forget(now)
        self._failing = False

    def take(self, now: float) -> bool:
        """Whether a retry is within the budget; if so it is spent."""
        self._forget(now)
        self._failing = True
        if len(self._retries) + 1 <= _WINDOW_SHARE * len(self._calls):
            self._retries.append(now)
            return True
        if self._floor >= 1.0:
            self._floor -= 1.0
            return True
        return False

    def _forget(self, now: float) -> None:
        if self._refilled_at is not None and not self._failing:
            self._floor = min(_FLOOR_CAP, self._floor + (now - self._refilled_at) / _FLOOR_REFILL_S)
        self._refilled_at = now
        for moments in (self._calls, self._retries):
            while moments and moments[0] <= now - _WINDOW_S:
                moments.popleft()


@dataclass(slots=True, kw_only=True)
class RetryState:
    """Transport retries of one call."""

    allowed: int
    """How many are left."""
    made: int = 0
    uncertain_made: bool = False
    once_made: bool = False
    refreshed: bool = False

    def is_at_once(self, error: LLMError) -> bool:
        """Whether sending again needs no wait: over a fresh connection, or with a fresh credential."""
        rule = error.retry_rule
        first = (rule == "connect" and self.made == 0) or (rule == "refresh" and not self.refreshed)
        return first and self.allowed > 0

    def wait_s(self, error: LLMError, *, rng: Random) -> float | None:
        """Seconds to wait before sending again, or None to raise now. Does not spend anything."""
        rule = error.retry_rule
        if self.allowed <= 0 or rule in ("never", "reask"):
            return None
        if (rule == "uncertain" and self.uncertain_made) or (rule == "once" and self.once_made):
            return None
        if self.is_at_once(error):
            return 0.0
        if rule == "refresh":
            return None
        if rule == "after":
            return error.retry_after_s
        return backoff_s(self.made + 1, base_s=_OVERLOAD_BASE_S if rule == "overload" else _BASE_S, rng=rng)

    def moved(self) -> None:
        """The call goes on at another endpoint, which has not failed yet; what may be made once a call stays made."""
        self.made = 0
        self.refreshed = False

    def spend(self, error: LLMError) -> None:
        """A retry is being made for `error`."""
        self.allowed -= 1
        self.made += 1
        match error.retry_rule:
            case "uncertain":
                self.uncertain_made = True
            case "once":
                self.once_made = True
            case "refresh":
                self.refreshed = True
            case _:
                pass
