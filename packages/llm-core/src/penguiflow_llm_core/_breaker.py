"""A circuit breaker: after many failures in a row nothing is sent for a moment, then one probe."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_types import (
    LLMConnectionError,
    LLMError,
    LLMOverloadedError,
    LLMProtocolError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
)

_OUTAGE: Final = (
    LLMConnectionError,
    LLMOverloadedError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
)


def is_outage(error: LLMError) -> bool:
    """Whether `error` says something about the provider's health, and not about one request or one caller."""
    return isinstance(error, _OUTAGE) and not isinstance(error, LLMProtocolError) and error.kind != "total"


class CircuitBreaker:
    """Closed, open, half-open. `now` is seconds of the client's clock.

    It opens after `failures` attempts in a row that failed as in an outage, for `open_s` seconds, twice as long after
    every failed probe, `longest_open_s` at most: a provider that heals is in use again within that time.
    """

    __slots__ = ("_failed", "_failures", "_longest_s", "_open_s", "_probing", "_until", "_wait_s")

    def __init__(self, *, failures: int = 10, open_s: float = 1.0, longest_open_s: float = 4.0) -> None:
        self._failures = failures
        self._open_s = open_s
        self._longest_s = longest_open_s
        self._failed = 0
        self._wait_s = open_s
        self._until: float | None = None  # when the next probe may go; None while closed
        self._probing = False

    def is_open(self, now: float) -> bool:
        """Whether a request would be turned away."""
        return self._until is not None and (self._probing or now < self._until)

    def wait_s(self, now: float) -> float:
        """Seconds until a probe may go; 0 while closed."""
        return 0.0 if self._until is None else max(0.0, self._until - now)

    def enter(self, now: float) -> bool:
        """Whether a request may go; where the breaker is open and its time is up, as the only probe."""
        if self.is_open(now):
            return False
        self._probing = self._until is not None
        return True

    def succeed(self) -> None:
        """An attempt was answered: the breaker closes."""
        self._failed, self._wait_s, self._until, self._probing = 0, self._open_s, None, False

    def fail(self, now: float) -> None:
        """An attempt failed as in an outage."""
        self._failed += 1
        if self._probing:
            self._wait_s = min(self._longest_s, 2 * self._wait_s)
        if self._probing or (self._until is None and self._failed >= self._failures):
            self._until = now + self._wait_s
        self._probing = False

    def leave(self) -> None:
        """An attempt ended in a way that tells nothing, such as by cancellation: another may probe."""
        self._probing = False
