"""How much of a provider one client uses at once: a number of requests, and the pace the provider asks for."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from penguiflow_llm_types import LLMError, LLMRateLimitError, RateLimits


class ConcurrencyLimit:
    """At most so many requests at once, in each event loop; who waits is served in order. None: no limit."""

    __slots__ = ("_slots", "most")

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def acquire(self) -> None:
        """Wait for a slot."""
        if self.most is not None:
            await self._semaphore(self.most).acquire()

    def release(self) -> None:
        """Give a slot back; in the event loop it was acquired in."""
        if self.most is not None:
            self._semaphore(self.most).release()

    def _semaphore(self, most: int) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        found = self._slots.get(loop)
        if found is None:
            found = self._slots[loop] = asyncio.Semaphore(most)
        return found


class Pacer:
    """Holds requests back while the provider has said that none, or too few tokens, are left.

    Learns from refusals (`Retry-After`) and from the rate-limit headers of answers.
    """

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = 0.0

    def wait_s(self, now: float) -> float:
        """Seconds to hold back."""
        return max(0.0, self._until - now)

    def learn(self, limits: RateLimits | None, now: float) -> None:
        """Take note of an answer's headers."""
        if limits is None:
            return
        for left, reset_s in (
            (limits.remaining_requests, limits.reset_requests_s),
            (limits.remaining_tokens, limits.reset_tokens_s),
        ):
            if left == 0 and reset_s is not None:
                self._until = max(self._until, now + reset_s)

    def refused(self, error: LLMError, now: float) -> None:
        """Take note of a refusal."""
        if isinstance(error, LLMRateLimitError) and error.retry_after_s is not None:
            self._until = max(self._until, now + error.retry_after_s)
