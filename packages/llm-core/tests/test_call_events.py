"""What hooks are told of a call, in which order, and what they are never told."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core import ManualClock
from penguiflow_llm_core.telemetry import (
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallEvent,
    CallStarted,
    FellBack,
    FirstOutput,
    HookConfig,
    ModeChosen,
    Retrying,
    SteppedDown,
)
from penguiflow_llm_types import (
    LLMError,
    LLMInvalidRequestError,
    LLMOverloadedError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    OutputMode,
    Usage,
)

SENTINEL = "xyzzy-7f3a"


class City(BaseModel):
    name: str


async def told(client: Any, *, of: Any) -> None:
    """Wait for a call, and until its events are with the hooks."""
    try:
        await of
    except LLMError:
        pass
    finally:
        assert await client.flush_hooks()


async def test_a_retry_and_a_step_down(bench: Any) -> None:
    """The whole story of one call, each event once."""
    seen: list[CallEvent] = []
    provider = bench.provider(
        LLMRateLimitError("slow down", status=429),
        LLMSchemaRejectedError("no such keyword", status=400),
        bench.calls(("City", '{"name": "Oslo"}')),
    )
    client = bench.client(provider, hooks=[seen.append])
    assert (await client.generate("x", City)).attempts == 3
    assert await client.flush_hooks()
    assert [type(event) for event in seen] == [
        *(CallStarted, ModeChosen),
        *(AttemptStarted, AttemptEnded, Retrying),
        *(AttemptStarted, AttemptEnded, SteppedDown),
        *(AttemptStarted, AttemptEnded, CallEnded),
    ]
    assert len({event.call_id for event in seen}) == 1
    assert sorted(event.at_s for event in seen) == [event.at_s for event in seen]
    [stepped] = [event for event in seen if isinstance(event, SteppedDown)]
    assert (stepped.number, stepped.from_mode, stepped.to_mode, stepped.failure.type) == (
        *(2, OutputMode.NATIVE, OutputMode.TOOLS),
        "LLMSchemaRejectedError",
    )
    [retrying] = [event for event in seen if isinstance(event, Retrying)]
    assert (retrying.step, retrying.failure.status) == ("retry", 429)


async def test_the_end_is_complete_in_itself(bench: Any) -> None:
    """A hook that only wants whole calls keeps no state."""
    seen: list[CallEvent] = []
    spent = Usage(input_tokens=7, output_tokens=2)
    provider = bench.provider(
        bench.answer("[]", usage=spent), bench.answer('{"name": "Oslo"}', usage=spent, response_id="r2", model="m-1")
    )
    client = bench.client(provider, hooks=[seen.append])
    await told(client, of=client.generate("x", City, temperature=0.5))
    end = seen[-1]
    assert isinstance(end, CallEnded)
    assert ("ok", None, Usage(input_tokens=14, output_tokens=4)) == (end.outcome, end.failure, end.usage)
    assert (end.call, list(end.attempts)) == (seen[0], [event for event in seen if isinstance(event, AttemptEnded)])
    first, second = end.attempts
    assert (first.failure is not None, first.next_step, second.next_step) == (True, "re-ask", "return")
    assert (second.response_id, second.response_model, second.finish_reason) == ("r2", "m-1", "stop")
    assert second.started.settings.sampling.temperature == 0.5


async def test_times_are_those_of_the_call(bench: Any) -> None:
    """By the client's clock, so that whoever reads them late reads the same."""
    clock = ManualClock()
    seen: list[CallEvent] = []
    provider = bench.provider(LLMRateLimitError("slow down", retry_after_s=20.0), bench.answer("hello"))
    client = bench.client(provider, clock=clock, hooks=[seen.append])
    call = asyncio.create_task(client.complete("x"))
    await clock.advance(30.0)
    await told(client, of=call)
    end = seen[-1]
    assert isinstance(end, CallEnded)
    assert end.duration_s == pytest.approx(20.0)
    assert [attempt.duration_s for attempt in end.attempts] == pytest.approx([0.0, 0.0])
    assert end.attempts[1].started.at_s - end.attempts[0].at_s == pytest.approx(end.attempts[0].wait_s)


async def test_the_first_output_of_a_stream(bench: Any) -> None:
    """Once an attempt, however many pieces follow."""
    seen: list[CallEvent] = []
    client = bench.client(bench.provider(bench.answer("a text of many pieces")), hooks=[seen.append])
    async with client.stream("x") as stream:
        assert len([event async for event in stream]) > 3
    assert await client.flush_hooks()
    [first] = [event for event in seen if isinstance(event, FirstOutput)]
    end = seen[-1]
    assert isinstance(end, CallEnded)
    assert (first.number, end.call.streamed, end.first_output_s) == (1, True, first.at_s - end.call.at_s)


async def test_another_model(bench: Any) -> None:
    """Both attempts name whom they asked; the mode is chosen anew."""
    seen: list[CallEvent] = []
    down = bench.provider(LLMOverloadedError("busy"), name="one")
    up = bench.provider(bench.answer('{"name": "Oslo"}'), name="two", native_dialect=None, strict_tool_dialect=None,
                        tool_dialect=None)  # fmt: skip
    client = bench.clients(down, up, max_retries=2, hooks=[seen.append])
    await told(client, of=client.generate("x", City))
    [fell] = [event for event in seen if isinstance(event, FellBack)]
    assert ("one/m", "two/m", 1) == (fell.from_model, fell.to_model, fell.number)
    assert [(event.provider, event.mode) for event in seen if isinstance(event, ModeChosen)] == [
        ("one", OutputMode.NATIVE),
        ("two", OutputMode.PROMPTED),
    ]


async def test_a_failed_call(bench: Any) -> None:
    """The last word is what the caller got to see."""
    seen: list[CallEvent] = []
    client = bench.client(bench.provider(LLMInvalidRequestError("no", status=400, code="bad")), hooks=[seen.append])
    await told(client, of=client.complete("x"))
    end = seen[-1]
    assert isinstance(end, CallEnded)
    assert end.failure is not None
    assert ("error", "LLMInvalidRequestError", 400, "bad") == (
        *(end.outcome, end.failure.type),
        *(end.failure.status, end.failure.code),
    )


async def test_a_cancelled_call_has_its_unfinished_attempt(bench: Any) -> None:
    """Else a trace would not show where the time went."""
    seen: list[CallEvent] = []
    provider = bench.provider(bench.hang)
    client = bench.client(provider, hooks=[seen.append])
    call = asyncio.create_task(client.complete("x"))
    await provider.asked()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await client.flush_hooks()
    end = seen[-1]
    assert isinstance(end, CallEnded)
    assert ("cancelled", 1, end.attempts[0]) == (end.outcome, len(end.attempts), seen[-2])


async def test_an_abandoned_stream(bench: Any) -> None:
    """Leaving early is no error."""
    seen: list[CallEvent] = []
    client = bench.client(bench.provider(bench.answer("a text of many pieces")), hooks=[seen.append])
    async with client.stream("x") as stream:
        await anext(stream)
        await anext(stream)
    assert await client.flush_hooks()
    end = seen[-1]
    assert isinstance(end, CallEnded)
    assert ("abandoned", None, 1) == (end.outcome, end.failure, len(end.attempts))


@pytest.mark.parametrize("streamed", [False, True])
async def test_no_content_unless_asked_for(bench: Any, *, streamed: bool) -> None:
    """Prompt, tool, answer and error text stay out of every field of every event, and of its repr."""
    plain: list[CallEvent] = []
    full: list[CallEvent] = []
    provider = bench.provider(
        LLMRateLimitError(f"you said {SENTINEL}"),
        bench.answer(f"I say {SENTINEL}"),
        bench.answer(f'{{"name": "{SENTINEL}"}}'),
    )
    client = bench.client(provider, hooks=[plain.append, HookConfig(hook=full.append, content=True)])
    if streamed:
        async with client.stream(SENTINEL, City) as stream:
            await stream.result()
    else:
        await told(client, of=client.generate(SENTINEL, City, metadata={"who": SENTINEL}))
    assert await client.flush_hooks()
    assert [type(event) for event in full] == [type(event) for event in plain]
    assert SENTINEL not in "".join(f"{event!r} {dataclasses.asdict(event)}" for event in plain)
    assert SENTINEL in "".join(str(dataclasses.asdict(event)) for event in full)


async def test_every_hook_gets_every_event(bench: Any) -> None:
    """In its own order, through its own queue."""
    one: list[CallEvent] = []
    two: list[CallEvent] = []
    client = bench.client(bench.provider(*[bench.answer("hello")] * 5), hooks=[one.append, two.append])
    for _ in range(5):
        await client.complete("x")
    assert await client.flush_hooks()
    assert one == two
    assert [counts.delivered for counts in client.hook_counts] == [len(one)] * 2
