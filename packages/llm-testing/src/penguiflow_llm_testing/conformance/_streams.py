"""Streams in pieces and streams cut short: the same events however the bytes fall, and never a short success."""

from typing import Final, Literal

import pytest

from penguiflow_llm_testing._script import Answer, Cut, Faulty, ScriptedToolCall, Split
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    LLMError,
    LLMRequest,
    LLMStreamInterruptedError,
    LLMTruncatedError,
    Provider,
    StreamEvent,
)

from ._suite import Suite, all_events, user_request
from ._tools import WEATHER

_TEXT: Final = Answer(text="Ada — 漢字 🐧 — wrote it.")
_CALL: Final = Answer(
    text="I look.", tool_calls=(ScriptedToolCall(name="weather", arguments={"city": "Tromsø", "days": 2}),)
)
_MOST_EVENTS: Final = 400
_AFTER_ALL: Final = 1_000_000


class Streams(Suite):
    """The bytes of a stream."""

    @pytest.mark.parametrize("sizes", [(1,), (7,), (1, 2, 3, 50)], ids=["1", "7", "uneven"])
    @pytest.mark.parametrize("content", ["text", "tool call"])
    def test_split_bytes(self, content: Literal["text", "tool call"], sizes: tuple[int, ...]) -> None:
        """Where the network cuts says nothing: not in the middle of a line, an event or a character."""
        request, step = self._content_of(content)
        assert self._fresh_events(request, Faulty(step=step, faults=(Split(sizes=sizes),))) == self._fresh_events(
            request, step
        )

    @pytest.mark.parametrize("how", ["fin", "rst", "clean"])
    @pytest.mark.parametrize("content", ["text", "tool call"])
    def test_cut_stream(
        self, simulator: Simulator, content: Literal["text", "tool call"], how: Literal["fin", "rst", "clean"]
    ) -> None:
        """Cut after each event in turn: a typed error with what had arrived, or the whole answer; nothing between."""
        request, step = self._content_of(content)
        whole = self.ask(request, step).response

        async def cut_everywhere(provider: Provider) -> int:
            """After how many events an answer that ends there is the whole one."""
            for events in range(_MOST_EVENTS):
                simulator.script(Faulty(step=step, faults=(Cut(after_events=events, how="clean"),)))
                if await _ends_whole(provider, request, whole):
                    return events
            pytest.fail(f"cut after {_MOST_EVENTS} events the answer is still not whole")

        async def broken_everywhere(provider: Provider) -> None:
            for events in range(needed + 3):
                simulator.script(Faulty(step=step, faults=(Cut(after_events=events, how=how),)))
                await _ends_whole(provider, request, whole)

        needed = self.play(simulator, cut_everywhere)
        assert needed > 1, "the answer was called whole before it had begun"
        if how != "clean":
            self.play(simulator, broken_everywhere)

    @pytest.mark.parametrize("how", ["fin", "clean"])
    def test_stream_cut_after_its_end(self, simulator: Simulator, how: Literal["fin", "clean"]) -> None:
        """Once the provider's finish was seen the answer is there. (A reset may throw away what was not read yet.)"""
        request, step = self._content_of("text")
        whole = self.ask(request, step).response
        simulator.script(Faulty(step=step, faults=(Cut(after_events=_AFTER_ALL, how=how),)))
        events = self.play(simulator, lambda provider: all_events(provider, request))
        assert _said(events[-1]) == _said(Done(response=whole))

    def _content_of(self, content: Literal["text", "tool call"]) -> tuple[LLMRequest, Answer]:
        if content == "text":
            return user_request(self.facts.models.text), _TEXT
        return user_request(self.model("tools"), tools=(WEATHER,)), _CALL

    def _fresh_events(self, request: LLMRequest, step: Answer | Faulty) -> tuple[StreamEvent, ...]:
        """The events of one stream from a fresh simulator, so that ids are the same each time."""
        with self.make_simulator() as simulator:
            simulator.script(step)
            return self.play(simulator, lambda provider: all_events(provider, request))


async def _ends_whole(provider: Provider, request: LLMRequest, whole: CompletionResponse) -> bool:
    """Whether the stream ended with the whole answer; held to a typed error where not."""
    events: list[StreamEvent] = []
    try:
        async for event in provider.stream(request):
            events.append(event)  # noqa: PERF401  what came before a failure counts too
    except LLMError as error:
        _hold_interrupted(error, events, whole)
        return False
    assert _said(events[-1]) == _said(Done(response=whole)), "a stream cut short was taken for a whole answer"
    return True


def _hold_interrupted(error: LLMError, events: list[StreamEvent], whole: CompletionResponse) -> None:
    """The error says that the stream broke, and `partial()` holds what had arrived."""
    assert isinstance(error, LLMStreamInterruptedError | LLMTruncatedError), repr(error)
    assert error.phase == "stream"
    assert not any(isinstance(event, Done) for event in events)
    partial = error.partial()
    if events:
        assert partial is not None, "what had arrived is in partial()"
        assert whole.text.startswith(partial.text)
        assert partial.finish_reason in ("error", whole.finish_reason)


def _said(event: StreamEvent) -> object:
    """What an answer says, without the ids that count requests."""
    assert isinstance(event, Done)
    response = event.response
    calls = [(call.name, call.arguments) for call in response.tool_calls]
    return response.text, response.reasoning, calls, response.finish_reason
