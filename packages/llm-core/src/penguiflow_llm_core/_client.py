"""The client: one model of one provider, and the public calls."""

from __future__ import annotations

import inspect
import threading
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeAlias, TypeVar, Unpack, overload

from penguiflow_llm_core._inputs import MessagesInput, ToolChoiceInput, ToolInput, to_tools
from penguiflow_llm_core._modes import ModeSelector
from penguiflow_llm_core._options import RequestOptions, build_request
from penguiflow_llm_core._output_type import output_type
from penguiflow_llm_core._portal import SyncPortal
from penguiflow_llm_core._result import ClientStreamEvent, LLMResult
from penguiflow_llm_core._runner import CallRunner, Endpoint
from penguiflow_llm_core._stream import LLMStream
from penguiflow_llm_core._task import PlainTask, StructuredTask, Task
from penguiflow_llm_core._tools import PlannedTools
from penguiflow_llm_types import CompletionResponse, LLMConfigurationError, ModelProfile, OutputMode, Provider

T = TypeVar("T")

DEFAULT_TIMEOUT_S: Final = 600.0
DEFAULT_MAX_RETRIES: Final = 2

EventCallback: TypeAlias = Callable[[ClientStreamEvent], Awaitable[None] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDefaults:
    """What a call uses where it does not say."""

    timeout_s: float | None = DEFAULT_TIMEOUT_S
    max_retries: int = DEFAULT_MAX_RETRIES


class LLMClient:
    """Calls one model. Made by `create_client`; safe to share between tasks and event loops.

    Close it with `await client.aclose()`, `client.close()`, or a `with` / `async with` block.
    """

    def __init__(self, endpoint: Endpoint, *, defaults: ClientDefaults) -> None:
        self._endpoint = endpoint
        self._defaults = defaults
        self._selector = ModeSelector()
        self._portal: SyncPortal | None = None
        self._portal_lock = threading.Lock()

    @property
    def model(self) -> str:
        """The model as `provider/model`."""
        return f"{self._endpoint.provider.name}/{self._endpoint.model}"

    @property
    def provider(self) -> Provider:
        """The provider underneath."""
        return self._endpoint.provider

    @property
    def profile(self) -> ModelProfile:
        """What is known of the model."""
        return self._endpoint.provider.profile(self._endpoint.model)

    @overload
    async def generate(
        self,
        messages: MessagesInput,
        response_model: type[T],
        *,
        mode: OutputMode | str | None = None,
        on_stream_event: EventCallback | None = None,
        **options: Unpack[RequestOptions],
    ) -> LLMResult[T]: ...

    @overload
    async def generate(
        self,
        messages: MessagesInput,
        response_model: Any,
        *,
        mode: OutputMode | str | None = None,
        on_stream_event: EventCallback | None = None,
        **options: Unpack[RequestOptions],
    ) -> LLMResult[Any]: ...

    async def generate(
        self,
        messages: MessagesInput,
        response_model: Any,
        *,
        mode: OutputMode | str | None = None,
        on_stream_event: EventCallback | None = None,
        **options: Unpack[RequestOptions],
    ) -> LLMResult[Any]:
        """A validated value of `response_model`.

        `messages` is a string, an `LLMMessage`, or a list of those or of OpenAI-style dicts. `response_model` is
        anything pydantic's `TypeAdapter` takes, or a JSON Schema dict. `mode` forces an output mode. With
        `on_stream_event` the answer is streamed and each event handed over; an exception of the callback ends the call
        and is raised.

        Raises `LLMError`; `LLMConfigurationError` before anything is sent.
        """
        task, runner = self._typed(messages, response_model, mode, options, streamed=on_stream_event is not None)
        await _drain(runner.events(), on_stream_event)
        return task.result(runner.outcome(), runner.history)

    async def complete(
        self,
        messages: MessagesInput,
        *,
        tools: Iterable[ToolInput] = (),
        tool_choice: ToolChoiceInput = None,
        on_stream_event: EventCallback | None = None,
        **options: Unpack[RequestOptions],
    ) -> CompletionResponse:
        """The model's answer as it is: text, tool calls, reasoning. Raises `LLMError`."""
        runner = self._plain(messages, tools, tool_choice, options, streamed=on_stream_event is not None)
        await _drain(runner.events(), on_stream_event)
        return runner.outcome()

    @overload
    def stream(
        self,
        messages: MessagesInput,
        response_model: None = None,
        *,
        tools: Iterable[ToolInput] = (),
        tool_choice: ToolChoiceInput = None,
        **options: Unpack[RequestOptions],
    ) -> LLMStream[CompletionResponse]: ...

    @overload
    def stream(
        self,
        messages: MessagesInput,
        response_model: type[T],
        *,
        mode: OutputMode | str | None = None,
        **options: Unpack[RequestOptions],
    ) -> LLMStream[LLMResult[T]]: ...

    @overload
    def stream(
        self,
        messages: MessagesInput,
        response_model: Any,
        *,
        mode: OutputMode | str | None = None,
        **options: Unpack[RequestOptions],
    ) -> LLMStream[LLMResult[Any]]: ...

    def stream(
        self,
        messages: MessagesInput,
        response_model: Any = None,
        *,
        mode: OutputMode | str | None = None,
        tools: Iterable[ToolInput] = (),
        tool_choice: ToolChoiceInput = None,
        **options: Unpack[RequestOptions],
    ) -> LLMStream[Any]:
        """A streamed call: `async with client.stream(...) as stream`.

        Yields `AttemptStart`, the deltas, with a `response_model` also `PartialValue`, and `Done`. What `generate` or
        `complete` would have returned is `await stream.result()`.
        """
        if response_model is None:
            runner = self._plain(messages, tools, tool_choice, options, streamed=True)
            return LLMStream(runner.events(), runner.outcome)
        if tools or tool_choice is not None:
            raise LLMConfigurationError(
                "stream() takes tools or a response_model, not both; leave one out", phase="local"
            )
        task, runner = self._typed(messages, response_model, mode, options, streamed=True)
        return LLMStream(runner.events(), lambda: task.result(runner.outcome(), runner.history))

    @overload
    def generate_sync(
        self,
        messages: MessagesInput,
        response_model: type[T],
        *,
        mode: OutputMode | str | None = None,
        on_stream_event: EventCallback | None = None,
        **options: Unpack[RequestOptions],
    ) -> LLMResult[T]: ...

    @overload
    def generate_sync(
        self,
        messages: MessagesInput,
        response_model: Any,
        *,
        mode: OutputMode | str | None = None,
        on_stream_event: EventCallback | None = None,
        **options: Unpack[RequestOptions],
    ) -> LLMResult[Any]: ...

    def generate_sync(
        self,
        messages: MessagesInput,
        response_model: Any,
        *,
        mode: OutputMode | str | None = None,
        on_stream_event: EventCallback | None = None,
        **options: Unpack[RequestOptions],
    ) -> LLMResult[Any]:
        """`generate` for code without an event loop; `on_stream_event` runs in a thread of the client's."""
        return self._sync().run(
            self.generate(messages, response_model, mode=mode, on_stream_event=on_stream_event, **options)
        )

    def complete_sync(
        self,
        messages: MessagesInput,
        *,
        tools: Iterable[ToolInput] = (),
        tool_choice: ToolChoiceInput = None,
        on_stream_event: EventCallback | None = None,
        **options: Unpack[RequestOptions],
    ) -> CompletionResponse:
        """`complete` for code without an event loop."""
        return self._sync().run(
            self.complete(messages, tools=tools, tool_choice=tool_choice, on_stream_event=on_stream_event, **options)
        )

    async def aclose(self) -> None:
        """Close connections; safe to call twice."""
        await self._endpoint.provider.aclose()
        self._stop_portal()

    def close(self) -> None:
        """`aclose` for code without an event loop."""
        self._sync().run(self._endpoint.provider.aclose())
        self._stop_portal()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"LLMClient({self.model!r})"

    def _typed(
        self,
        messages: MessagesInput,
        response_model: Any,
        mode: OutputMode | str | None,
        options: RequestOptions,
        *,
        streamed: bool,
    ) -> tuple[StructuredTask, CallRunner]:
        output, profile = output_type(response_model), self.profile
        request = build_request(self._endpoint.model, messages, options)
        rungs = self._selector.rungs(output, profile, mode)
        task = StructuredTask(
            request, output, rungs, profile, on_refusal=partial(self._selector.refuse, output, profile)
        )
        return task, self._runner(task, options, streamed=streamed)

    def _plain(
        self,
        messages: MessagesInput,
        tools: Iterable[ToolInput],
        tool_choice: ToolChoiceInput,
        options: RequestOptions,
        *,
        streamed: bool,
    ) -> CallRunner:
        planned = PlannedTools(to_tools(tools), self.profile)
        request = build_request(self._endpoint.model, messages, options, tool_choice=tool_choice)
        return self._runner(PlainTask(request, planned), options, streamed=streamed)

    def _runner(self, task: Task, options: RequestOptions, *, streamed: bool) -> CallRunner:
        timeout_s, max_retries = options.get("timeout_s"), options.get("max_retries")
        return CallRunner(
            self._endpoint,
            task,
            streamed=streamed,
            timeout_s=self._defaults.timeout_s if timeout_s is None else timeout_s,
            max_retries=self._defaults.max_retries if max_retries is None else max_retries,
            token=options.get("cancel"),
        )

    def _sync(self) -> SyncPortal:
        with self._portal_lock:
            if self._portal is None:
                self._portal = SyncPortal()
                weakref.finalize(self, self._portal.stop)
            return self._portal

    def _stop_portal(self) -> None:
        if self._portal is not None:
            self._portal.stop()
            self._portal = None


async def _drain(events: AsyncGenerator[ClientStreamEvent, None], callback: EventCallback | None) -> None:
    async with aclosing(events):
        async for event in events:
            if callback is not None:
                handled = callback(event)
                if inspect.isawaitable(handled):
                    await handled
