"""F72: telemetry that raises, blocks or is slow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from fault_matrix._bench import Bench
from fault_matrix._body import script
from fault_matrix._expect import fine
from fault_matrix._values import Fault
from penguiflow_llm import LLMClient
from penguiflow_llm.telemetry import CallEvent, HookConfig, HookCounts
from penguiflow_llm_testing import Answer

_OPENED: Final = threading.Event()


class NotCountedError(AssertionError):
    """A sink missed something, and its counts do not say so."""


def _raise(event: CallEvent) -> None:
    raise OSError(f"no space left for {type(event).__name__}")


def _block(event: CallEvent) -> None:
    _OPENED.wait(timeout=10.0)


def _watching(counted: Callable[[HookCounts], bool]) -> Callable[[Bench, LLMClient], Any]:
    """The usual call, during which the sink stays blocked."""

    async def call(bench: Bench, client: LLMClient) -> Any:
        _OPENED.clear()
        try:
            result = await bench.ask(client)
        finally:
            _OPENED.set()
        flushed = await client.flush_hooks()
        counts = client.hook_counts[0]
        if not (flushed and counted(counts)):
            raise NotCountedError(repr(counts))
        return result

    return call


SINKS: Final = (
    Fault(
        id="F72a",
        title="telemetry sink raises",
        inject=script(Answer()),
        settings={"hooks": [_raise]},
        call=_watching(lambda counts: 0 < counts.delivered == counts.failed),
        expect=fine(),
    ),
    Fault(
        id="F72b",
        title="telemetry sink blocks",
        inject=script(Answer()),
        settings={"hooks": [HookConfig(hook=_block, queue_size=1)]},
        call=_watching(lambda counts: counts.dropped > 0),
        expect=fine(),
    ),
)
