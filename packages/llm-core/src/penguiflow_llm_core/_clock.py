"""Time as a value, so that waits, deadlines and breakers can be tested without any passing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from time import monotonic
from typing import Final, Protocol


class Timer(Protocol):
    """A callback that is still to come."""

    def cancel(self) -> None:
        """Have it not come."""


class Clock(Protocol):
    """Where a client's time comes from: the machine, or a test by way of `ManualClock`."""

    def now(self) -> float:
        """Seconds since some fixed moment, never going back."""
        ...

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` in the running event loop once `delay_s` seconds have passed."""
        ...


class SystemClock:
    """The machine's monotonic clock and the event loop's timers."""

    __slots__ = ()

    def now(self) -> float:
        """See `Clock`."""
        return monotonic()

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """See `Clock`."""
        return asyncio.get_running_loop().call_later(delay_s, callback)


SYSTEM_CLOCK = SystemClock()


class ManualClock:
    """A clock that stands still until it is moved: tests of waits, deadlines and breakers then take no time.

    clock = ManualClock()
    client = create_client("openai/gpt-5.4-mini", clock=clock)
    call = asyncio.create_task(client.complete("Hello"))
    await clock.advance(30.0)
    """

    __slots__ = ("_due", "_now", "_numbers")

    def __init__(self) -> None:
        self._now = 0.0
        self._numbers = count()  # timers that are due together come in the order they were set
        self._due: list[tuple[float, int, _ManualTimer]] = []

    def now(self) -> float:
        """See `Clock`."""
        return self._now

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """See `Clock`."""
        timer = _ManualTimer(callback)
        heappush(self._due, (self._now + max(0.0, delay_s), next(self._numbers), timer))
        return timer

    @property
    def next_s(self) -> float | None:
        """Seconds until the next timer is due; None when none is set."""
        while self._due and self._due[0][2].callback is None:
            heappop(self._due)
        return self._due[0][0] - self._now if self._due else None

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass: timers come one by one, and after each the tasks of the loop go on until they wait."""
        end = self._now + seconds
        await _settled()
        while (wait_s := self.next_s) is not None and self._now + wait_s <= end:
            self._now, _, timer = heappop(self._due)
            timer.fire()
            await _settled()
        self._now = end


class _ManualTimer:
    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None

    def fire(self) -> None:
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()


_TURNS: Final = 50


async def _settled() -> None:
    """Give the loop's tasks their turns; what waits for a socket or a thread is not waited for."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


async def sleep(clock: Clock, delay_s: float) -> None:
    """Wait `delay_s` seconds of `clock`."""
    woken = asyncio.get_running_loop().create_future()
    timer = clock.call_later(delay_s, lambda: None if woken.done() else woken.set_result(None))
    try:
        await woken
    finally:
        timer.cancel()
