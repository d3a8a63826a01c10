"""The clocks inside a call, and the clock that tests move by hand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from penguiflow_llm_core import ManualClock
from penguiflow_llm_core._clock import SystemClock, sleep
from penguiflow_llm_core._limits import ConcurrencyLimit
from penguiflow_llm_types import Done, LLMOverloadedError, LLMRateLimitError, LLMTimeoutError, TextDelta


async def silent(*_: Any) -> Any:
    """A step that never answers."""
    await asyncio.Event().wait()


async def test_timers_come_in_their_order() -> None:
    """Those due at the same moment in the order they were set; those cancelled not at all."""
    clock, seen = ManualClock(), []
    for delay_s, name in [(2.0, "late"), (1.0, "first"), (1.0, "second"), (1.5, "cancelled"), (9.0, "too late")]:
        timer = clock.call_later(delay_s, lambda name=name: seen.append((clock.now(), name)))  # type: ignore[misc]
        if name == "cancelled":
            timer.cancel()
    await clock.advance(3.0)
    assert [(1.0, "first"), (1.0, "second"), (2.0, "late")] == seen
    assert (3.0, 6.0) == (clock.now(), clock.next_s)


async def test_sleeping_takes_the_clocks_time() -> None:
    """A cancelled sleep leaves no timer behind."""
    clock = ManualClock()
    slept, given_up = asyncio.create_task(sleep(clock, 5.0)), asyncio.create_task(sleep(clock, 5.0))
    await clock.advance(4.9)
    assert not slept.done()
    given_up.cancel()
    await clock.advance(0.2)
    assert slept.done()
    assert clock.next_s is None


async def test_the_system_clock_goes_forward() -> None:
    """Its timers are those of the running loop."""
    clock, woken = SystemClock(), asyncio.Event()
    before = clock.now()
    clock.call_later(0.0, woken.set)
    await woken.wait()
    assert clock.now() >= before


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_an_attempt_without_output_is_given_up(bench: Any, streamed: bool) -> None:
    """It may have been processed, so it is tried again once, and the deadline is still far off."""
    clock = ManualClock()
    provider = bench.provider(silent, silent, bench.answer("hello"))
    client = bench.client(provider, clock=clock, timeout_s=100.0, first_output_timeout_s=10.0)
    callback = (lambda _: None) if streamed else None
    call = asyncio.create_task(client.complete("x", on_stream_event=callback))
    await clock.advance(9.9)
    assert 1 == len(provider.requests)
    await clock.advance(0.2)
    assert (1, 2) == (provider.interrupted, len(provider.requests))
    await clock.advance(10.0)
    with pytest.raises(LLMTimeoutError) as caught:
        await call
    assert ("headers", "headers", "unknown", 2) == (
        caught.value.kind,
        caught.value.phase,
        caught.value.billed,
        caught.value.attempts,
    )
    assert clock.next_s is None


@pytest.mark.parametrize("start", [0.1, 0.6, 2.4, 4_000.1])
async def test_an_attempt_is_given_up_at_any_moment_of_the_clock(bench: Any, start: float) -> None:
    """`start + 0.7 - start` is less than 0.7 at some: nobody must wait for the rest of it for ever."""
    clock = ManualClock()
    await clock.advance(start)
    client = bench.client(bench.provider(silent), clock=clock, max_retries=0, first_output_timeout_s=0.7)
    call = asyncio.create_task(client.complete("x"))
    await clock.advance(0.8)
    with pytest.raises(LLMTimeoutError):
        await call


async def test_a_stream_that_stalls_is_given_up(bench: Any) -> None:
    """Each event starts the time anew; text that was seen is kept, and nothing is tried again."""
    clock = ManualClock()
    seen: list[Any] = []

    class Stalling:
        """Two words three seconds apart, then silence."""

        name, spec_version = "scripted", bench.provider().spec_version

        def profile(self, model: str) -> Any:
            return bench.profile()

        async def complete(self, request: Any) -> Any:
            raise AssertionError("this call is streamed")

        async def stream(self, request: Any) -> Any:
            for word in ("Once", " upon"):
                yield TextDelta(text=word)
                await sleep(clock, 3.0)
            await silent()

        async def aclose(self) -> None:
            """Nothing is open."""

    client = bench.client(Stalling(), clock=clock, timeout_s=100.0, progress_timeout_s=4.0)
    call = asyncio.create_task(client.complete("x", on_stream_event=seen.append))
    await clock.advance(3.5)
    assert not call.done()
    await clock.advance(3.6)
    with pytest.raises(LLMTimeoutError) as caught:
        await call
    assert ("progress", True, 1) == (caught.value.kind, caught.value.committed, caught.value.attempts)
    assert ["Once", " upon"] == [event.text for event in seen if isinstance(event, TextDelta)]


async def test_a_slow_reader_is_no_stall(bench: Any) -> None:
    """Time the caller takes between two events is the caller's."""
    clock = ManualClock()
    client = bench.client(bench.provider(bench.answer("one two three")), clock=clock, progress_timeout_s=1.0)
    async with client.stream("x") as stream:
        async for _ in stream:
            await clock.advance(5.0)
        assert (await stream.result()).text == "one two three"


async def test_backoff_and_deadline_take_no_time_in_tests(bench: Any) -> None:
    """A wait the server asked for is kept to the second."""
    clock = ManualClock()
    provider = bench.provider(LLMRateLimitError("slow", retry_after_s=30.0), bench.answer("hello"))
    call = asyncio.create_task(bench.client(provider, clock=clock, timeout_s=60.0).complete("x"))
    await clock.advance(29.9)
    assert 1 == len(provider.requests)
    await clock.advance(0.2)
    assert (await call).text == "hello"


async def test_the_deadline_covers_the_wait_for_a_slot(bench: Any) -> None:
    """Nothing was sent, and the error says so."""
    clock = ManualClock()
    client = bench.client(bench.provider(silent), clock=clock, timeout_s=5.0)
    for endpoint in client._endpoints:
        endpoint.slots = type(endpoint.slots)(1)
    first, second = (asyncio.create_task(client.complete("x", timeout_s=seconds)) for seconds in (5.0, 4.0))
    await clock.advance(1.0)
    assert 1 == client.requests_in_flight
    await clock.advance(5.0)
    errors = list(await asyncio.gather(first, second, return_exceptions=True))
    assert [("total", 1), ("pool", 0)] == [(e.kind, e.attempts) for e in errors if isinstance(e, LLMTimeoutError)]
    assert 0 == client.requests_in_flight


async def test_paced_calls_wait_for_the_provider(bench: Any) -> None:
    """One call is told to wait; the others of the client need not be told too."""
    clock = ManualClock()
    provider = bench.provider(LLMOverloadedError("x"), LLMRateLimitError("x", retry_after_s=20.0), bench.answer("a"))
    client = bench.client(provider, clock=clock, timeout_s=10.0, max_retries=1)
    client._endpoints[0].pacer = bench.pacer()
    with pytest.raises(LLMRateLimitError):
        await client.complete("x")
    waiting = asyncio.create_task(client.complete("x", timeout_s=30.0))
    await clock.advance(19.0)
    assert 2 == len(provider.requests)
    await clock.advance(2.0)
    assert (await waiting).text == "a"


async def test_a_refusal_holds_back_those_who_wait_their_turn(bench: Any) -> None:
    """They had asked for the pace before it was known, and go on in their order."""
    clock = ManualClock()
    provider = bench.provider(LLMRateLimitError("x", retry_after_s=20.0), *[bench.answer("a")] * 3)
    client = bench.client(provider, clock=clock, timeout_s=60.0, max_retries=0)
    client._endpoints[0].slots, client._endpoints[0].pacer = ConcurrencyLimit(1), bench.pacer()
    ended: list[str] = []
    calls = [asyncio.create_task(client.complete(name)) for name in "abcd"]
    for call, name in zip(calls, "abcd", strict=True):
        call.add_done_callback(lambda _, name=name: ended.append(name))  # type: ignore[misc]
    await clock.advance(19.0)
    assert (1, ["a"], 0) == (len(provider.requests), ended, client.requests_in_flight)
    await clock.advance(2.0)
    assert (4, ["a", "b", "c", "d"]) == (len(provider.requests), ended)
    assert ["LLMRateLimitError", "NoneType"] == [type(call.exception()).__name__ for call in calls[:2]]


async def test_a_pace_too_slow_for_the_deadline_is_raised_at_once(bench: Any) -> None:
    """As any pause that there is no time for; where there is another model, it is asked."""
    clock = ManualClock()
    client = bench.client(bench.provider(bench.answer("a")), clock=clock, timeout_s=10.0)
    other = bench.clients(bench.provider(), bench.provider(bench.answer("a")), clock=clock, timeout_s=10.0)
    for of in (client, other):
        of._endpoints[0].pacer = bench.pacer()
        of._endpoints[0].pacer.refused(LLMRateLimitError("x", retry_after_s=20.0), clock.now())
    with pytest.raises(LLMRateLimitError, match=r"used up for 20\.0 s, longer than") as caught:
        await client.complete("x")
    assert (20.0, "local", 0, 0.0) == (
        caught.value.retry_after_s, caught.value.phase, caught.value.attempts, clock.now(),
    )  # fmt: skip
    assert (await other.complete("x")).text == "a"


async def test_a_deadline_that_passed_elsewhere_is_no_wait_for_a_turn(bench: Any) -> None:
    """A reader took all the time there was, and the answer has to be corrected."""
    clock = ManualClock()

    async def slow(event: object) -> None:
        if isinstance(event, Done):
            await clock.advance(50.0)

    client = bench.client(bench.provider(bench.answer("nothing of the kind")), clock=clock, timeout_s=30.0)
    with pytest.raises(LLMTimeoutError) as caught:
        await client.generate("x", int, on_stream_event=slow)
    assert "total" == caught.value.kind
