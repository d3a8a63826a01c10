"""The circuit breaker: a provider that is down is left alone, and found again soon after it heals."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from penguiflow_llm_core import ManualClock
from penguiflow_llm_core._breaker import CircuitBreaker
from penguiflow_llm_core._limits import ConcurrencyLimit
from penguiflow_llm_types import Done, LLMInvalidRequestError, LLMOverloadedError, LLMRateLimitError, LLMServerError

DOWN = LLMServerError("down")


async def test_it_opens_and_says_for_how_long(bench: Any) -> None:
    """Calls fail at once, and nothing is sent."""
    clock = ManualClock()
    provider = bench.provider(*[DOWN] * 10)
    client = bench.client(provider, clock=clock, breaker=CircuitBreaker(failures=3, open_s=2.0), max_retries=0)
    for _ in range(3):
        with pytest.raises(LLMServerError):
            await client.complete("x")
    await clock.advance(0.5)
    with pytest.raises(LLMOverloadedError) as caught:
        await client.complete("x")
    error = caught.value
    assert ("circuit_open", "local", 1.5, "no", 0) == (
        error.kind, error.phase, error.retry_after_s, error.billed, error.attempts,
    )  # fmt: skip
    assert 3 == len(provider.requests)


async def test_one_probe_decides(bench: Any) -> None:
    """A failed probe waits twice as long; a good one closes it for all."""
    clock = ManualClock()
    provider = bench.provider(DOWN, DOWN, DOWN, bench.answer("back"), bench.answer("again"))
    breaker = CircuitBreaker(failures=2, open_s=1.0, longest_open_s=3.0)
    client = bench.client(provider, clock=clock, breaker=breaker, max_retries=0)
    outcomes = []
    for wait_s in (0.0, 0.0, 0.5, 0.6, 1.9, 0.2, 0.0):
        await clock.advance(wait_s)
        try:
            outcomes.append((await client.complete("x")).text)
        except LLMServerError:
            outcomes.append("down")
        except LLMOverloadedError:
            outcomes.append("open")
    assert ["down", "down", "open", "down", "open", "back", "again"] == outcomes


async def test_a_probe_that_is_refused_may_be_sent_again(bench: Any) -> None:
    """A rate limit tells nothing of an outage: the call waits as it is told to, and is the next probe."""
    clock = ManualClock()
    provider = bench.provider(DOWN, LLMRateLimitError("slow", retry_after_s=3.0), bench.answer("back"))
    client = bench.client(provider, clock=clock, breaker=CircuitBreaker(failures=1), max_retries=1)
    with pytest.raises(LLMServerError):
        await client.complete("x")
    await clock.advance(1.0)
    probing = asyncio.create_task(client.complete("x"))
    await clock.advance(3.0)
    assert (await probing).text == "back"


async def test_other_failures_do_not_open_it(bench: Any) -> None:
    """A bad request or a rate limit is no outage."""
    errors = [LLMInvalidRequestError("x"), LLMRateLimitError("x")] * 5
    provider = bench.provider(*errors, bench.answer("hello"))
    client = bench.client(provider, breaker=CircuitBreaker(failures=2), max_retries=0)
    for _ in errors:
        with pytest.raises((LLMInvalidRequestError, LLMRateLimitError)):
            await client.complete("x")
    assert (await client.complete("x")).text == "hello"


async def test_an_open_circuit_leads_to_the_next_model(bench: Any) -> None:
    """A model whose circuit is open is not asked at all."""
    first, second = bench.provider(name="one"), bench.provider(bench.answer("hello"), name="two")
    client = bench.clients(first, second, clock=ManualClock())
    breaker = client._endpoints[0].breaker = CircuitBreaker(failures=1)
    breaker.fail("a call", 0.0)
    assert (await client.complete("x")).text == "hello"


async def test_calls_fail_at_once_though_all_slots_are_taken(bench: Any) -> None:
    """What is known before the wait for a turn need not be waited for."""
    provider = bench.provider(bench.hang)
    client = bench.client(provider, breaker=CircuitBreaker(failures=1), max_retries=0)
    client._endpoints[0].slots = ConcurrencyLimit(1)
    hanging = asyncio.create_task(client.complete("x"))
    await provider.asked()
    client._endpoints[0].breaker.fail("a call", client._clock.now())
    with pytest.raises(LLMOverloadedError):
        await client.complete("x")
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)


async def test_a_circuit_that_opens_meanwhile_stops_who_waits(bench: Any) -> None:
    """A call that gets its turn after the failure that opened it sends nothing."""
    provider = bench.provider(DOWN)
    client = bench.client(provider, breaker=CircuitBreaker(failures=1), max_retries=0)
    client._endpoints[0].slots = ConcurrencyLimit(1)
    outcomes = await asyncio.gather(*(client.complete("x") for _ in range(3)), return_exceptions=True)
    assert ["LLMServerError", "LLMOverloadedError", "LLMOverloadedError"] == [type(o).__name__ for o in outcomes]
    assert 0 == client.requests_in_flight


async def test_an_answer_nobody_read_to_its_end_is_a_sign_of_life(bench: Any) -> None:
    """Readers who leave at `Done` must not make the failures between them a row."""
    steps = [step for _ in range(3) for step in (DOWN, bench.answer("hello"))]
    client = bench.client(bench.provider(*steps), breaker=CircuitBreaker(failures=2), max_retries=0)
    for _ in range(3):
        with pytest.raises(LLMServerError):
            await client.complete("x")
        async with client.stream("x") as stream:
            async for event in stream:
                if isinstance(event, Done):
                    break


def test_it_ends_retries_of_a_call_too() -> None:
    """States of the breaker alone: closed, open, probing, and a probe that was cancelled."""
    breaker = CircuitBreaker(failures=2, open_s=1.0)
    breaker.fail("one", 0.0)
    assert (True, 0.0) == (breaker.enter("one", 0.0), breaker.wait_s(0.0))
    breaker.fail("one", 0.0)
    assert (False, 1.0) == (breaker.enter("one", 0.9), breaker.wait_s(0.0))
    assert (True, False) == (breaker.enter("one", 1.0), breaker.enter("two", 1.0))
    breaker.leave("one")
    assert breaker.enter("two", 1.0)
    breaker.succeed()
    assert (True, True) == (breaker.enter("one", 1.0), breaker.enter("two", 1.0))


@pytest.mark.parametrize("ends", ["fail", "leave"])
def test_a_request_from_before_is_no_probe(ends: str) -> None:
    """However it ends, it neither lets a second probe go nor counts as one that failed."""
    breaker = CircuitBreaker(failures=1, open_s=1.0)
    breaker.enter("slow", 0.0)
    breaker.fail("quick", 0.0)
    assert breaker.enter("probe", 1.0)
    breaker.fail("slow", 1.5) if ends == "fail" else breaker.leave("slow")
    assert not breaker.enter("another", 1.5)
    breaker.fail("probe", 2.0)
    assert 2.0 == breaker.wait_s(2.0)
