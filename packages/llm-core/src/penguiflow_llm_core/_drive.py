"""A call taken to its end, with a callback that sees its events."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeAlias

from penguiflow_llm_core._result import ClientStreamEvent
from penguiflow_llm_core._runner import CallRunner
from penguiflow_llm_types import LLMError, forget_variables

EventCallback: TypeAlias = Callable[[ClientStreamEvent], Awaitable[None] | None]


async def drive(runner: CallRunner, callback: EventCallback | None) -> None:
    """Run the call; `callback` gets each event, and is awaited where it has to be. Raises `LLMError`."""
    try:
        await _drain(runner.events(), callback)  # in a frame of its own, which is over when its variables are cleared
    except LLMError as error:
        forget_variables(error)
        raise


async def _drain(events: AsyncGenerator[ClientStreamEvent, None], callback: EventCallback | None) -> None:
    async with aclosing(events):
        async for event in events:
            if callback is not None:
                handled = callback(event)
                if inspect.isawaitable(handled):
                    await handled
