"""A streamed call as the caller holds it."""

from __future__ import annotations

import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from penguiflow_llm_core._result import ClientStreamEvent
from penguiflow_llm_types import LLMError, forget_variables

R = TypeVar("R")


class LLMStream(Generic[R]):
    """Events of one call, then its result.

    Use as `async with client.stream(...) as stream: async for event in stream: ...`, then `await stream.result()`.
    Leaving the block early closes the connection. Nothing is sent before the first event is asked for.
    """

    def __init__(self, events: AsyncGenerator[ClientStreamEvent, None], outcome: Callable[[], R]) -> None:
        self._events = events
        self._outcome = outcome
        self._error: LLMError | None = None
        self._open = False

    def __del__(self) -> None:
        if self._open:
            warnings.warn(
                "a stream was dropped before its end; use it in an 'async with' block, or await its aclose()",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> AsyncIterator[ClientStreamEvent]:
        return self

    async def __anext__(self) -> ClientStreamEvent:
        self._open = True
        try:
            return await anext(self._events)
        except LLMError as error:
            self._open, self._error = False, error
            forget_variables(error)
            raise
        except BaseException:  # the end, a cancellation, or the exception of a callback: nothing is left open
            self._open = False
            raise

    async def result(self) -> R:
        """The result, after reading whatever events are left. Raises the `LLMError` the call ended with."""
        if self._error is not None:
            raise self._error
        async for _ in self:
            pass
        return self._outcome()

    async def aclose(self) -> None:
        """Stop the call and close its connection."""
        self._open = False
        await self._events.aclose()
