"""The conformance suite finds what is wrong: each row is a provider with one defect, and the test that has to fail.

The provider underneath is a real one that passes; the defect is put around it.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from penguiflow_llm_openai import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts
from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    LLMError,
    LLMMessage,
    LLMRequest,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTruncatedError,
    ModelProfile,
    NamedTool,
    Provider,
    ReasoningPart,
    Sampling,
    StreamEvent,
    TextDelta,
    ToolResultPart,
)

MODELS: Final = Models(
    text="gpt-4o",
    tools="gpt-4o",
    native="gpt-4o",
    strict_tools="gpt-4o",
    reasoning="gpt-5.4-mini",
    image="gpt-4o",
    unheard_of="gpt-9-nova",
)


class Wrapped:
    """A provider around another; a defect overrides one of its methods."""

    def __init__(self, inner: Provider) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def spec_version(self) -> int:
        return self.inner.spec_version

    def __repr__(self) -> str:
        return repr(self.inner)

    def profile(self, model: str) -> ModelProfile:
        return self.inner.profile(model)

    def asked(self, request: LLMRequest) -> LLMRequest:
        """What is sent in the place of `request`."""
        return request

    def answered(self, response: CompletionResponse) -> CompletionResponse:
        """What is given in the place of `response`."""
        return response

    def failed(self, error: LLMError) -> LLMError:
        """What is raised in the place of `error`."""
        return error

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        try:
            return self.answered(await self.inner.complete(self.asked(request)))
        except LLMError as error:
            raise self.failed(error) from error.__cause__

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        stream = self.inner.stream(self.asked(request))
        try:
            async for event in stream:
                for shown in self.shown(event):
                    yield shown
        except LLMError as error:
            raise self.failed(error) from error.__cause__
        finally:
            await stream.aclose()

    def shown(self, event: StreamEvent) -> list[StreamEvent]:
        """What is shown in the place of `event`."""
        return [Done(response=self.answered(event.response))] if isinstance(event, Done) else [event]

    async def aclose(self) -> None:
        await self.inner.aclose()


class NoDone(Wrapped):
    def shown(self, event: StreamEvent) -> list[StreamEvent]:
        return [] if isinstance(event, Done) else [event]


class DoneTwice(Wrapped):
    def shown(self, event: StreamEvent) -> list[StreamEvent]:
        return [event, event] if isinstance(event, Done) else [event]


class TextTwice(Wrapped):
    """The first piece comes again, as a decoder that mixes deltas with whole texts would have it."""

    def shown(self, event: StreamEvent) -> list[StreamEvent]:
        return [event, event] if isinstance(event, TextDelta) else [event]


class AnswersOnlyWhenStreamed(Wrapped):
    async def complete(self, request: LLMRequest) -> CompletionResponse:
        return replace(await super().complete(request), finish_reason="other")


class CachedApart(Wrapped):
    def answered(self, response: CompletionResponse) -> CompletionResponse:
        usage = response.usage
        fresh = (usage.input_tokens or 0) - (usage.cache_read_tokens or 0)
        return replace(response, usage=replace(usage, input_tokens=fresh))


class ZeroForUnsaid(Wrapped):
    def failed(self, error: LLMError) -> LLMError:
        partial = error.partial()
        if partial is not None:
            error._partial = replace(partial, usage=replace(partial.usage, input_tokens=0, output_tokens=0))
        return error


class ShortSuccess(Wrapped):
    """A stream that breaks is taken for one that ended."""

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        try:
            async for event in self.inner.stream(request):
                yield event
        except (LLMTruncatedError, LLMStreamInterruptedError) as error:
            partial = error.partial()
            if partial is None or not partial.text:
                raise
            yield Done(response=replace(partial, finish_reason="stop"))


class ForgetsWhatCame(Wrapped):
    def failed(self, error: LLMError) -> LLMError:
        error._partial = None
        return error


class Retries(Wrapped):
    async def complete(self, request: LLMRequest) -> CompletionResponse:
        try:
            return await self.inner.complete(request)
        except LLMError:
            return await self.inner.complete(request)


class OneErrorForAll(Wrapped):
    def failed(self, error: LLMError) -> LLMError:
        error.__class__ = LLMServerError
        return error


class Nameless(Wrapped):
    def failed(self, error: LLMError) -> LLMError:
        error.model = None
        return error


class TellsTheKey(Wrapped):
    def failed(self, error: LLMError) -> LLMError:
        error.message += f" (sent with {KEY})"
        error.args = (error.message,)
        return error


class LogsTheKey(Wrapped):
    def asked(self, request: LLMRequest) -> LLMRequest:
        logging.getLogger("a.provider").debug("headers: %s", {"authorization": f"Bearer {KEY}"})
        return request


class GoesOnWhenCancelled(Wrapped):
    async def complete(self, request: LLMRequest) -> CompletionResponse:
        self.running = asyncio.ensure_future(self.inner.complete(request))
        return await asyncio.shield(self.running)

    async def aclose(self) -> None:
        """The request goes on, and its task with it."""


class SwallowsCancellation(Wrapped):
    async def complete(self, request: LLMRequest) -> CompletionResponse:
        try:
            return await self.inner.complete(request)
        except asyncio.CancelledError:
            raise LLMServerError("cancelled") from None


class DropsStop(Wrapped):
    def asked(self, request: LLMRequest) -> LLMRequest:
        return replace(request, stop=())


class Warms(Wrapped):
    """A temperature nobody asked for."""

    def asked(self, request: LLMRequest) -> LLMRequest:
        return replace(request, sampling=replace(request.sampling, temperature=request.sampling.temperature or 1.0))


class Cools(Wrapped):
    def asked(self, request: LLMRequest) -> LLMRequest:
        return replace(request, sampling=Sampling())


class _Messages(Wrapped):
    """Changes every message."""

    def asked(self, request: LLMRequest) -> LLMRequest:
        return replace(request, messages=tuple(map(self.changed, request.messages)))

    def changed(self, message: LLMMessage) -> LLMMessage:
        return message


class DropsMedia(_Messages):
    def changed(self, message: LLMMessage) -> LLMMessage:
        return replace(message, parts=message.parts[:1]) if message.role == "user" else message


class DropsReasoning(_Messages):
    def changed(self, message: LLMMessage) -> LLMMessage:
        return replace(message, parts=tuple(part for part in message.parts if not isinstance(part, ReasoningPart)))


class OneResultOnly(_Messages):
    def changed(self, message: LLMMessage) -> LLMMessage:
        results = [part for part in message.parts if isinstance(part, ToolResultPart)]
        same = [replace(part, content=results[0].content) for part in results]
        return replace(message, parts=tuple(same)) if results else message


class DropsSystem(_Messages):
    def changed(self, message: LLMMessage) -> LLMMessage:
        return replace(message, role="user") if message.role != "system" else LLMMessage.system("-")


class NamesTheFirstTool(Wrapped):
    def asked(self, request: LLMRequest) -> LLMRequest:
        named = isinstance(request.tool_choice, NamedTool)
        return replace(request, tool_choice=NamedTool(name=request.tools[0].name)) if named else request


class KnowsEveryModel(Wrapped):
    def profile(self, model: str) -> ModelProfile:
        return replace(self.inner.profile(model), known=True)


class OneCallAtATime(Wrapped):
    """Mixes the answers up: what was asked last is asked for all."""

    last: LLMRequest

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        self.last = request
        await asyncio.sleep(0)
        return await self.inner.complete(self.last)


class ClosesOnce(Wrapped):
    closed = False

    async def aclose(self) -> None:
        assert not self.closed
        self.closed = True
        await self.inner.aclose()


DEFECTS: Final[list[tuple[type[Wrapped], str, dict[str, Any]]]] = [
    (NoDone, "test_text", {}),
    (DoneTwice, "test_text", {}),
    (TextTwice, "test_text", {}),
    (AnswersOnlyWhenStreamed, "test_text", {}),
    (CachedApart, "test_usage", {}),
    (ZeroForUnsaid, "test_usage_nobody_told", {}),
    (ShortSuccess, "test_cut_stream", {"content": "text", "how": "clean"}),
    (ShortSuccess, "test_cut_stream", {"content": "text", "how": "fin"}),
    (ForgetsWhatCame, "test_cut_stream", {"content": "text", "how": "rst"}),
    (ForgetsWhatCame, "test_failure_midway", {"name": "server_error"}),
    (Retries, "test_failure", {"name": "overloaded", "streamed": False}),
    (Retries, "test_fault", {"name": "web page"}),
    (OneErrorForAll, "test_failure", {"name": "rate_limited", "streamed": True}),
    (OneErrorForAll, "test_rejected_schema", {}),
    (Nameless, "test_failure", {"name": "server_error", "streamed": False}),
    (TellsTheKey, "test_nothing_shows_the_key", {}),
    (LogsTheKey, "test_nothing_shows_the_key", {}),
    (GoesOnWhenCancelled, "test_cancelling", {"where": "plain, before the headers"}),
    (SwallowsCancellation, "test_cancelling", {"where": "plain, before the headers"}),
    (DropsStop, "test_stop_sequence", {}),
    (DropsStop, "test_setting_is_sent_or_told", {"name": "stop"}),
    (Warms, "test_sampling_only_if_set", {}),
    (Cools, "test_temperature", {}),
    (Cools, "test_setting_is_sent_or_told", {"name": "seed"}),
    (DropsMedia, "test_image", {}),
    (DropsMedia, "test_media_are_sent_or_told", {"kind": "document"}),
    (DropsReasoning, "test_reasoning_in_a_tool_loop", {}),
    (DropsReasoning, "test_reasoning_of_another_provider", {}),
    (OneResultOnly, "test_tool_results", {}),
    (DropsSystem, "test_conversation", {}),
    (NamesTheFirstTool, "test_named_among_several", {}),
    (KnowsEveryModel, "test_tomorrows_model", {}),
    (OneCallAtATime, "test_calls_at_once", {}),
    (ClosesOnce, "test_closing_twice", {}),
]


def suite_over(wrap: Callable[[Provider], Any], *, api: str) -> ProviderConformance:
    """The suite for OpenAI with something around its provider."""

    class Suite(ProviderConformance):
        facts = ProviderFacts(
            plugin=plugin,
            personality="openai",
            models=MODELS,
            credential={"OPENAI_API_KEY": KEY},
            options={"api": api, "use_aiohttp": False},
        )

        def make_provider(self, base_url: str, **options: Any) -> Provider:
            provider: Provider = wrap(super().make_provider(base_url, **options))
            return provider

    return Suite()


def run_test(suite: ProviderConformance, name: str, arguments: dict[str, Any], log: pytest.LogCaptureFixture) -> None:
    """One test of the suite, given what pytest would give it."""
    test = getattr(suite, name)
    wanted = inspect.signature(test).parameters
    with suite.make_simulator() as simulator:
        fixtures = {"simulator": simulator, "caplog": log}
        test(**{one: fixtures[one] for one in wanted if one in fixtures}, **arguments)


def api_for(name: str) -> str:
    """The wire that has what the test is about."""
    return "responses" if "reasoning" in name else "chat"


@pytest.mark.parametrize(
    ("defect", "name", "arguments"), DEFECTS, ids=[f"{defect.__name__}-{name}" for defect, name, _ in DEFECTS]
)
def test_a_defect_is_found(
    defect: type[Wrapped], name: str, arguments: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The test fails over the defect, and passes over the same wrapper without it."""
    run_test(suite_over(Wrapped, api=api_for(name)), name, arguments, caplog)
    caplog.clear()
    with pytest.raises((AssertionError, pytest.fail.Exception, LLMError, TimeoutError)):
        run_test(suite_over(defect, api=api_for(name)), name, arguments, caplog)
