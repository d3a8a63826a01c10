"""Stopping a call from outside its task, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable


class CancelToken:
    """Cancels every call it was given to, waking the ones that wait. Thread-safe; once cancelled it stays so.

    A call stopped by a token raises `LLMCancelledError`; a cancelled task raises `asyncio.CancelledError` as always.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[int, Callable[[], None]] = {}
        self._next_key = 0
        self._cancelled = False
        self._reason: str | None = None

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    @property
    def reason(self) -> str | None:
        """The reason given to `cancel`."""
        return self._reason

    def cancel(self, reason: str | None = None) -> None:
        """Stop the calls. The first reason counts; later calls change nothing."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled, self._reason = True, reason
            listeners = list(self._listeners.values())
            self._listeners.clear()
        for listener in listeners:
            listener()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` once on cancellation, at once if that has happened; returns the way to unsubscribe.

        `listener` runs in the thread that cancels.
        """
        with self._lock:
            if not self._cancelled:
                key = self._next_key
                self._next_key += 1
                self._listeners[key] = listener
                return lambda: self._forget(key)
        listener()
        return lambda: None

    def _forget(self, key: int) -> None:
        with self._lock:
            self._listeners.pop(key, None)

    def __repr__(self) -> str:
        return f"CancelToken(cancelled={self._cancelled})"
