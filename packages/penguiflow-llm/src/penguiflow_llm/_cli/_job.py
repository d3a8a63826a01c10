"""The call itself: what was asked for as a value, and running it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from penguiflow_llm import (
    ClientStreamEvent,
    LLMClient,
    LLMConfigurationError,
    LLMMessage,
    LLMResult,
    OutputMode,
    ProviderRegistry,
    RequestOptions,
    create_client,
)
from penguiflow_llm._cli._exit import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One `generate` as the command line asked for it."""

    model: str
    messages: tuple[LLMMessage, ...]
    response_model: Any
    mode: OutputMode | None
    options: RequestOptions


def open_client(
    model: str, settings: Mapping[str, Any], registry: ProviderRegistry, environment: Mapping[str, str]
) -> LLMClient:
    """A client for `model`; nothing is sent yet.

    Raises:
        UsageError: without settings of its own, the provider finds no credentials; the message says both ways out.
        LLMConfigurationError: the model or a setting cannot work.
    """
    plugin, reference = registry.resolve(model)
    try:
        return create_client(model, registry=registry, **settings)
    except LLMConfigurationError as error:
        if settings:
            raise
        remedy = plugin.credentials(environment).remedy or error.message
        raise UsageError(
            f"no credentials for {reference.provider!r}: {remedy}; or add --simulate to try it without any"
        ) from error


async def run(
    job: Job, client: LLMClient, *, on_stream_event: Callable[[ClientStreamEvent], None] | None
) -> LLMResult[Any]:
    """The result of a job; the client is closed. With `on_stream_event` the answer is streamed. Raises `LLMError`."""
    async with client:
        return await client.generate(
            job.messages, job.response_model, mode=job.mode, on_stream_event=on_stream_event, **job.options
        )
