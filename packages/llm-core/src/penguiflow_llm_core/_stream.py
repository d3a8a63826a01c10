"""A streamed call as the caller holds it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from penguiflow_llm_core._result import ClientStreamEvent

R = TypeVar("R")


class LLMStream(Generic[R]):
    """Events of one call, then its result.

    Use as `async with client.stream(...) as stream: async for event in stream: ...`, then `await stream.result()`.
    Leaving the block early closes the connection. Nothing is sent before the first event is asked for.
    """

    def __init__(self, events: AsyncGenerator[ClientStreamEvent, None], outcome: Callable[[], R]) -> None:
        self._events = events
        self._outcome = outcome

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> AsyncIterator[ClientStreamEvent]:
        return self

    async def __anext__(self) -> ClientStreamEvent:
        return await anext(self._events)

    async def result(self) -> R:
        """The result, after reading whatever events are left. Raises the `LLMError` the call ended with."""
        async for _ in self._events:
            pass
        return self._outcome()

    async def aclose(self) -> None:
        """Stop the call and close its connection."""
        await self._events.aclose()
