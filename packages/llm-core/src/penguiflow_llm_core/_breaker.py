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

    __slots__ = ("_failed", "_failures", "_longest_s", "_open_s", "_probe", "_until", "_wait_s")

    def __init__(self, *, failures: int = 10, open_s: float = 1.0, longest_open_s: float = 4.0) -> None:
        self._failures = failures
        self._open_s = open_s
        self._longest_s = longest_open_s
        self._failed = 0
        self._wait_s = open_s
        self._until: float | None = None  # when the next probe may go; None while closed
        self._probe: object | None = None  # the call whose request is finding out

    def is_open(self, now: float) -> bool:
        """Whether a request would be turned away."""
        return self._until is not None and (self._probe is not None or now < self._until)

    def wait_s(self, now: float) -> float:
        """Seconds until a probe may go; 0 while closed."""
        return 0.0 if self._until is None else max(0.0, self._until - now)

    def enter(self, call: object, now: float) -> bool:
        """Whether a request of `call` may go; where the breaker is open and its time is up, as the only probe."""
        if self.is_open(now):
            return False
        if self._until is not None:
            self._probe = call
        return True

    def succeed(self) -> None:
        """An attempt was answered: the breaker closes."""
        self._failed, self._wait_s, self._until, self._probe = 0, self._open_s, None, None

    def fail(self, call: object, now: float) -> None:
        """An attempt of `call` failed as in an outage. One that began before the breaker opened is no probe."""
        self._failed += 1
        probed = self._probe is call
        if probed:
            self._wait_s = min(self._longest_s, 2 * self._wait_s)
        if probed or (self._until is None and self._failed >= self._failures):
            self._until = now + self._wait_s
        self.leave(call)

    def leave(self, call: object) -> None:
        """An attempt of `call` is over; if it was the probe and told nothing, as when cancelled, another may probe."""
        if self._probe is call:
            self._probe = None
