"""The call itself: what was asked for as a value, and running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from penguiflow_llm import (
    ClientStreamEvent,
    LLMMessage,
    LLMResult,
    OutputMode,
    ProviderRegistry,
    RequestOptions,
    create_client,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One `generate` as the command line asked for it."""

    model: str
    messages: tuple[LLMMessage, ...]
    response_model: Any
    mode: OutputMode | None
    options: RequestOptions


async def run(
    job: Job,
    settings: dict[str, Any],
    registry: ProviderRegistry,
    *,
    on_stream_event: Callable[[ClientStreamEvent], None] | None,
) -> LLMResult[Any]:
    """The result of a job. With `on_stream_event` the answer is streamed. Raises `LLMError`."""
    async with create_client(job.model, registry=registry, **settings) as client:
        return await client.generate(
            job.messages, job.response_model, mode=job.mode, on_stream_event=on_stream_event, **job.options
        )
