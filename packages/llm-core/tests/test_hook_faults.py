"""A hook may raise, block or be slow: calls do not notice, and what it missed is counted."""

from __future__ import annotations

import contextvars
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm_core import _client, create_client
from penguiflow_llm_core.telemetry import CallEnded, CallEvent, HookConfig
from penguiflow_llm_types import LLMConfigurationError


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a blocked hook waits for, until the test is over."""
    opened = threading.Event()
    yield opened
    opened.set()


def hook_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "penguiflow-llm-hook"]


def ended(threads: list[threading.Thread]) -> bool:
    for thread in threads:
        thread.join(timeout=10.0)
    return not any(thread.is_alive() for thread in threads)


async def test_a_hook_that_raises(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Logged once and counted each time; the other hook gets everything."""
    seen: list[CallEvent] = []

    def broken(event: CallEvent) -> None:
        raise SystemExit("the sink is full")

    provider = bench.provider(*[bench.answer("hello")] * 3)
    client = bench.client(provider, hooks=[broken, seen.append])
    assert ["hello"] * 3 == [(await client.complete("x")).text for _ in range(3)]
    assert await client.flush_hooks()
    raising, quiet = client.hook_counts
    assert (raising.failed, raising.dropped, quiet.failed) == (len(seen), 0, 0)
    assert len(provider.requests) == 3
    assert [record.levelno for record in caplog.records if "broken" in record.message] == [logging.WARNING]
    await client.aclose()


async def test_a_hook_that_blocks(bench: Any, gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue fills up to its bound; the calls go on, and closing waits for a while only."""
    monkeypatch.setattr(_client, "FLUSH_S", 0.01)
    arrived = threading.Event()

    def blocked(event: CallEvent) -> None:
        arrived.set()
        gate.wait()

    seen: list[CallEvent] = []
    before = hook_threads()
    provider = bench.provider(*[bench.answer("hello")] * 20)
    client = bench.client(provider, hooks=[HookConfig(hook=blocked, queue_size=5), seen.append])
    await client.complete("x")
    assert arrived.wait(timeout=10.0)
    for _ in range(19):
        await client.complete("x")
    assert not await client.flush_hooks(timeout_s=0.01)
    stuck, quiet = client.hook_counts
    assert (len(provider.requests), stuck.delivered, quiet.dropped) == (20, 1, 0)
    assert stuck.dropped >= len(seen) - 6
    await client.aclose()
    assert client.hook_counts[0].dropped == len(seen) - 1
    threads = [thread for thread in hook_threads() if thread not in before]
    gate.set()
    assert ended(threads)
    assert client.hook_counts[0].delivered == 1


async def test_closing_delivers_what_is_queued_and_ends_the_threads(bench: Any) -> None:
    """The last call before the end of a program is the one that matters most."""
    seen: list[CallEvent] = []
    before = hook_threads()
    async with bench.client(bench.provider(bench.answer("hello")), hooks=[seen.append]) as client:
        await client.complete("x")
        threads = [thread for thread in hook_threads() if thread not in before]
    assert (isinstance(seen[-1], CallEnded), len(threads), ended(threads)) == (True, 1, True)


async def test_a_closed_client_that_is_used_again(bench: Any) -> None:
    """As its connections, its thread is made anew."""
    seen: list[CallEvent] = []
    client = bench.client(bench.provider(bench.answer("one"), bench.answer("two")), hooks=[seen.append])
    await client.complete("x")
    await client.aclose()
    await client.complete("x")
    await client.aclose()
    assert len([event for event in seen if isinstance(event, CallEnded)]) == 2


def test_without_an_event_loop(bench: Any) -> None:
    """`complete_sync` as `complete`."""
    seen: list[CallEvent] = []
    client = bench.client(bench.provider(bench.answer("hello")), hooks=[seen.append])
    assert client.complete_sync("x").text == "hello"
    assert client.flush_hooks_sync()
    assert isinstance(seen[-1], CallEnded)
    client.close()


@pytest.mark.parametrize("sync", [False, True])
async def test_a_hook_runs_in_the_context_of_the_call(bench: Any, *, sync: bool) -> None:
    """So that what it makes belongs to whatever was current there, such as a span."""
    current = contextvars.ContextVar("current", default="none")
    seen: list[str] = []

    def call() -> None:
        current.set("the caller's")
        client.complete_sync("x")

    client = bench.client(bench.provider(bench.answer("hello")), hooks=[lambda _: seen.append(current.get())])
    if sync:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
        assert client.flush_hooks_sync()
    else:
        current.set("the caller's")
        await client.complete("x")
        assert await client.flush_hooks()
    assert set(seen) == {"the caller's"}


def test_a_dropped_client_ends_its_threads(bench: Any) -> None:
    """Without being closed; what is queued is still delivered."""
    seen: list[CallEvent] = []
    before = hook_threads()
    client = bench.client(bench.provider(bench.answer("hello")), hooks=[seen.append])
    client.complete_sync("x")
    threads = [thread for thread in hook_threads() if thread not in before]
    del client
    assert ended(threads)
    assert isinstance(seen[-1], CallEnded)


@pytest.mark.parametrize("hook", [3, HookConfig])
def test_what_is_no_hook_is_refused(bench: Any, hook: Any) -> None:
    """Before any call."""
    with pytest.raises((LLMConfigurationError, TypeError)):
        create_client("scripted/m", provider=bench.provider(), hooks=[hook] if hook == 3 else hook)


def test_an_asynchronous_hook_is_refused(bench: Any) -> None:
    """It would be called and never awaited."""

    async def hook(event: CallEvent) -> None: ...

    with pytest.raises(LLMConfigurationError, match="asynchronous"):
        create_client("scripted/m", provider=bench.provider(), hooks=[hook])  # type: ignore[list-item]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_has_a_thread_of_its_own(bench: Any) -> None:
    """The parent's is not there after a fork, and its queue is the parent's."""
    seen: list[CallEvent] = []
    client = bench.client(bench.provider(bench.answer("one"), bench.answer("two")), hooks=[seen.append])
    client.complete_sync("x")
    assert client.flush_hooks_sync()
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that threads and forks do not mix is what is tried here
        child = os.fork()
    if child == 0:
        before = len(seen)
        client.complete_sync("x")
        flushed = client.flush_hooks_sync()
        os.write(write, f"{flushed} {len(seen) - before}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == f"True {len(seen)}".encode()
    client.close()


PROGRAM = """
import asyncio, sys, threading
import penguiflow_llm_core.telemetry.{module}
print(threading.active_count(), asyncio._get_running_loop())
"""


@pytest.mark.parametrize("module", ["logs", "_hub", "_report"])
def test_importing_starts_nothing(module: str) -> None:
    """No thread and no loop."""
    program = PROGRAM.format(module=module)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "1 None\n"


UNCLOSED = """
import asyncio
from conftest import Bench
from penguiflow_llm_core.telemetry import CallEnded
bench = Bench()
client = bench.client(bench.provider(bench.answer("hello")), hooks=[lambda event: print(type(event).__name__)])
asyncio.run(client.complete("x"))
"""


def test_the_end_of_a_program_delivers_what_is_queued() -> None:
    """Of a client that nobody closed."""
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", UNCLOSED], capture_output=True, text=True, check=True, cwd=here)
    assert done.stdout.split() == ["CallStarted", "AttemptStarted", "AttemptEnded", "CallEnded"]
