"""What a user registers: a hook, and what it may see."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from penguiflow_llm_core.telemetry._events import CallEvent
from penguiflow_llm_types import LLMConfigurationError

Hook: TypeAlias = Callable[[CallEvent], None]
"""A plain function that is called with each event, in order, in a thread of the client's. It may block and may raise:
no call waits for it. One hook given to several clients is called from several threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookConfig:
    """A hook with settings of its own."""

    hook: Hook
    content: bool = False
    """Whether its events carry prompts, answers and error messages. They can hold anything: switch it on only where
    they may be stored."""
    queue_size: int = 4096
    """Most events that wait for the hook. What comes beyond is dropped and counted."""

    def __post_init__(self) -> None:
        if not callable(self.hook):
            raise LLMConfigurationError(f"{self.hook!r} is no hook; give a function of one event", phase="local")
        if inspect.iscoroutinefunction(self.hook) or inspect.iscoroutinefunction(getattr(self.hook, "__call__", None)):  # noqa: B004
            raise LLMConfigurationError(
                f"hook {self.hook!r} is asynchronous, and hooks run in a thread without a loop; give a plain function",
                phase="local",
            )
        if not (isinstance(self.queue_size, int) and self.queue_size > 0):
            raise LLMConfigurationError(
                f"queue_size is {self.queue_size!r}; give a whole number of events above 0", phase="local"
            )
