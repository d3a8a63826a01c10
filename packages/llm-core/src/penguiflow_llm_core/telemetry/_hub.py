"""The hooks of one client."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from concurrent.futures import wait
from contextvars import Context
from itertools import count
from uuid import uuid4

from penguiflow_llm_core.telemetry._config import Hook, HookConfig
from penguiflow_llm_core.telemetry._events import CallEvent
from penguiflow_llm_core.telemetry._worker import HookCounts, HookWorker, end, finish


class HookHub:
    """Gives each event to every hook's queue."""

    __slots__ = ("_calls", "_name", "_workers", "wants_content")

    def __init__(self, hooks: Iterable[Hook | HookConfig] = ()) -> None:
        configs = [found if isinstance(found, HookConfig) else HookConfig(hook=found) for found in hooks]
        self._workers = [HookWorker(config) for config in configs]
        self.wants_content = any(config.content for config in configs)
        """Whether any hook is to see prompts and answers."""
        self._name = uuid4().hex[:16] if configs else ""
        self._calls = count(1)

    def __bool__(self) -> bool:
        return bool(self._workers)

    def call_id(self) -> str:
        """A name for a call that no other has, in this process or another, forked ones included."""
        return f"{self._name}-{os.getpid()}-{next(self._calls)}"

    @property
    def counts(self) -> tuple[HookCounts, ...]:
        """What became of the events of each hook, in the order they were given."""
        return tuple(worker.counts for worker in self._workers)

    def publish(self, context: Context, event: CallEvent, full: CallEvent) -> None:
        """Queue `event`, or for hooks that may see content `full`."""
        for worker in self._workers:
            worker.put(context, full if worker.content else event)

    async def flush(self, timeout_s: float) -> bool:
        """Wait until all that is queued is delivered; False where `timeout_s` seconds were not enough."""
        barriers = [asyncio.wrap_future(worker.flushed()) for worker in self._workers]
        if not barriers:
            return True
        _, late = await asyncio.wait(barriers, timeout=timeout_s)
        for barrier in late:
            barrier.cancel()
        return not late

    def flush_sync(self, timeout_s: float) -> bool:
        """`flush` without an event loop."""
        late = wait([worker.flushed() for worker in self._workers], timeout=timeout_s).not_done
        for barrier in late:
            barrier.cancel()
        return not late

    async def aclose(self, timeout_s: float) -> None:
        """Deliver what is queued, for at most `timeout_s` seconds, and end the threads."""
        barriers = [worker.flushed() for worker in self._workers]
        if barriers:
            await asyncio.wait([asyncio.wrap_future(barrier) for barrier in barriers], timeout=timeout_s)
        end(self._workers, barriers)

    def close(self, timeout_s: float) -> None:
        """`aclose` without an event loop."""
        finish(self._workers, timeout_s)

    def stop(self) -> None:
        """Have the threads end by themselves, once they have delivered what is queued. Waits for nothing."""
        for worker in self._workers:
            worker.stop()
