"""Streamed calls: their events, their result, and what becomes of the connection."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core import AttemptStart, PartialValue
from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    LLMConfigurationError,
    LLMTruncatedError,
    LLMValidationError,
    OutputMode,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    Usage,
)


class City(BaseModel):
    name: str


OSLO_TEXT = '{"name": "Oslo"}'


async def test_a_plain_stream(bench: Any) -> None:
    """Deltas as they come, then the whole answer, which is also the result."""
    answer = bench.answer("Once upon a time")
    expected = [
        AttemptStart(number=1, mode=None),
        TextDelta(text="Once up"),
        TextDelta(text="on a ti"),
        TextDelta(text="me"),
        Done(response=answer),
    ]
    async with bench.client(bench.provider(answer)).stream("x") as stream:
        assert expected == [event async for event in stream]
        assert answer == await stream.result()
        assert answer == await stream.result(), "and again"


async def test_events_pass_through_unchanged(bench: Any) -> None:
    """Reasoning and tool calls are shown too."""
    done = Done(response=bench.calls(("f", "{}")))
    sent = [
        ReasoningDelta(text="hm"),
        ToolCallStart(index=0, id="call_0", name="f"),
        ToolCallDelta(index=0, arguments="{}"),
        done,
    ]
    async with bench.client(bench.provider(sent)).stream("x") as stream:
        assert [AttemptStart(number=1, mode=None), *sent] == [event async for event in stream]


@pytest.mark.parametrize("mode", list(OutputMode))
async def test_values_grow_in_every_mode(bench: Any, mode: OutputMode) -> None:
    """Text or arguments: the caller sees the value so far either way."""
    text = '{"name": "Oslo, the capital of Norway"}'
    answer = bench.calls(("City", text)) if mode is OutputMode.TOOLS else bench.answer(text)
    async with bench.client(bench.provider(answer)).stream("x", City, mode=mode) as stream:
        events = [event async for event in stream]
        result = await stream.result()
    values = [event.value for event in events if isinstance(event, PartialValue)]
    assert values[0] in ({}, {"name": ""})
    assert all("Oslo, the capital of Norway".startswith(value.get("name", "")) for value in values)
    assert len(values) >= 2
    assert values[-1] == {"name": "Oslo, the capital of Norway"}
    assert (AttemptStart(number=1, mode=mode), Done(response=answer)) == (events[0], events[-1])
    assert (City(name="Oslo, the capital of Norway"), mode) == (result.data, result.mode_used)


async def test_other_text_is_no_value(bench: Any) -> None:
    """In tools mode the answer is in the arguments: words before the call are not it, nor is a second call."""
    answer = bench.calls(("City", OSLO_TEXT))
    sent = [
        TextDelta(text='{"name": "Paris, as a guess"}'),
        ToolCallStart(index=0, id="call_0", name="City"),
        ToolCallDelta(index=1, arguments='{"name": "Rome, on second thought"}'),
        ToolCallDelta(index=0, arguments=OSLO_TEXT),
        Done(response=answer),
    ]
    async with bench.client(bench.provider(sent)).stream("x", City, mode="tools") as stream:
        values = [event.value async for event in stream if isinstance(event, PartialValue)]
    assert [{"name": "Oslo"}] == values


async def test_a_new_attempt_voids_what_was_shown(bench: Any) -> None:
    """`AttemptStart` says so; the values after it are those of the new answer."""
    provider = bench.provider(bench.answer('{"title": "not asked for"}'), bench.answer('{"name": "Oslo"}' + " " * 20))
    async with bench.client(provider).stream("x", City) as stream:
        events = [event async for event in stream]
        result = await stream.result()
    starts = [event.number for event in events if isinstance(event, AttemptStart)]
    last = [event.value for event in events if isinstance(event, PartialValue)][-1]
    assert ([1, 2], {"name": "Oslo"}, 2) == (starts, last, result.attempts)


async def test_the_result_reads_what_is_left(bench: Any) -> None:
    """Nobody has to read the events to get the value."""
    client = bench.client(bench.provider(bench.answer(OSLO_TEXT), bench.answer(OSLO_TEXT)))
    async with client.stream("x", City) as stream:
        assert (await stream.result()).data == City(name="Oslo")
    async with client.stream("x", City) as stream:
        async for event in stream:
            if isinstance(event, TextDelta):
                break
        assert (await stream.result()).data == City(name="Oslo")


async def test_the_result_raises_what_the_call_ended_with(bench: Any) -> None:
    """As `generate` would have."""
    provider = bench.provider(bench.answer("{}"))
    async with bench.client(provider).stream("x", City, max_retries=0) as stream:
        for _ in range(2):
            with pytest.raises(LLMValidationError):
                await stream.result()


async def test_leaving_early_closes_the_connection(bench: Any) -> None:
    """The provider's stream is closed before the block is left, and there is no result."""
    provider = bench.provider(bench.answer("a long answer that nobody wants to read"))
    async with bench.client(provider).stream("x") as stream:
        async for event in stream:
            if isinstance(event, TextDelta):
                break
        assert provider.streams_open == 1
    assert provider.streams_open == 0
    with pytest.raises(RuntimeError, match="it was not read to its end"):
        await stream.result()
    await stream.aclose()


async def test_a_stream_that_is_dropped_is_closed(bench: Any) -> None:
    """Without its block, by the event loop's own finaliser."""
    provider = bench.provider(bench.answer("a long answer that nobody wants to read"))
    stream = bench.client(provider).stream("x")
    assert [AttemptStart, TextDelta] == [type(await anext(stream)), type(await anext(stream))]
    assert provider.streams_open == 1
    with pytest.warns(ResourceWarning, match="use it in an 'async with' block"):
        del stream
    for _ in range(20):
        await asyncio.sleep(0)
    assert provider.streams_open == 0


async def test_nothing_is_sent_before_the_first_event_is_asked_for(bench: Any) -> None:
    """A stream that is made and dropped costs nothing."""
    provider = bench.provider()
    async with bench.client(provider).stream("x"):
        pass
    assert provider.requests == []


async def test_an_exception_in_the_block_closes_the_connection(bench: Any) -> None:
    """And passes as it is."""
    provider = bench.provider(bench.answer("a long answer"))

    async def read() -> None:
        async with bench.client(provider).stream("x") as stream:
            assert [AttemptStart, TextDelta] == [type(await anext(stream)), type(await anext(stream))]
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await read()
    assert provider.streams_open == 0


async def test_a_cancelled_reader_closes_the_connection(bench: Any) -> None:
    """`task.cancel()` stays `asyncio.CancelledError`, whatever the stream was waiting for."""
    provider = bench.provider(bench.hang)

    async def read() -> None:
        async with bench.client(provider).stream("x") as stream:
            async for _ in stream:
                pass

    task = asyncio.create_task(read())
    await provider.asked()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (0, 1) == (provider.streams_open, provider.interrupted)


@pytest.mark.parametrize("sent", [[], [TextDelta(text="Once")]], ids=["empty", "one event"])
async def test_a_stream_without_an_end_is_truncated(bench: Any, sent: list[Any]) -> None:
    """Never a short answer: only the provider's own finish makes one."""
    provider = bench.provider(sent)
    with pytest.raises(LLMTruncatedError) as caught:
        await bench.client(provider, max_retries=0).complete("x", on_stream_event=lambda _: None)
    assert ("no_terminal", "unknown", bool(sent)) == (caught.value.kind, caught.value.billed, caught.value.committed)


async def test_nothing_after_done_is_read(bench: Any) -> None:
    """`Done` is the last event by contract; the stream is closed on it."""
    answer = bench.answer("hi", usage=Usage(input_tokens=1))
    provider = bench.provider([Done(response=answer), TextDelta(text="more")])
    async with bench.client(provider).stream("x") as stream:
        assert [AttemptStart(number=1, mode=None), Done(response=answer)] == [event async for event in stream]
    assert provider.streams_open == 0


@pytest.mark.parametrize("extra", [{"tools": [{"type": "function", "function": {"name": "f"}}]}, {"tool_choice": "f"}])
def test_tools_and_a_response_model_do_not_go_together(bench: Any, extra: dict[str, Any]) -> None:
    """Which of the two the answer should be, nobody could say."""
    with pytest.raises(LLMConfigurationError, match="takes tools or a response_model, not both; leave one out"):
        bench.client(bench.provider()).stream("x", City, **extra)


class TestCallbacks:
    """`on_stream_event` of generate and complete."""

    async def test_every_event_is_handed_over(self, bench: Any) -> None:
        """In order, to a function or a coroutine function."""
        heard: list[Any] = []

        async def listen(event: Any) -> None:
            await asyncio.sleep(0)
            heard.append(event)

        client = bench.client(bench.provider(bench.answer("Once upon"), bench.answer("Once upon")))
        await client.complete("x", on_stream_event=listen)
        awaited, heard = heard, []
        await client.complete("x", on_stream_event=heard.append)
        assert awaited == heard
        assert ["AttemptStart", "TextDelta", "TextDelta", "Done"] == [type(event).__name__ for event in heard]

    @pytest.mark.parametrize("kind", [AttemptStart, TextDelta, PartialValue, Done])
    async def test_its_exception_ends_the_call_unchanged(self, bench: Any, kind: type) -> None:
        """Not wrapped, not retried, and the connection is closed."""
        bug = ValueError("mine")

        def fail(event: Any) -> None:
            if isinstance(event, kind):
                raise bug

        provider = bench.provider(bench.answer(OSLO_TEXT))
        with pytest.raises(ValueError, match="mine") as caught:
            await bench.client(provider).generate("x", City, on_stream_event=fail)
        assert caught.value is bug
        assert (0, kind is not AttemptStart) == (provider.streams_open, len(provider.requests) == 1)

    async def test_its_time_counts(self, bench: Any) -> None:
        """A callback that outlasts the deadline ends the call at the next event."""

        async def slow(event: Any) -> None:
            passed = asyncio.Event()
            asyncio.get_running_loop().call_later(0.03, passed.set)
            await passed.wait()

        provider = bench.provider(bench.answer("Once upon a time"))
        with pytest.raises(TimeoutError):
            await bench.client(provider, timeout_s=0.02).complete("x", on_stream_event=slow)
        assert provider.streams_open == 0


async def test_streamed_and_plain_answers_are_equal(bench: Any) -> None:
    """The same response value either way."""
    answer: CompletionResponse = bench.answer(OSLO_TEXT, usage=Usage(input_tokens=3, output_tokens=4))
    client = bench.client(bench.provider(answer, answer))
    plain = await client.generate("x", City)
    streamed = await client.generate("x", City, on_stream_event=lambda _: None)
    assert (plain.data, plain.response, plain.usage) == (streamed.data, streamed.response, streamed.usage)
