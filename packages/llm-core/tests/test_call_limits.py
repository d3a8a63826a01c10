"""Whole calls under a deadline, a cancel token and `task.cancel()`: how they end and what they leave behind."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core import AttemptStart, CancelToken
from penguiflow_llm_types import LLMCancelledError, LLMRateLimitError, LLMTimeoutError, TextDelta, Usage


class City(BaseModel):
    name: str


async def _call(client: Any, *, streamed: bool, **options: Any) -> Any:
    return await client.complete("x", on_stream_event=(lambda _: None) if streamed else None, **options)


@pytest.mark.parametrize("streamed", [False, True])
class TestWhileTheProviderIsSilent:
    """The request is out and nothing comes back."""

    async def test_the_deadline_ends_the_call(self, bench: Any, streamed: bool) -> None:
        """With the account of the call, and the provider's own await cancelled."""
        provider = bench.provider(bench.hang)
        with pytest.raises(LLMTimeoutError) as caught:
            await _call(bench.client(provider), streamed=streamed, timeout_s=0.02)
        error = caught.value
        assert ("total", 1, "scripted", "m") == (error.kind, error.attempts, error.provider, error.model)
        assert (1, 0) == (provider.interrupted, provider.streams_open)

    async def test_the_token_ends_the_call(self, bench: Any, streamed: bool) -> None:
        """As our own error, so that the caller's task goes on."""
        provider, token = bench.provider(bench.hang), CancelToken()
        task = asyncio.create_task(_call(bench.client(provider), streamed=streamed, cancel=token))
        await provider.asked()
        token.cancel("user left")
        with pytest.raises(LLMCancelledError, match="the call was cancelled: user left"):
            await task
        assert (1, 0, {}) == (provider.interrupted, provider.streams_open, token._listeners)

    async def test_a_cancelled_task_stays_cancelled(self, bench: Any, streamed: bool) -> None:
        """`asyncio.CancelledError`, unchanged, and nothing is sent again."""
        provider, token = bench.provider(bench.hang), CancelToken()
        task = asyncio.create_task(_call(bench.client(provider), streamed=streamed, cancel=token))
        await provider.asked()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()
        assert (1, 0, {}, 1) == (
            provider.interrupted,
            provider.streams_open,
            token._listeners,
            len(provider.requests),
        )

    async def test_no_task_is_left(self, bench: Any, streamed: bool) -> None:
        """The call runs in the caller's task and in no other."""
        before = asyncio.all_tasks()
        with pytest.raises(LLMTimeoutError):
            await _call(bench.client(bench.provider(bench.hang)), streamed=streamed, timeout_s=0.02)
        assert before == asyncio.all_tasks()


class TestWhileWaitingToTryAgain:
    """Between two attempts."""

    WAIT = LLMRateLimitError("slow down", retry_after_s=20.0, usage=Usage(input_tokens=2))

    async def test_the_token_ends_the_wait(self, bench: Any) -> None:
        """With the account of what was done before."""
        provider, token = bench.provider(self.WAIT), CancelToken()
        task = asyncio.create_task(_call(bench.client(provider), streamed=False, cancel=token))
        await provider.asked()
        token.cancel()
        with pytest.raises(LLMCancelledError) as caught:
            await task
        assert (1, Usage(input_tokens=2)) == (caught.value.attempts, caught.value.usage)

    async def test_a_cancelled_task_stays_cancelled(self, bench: Any) -> None:
        """Also in the middle of a wait."""
        provider = bench.provider(self.WAIT)
        task = asyncio.create_task(_call(bench.client(provider), streamed=False))
        await provider.asked()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_one_deadline_covers_all_attempts(bench: Any) -> None:
    """A re-ask gets what is left of the time, not a new clock."""
    provider = bench.provider(bench.answer("{}"), bench.hang)
    with pytest.raises(LLMTimeoutError) as caught:
        await bench.client(provider).generate("x", City, timeout_s=0.05)
    assert caught.value.attempts == 2


async def test_a_token_that_fired_before_lets_nothing_out(bench: Any) -> None:
    """No request is made for a caller who has left."""
    provider, token = bench.provider(), CancelToken()
    token.cancel()
    with pytest.raises(LLMCancelledError):
        await bench.client(provider).complete("x", cancel=token)
    assert provider.requests == []


async def test_a_token_ends_every_call_it_was_given_to(bench: Any) -> None:
    """One user's three questions."""
    provider, token = bench.provider(*[bench.hang] * 3), CancelToken()
    client = bench.client(provider)
    tasks = [asyncio.create_task(client.complete("x", cancel=token)) for _ in range(3)]
    for _ in range(3):
        await provider.asked()
    token.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [LLMCancelledError] * 3 == [type(outcome) for outcome in outcomes]


async def test_the_token_ends_a_stream_that_has_begun(bench: Any) -> None:
    """Between two events of it, at the next one."""
    provider, token = bench.provider([TextDelta(text="a"), TextDelta(text="b")]), CancelToken()
    async with bench.client(provider).stream("x", cancel=token) as stream:
        assert [AttemptStart(number=1, mode=None), TextDelta(text="a")] == [await anext(stream), await anext(stream)]
        token.cancel()
        with pytest.raises(LLMCancelledError) as caught:
            await anext(stream)
        assert caught.value.committed
    assert provider.streams_open == 0


@pytest.mark.parametrize(("of_client", "of_call"), [(0.02, None), (30.0, 0.02), (None, 0.02)])
async def test_whose_deadline_counts(bench: Any, of_client: float | None, of_call: float | None) -> None:
    """That of the call, else the client's."""
    with pytest.raises(LLMTimeoutError, match=r"within 0.02 s; raise timeout_s"):
        await bench.client(bench.provider(bench.hang), timeout_s=of_client).complete("x", timeout_s=of_call)


async def test_a_call_within_an_outer_timeout(bench: Any) -> None:
    """The outer block ends as it always does, with the bare `TimeoutError` of asyncio."""
    provider = bench.provider(bench.hang)
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.02):
            await bench.client(provider).complete("x")
    assert (TimeoutError, 1) == (type(caught.value), provider.interrupted)


async def test_many_calls_cancelled_at_any_point_leave_nothing(bench: Any) -> None:
    """A hundred calls, each cancelled some turns of the loop later than the one before."""
    before = asyncio.all_tasks()
    for turns in range(100):
        provider = bench.provider(bench.answer('{"title": 1}'), bench.answer("{'name'"), bench.hang)
        client = bench.client(provider)
        task = asyncio.create_task(client.generate("x", City, on_stream_event=lambda _: None))
        for _ in range(turns % 25):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert provider.streams_open == 0
    assert before == asyncio.all_tasks()
