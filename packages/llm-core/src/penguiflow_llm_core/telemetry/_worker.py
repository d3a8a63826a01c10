"""Handing events to one hook, in a daemon thread of its own, so that no hook can slow or break a call.

A call only ever puts an event into a bounded queue. The thread starts with the first event and ends when the client is
closed; a process that was forked has a queue and a thread of its own.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from concurrent.futures import Future, wait
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

from penguiflow_llm_core.telemetry._config import HookConfig
from penguiflow_llm_core.telemetry._events import CallEvent

FLUSH_S: Final = 5.0
"""How long closing a client, or the end of the process, waits for hooks to take what is queued."""

# A thread that wakes competes with the event loop for the interpreter. It waits a little for more events, so that many
# calls wake it once, and not each event of each; benchmarks/telemetry.py shows the difference.
_LINGER_S: Final = 0.02

_LOG: Final = logging.getLogger("penguiflow_llm")

# An event and the context of its call; a future to resolve once all before it is delivered; None to end the thread.
_Item: TypeAlias = "tuple[Context, CallEvent] | Future[None] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCounts:
    """What became of the events of one hook of a client."""

    hook: str
    """How the hook calls itself in its `repr`."""
    delivered: int
    """Events the hook was called with; those it raised at are among them."""
    failed: int
    """Events at which the hook raised. The first failure is logged, later ones only counted."""
    dropped: int
    """Events the hook never saw, because its queue was full or it took too long when the client was closed."""


class HookWorker:
    """One hook, its queue, and the thread that empties it."""

    def __init__(self, config: HookConfig) -> None:
        self.content = config.content
        self._hook = config.hook
        self._size = config.queue_size
        self._lanes: dict[int, _Lane] = {}  # by process; no lock is inherited by a fork
        self._delivered = self._failed = self._dropped = 0

    @property
    def counts(self) -> HookCounts:
        """What became of its events so far."""
        return HookCounts(hook=repr(self._hook), delivered=self._delivered, failed=self._failed, dropped=self._dropped)

    def put(self, context: Context, event: CallEvent) -> None:
        """Queue `event`, to be delivered in a copy of `context`. Never waits and never raises."""
        process = os.getpid()
        lane = self._lanes.get(process)
        if lane is None:
            lane = self._lanes.setdefault(process, _Lane(self))
        if lane.queue.qsize() >= self._size or not lane.started():
            self.drop(1, lane)
        else:
            lane.queue.put((context, event))

    def drop(self, events: int, lane: _Lane) -> None:
        """Count events that will not be delivered."""
        with lane.lock:
            self._dropped += events

    def deliver(self, context: Context, event: CallEvent) -> None:
        """Call the hook, whatever it does."""
        self._delivered += 1
        try:
            context.copy().run(self._hook, event)
        except BaseException as error:  # noqa: BLE001 - a hook's SystemExit must not end the thread
            self._failed += 1
            if self._failed == 1:
                _LOG.warning(
                    "hook %r raised %s; its later failures are only counted", self._hook, type(error).__name__,
                    exc_info=error,
                )  # fmt: skip

    def flushed(self) -> Future[None]:
        """Resolved once every event queued so far is delivered."""
        barrier: Future[None] = Future()
        lane = self._lanes.get(os.getpid())
        if lane is None or not lane.started():
            barrier.set_result(None)
        else:
            lane.hurry(barrier)
        return barrier

    def stop(self, *, abandon: bool = False) -> threading.Thread | None:
        """Have the thread end, after what is queued or, with `abandon`, at once; a later event starts another."""
        lane = self._lanes.pop(os.getpid(), None)
        if lane is not None:
            atexit.unregister(self.finish)
            if abandon:
                lane.abandoned = True
                self.drop(lane.emptied(), lane)
            lane.hurry(None)
        return lane.thread if lane is not None else None

    def finish(self) -> None:
        """At the end of the process: deliver what is queued, within `FLUSH_S`."""
        finish([self], FLUSH_S)


def finish(workers: list[HookWorker], timeout_s: float) -> None:
    """Deliver what is queued, for at most `timeout_s` seconds, and end the threads."""
    barriers = [worker.flushed() for worker in workers]
    wait(barriers, timeout=timeout_s)
    end(workers, barriers)


def end(workers: list[HookWorker], barriers: list[Future[None]]) -> None:
    """End the threads of workers whose barrier was reached, and give up the others."""
    for worker, barrier in zip(workers, barriers, strict=True):
        abandoned = not barrier.done() and barrier.cancel()
        thread = worker.stop(abandon=abandoned)
        if thread is not None and not abandoned:
            thread.join(timeout=1.0)  # it has nothing left to do


class _Lane:
    """The queue and the thread of one worker in one process."""

    __slots__ = ("_hurried", "_worker", "abandoned", "lock", "queue", "thread")

    def __init__(self, worker: HookWorker) -> None:
        self.queue: SimpleQueue[_Item] = SimpleQueue()
        self.lock = threading.Lock()
        self.abandoned = False
        self._hurried = threading.Event()
        self._worker = worker
        self.thread: threading.Thread | None = None

    def started(self) -> bool:
        """Whether the thread runs, which is started if need be; False where the system gives none."""
        if self.thread is None:
            with self.lock:
                if self.thread is None:
                    thread = threading.Thread(target=self._serve, name="penguiflow-llm-hook", daemon=True)
                    try:
                        thread.start()
                    except RuntimeError:  # out of threads, or the interpreter is ending
                        return False
                    atexit.register(self._worker.finish)
                    self.thread = thread
        return True

    def emptied(self) -> int:
        """Take out all that is queued; how many events that were."""
        events = 0
        with suppress(Empty):
            while True:
                events += isinstance(self.queue.get_nowait(), tuple)
        return events

    def hurry(self, item: Future[None] | None) -> None:
        """Queue what somebody waits for."""
        self.queue.put(item)
        self._hurried.set()

    def _serve(self) -> None:
        item = self.queue.get()
        while item is not None and not self.abandoned:
            if isinstance(item, tuple):
                self._worker.deliver(*item)
            else:
                self._hurried.clear()
                if item.set_running_or_notify_cancel():
                    item.set_result(None)
            item = self._next()

    def _next(self) -> _Item:
        with suppress(Empty):
            return self.queue.get_nowait()
        item = self.queue.get()
        if isinstance(item, tuple):
            self._hurried.wait(_LINGER_S)
        return item
