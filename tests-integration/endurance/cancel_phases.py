"""The moments of a call at which it may be stopped: how one is brought there, and what has to close then."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, field_validator
from resources import sockets_to

from penguiflow_llm import CancelToken, Done, LLMClient, TextDelta
from penguiflow_llm_testing import (
    Answer,
    ConnectionAct,
    Faulty,
    Hold,
    Pause,
    ReadRequest,
    RecordedConnection,
    RecordedRequest,
    SendAnswer,
    Simulator,
    Step,
    StopReading,
    rate_limited,
)

Way: TypeAlias = Literal["task", "token", "leave"]
"""By cancelling the task, by the call's token, or by the caller's own code, which breaks off or raises."""
Closes: TypeAlias = Literal["at the server", "here", "nothing"]
"""Where the end of the socket is seen; "here" where the server cannot see it, "nothing" where the call holds none."""

_STORY: Final = Answer(text="Once upon a time there was a loom. " * 20)
_LARGE: Final = "x" * 8 * 1024 * 1024
"""More than the buffers of both sides hold."""


class LeftError(Exception):
    """Raised by a callback of the caller's."""


@dataclass(slots=True, eq=False)
class Call:
    """One call on its way."""

    client: LLMClient
    way: Way
    token: CancelToken = field(default_factory=CancelToken)
    reached: bool = False
    """Whether its own code has seen it reach the moment; where only the server can tell, that stays False."""
    go: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is stopped: what the caller's code waits for."""
    task: asyncio.Task[None] | None = None
    stopped_at_s: float | None = None
    """Seconds of the simulator's clock, as all times here."""
    ended_at_s: float | None = None
    now_s: Callable[[], float] = monotonic

    def start(self, run: Callable[[Call], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        """Begin."""
        self.task = asyncio.create_task(run(self))
        self.task.add_done_callback(self._ended)
        return self.task

    def stop(self) -> None:
        """Break off, in its way."""
        assert self.task is not None
        self.stopped_at_s = self.now_s()
        if self.way == "task":
            self.task.cancel()
            return
        if self.way == "token":
            self.token.cancel()
        self.go.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.ended_at_s = self.now_s()


async def _plain(call: Call, prompt: str = "Say hello.") -> None:
    await call.client.complete(prompt, cancel=call.token)


async def _large(call: Call) -> None:
    await _plain(call, _LARGE)


async def _read(call: Call, wanted: type[TextDelta | Done] = TextDelta) -> None:
    async with call.client.stream("Tell me a story.", cancel=call.token) as stream:
        async for event in stream:
            if isinstance(event, wanted):
                call.reached = True
                if call.way == "leave":
                    await call.go.wait()
                    break


async def _handed_over(call: Call) -> None:
    async def callback(event: object) -> None:
        if isinstance(event, TextDelta):
            call.reached = True
            await call.go.wait()
            if call.way == "leave":
                raise LeftError

    await call.client.complete("Tell me a story.", on_stream_event=callback, cancel=call.token)


async def _to_its_end(call: Call) -> None:
    await _read(call, Done)


async def _validated(call: Call) -> None:
    class Stopping(BaseModel):
        name: str

        @field_validator("name")
        @classmethod
        def stops(cls, name: str) -> str:
            call.reached = True
            call.stop()
            return name

    await call.client.generate("Who is it?", Stopping, cancel=call.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What can be seen of a batch of calls: how things stood before it, and the simulator that they are sent to."""

    simulator: Simulator
    port: int
    """Where calls go: the simulator, or nobody."""
    requests: int
    connections: int
    sockets: int

    @classmethod
    def now(cls, simulator: Simulator, port: int) -> Scene:
        """Before a batch."""
        journal, connections = simulator.journal, simulator.connections
        return cls(
            simulator=simulator,
            port=port,
            requests=len(journal),
            connections=len(connections),
            sockets=sockets_to(port),
        )

    @property
    def new_requests(self) -> tuple[RecordedRequest, ...]:
        """Of the batch."""
        return self.simulator.journal[self.requests :]

    @property
    def new_connections(self) -> tuple[RecordedConnection, ...]:
        """Of the batch."""
        return self.simulator.connections[self.connections :]

    @property
    def new_sockets(self) -> int:
        """Of the batch, on the client's side."""
        return sockets_to(self.port) - self.sockets


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One moment."""

    name: str
    stage: str
    """The contract's word, which errors have as their `phase` (facts/reliability.md section 1)."""
    run: Callable[[Call], Coroutine[Any, Any, None]]
    step: Step | None = None
    """What befalls the request at the server."""
    acts: tuple[ConnectionAct, ...] = ()
    """What befalls the connection instead."""
    reached: Callable[[Scene, int], bool] | None = None
    """Whether so many calls are there, as the server sees it; None: their own code says so."""
    ways: tuple[Way, ...] = ("task", "token")
    closes: Closes = "at the server"
    at_once: int = 5
    address: Literal["", "https", "nobody"] = ""
    """Where calls go instead: https of a server that has none, or where no connection comes about."""
    sends: bool = True
    """Whether a whole request reaches the server."""
    within: bool = False
    """Whether the call is stopped from within, in the middle of its work."""
    renewed: bool = False
    """Whether each batch has a client of its own."""
    settings: dict[str, Any] = field(default_factory=dict)
    held: bool = False
    """Whether another call holds the only slot."""


def _waiting(scene: Scene, count: int) -> bool:
    return True


def _connecting(scene: Scene, count: int) -> bool:
    return scene.new_sockets >= count


def _connected(scene: Scene, count: int) -> bool:
    return len(scene.new_connections) >= count


def _arrived(scene: Scene, count: int) -> bool:
    return len(scene.new_requests) >= count


def _begun(scene: Scene, count: int) -> bool:
    return sum(request.status is not None for request in scene.new_requests) >= count


def _refused(scene: Scene, count: int) -> bool:
    return sum(request.outcome == "answered" for request in scene.new_requests) >= count


PHASES: Final = (
    Phase(
        name="waiting for a slot",
        stage="local",
        run=_plain,
        reached=_waiting,
        closes="nothing",
        settings={"max_concurrency": 1},
        held=True,
        sends=False,
    ),
    Phase(
        name="connecting",
        stage="connect",
        run=_plain,
        reached=_connecting,
        closes="here",
        at_once=1,
        address="nobody",
        sends=False,
    ),
    Phase(
        name="TLS handshake",
        stage="connect",
        run=_plain,
        acts=(Pause(),),
        reached=_connected,
        address="https",
        sends=False,
    ),
    Phase(
        name="sending the request",
        stage="send",
        run=_large,
        acts=(StopReading(for_s=0.5),),
        reached=_connected,
        closes="here",
        at_once=1,
        sends=False,
    ),
    Phase(name="waiting for headers", stage="headers", run=_plain, step=Hold(), reached=_arrived),
    Phase(name="in a plain body", stage="body", run=_plain, step=Hold(after_bytes=30), reached=_begun),
    Phase(
        name="between two events",
        stage="stream",
        run=_read,
        step=Faulty(step=_STORY, faults=(Hold(after_events=9),)),
        ways=("task", "token", "leave"),
    ),
    Phase(
        name="in a callback",
        stage="stream",
        run=_handed_over,
        step=Faulty(step=_STORY, faults=(Hold(after_events=9),)),
        ways=("task", "token", "leave"),
    ),
    Phase(
        name="at the last event",
        stage="parse",
        run=_to_its_end,
        acts=(ReadRequest(), SendAnswer(), Pause()),
        ways=("task", "leave"),
        at_once=1,
    ),
    Phase(
        name="in a validator",
        stage="validate",
        run=_validated,
        ways=("task",),
        closes="nothing",
        at_once=1,
        within=True,
    ),
    Phase(
        name="before a retry",
        stage="local",
        run=_plain,
        step=rate_limited(retry_after_s=60),
        reached=_refused,
        closes="nothing",
        settings={"max_retries": 3, "timeout_s": 300.0},
        renewed=True,  # while nothing succeeds, a client allows few retries
    ),
)


@contextmanager
def black_hole() -> Iterator[int]:
    """A port at which no connection comes about: its queue is full, and nobody takes from it."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(2):  # one fills the queue; that the other waits shows that it is full
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
