"""A provider whose answers are written beforehand, and clients that call it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from random import Random
from typing import Any, TypeAlias

import pytest

from penguiflow_llm_core import ClientDefaults, Clock, LLMClient
from penguiflow_llm_core._breaker import CircuitBreaker
from penguiflow_llm_core._clock import SYSTEM_CLOCK
from penguiflow_llm_core._endpoint import Endpoint
from penguiflow_llm_core._limits import Pacer
from penguiflow_llm_core.telemetry import Hook as TelemetryHook
from penguiflow_llm_core.telemetry import HookConfig
from penguiflow_llm_types import (
    SPEC_VERSION,
    CompletionResponse,
    Done,
    FinishReason,
    LLMMessage,
    LLMRequest,
    ModelProfile,
    Part,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallStart,
    Usage,
)

Hook: TypeAlias = Callable[[LLMRequest], Awaitable[CompletionResponse]]
Step: TypeAlias = CompletionResponse | BaseException | Hook | Iterable[StreamEvent | BaseException]


class InProcessProvider:
    """A `Provider` that plays one step per request.

    A response is answered, or streamed in small pieces; an exception is raised; a list is a stream as it is, in which
    an exception is raised where it stands; a coroutine function is awaited for the response.
    """

    spec_version = SPEC_VERSION

    def __init__(self, steps: Iterable[Step], profile: ModelProfile, *, name: str = "scripted") -> None:
        self.name = name
        self.requests: list[LLMRequest] = []
        self.streams_open = 0
        self.interrupted = 0
        self.times_closed = 0
        self._asked: asyncio.Queue[LLMRequest] = asyncio.Queue()
        self._steps = list(steps)
        self._profile = profile

    def profile(self, model: str) -> ModelProfile:
        return self._profile

    def _next(self, request: LLMRequest) -> Step:
        self.requests.append(request)
        self._asked.put_nowait(request)
        assert self._steps, f"the script has no answer for request {len(self.requests)}"
        return self._steps.pop(0)

    async def asked(self) -> LLMRequest:
        """The next request, as soon as it is there."""
        return await self._asked.get()

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        try:
            return await self._answer(self._next(request), request)
        except asyncio.CancelledError:
            self.interrupted += 1
            raise

    async def _answer(self, step: Step, request: LLMRequest) -> CompletionResponse:
        if isinstance(step, BaseException):
            raise step
        if isinstance(step, CompletionResponse):
            return step
        assert callable(step), "a list of events is for a streamed request"
        return await step(request)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        step = self._next(request)
        self.streams_open += 1
        try:
            events = step if isinstance(step, Iterable) else _pieces(await self._answer(step, request))
            for event in events:
                await asyncio.sleep(0)
                if isinstance(event, BaseException):
                    raise event
                yield event
        except asyncio.CancelledError:
            self.interrupted += 1
            raise
        finally:
            self.streams_open -= 1

    async def aclose(self) -> None:
        self.times_closed += 1


def _pieces(response: CompletionResponse) -> Iterable[StreamEvent]:
    text = response.text
    yield from (TextDelta(text=text[at : at + 7]) for at in range(0, len(text), 7))
    for index, call in enumerate(response.tool_calls):
        yield ToolCallStart(index=index, id=call.id, name=call.name)
        for at in range(0, len(call.arguments), 7):
            yield ToolCallDelta(index=index, arguments=call.arguments[at : at + 7])
    yield Done(response=response)


class NoWait(Random):
    """Full jitter that always falls on no wait at all."""

    def uniform(self, a: float, b: float) -> float:
        return a


class Bench:
    """What the tests of whole calls are made with."""

    def profile(self, **facts: Any) -> ModelProfile:
        """A model with every output mode; a fact given as an argument replaces the usual one."""
        usual: dict[str, Any] = {
            "provider": "scripted",
            "model": "m",
            "family": "m",
            "native_dialect": "openai/strict@2026-11",
            "strict_tool_dialect": "openai/strict-tool@2026-11",
            "tool_dialect": "openai/tool@2026-11",
        }
        return ModelProfile(**(usual | facts))

    def provider(self, *steps: Step, name: str = "scripted", **facts: Any) -> InProcessProvider:
        return InProcessProvider(steps, self.profile(**facts), name=name)

    def client(
        self,
        provider: InProcessProvider,
        *,
        timeout_s: float | None = 30.0,
        max_retries: int = 2,
        price_provider: str | None = None,
        rng: Random | None = None,
        breaker: CircuitBreaker | None = None,
        clock: Clock = SYSTEM_CLOCK,
        **defaults: Any,
    ) -> LLMClient:
        """A client whose backoff takes no time, unless it is given another `rng`, and that never stops asking."""
        return self.clients(
            provider, timeout_s=timeout_s, max_retries=max_retries, price_provider=price_provider, rng=rng,
            breaker=breaker, clock=clock, **defaults,
        )  # fmt: skip

    def clients(
        self,
        *providers: InProcessProvider,
        price_provider: str | None = None,
        rng: Random | None = None,
        breaker: CircuitBreaker | None = None,
        clock: Clock = SYSTEM_CLOCK,
        hooks: Iterable[TelemetryHook | HookConfig] = (),
        **defaults: Any,
    ) -> LLMClient:
        """A client of several models, tried in order."""
        endpoints = [
            Endpoint(
                provider=provider,
                model="m",
                price_provider=price_provider,
                rng=rng or NoWait(),
                breaker=breaker or CircuitBreaker(failures=10**9),
            )
            for provider in providers
        ]
        return LLMClient(endpoints, defaults=ClientDefaults(**defaults), clock=clock, hooks=hooks)

    def pacer(self) -> Pacer:
        """What holds requests back."""
        return Pacer()

    def answer(
        self, text: str, *parts: Part, finish_reason: FinishReason = "stop", usage: Usage | None = None, **fields: Any
    ) -> CompletionResponse:
        message = LLMMessage(role="assistant", parts=((TextPart(text=text),) if text else ()) + parts)
        return CompletionResponse(message=message, finish_reason=finish_reason, usage=usage or Usage(), **fields)

    def calls(self, *calls: tuple[str, str], **fields: Any) -> CompletionResponse:
        """An answer of tool calls, each a name and its argument text; their ids are call_0, call_1 and so on."""
        parts = (ToolCallPart(id=f"call_{at}", name=name, arguments=text) for at, (name, text) in enumerate(calls))
        return self.answer("", *parts, finish_reason="tool_calls", **fields)

    async def hang(self, request: LLMRequest) -> CompletionResponse:
        """A step that never answers."""
        await asyncio.Event().wait()
        raise AssertionError("nobody sets the event")


@pytest.fixture
def bench() -> Bench:
    """Answers, profiles, providers and clients to try calls with."""
    return Bench()
