"""One deadline and one cancel token over everything a call awaits.

The rule: code of ours awaits something outside only inside `with guard:`. A timer or the token then cancels the task at
that await, and leaving the block turns the cancellation into the call's own error. A cancellation that came from anyone
else passes through untouched. One timer serves a whole stream, so an event costs no timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from penguiflow_llm_core._cancel import CancelToken
from penguiflow_llm_core._clock import SYSTEM_CLOCK, Clock, Timer
from penguiflow_llm_types import LLMCancelledError, LLMError, LLMTimeoutError


class CallGuard:
    """Interrupts the awaits of one call when its time is up or its token fires.

    `open()` and `close()` bracket the call; `with guard:` brackets each await and may be entered by one task at a time.
    """

    __slots__ = (
        "_cancelling",
        "_clock",
        "_deadline",
        "_idle_kind",
        "_idle_s",
        "_idle_since",
        "_idle_timer",
        "_loop",
        "_reason",
        "_task",
        "_timeout_s",
        "_timer",
        "_token",
        "_unsubscribe",
    )

    def __init__(self, *, timeout_s: float | None, token: CancelToken | None, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._token = token
        self._loop: asyncio.AbstractEventLoop | None = None
        self._deadline: float | None = None
        self._timer: Timer | None = None
        self._idle_s: float | None = None
        self._idle_kind = ""
        self._idle_since = 0.0
        self._idle_timer: Timer | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._reason: str | None = None

    def open(self) -> None:
        """Start the clock and listen to the token, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        if self._timeout_s is not None:
            self._deadline = self._clock.now() + self._timeout_s
            self._timer = self._clock.call_later(self._timeout_s, lambda: self._fire("timeout"))
        if self._token is not None:
            self._unsubscribe = self._token.subscribe(self._on_token)

    def close(self) -> None:
        """Stop the clock; safe to call twice."""
        self.watch(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def watch(self, limit_s: float | None, kind: str = "") -> None:
        """From now on let no single await last longer than `limit_s` seconds; None ends that.

        What lasts longer is interrupted with an `LLMTimeoutError` of `kind`, after which the call may go on: unlike
        the deadline, this is about one attempt. One timer serves all awaits of a stream.
        """
        self._idle_s, self._idle_kind = limit_s, kind
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        if limit_s is not None:
            self._idle_since = self._clock.now()
            self._idle_timer = self._clock.call_later(limit_s, self._look)

    def remaining_s(self) -> float | None:
        """Seconds left, never below 0; None without a deadline."""
        return None if self._deadline is None else max(0.0, self._deadline - self._clock.now())

    def check(self) -> None:
        """Raise the call's error if it has already been interrupted."""
        if self._token is not None and self._token.cancelled:
            self._reason = "token"
        elif self._deadline is not None and self._clock.now() >= self._deadline:
            self._reason = "timeout"
        if self._reason is not None:
            raise self._error()

    def __enter__(self) -> Self:
        self.check()
        task = asyncio.current_task()
        self._cancelling = task.cancelling() if task is not None else 0
        self._task = task
        if self._idle_s is not None:
            self._idle_since = self._clock.now()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        if self._reason is None or task is None:
            return
        ours = task.uncancel() <= self._cancelling
        error = self._error()
        if self._reason == self._idle_kind:
            self._reason = None
            self.watch(self._idle_s, self._idle_kind)
        if ours and exc_type is not None and issubclass(exc_type, asyncio.CancelledError):
            raise error from None

    def _on_token(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._fire, "token")

    def _look(self) -> None:
        """Whether the await that is going on has lasted too long."""
        if self._idle_s is None:
            return
        now = self._clock.now()
        due = self._idle_s + (now if self._task is None else self._idle_since)  # a moment: `now - since` may round down
        if now >= due:
            self._fire(self._idle_kind)
        else:
            self._idle_timer = self._clock.call_later(due - now, self._look)

    def _fire(self, reason: str) -> None:
        if self._reason is None:
            self._reason = reason
            if self._task is not None:
                self._task.cancel()

    def _error(self) -> LLMError:
        if self._reason == "token":
            why = self._token.reason if self._token is not None else None
            return LLMCancelledError(f"the call was cancelled{f': {why}' if why else ''}", phase="local")
        if self._reason == self._idle_kind:
            return LLMTimeoutError(
                f"nothing arrived for {self._idle_s:g} s; raise the limit, or ask again",
                kind=self._idle_kind,
                phase="headers" if self._idle_kind == "headers" else "stream",
                billed="unknown",
            )
        return LLMTimeoutError(
            f"the call did not finish within {self._timeout_s:g} s; raise timeout_s or ask for less",
            kind="total",
            phase="local",
        )
