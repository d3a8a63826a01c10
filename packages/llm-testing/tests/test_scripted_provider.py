"""The scripted provider: one step a request, the same answer plain and streamed, every request kept."""

import pickle
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from penguiflow_llm_testing import Interrupted, ScriptedProvider, ScriptedStep, ScriptExhaustedError
from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    ImagePart,
    LLMError,
    LLMMessage,
    LLMRateLimitError,
    LLMRequest,
    LLMStreamInterruptedError,
    ModelProfile,
    NamedTool,
    Part,
    Provider,
    ReasoningDelta,
    ReasoningPart,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallStart,
    ToolSpec,
    Usage,
    UsageUpdate,
)

_ASK = LLMRequest(model="m-1", messages=(LLMMessage.user("hello"),))
_TOOL = ToolSpec(name="record")
_FORCED = LLMRequest(model="m-1", messages=(), tools=(_TOOL,), tool_choice=NamedTool(name="record"))
_REQUIRED = LLMRequest(model="m-1", messages=(), tools=(_TOOL,), tool_choice="required")
_CALL = ToolCallPart(id="call_a", name="find", arguments='{"q": "penguins of the south"}')
_PICTURE = ImagePart(url="https://example.org/a.png")


def _text(text: str) -> tuple[Part, ...]:
    return (TextPart(text=text),)


_ANSWERS: list[tuple[ScriptedStep, LLMRequest, tuple[Part, ...], str]] = [
    ("hello", _ASK, _text("hello"), "stop"),
    ("", _ASK, _text(""), "stop"),
    ({"name": "Adélie"}, _ASK, _text('{"name": "Adélie"}'), "stop"),
    ([1, 2], _ASK, _text("[1, 2]"), "stop"),
    ((1, 2), _ASK, _text("[1, 2]"), "stop"),
    (7, _ASK, _text("7"), "stop"),
    (None, _ASK, _text("null"), "stop"),
    ({"a": 1}, _FORCED, (ToolCallPart(id="call_1", name="record", arguments='{"a": 1}'),), "tool_calls"),
    ({"a": 1}, _REQUIRED, (ToolCallPart(id="call_1", name="record", arguments='{"a": 1}'),), "tool_calls"),
    ("I would rather talk", _FORCED, _text("I would rather talk"), "stop"),
    (_CALL, _ASK, (_CALL,), "tool_calls"),
    ((_CALL, _CALL), _ASK, (_CALL, _CALL), "tool_calls"),
    (
        (ReasoningPart(text="hm"), TextPart(text="so"), _CALL),
        _ASK,
        (ReasoningPart(text="hm"), TextPart(text="so"), _CALL),
        "tool_calls",
    ),
    (lambda request: request.messages[0].text.upper(), _ASK, _text("HELLO"), "stop"),
    (lambda request: lambda request: {"model": request.model}, _ASK, _text('{"model": "m-1"}'), "stop"),
]


@pytest.mark.parametrize(("step", "request_", "parts", "finish"), _ANSWERS)
async def test_what_a_step_answers(
    step: ScriptedStep, request_: LLMRequest, parts: tuple[Part, ...], finish: str
) -> None:
    """A test says what the model says in the shortest way there is, and it lands where the request asks for it."""
    response = await ScriptedProvider(step).complete(request_)
    assert (response.message, response.finish_reason, response.model) == (
        LLMMessage(role="assistant", parts=parts),
        finish,
        "m-1",
    )


@pytest.mark.parametrize(("step", "request_"), [(row[0], row[1]) for row in _ANSWERS])
async def test_plain_and_streamed_are_one_answer(step: ScriptedStep, request_: LLMRequest) -> None:
    """Code that streams is tested by the same script as code that does not."""
    provider = ScriptedProvider(step, step, usage=Usage(input_tokens=3, output_tokens=4))
    plain = await provider.complete(request_)
    events = await _all(provider.stream(request_))
    assert events[-2:] == [UsageUpdate(usage=plain.usage), Done(response=plain)]
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == plain.text
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == plain.reasoning
    arguments = "".join(event.arguments for event in events if isinstance(event, ToolCallDelta))
    assert arguments == "".join(call.arguments for call in plain.tool_calls)


async def test_streams_come_in_pieces() -> None:
    """A stream of one delta would hide every bug in putting deltas together."""
    parts = (ReasoningPart(summary=("because",)), _PICTURE, TextPart(text="penguins"), _CALL, _CALL)
    provider = ScriptedProvider(parts, piece_chars=5)
    events = await _all(provider.stream(_ASK))
    assert events[:4] == [
        ReasoningDelta(text="becau"),
        ReasoningDelta(text="se"),
        TextDelta(text="pengu"),
        TextDelta(text="ins"),
    ]
    starts = [event for event in events if isinstance(event, ToolCallStart)]
    assert starts == [ToolCallStart(index=index, id="call_a", name="find") for index in (0, 1)]
    assert events[5] == ToolCallDelta(index=0, arguments='{"q":')
    assert events[-1] == Done(response=CompletionResponse(
        message=LLMMessage(role="assistant", parts=parts), finish_reason="tool_calls", model="m-1"
    ))  # fmt: skip


async def test_a_response_is_given_as_it_is() -> None:
    """For the finish reasons, refusals and warnings that no shorter step can say."""
    response = CompletionResponse(
        message=LLMMessage.assistant("I can"), finish_reason="length", usage=Usage(output_tokens=2), model="other"
    )
    provider = ScriptedProvider(response, response)
    assert await provider.complete(_ASK) is response
    events = await _all(provider.stream(_ASK))
    assert events == [TextDelta(text="I can"), UsageUpdate(usage=Usage(output_tokens=2)), Done(response=response)]


async def test_an_error_is_raised() -> None:
    """The failure handling of the code under test sees the error that the test made, plain and streamed."""
    error = LLMRateLimitError("slow down", retry_after_s=2.0)
    provider = ScriptedProvider(error, lambda request: error, error)
    for attempt in (provider.complete(_ASK), provider.complete(_ASK), _all(provider.stream(_ASK))):
        with pytest.raises(LLMRateLimitError) as caught:
            await attempt
        assert caught.value is error
    assert len(provider.requests) == 3


_INTERRUPTED: list[tuple[ScriptedStep, int, list[StreamEvent], tuple[Part, ...]]] = [
    ("penguins swim", 0, [], ()),
    ("penguins swim", 1, [TextDelta(text="penguins")], _text("penguins")),
    ("penguins swim", 9, [TextDelta(text="penguins"), TextDelta(text=" swim")], _text("penguins swim")),
    (
        (ReasoningPart(text="hm"), _CALL),
        3,
        [
            ReasoningDelta(text="hm"),
            ToolCallStart(index=0, id="call_a", name="find"),
            ToolCallDelta(index=0, arguments='{"q": "p'),
        ],
        (ReasoningPart(text="hm"), ToolCallPart(id="call_a", name="find", arguments='{"q": "p')),
    ),
    (lambda request: "penguins swim", 1, [TextDelta(text="penguins")], _text("penguins")),
]


@pytest.mark.parametrize(("step", "after", "events", "partial"), _INTERRUPTED)
async def test_an_interrupted_stream(
    step: ScriptedStep, after: int, events: list[StreamEvent], partial: tuple[Part, ...]
) -> None:
    """A connection that breaks in mid-answer, with what had arrived on the error, and no `Done`."""
    provider = ScriptedProvider(Interrupted(step=step, after_deltas=after))
    seen: list[StreamEvent] = []
    with pytest.raises(LLMStreamInterruptedError) as caught:
        await _all(provider.stream(_ASK), seen)
    assert seen == events
    response = caught.value.partial()
    assert response is not None
    assert (response.message.parts, response.finish_reason) == (partial, "error")
    assert (caught.value.kind, caught.value.billed) == ("stream", "unknown")


async def test_an_interruption_of_your_own() -> None:
    """Any error may end a stream; a plain request has nothing to give before it."""
    error = LLMRateLimitError("slow down")
    provider = ScriptedProvider(*[Interrupted(step="penguins", error=error)] * 2, Interrupted(step="penguins"))
    seen: list[StreamEvent] = []
    with pytest.raises(LLMRateLimitError):
        await _all(provider.stream(_ASK), seen)
    assert seen == [TextDelta(text="penguins")]
    with pytest.raises(LLMRateLimitError):
        await provider.complete(_ASK)
    with pytest.raises(LLMStreamInterruptedError) as caught:
        await provider.complete(_ASK)
    assert caught.value.partial() is None


async def test_requests_are_kept() -> None:
    """What was asked is half of what a test asserts."""
    provider = ScriptedProvider("a", LLMError("x"), "b")
    assert (provider.requests, provider.steps_left) == ((), 3)
    await provider.complete(_ASK)
    with pytest.raises(LLMError):
        await provider.complete(_FORCED)
    await _all(provider.stream(_REQUIRED))
    assert provider.requests == (_ASK, _FORCED, _REQUIRED)
    assert provider.steps_left == 0
    assert repr(provider) == "ScriptedProvider('scripted', requests=3, steps_left=0)"


@pytest.mark.parametrize(("steps", "made"), [((), 1), (("a",), 2)])
async def test_a_script_that_is_too_short(steps: tuple[str, ...], made: int) -> None:
    """Too many requests are a finding about the code under test, which must not pass for a provider's failure."""
    provider = ScriptedProvider(*steps, name="house")
    for _ in steps:
        await provider.complete(_ASK)
    expected = rf"the script of 'house' has {len(steps)} steps and this is request {made}; give it a step"
    with pytest.raises(ScriptExhaustedError, match=expected) as caught:
        await provider.complete(_ASK)
    assert not isinstance(caught.value, LLMError)
    with pytest.raises(ScriptExhaustedError):
        await _all(provider.stream(_ASK))


async def test_the_last_step_may_answer_for_ever() -> None:
    """A fake model is one function of the request."""
    provider = ScriptedProvider("first", lambda request: str(len(request.messages)), repeat_last=True)
    assert [(await provider.complete(_ASK)).text for _ in range(4)] == ["first", "1", "1", "1"]
    with pytest.raises(ScriptExhaustedError):
        await ScriptedProvider(repeat_last=True).complete(_ASK)


def test_it_is_a_provider_that_takes_everything() -> None:
    """Whatever mode or setting the code under test uses, the default profile does not stand in its way."""
    provider: Provider = ScriptedProvider()
    assert isinstance(provider, Provider)
    profile = provider.profile("m-9")
    assert (profile.provider, profile.model, profile.known) == ("scripted", "m-9", True)
    dialects = {profile.native_dialect, profile.strict_tool_dialect, profile.tool_dialect}
    assert dialects == {"json-schema@2020-12"}
    assert all((profile.temperature, profile.reasoning, profile.image_input, profile.document_input, profile.efforts))


def test_a_profile_of_your_own() -> None:
    """A test of the tools mode takes structured output away."""
    own = ModelProfile(provider="house", model="any", family="house", tool_dialect="json-schema@2020-12")
    provider = ScriptedProvider(name="house", profile=own)
    assert (provider.name, provider.profile("m-2").native_dialect) == ("house", None)
    assert provider.profile("m-2").model == "m-2"


async def test_closing_is_noted() -> None:
    """That the code under test closes its client is worth a test; twice is allowed."""
    provider = ScriptedProvider()
    assert not provider.closed
    await provider.aclose()
    await provider.aclose()
    assert provider.closed


async def test_a_stream_may_be_left_early() -> None:
    """Leaving a stream uses up its step and nothing else."""
    provider = ScriptedProvider("penguins swim", "next")
    async with aclosing(provider.stream(_ASK)) as events:
        assert await anext(events) == TextDelta(text="penguins")
    assert (await provider.complete(_ASK)).text == "next"


def test_nonsense_is_refused() -> None:
    """Pieces of no characters would never end."""
    with pytest.raises(ValueError, match="piece_chars must be 1 or more, got 0"):
        ScriptedProvider(piece_chars=0)


def test_steps_are_plain_values() -> None:
    """Scripts are shared between worker processes of a test run."""
    step = Interrupted(step="penguins", after_deltas=2)
    assert pickle.loads(pickle.dumps(step)) == step  # noqa: S301 - our own bytes


async def _all(events: AsyncGenerator[StreamEvent, None], seen: list[StreamEvent] | None = None) -> list[StreamEvent]:
    seen = [] if seen is None else seen
    async with aclosing(events):
        async for event in events:
            seen.append(event)
    return seen
