"""Stopping a call: a token, a cancelled task, the deadline, a reader who leaves. The socket closes; nothing is left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm import CancelToken, LLMCancelledError, LLMClient, LLMRateLimitError, LLMTimeoutError, TextDelta
from penguiflow_llm_testing import Hold, Simulator, Step, rate_limited

PROMPT = "Tell me about Ada Lovelace at some length, please."
# Where a provider may fall silent: before its answer begins, in it, between two attempts.
SILENCES: dict[str, tuple[Step, ...]] = {
    "no answer": (Hold(),),
    "half an answer": (Hold(after_events=4),),
    "a long wait": (rate_limited(retry_after_s=60),),
}


class Person(BaseModel):
    """Somebody."""

    name: str


@asynccontextmanager
async def nothing_left(simulator: Simulator, client: LLMClient) -> AsyncGenerator[None, None]:
    """Checks that what happens inside leaves no task behind and, once the client is closed, no connection."""
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() - before == set()
    await client.aclose()
    await asyncio.to_thread(simulator.wait_until_idle)


@pytest.fixture(params=list(SILENCES))
def silence(request: pytest.FixtureRequest, llm_simulator: Simulator) -> str:
    """A provider that falls silent, in each of three ways."""
    llm_simulator.script(*SILENCES[request.param])
    return str(request.param)


async def stream_text(client: LLMClient, **options: Any) -> None:
    """Read a streamed answer to its end."""
    async with client.stream(PROMPT, **options) as stream:
        async for _ in stream:
            pass


async def left_early(simulator: Simulator, silence: str) -> None:
    """Wait until the simulator has noticed that the client hung up; between attempts there is nobody to hang up on."""
    if silence != "a long wait":
        await asyncio.to_thread(simulator.wait_for_disconnect)


async def test_a_token_stops_a_call(llm_simulator: Simulator, client: LLMClient, silence: str) -> None:
    """Fired from another thread, as a web server's disconnect handler may; the caller's task lives on."""
    token = CancelToken()
    async with nothing_left(llm_simulator, client):
        task = asyncio.create_task(stream_text(client, cancel=token))
        await asyncio.to_thread(llm_simulator.wait_for_requests)
        threading.Thread(target=token.cancel, args=("the user left",)).start()
        with pytest.raises(LLMCancelledError, match="the user left"):
            await asyncio.wait_for(task, 5)
        await left_early(llm_simulator, silence)
    assert len(llm_simulator.journal) == 1


async def test_a_token_stops_every_call_it_was_given_to(llm_simulator: Simulator, client: LLMClient) -> None:
    """One token for all the work of one user."""
    token = CancelToken()
    llm_simulator.script(Hold(), Hold(), Hold())
    async with nothing_left(llm_simulator, client):
        calls = [asyncio.create_task(client.generate(PROMPT, Person, cancel=token)) for _ in range(3)]
        await asyncio.to_thread(llm_simulator.wait_for_requests, 3)
        token.cancel()
        outcomes = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 5)
        await asyncio.to_thread(llm_simulator.wait_for_disconnect, 3)
    assert [type(outcome) for outcome in outcomes] == [LLMCancelledError] * 3


async def test_a_fired_token_sends_nothing(llm_simulator: Simulator, client: LLMClient) -> None:
    """The user was gone before the call began."""
    token = CancelToken()
    token.cancel()
    with pytest.raises(LLMCancelledError):
        await client.generate(PROMPT, Person, cancel=token)
    assert llm_simulator.journal == ()


async def test_cancelling_the_task_stops_a_call(llm_simulator: Simulator, client: LLMClient, silence: str) -> None:
    """`asyncio.CancelledError` passes through unchanged, or task groups and timeouts of the caller's would break."""
    async with nothing_left(llm_simulator, client):
        task = asyncio.create_task(stream_text(client))
        await asyncio.to_thread(llm_simulator.wait_for_requests)
        if silence == "a long wait":
            await asyncio.to_thread(llm_simulator.wait_until_answered)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)
        await left_early(llm_simulator, silence)


@pytest.mark.parametrize("wait", ["no answer", "half an answer"])
async def test_the_deadline_stops_a_call(llm_simulator: Simulator, client: LLMClient, wait: str) -> None:
    """A provider that keeps its connection open and says nothing holds nobody up."""
    llm_simulator.script(*SILENCES[wait])
    async with nothing_left(llm_simulator, client):
        with pytest.raises(LLMTimeoutError) as caught:
            await asyncio.wait_for(stream_text(client, timeout_s=0.4), 5)
        await left_early(llm_simulator, wait)
    assert caught.value.kind == "total"
    assert "0.4 s" in str(caught.value)
    assert len(llm_simulator.journal) == 1


async def test_the_deadline_covers_all_attempts(llm_simulator: Simulator, client: LLMClient) -> None:
    """Ten retries are ten retries within one time limit, not ten time limits."""
    llm_simulator.script(*[rate_limited(retry_after_s=0.2)] * 10)
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(LLMRateLimitError) as caught:
        await client.generate(PROMPT, Person, timeout_s=0.5, max_retries=10)
    assert loop.time() - started < 2
    assert caught.value.attempts == len(llm_simulator.journal)
    assert 1 <= len(llm_simulator.journal) <= 3


async def test_a_callers_own_timeout_stays_the_callers(llm_simulator: Simulator, client: LLMClient) -> None:
    """`asyncio.timeout` around a call must end as `TimeoutError` of its own, not as an error of ours."""
    llm_simulator.script(Hold())
    async with nothing_left(llm_simulator, client):
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.3):
                await client.generate(PROMPT, Person)
        await asyncio.to_thread(llm_simulator.wait_for_disconnect)
    assert not isinstance(caught.value, LLMTimeoutError)


async def test_leaving_a_stream_early_closes_the_connection(llm_simulator: Simulator, client: LLMClient) -> None:
    """What is not read is not paid for: the provider has to notice that nobody listens."""
    llm_simulator.script(Hold(after_events=12))
    async with nothing_left(llm_simulator, client):
        async with client.stream(PROMPT) as stream:
            async for event in stream:
                if isinstance(event, TextDelta):
                    break
        await asyncio.to_thread(llm_simulator.wait_for_disconnect)


async def test_the_client_works_on_after_a_stop(
    llm_simulator: Simulator, open_client: Callable[..., LLMClient], wire: str
) -> None:
    """One user's cancel must not spoil the connection pool for the others."""
    client = open_client(wire)
    llm_simulator.script(Hold(after_events=4))
    with pytest.raises(LLMTimeoutError):
        await stream_text(client, timeout_s=0.3)
    result = await client.generate(PROMPT, Person)
    assert isinstance(result.data, Person)
