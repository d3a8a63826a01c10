"""A call taken to its end, with a callback that sees its events."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TypeAlias

from penguiflow_llm_core._result import ClientStreamEvent
from penguiflow_llm_core._runner import CallRunner
from penguiflow_llm_types import LLMError, forget_variables

EventCallback: TypeAlias = Callable[[ClientStreamEvent], Awaitable[None] | None]


async def drive(runner: CallRunner, callback: EventCallback | None) -> None:
    """Run the call; `callback` gets each event, and is awaited where it has to be. Raises `LLMError`."""
    try:
        async with aclosing(runner.events()) as events:
            async for event in events:
                if callback is not None:
                    handled = callback(event)
                    if inspect.isawaitable(handled):
                        await handled
    except LLMError as error:
        forget_variables(error)
        raise
