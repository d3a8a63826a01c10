"""Calling the client from code without an event loop: one background thread with a loop, for the client's lifetime."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, TypeVar

from penguiflow_llm_types import LLMConfigurationError

T = TypeVar("T")


class SyncPortal:
    """A loop in a daemon thread. Connections stay open between calls because the loop stays the same."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="penguiflow-llm-sync", daemon=True)
        self._thread.start()

    @property
    def is_ours(self) -> bool:
        """Whether the thread is of this process: a fork has the object, but not the thread."""
        return self._process == os.getpid()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result. Interrupting the caller (Ctrl-C) cancels it.

        Raises `LLMConfigurationError` inside a running event loop, which it would block.
        """
        if _in_event_loop():
            coroutine.close()
            raise LLMConfigurationError(
                "the synchronous methods block the running event loop; await generate() or complete() instead",
                phase="local",
            )
        future: Future[T] = Future()  # made first, so that an interrupt at any point after it can cancel the call
        try:
            self._loop.call_soon_threadsafe(self._start, coroutine, future)
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _start(self, coroutine: Coroutine[Any, Any, T], future: Future[T]) -> None:
        task = self._loop.create_task(coroutine)
        task.add_done_callback(lambda done: _hand_over(done, future))
        future.add_done_callback(lambda given_up: self._cancel(task) if given_up.cancelled() else None)

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(task.cancel)

    def stop(self) -> None:
        """End the thread and close the loop, cancelling calls that are under way; safe to call twice."""
        if self.is_ours and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            if threading.current_thread() is not self._thread:
                self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(_cancel_all())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()


def _hand_over(task: asyncio.Task[T], future: Future[T]) -> None:
    """The outcome of `task`, to whoever still waits for it."""
    error = None if task.cancelled() else task.exception()
    with suppress(InvalidStateError):  # given up by the caller in the meantime
        if task.cancelled():
            future.cancel()
        elif error is not None:
            future.set_exception(error)
        else:
            future.set_result(task.result())


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
