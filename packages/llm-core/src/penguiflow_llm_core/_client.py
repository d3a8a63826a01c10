"""The client: one model of one provider, and the public calls."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, cast, overload

from penguiflow_llm_core._account import ClientAccount, ModelTotals
from penguiflow_llm_core._clock import SYSTEM_CLOCK, Clock
from penguiflow_llm_core._defaults import ClientDefaults
from penguiflow_llm_core._description import ClientDescription, describe
from penguiflow_llm_core._drive import EventCallback, drive
from penguiflow_llm_core._endpoint import Endpoint, Route
from penguiflow_llm_core._inputs import MessagesInput, ToolChoiceInput, ToolInput, to_tools
from penguiflow_llm_core._options import RequestOptions, build_request
from penguiflow_llm_core._output_type import output_type
from penguiflow_llm_core._portal import SyncPortal
from penguiflow_llm_core._recipe import Recipe
from penguiflow_llm_core._result import LLMResult
from penguiflow_llm_core._routes import Routes
from penguiflow_llm_core._runner import CallRunner
from penguiflow_llm_core._stream import LLMStream
from penguiflow_llm_core._task import PlainTask, StructuredTask, Task
from penguiflow_llm_core._tools import PlannedTools
from penguiflow_llm_core.telemetry._config import Hook, HookConfig
from penguiflow_llm_core.telemetry._hub import HookHub
from penguiflow_llm_core.telemetry._report import SILENT, EventReport
from penguiflow_llm_core.telemetry._worker import FLUSH_S, HookCounts
from penguiflow_llm_types import (
    CompletionResponse,
    LLMConfigurationError,
    ModelProfile,
    OutputMode,
    Provider,
    Usage,
)

T = TypeVar("T")


class LLMClient:
    """Calls one model, or the first of several that works. Made by `create_client`; safe to share between tasks and
    event loops.

    Close it with `await client.aclose()`, `client.close()`, or a `with` / `async with` block. A pickled client travels
    as its settings, without credentials and connections: it is made anew where it arrives, from the environment there.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        defaults: ClientDefaults,
        clock: Clock = SYSTEM_CLOCK,
        recipe: Recipe | None = None,
        hooks: Iterable[Hook | HookConfig] = (),
    ) -> None:
        self._endpoints = tuple(endpoints)
        self._defaults = defaults
        self._clock = clock
        self._recipe = recipe
        self._hooks = HookHub(hooks)
        weakref.finalize(self, self._hooks.stop).atexit = False
        self._account = ClientAccount()
        self._portal: SyncPortal | None = None
        self._portal_lock = threading.Lock()

    @property
    def model(self) -> str:
        """The model as `provider/model`; of several the first."""
        return self._endpoints[0].name

    @property
    def models(self) -> tuple[str, ...]:
        """Every model a call may use, in the order they are tried."""
        return tuple(endpoint.name for endpoint in self._endpoints)

    @property
    def total_usage(self) -> Usage:
        """Tokens of every attempt of every call, failed, cancelled and abandoned ones included."""
        return self._account.usage

    @property
    def total_cost(self) -> Decimal | None:
        """US dollars of every attempt of every call; None where one that used tokens has no known price."""
        return self._account.cost

    @property
    def totals_by_model(self) -> Mapping[str, ModelTotals]:
        """Attempts, tokens and US dollars of each model, named as it was billed."""
        return self._account.by_model

    @property
    def hook_counts(self) -> tuple[HookCounts, ...]:
        """What became of the events of each hook: delivered, failed, dropped."""
        return self._hooks.counts

    @property
    def requests_in_flight(self) -> int:
        """Requests under way."""
        return sum(endpoint.in_flight for endpoint in self._endpoints)

    @property
    def provider(self) -> Provider:
        """The provider underneath; of several the first."""
        return self._endpoints[0].provider

    @property
    def profile(self) -> ModelProfile:
        """What is known of the model; of several the first."""
        return self._endpoints[0].profile

    def describe(self) -> ClientDescription:
        """How this client is set up: models, addresses, limits, and by whose settings; fit for a bug report.

        No credential is in it, nothing is sent or opened for it.
        """
        return describe(self._endpoints, self._defaults)

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
        anything pydantic's `TypeAdapter` takes, a JSON Schema dict, or an `OutputType` of your own. `mode` forces an
        output mode. With `on_stream_event` the answer is streamed and each event handed over; an exception of the
        callback ends the call and is raised.

        Raises `LLMError`; `LLMConfigurationError` before anything is sent.
        """
        runner = self._typed(messages, response_model, mode, options, streamed=on_stream_event is not None)
        await drive(runner, on_stream_event)
        return cast("LLMResult[Any]", runner.result())

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
        await drive(runner, on_stream_event)
        return cast("CompletionResponse", runner.result())

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
            return LLMStream(runner.events(), runner.result)
        if tools or tool_choice is not None:
            raise LLMConfigurationError(
                "stream() takes tools or a response_model, not both; leave one out", phase="local"
            )
        runner = self._typed(messages, response_model, mode, options, streamed=True)
        return LLMStream(runner.events(), runner.result)

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

    async def flush_hooks(self, *, timeout_s: float = FLUSH_S) -> bool:
        """Wait until hooks have taken every event so far; False where `timeout_s` seconds were not enough."""
        return await self._hooks.flush(timeout_s)

    def flush_hooks_sync(self, *, timeout_s: float = FLUSH_S) -> bool:
        """`flush_hooks` for code without an event loop."""
        return self._hooks.flush_sync(timeout_s)

    async def aclose(self) -> None:
        """Close connections; safe to call twice. Hooks get what is queued, for at most five seconds."""
        await self._close_providers()
        await self._hooks.aclose(FLUSH_S)
        self._stop_portal()

    def close(self) -> None:
        """`aclose` for code without an event loop."""
        self._sync().run(self._close_providers())
        self._stop_portal()
        self._hooks.close(FLUSH_S)

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

    def __reduce__(self) -> tuple[Any, ...]:
        if self._recipe is None:
            raise TypeError("only a client made by create_client can be pickled; make it where it is needed")
        return self._recipe.reduced()

    def _typed(
        self,
        messages: MessagesInput,
        response_model: Any,
        mode: OutputMode | str | None,
        options: RequestOptions,
        *,
        streamed: bool,
    ) -> CallRunner:
        output = output_type(response_model)

        def task(endpoint: Endpoint) -> Task:
            profile = endpoint.profile
            request = build_request(endpoint.model, messages, options)
            rungs = endpoint.modes.rungs(output, profile, mode, now=self._clock.now(), streamed=streamed)

            def on_refusal(refused: OutputMode) -> None:
                endpoint.modes.refuse(output, refused, self._clock.now())

            return StructuredTask(request, output, rungs, profile, on_refusal=on_refusal)

        return self._runner(task, options, streamed=streamed)

    def _plain(
        self,
        messages: MessagesInput,
        tools: Iterable[ToolInput],
        tool_choice: ToolChoiceInput,
        options: RequestOptions,
        *,
        streamed: bool,
    ) -> CallRunner:
        specs = to_tools(tools)

        def task(endpoint: Endpoint) -> Task:
            planned = PlannedTools(specs, endpoint.profile)
            return PlainTask(build_request(endpoint.model, messages, options, tool_choice=tool_choice), planned)

        return self._runner(task, options, streamed=streamed)

    def _runner(self, task: Callable[[Endpoint], Task], options: RequestOptions, *, streamed: bool) -> CallRunner:
        routes = tuple(Route(endpoint, partial(task, endpoint)) for endpoint in self._endpoints)
        return CallRunner(
            Routes(routes, cooldown_s=self._defaults.cooldown_s, now=self._clock.now()),
            streamed=streamed,
            limits=self._defaults.limits(options),
            token=options.get("cancel"),
            clock=self._clock,
            account=self._account,
            report=EventReport(self._hooks, self._clock) if self._hooks else SILENT,
        )

    async def _close_providers(self) -> None:
        for endpoint in self._endpoints:
            await endpoint.provider.aclose()

    def _sync(self) -> SyncPortal:
        with self._portal_lock:
            if self._portal is None or not self._portal.is_ours:
                self._portal = SyncPortal()
                weakref.finalize(self, self._portal.stop)
            return self._portal

    def _stop_portal(self) -> None:
        if self._portal is not None:
            self._portal.stop()
            self._portal = None
