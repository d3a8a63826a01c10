"""One client in several event loops, without any, and under many calls at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import BaseModel

from penguiflow_llm import LLMClient, LLMConfigurationError, create_client
from penguiflow_llm_testing import Answer, RecordedRequest, Simulator


class Person(BaseModel):
    """Somebody."""

    name: str


ADA = Person(name="Ada")


def make_client(simulator: Simulator, wire: str) -> LLMClient:
    """A client that no fixture's event loop knows of."""
    return create_client("openai/gpt-5.4-mini", base_url=simulator.base_url("openai"), api_key="simulated", api=wire)


def test_one_client_in_several_loops(llm_simulator: Simulator, wire: str) -> None:
    """Scripts call `asyncio.run` more than once; a pool bound to a dead loop would break the second."""
    client = make_client(llm_simulator, wire)
    for _ in range(3):
        llm_simulator.script(Answer(value={"name": "Ada"}))
        assert asyncio.run(client.generate("Ada", Person)).data == ADA
    asyncio.run(client.aclose())
    llm_simulator.wait_until_idle()


def test_without_an_event_loop(llm_simulator: Simulator, wire: str) -> None:
    """Three calls over one connection: the loop behind the scenes stays the same."""
    with make_client(llm_simulator, wire) as client:
        for _ in range(3):
            llm_simulator.script(Answer(value={"name": "Ada"}))
            assert client.generate_sync("Ada", Person).data == ADA
        assert client.complete_sync("Say something").text
    llm_simulator.wait_until_idle()
    assert llm_simulator.connections_opened == 1


def test_from_several_threads_at_once(llm_simulator: Simulator) -> None:
    """A thread pool of a web framework shares one client."""
    llm_simulator.script(*[Answer(value={"name": "Ada"})] * 8)
    with make_client(llm_simulator, "responses") as client, ThreadPoolExecutor(max_workers=4) as pool:
        results = list(pool.map(lambda _: client.generate_sync("Ada", Person).data, range(8)))
    assert results == [ADA] * 8
    llm_simulator.wait_until_idle()


async def test_a_synchronous_call_inside_a_loop_is_refused(llm_simulator: Simulator) -> None:
    """It would block every other task of the program; the message says what to await instead."""
    client = make_client(llm_simulator, "responses")
    with pytest.raises(LLMConfigurationError, match="await generate"):
        client.generate_sync("Ada", Person)
    assert llm_simulator.journal == ()
    await client.aclose()


async def test_fifty_calls_at_once(llm_simulator: Simulator, client: LLMClient) -> None:
    """Answers must not be mixed up between calls that share a pool."""
    names = [f"Person {number}" for number in range(50)]
    for name in names:
        llm_simulator.script(Answer(value={"name": name}), when=_mentions(name))
    results = await asyncio.gather(*(client.generate(f"This is {name}.", Person) for name in names))
    assert [result.data.name for result in results] == names


def _mentions(name: str) -> Callable[[RecordedRequest], bool]:
    return lambda request: f"This is {name}.".encode() in request.body
