"""Brings calls to one moment, stops them, and looks at what becomes of them."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

from cancel_phases import Call, LeftError, Phase, Scene, Way, black_hole
from churn import MODELS
from resources import left_over, resources

from penguiflow_llm import LLMCancelledError, LLMClient, create_client
from penguiflow_llm_testing import Hold, Simulator

_WAIT_S: Final = 10.0
_SETTLE_S: Final = 2.0
_LOOK_S: Final = 0.0005
_PAUSE_S: Final = 0.003
_ENDS: Final[dict[Way, tuple[str, ...]]] = {
    "task": (asyncio.CancelledError.__name__,),
    "token": (LLMCancelledError.__name__,),
    "leave": ("", LeftError.__name__),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How clients are made and how many calls they make at each moment."""

    calls: int
    seed: int = 0
    use_aiohttp: bool = True
    tls: ssl.SSLContext | None = None


@dataclass(slots=True, kw_only=True)
class Found:
    """What became of the calls of one provider that were stopped at one moment; times in milliseconds."""

    calls: int = 0
    ended_ms: list[float] = field(default_factory=list)
    closed_ms: list[float] = field(default_factory=list)
    """Empty where calls hold no socket."""
    problems: Counter[str] = field(default_factory=Counter)


async def cancelled(provider: str, phase: Phase, how: How) -> Found:
    """All calls of one provider that are stopped at one moment."""
    await _loaded(provider, how)
    before = resources()
    tls = None if phase.address == "https" else how.tls
    with (
        black_hole() if phase.address == "nobody" else nullcontext() as hole,
        Simulator(seed=how.seed, tls=tls) as simulator,
    ):
        trial = _Trial(provider, phase, how, simulator, hole)
        while trial.found.calls < how.calls:
            await trial.some()
        await trial.conclude()
    await _until(lambda: not left_over(before), _SETTLE_S)
    trial.found.problems.update(left_over(before))
    return trial.found


async def _loaded(provider: str, how: How) -> None:
    """Load the SDK first, and let it make what it keeps for good."""
    with Simulator(tls=how.tls) as simulator:
        async with _client(provider, how, simulator.base_url(provider)) as client:
            await client.complete("Say hello.")


@asynccontextmanager
async def _client(provider: str, how: How, base_url: str, **settings: Any) -> AsyncIterator[LLMClient]:
    options: dict[str, Any] = {"api": "responses"} if provider == "openai" else {}
    if provider != "bedrock":  # its adapter has one engine
        options["use_aiohttp"] = how.use_aiohttp
    client = create_client(MODELS[provider], api_key="sk-cancel", base_url=base_url, **options, **settings)
    async with client:
        yield client


class _Trial:
    def __init__(self, provider: str, phase: Phase, how: How, simulator: Simulator, hole: int | None) -> None:
        self._provider = provider
        self._phase = phase
        self._how = how
        self._simulator = simulator
        self._rng = Random(how.seed)
        self.found = Found()
        self._holders = 0
        url = urlsplit(simulator.base_url(provider))
        self._port = hole or url.port or 0
        self._url = url._replace(
            scheme="https" if phase.address == "https" else url.scheme, netloc=f"127.0.0.1:{self._port}"
        ).geturl()

    async def some(self) -> None:
        """The calls of one client, in batches."""
        async with self._made() as client:
            async with self._slot_taken(client):
                await self._batch(client)
                while self.found.calls < self._how.calls and not self._phase.renewed:
                    await self._batch(client)
            self._simulator.clear_script()
            if not self._phase.address and self.found.calls >= self._how.calls:
                await asyncio.wait_for(client.complete("Say hello."), _WAIT_S)  # it works on
                self._holders += 1
            if client.requests_in_flight:
                self._note(f"{client.requests_in_flight} slots in use")

    async def conclude(self) -> None:
        """Look at the server once all clients are closed."""
        if not await _until(lambda: self._simulator.open_connections == 0, _WAIT_S):
            self._note(f"{self._simulator.open_connections} connections still open at the server")
        expected = self._holders + self.found.calls * self._phase.sends
        if len(self._simulator.journal) != expected:
            self._note(f"{len(self._simulator.journal)} requests instead of {expected}")

    def _made(self) -> Any:
        return _client(self._provider, self._how, self._url, **self._phase.settings)

    @asynccontextmanager
    async def _slot_taken(self, client: LLMClient) -> AsyncIterator[None]:
        if not self._phase.held:
            yield
            return
        self._simulator.script(Hold())
        holder = asyncio.create_task(client.complete("Hold on."))
        self._holders += 1
        await _until(lambda: len(self._simulator.journal) == 1, _WAIT_S)
        yield
        holder.cancel()
        await asyncio.wait([holder])

    async def _batch(self, client: LLMClient) -> None:
        phase, simulator = self._phase, self._simulator
        count = min(phase.at_once, self._how.calls - self.found.calls)
        self.found.calls += count
        scene = Scene.now(simulator, self._port)
        way = self._rng.choice(phase.ways)
        for _ in range(count):
            if phase.step is not None:
                simulator.script(phase.step)
            if phase.acts:
                simulator.script_connection(*phase.acts)
        calls = [Call(client, way, now_s=lambda: simulator.now_s) for _ in range(count)]
        tasks = [call.start(phase.run) for call in calls]
        if not await _until(lambda: _are_there(phase, scene, calls), _WAIT_S):
            self._note(f"not reached: {next((repr(_error(task)) for task in tasks if task.done()), 'no end')}")
        if not phase.within:
            await asyncio.sleep(self._rng.random() * _PAUSE_S)
            for call in calls:
                call.stop()
        await asyncio.wait(tasks, timeout=_WAIT_S)
        for call, task in zip(calls, tasks, strict=True):
            await self._ended(call, task)
        await self._closed(scene, calls)

    async def _ended(self, call: Call, task: asyncio.Task[None]) -> None:
        if not task.done():
            self._note("a call that did not end")
            task.cancel()
            await asyncio.wait([task])
        error = _error(task)
        if ("" if error is None else type(error).__name__) not in _ENDS[call.way]:
            self._note(f"by {call.way}: ended with {error!r}")
        if call.ended_at_s is not None and call.stopped_at_s is not None:
            self.found.ended_ms.append((call.ended_at_s - call.stopped_at_s) * 1000)

    async def _closed(self, scene: Scene, calls: Sequence[Call]) -> None:
        """Wait until all sockets of a batch are closed, and note how long that took."""
        stopped = min(call.stopped_at_s or 0.0 for call in calls)
        match self._phase.closes:
            case "here":
                closed = await _until(lambda: scene.new_sockets <= 0, _WAIT_S)
                self.found.closed_ms += [(self._simulator.now_s - stopped) * 1000] * len(calls)
            case "at the server":
                closed = await _until(lambda: all(at is not None for at in _closed_at(scene)), _WAIT_S)
                times = _closed_at(scene)
                self.found.closed_ms += [(at - stopped) * 1000 for at in times if at is not None]
                if len(times) != len(calls):
                    self._note(f"{len(times)} connections of {len(calls)} calls")
            case "nothing":
                closed = True
        if not closed:
            self._note("a socket that did not close")

    def _note(self, problem: str) -> None:
        self.found.problems[problem] += 1


def _are_there(phase: Phase, scene: Scene, calls: Sequence[Call]) -> bool:
    return all(call.reached for call in calls) if phase.reached is None else phase.reached(scene, len(calls))


def _closed_at(scene: Scene) -> list[float | None]:
    return [connection.closed_at_s for connection in scene.new_connections]


def _error(task: asyncio.Task[None]) -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.exception()


async def _until(holds: Callable[[], bool], within_s: float) -> bool:
    """Look again and again, at most so long; whether it came to hold."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within_s
    while not holds():
        if loop.time() > end:
            return False
        await asyncio.sleep(_LOOK_S)
    return True
