"""The client in code without an event loop: results, errors, interruption, and the thread behind it."""

import asyncio
import gc
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core._portal import SyncPortal
from penguiflow_llm_types import LLMConfigurationError, LLMServerError

THREAD = "penguiflow-llm-sync"


class City(BaseModel):
    name: str


def _threads() -> int:
    return sum(thread.name == THREAD for thread in threading.enumerate())


def test_calls_return_what_the_asynchronous_ones_do(bench: Any) -> None:
    """And share one thread, so that connections stay open between them."""
    client = bench.client(bench.provider(bench.answer('{"name": "Oslo"}'), bench.answer("hello")))
    with client:
        assert client.generate_sync("x", City).data == City(name="Oslo")
        assert client.complete_sync("x").text == "hello"
        assert _threads() == 1
    assert _threads() == 0


def test_events_are_handed_over(bench: Any) -> None:
    """In the client's own thread."""
    names: list[str] = []
    with bench.client(bench.provider(bench.answer("hello"), bench.answer('{"name": "Oslo"}'))) as client:
        client.complete_sync("x", on_stream_event=lambda _: names.append(threading.current_thread().name))
        client.generate_sync("x", City, on_stream_event=lambda _: names.append(threading.current_thread().name))
    assert {THREAD} == set(names)


def test_errors_are_raised_here(bench: Any) -> None:
    """As they are."""
    error = LLMServerError("down")
    with bench.client(bench.provider(error)) as client, pytest.raises(LLMServerError) as caught:
        client.complete_sync("x", max_retries=0)
    assert caught.value is error


def test_closing_closes_the_provider_and_ends_the_thread(bench: Any) -> None:
    """Twice is allowed."""
    provider = bench.provider(bench.answer("hello"), bench.answer("hello"))
    client = bench.client(provider)
    client.complete_sync("x")
    client.close()
    client.close()
    assert (2, 0) == (provider.times_closed, _threads())
    assert client.complete_sync("x").text == "hello", "a closed client opens again"
    client.close()


async def test_aclose_ends_the_thread_too(bench: Any) -> None:
    """Calls made from a worker thread leave it behind."""
    provider = bench.provider(bench.answer("hello"))
    async with bench.client(provider) as client:
        assert (await asyncio.to_thread(client.complete_sync, "x")).text == "hello"
        assert _threads() == 1
    assert (0, 1) == (_threads(), provider.times_closed)


async def test_a_client_that_was_never_used_so_has_no_thread(bench: Any) -> None:
    """Asynchronous code does not pay for the synchronous methods."""
    async with bench.client(bench.provider(bench.answer("hello"))) as client:
        await client.complete("x")
        assert _threads() == 0


async def test_inside_an_event_loop_they_are_refused(bench: Any) -> None:
    """They would block it, and with it what they wait for."""
    async with bench.client(bench.provider()) as client:
        problem = "block the running event loop; await generate"
        with pytest.raises(LLMConfigurationError, match=problem):
            client.generate_sync("x", City)
        with pytest.raises(LLMConfigurationError, match=problem):
            client.complete_sync("x")


def test_a_client_that_is_dropped_ends_its_thread(bench: Any) -> None:
    """Nobody has to close a client in a script."""
    client = bench.client(bench.provider(bench.answer("hello")))
    client.complete_sync("x")
    del client
    gc.collect()
    assert _threads() == 0


def _interrupted(call: Callable[[], Any], begun: threading.Event) -> None:
    """Run `call` in the main thread and press Ctrl-C once it has begun."""

    main = threading.get_ident()

    def press() -> None:
        begun.wait(10)
        signal.pthread_kill(main, signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            call()
    finally:
        presser.join()


def test_ctrl_c_cancels_the_call(bench: Any) -> None:
    """The provider's await is cancelled, so that its connection closes; the client stays usable."""
    begun, ended = threading.Event(), threading.Event()

    async def hang(request: Any) -> Any:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with bench.client(bench.provider(hang, bench.answer("hello"))) as client:
        _interrupted(lambda: client.complete_sync("x"), begun)
        assert ended.wait(10)
        assert client.complete_sync("x").text == "hello"


def test_stopping_ends_calls_that_are_under_way() -> None:
    """A thread that waits for an answer must not wait for ever when another closes the client."""
    portal, begun, outcome = SyncPortal(), threading.Event(), list[str]()

    async def hang() -> None:
        begun.set()
        await asyncio.Event().wait()

    def call() -> None:
        try:
            portal.run(hang())
        except BaseException as error:  # noqa: BLE001  (whatever it is, it is the outcome)
            outcome.append(type(error).__name__)

    caller = threading.Thread(target=call, daemon=True)
    caller.start()
    begun.wait(10)
    portal.stop()
    portal.stop()
    caller.join(10)
    assert ["CancelledError"] == outcome


def test_stopping_from_inside_does_not_wait_for_itself() -> None:
    """The last reference to a client may go in the background thread."""
    portal = SyncPortal()

    async def stop() -> str:
        portal.stop()
        return "stopped"

    assert portal.run(stop()) == "stopped"
    portal._thread.join(10)
    assert not portal._thread.is_alive()
