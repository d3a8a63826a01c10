"""The adapter: one client behind the calls that penguiflow's planner makes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Self

from penguiflow_llm._planner._messages import INLINE_LIMIT_BYTES, to_input
from penguiflow_llm._planner._protocol import ChunkCallback, NativeStreamEvent, NativeToolCall, NativeToolCallResult
from penguiflow_llm._planner._response_format import RequestedSchema, ways_to_ask
from penguiflow_llm._planner._settings import make_client, refuse_what_is_elsewhere, request_options
from penguiflow_llm._planner._shown import Shown, json_text
from penguiflow_llm_core import EventCallback, LLMClient, LLMResult, MessagesInput, RequestOptions, ToolInput
from penguiflow_llm_types import (
    CompletionResponse,
    LLMConfigurationError,
    LLMParseError,
    LLMSchemaRejectedError,
    ToolSpec,
    Usage,
)

_TIMEOUT_S: Final = 120.0


class NativeLLMAdapter:
    """A `JSONLLMClient` for penguiflow's `ReactPlanner(llm_client=...)`, with the signatures of penguiflow 3.11.

    Nothing of penguiflow is needed to make or use one. Close it with `await adapter.aclose()` or an `async with` block.
    """

    expects_json_schema = False
    """Read by the planner: without JSON-schema mode it asks for text."""

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        temperature: float | None = None,
        max_retries: int = 3,
        timeout_s: float = _TIMEOUT_S,
        json_schema_mode: bool = True,
        streaming_enabled: bool = True,
        use_native_reasoning: bool = True,
        reasoning_effort: str | None = None,
        reasoning_display: str | None = None,
        retry_rate_limit_errors: bool = True,
        trace_sink: object = None,
        transport: str | None = None,
        multimodal_inline_data_limit_bytes: int = INLINE_LIMIT_BYTES,
        fallback: object = None,
        **provider_kwargs: Any,
    ) -> None:
        """Make the client for `model`, written as `create_client` takes it.

        `max_retries` counts attempts, the first included; `timeout_s` is the seconds of a whole call. With
        `json_schema_mode` off a `response_format` is ignored. `fallback` has `models`, and maybe `api_keys` and
        `cooldown_s`. `provider_kwargs` are settings of `create_client` and of the provider.

        Raises `LLMConfigurationError` for settings that cannot work.
        """
        refuse_what_is_elsewhere(
            retry_rate_limit_errors=retry_rate_limit_errors, trace_sink=trace_sink, transport=transport
        )
        self._model = model
        self._json_schema_mode = json_schema_mode
        self._streaming_enabled = streaming_enabled
        self._inline_limit_bytes = multimodal_inline_data_limit_bytes
        self._options = request_options(
            temperature=temperature,
            use_native_reasoning=use_native_reasoning,
            effort=reasoning_effort,
            display=reasoning_display,
        )
        self._client = make_client(
            model,
            fallback,
            api_key=api_key,
            base_url=base_url,
            timeout_s=timeout_s,
            max_retries=max_retries,
            provider_options=provider_kwargs,
        )

    @property
    def model(self) -> str:
        """The model as it was given; of several the first."""
        return self._model

    @property
    def client(self) -> LLMClient:
        """The client underneath, for its totals and for calls of other kinds."""
        return self._client

    async def complete(
        self,
        *,
        messages: Sequence[Mapping[str, Any]],
        response_format: Mapping[str, Any] | None = None,
        stream: bool = False,
        on_stream_chunk: ChunkCallback | None = None,
        on_reasoning_chunk: ChunkCallback | None = None,
    ) -> tuple[str, float]:
        """The answer's text and what it cost in US dollars, 0.0 where the price is not known.

        Asked for JSON, the text is JSON in the shape of the schema, or, where the model does not manage, its own words;
        it is not validated. A schema that no mode of the model can carry is replaced by any object, then by text.
        Streamed chunks, joined, are the text, unless the model had to be asked again meanwhile.

        Raises `LLMError`.
        """
        ways = ways_to_ask(response_format if self._json_schema_mode else None)
        asked = to_input(messages, inline_limit_bytes=self._inline_limit_bytes)
        streamed = self._is_streamed(stream, on_stream_chunk, on_reasoning_chunk)
        spent = Decimal(0)
        for way in ways:
            shown = Shown(on_stream_chunk, on_reasoning_chunk, typed=way is not None)
            try:
                answer = await self._answer(asked, way, shown.feed if streamed else None)
            except (LLMSchemaRejectedError, LLMConfigurationError) as error:
                if way is ways[-1]:
                    raise
                spent += error.cost_usd or 0
                continue
            shown.end(answer.content, answer.reasoning, streamed=streamed)
            return answer.content, float(spent + answer.cost_usd)
        raise AssertionError("the last way either answers or raises")

    async def complete_with_tools(
        self,
        *,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Any],
        stream: bool = False,
        on_stream_chunk: ChunkCallback | None = None,
        on_reasoning_chunk: ChunkCallback | None = None,
    ) -> NativeToolCallResult:
        """The answer of a model that may call `tools`: objects with `name`, `description` and `json_schema`, or
        OpenAI-style dicts.

        Text and reasoning are streamed to the callbacks; tool calls come whole, with the result. Raises `LLMError`.
        """
        asked = to_input(messages, inline_limit_bytes=self._inline_limit_bytes)
        streamed = self._is_streamed(stream, on_stream_chunk, on_reasoning_chunk)
        shown = Shown(on_stream_chunk, on_reasoning_chunk, typed=False)
        response = await self._client.complete(
            asked,
            tools=[_tool(tool) for tool in tools],
            on_stream_event=shown.feed if streamed else None,
            **self._options,
        )
        shown.end(response.text, response.reasoning, streamed=streamed)
        return NativeToolCallResult(
            content=response.text,
            tool_calls=[
                NativeToolCall(name=call.name, arguments_json=call.arguments, call_id=call.id)
                for call in response.tool_calls
            ],
            cost=float(response.cost_usd or 0),
            reasoning_content=response.reasoning or None,
        )

    async def stream_events(
        self,
        *,
        messages: Sequence[Mapping[str, Any]],
        response_format: Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> AsyncIterator[NativeStreamEvent]:
        """The pieces of an answer as they come, the last one with `done`; what `complete` is for callbacks.

        Raises `LLMError`, and `LLMConfigurationError` where `streaming_enabled` is off.
        """
        if not self._streaming_enabled:
            raise LLMConfigurationError("streaming_enabled is off for this adapter; leave it on", phase="local")
        way = ways_to_ask(response_format if self._json_schema_mode else None)[0]
        asked = to_input(messages, inline_limit_bytes=self._inline_limit_bytes)
        options: RequestOptions = {**self._options}
        if timeout_s is not None:
            options["timeout_s"] = timeout_s
        new: list[NativeStreamEvent] = []
        shown = Shown(
            lambda text, done: None if done else new.append(NativeStreamEvent(delta_text=text)),
            lambda text, done: None if done else new.append(NativeStreamEvent(delta_reasoning=text)),
            typed=way is not None,
        )
        async with self._client.stream(asked, way, **options) as events:
            async for event in events:
                shown.feed(event)
                while new:
                    yield new.pop(0)
            answer = _whole(await events.result())
        shown.end(answer.content, answer.reasoning, streamed=True)
        for left in new:
            yield left
        yield NativeStreamEvent(done=True, usage=answer.usage, finish_reason=answer.finish_reason)

    async def aclose(self) -> None:
        """Close connections; safe to call twice."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._model!r})"

    def _is_streamed(self, stream: bool, *callbacks: ChunkCallback | None) -> bool:
        return stream and self._streaming_enabled and any(callback is not None for callback in callbacks)

    async def _answer(
        self, messages: MessagesInput, way: RequestedSchema | None, on_event: EventCallback | None
    ) -> _Answer:
        if way is None:
            return _whole(await self._client.complete(messages, on_stream_event=on_event, **self._options))
        try:
            return _whole(await self._client.generate(messages, way, on_stream_event=on_event, **self._options))
        except LLMParseError as error:  # the planner repairs what the model could not be brought to write as JSON
            unread = error.partial()
            if unread is None:
                raise
            return replace(_whole(unread), cost_usd=error.cost_usd or Decimal(0))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an answer is to a planner."""

    content: str
    reasoning: str
    cost_usd: Decimal
    usage: Usage
    finish_reason: str


def _whole(answer: LLMResult[Any] | CompletionResponse) -> _Answer:
    if isinstance(answer, LLMResult):
        response, content, cost, usage = answer.response, json_text(answer.data), answer.cost, answer.usage
    else:
        response, content, cost, usage = answer, answer.text, answer.cost_usd, answer.usage
        if not content and answer.tool_calls:
            content = answer.tool_calls[0].arguments
    return _Answer(content, response.reasoning, cost or Decimal(0), usage, response.finish_reason)


def _tool(tool: Any) -> ToolInput:
    if isinstance(tool, ToolSpec | Mapping):
        return tool
    return ToolSpec(name=tool.name, description=tool.description, json_schema=tool.json_schema)
