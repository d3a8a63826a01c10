"""`PerLoop`: a connection for each event loop, made when it is first used."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from penguiflow_llm_types.wire import Answer, Encoded, PerLoop, Transport

REQUEST = Encoded(path="/", body={})


class Connection:
    """Answers nothing, and counts."""

    def __init__(self) -> None:
        self.sent, self.loop = 0, asyncio.get_running_loop()

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        self.sent += 1
        raise LookupError

    async def aclose(self) -> None:
        pass


async def send(connections: PerLoop) -> None:
    with suppress(LookupError):
        await connections.send(REQUEST, stream=False)


def test_the_event_loop_goes_on_while_an_sdk_is_loaded() -> None:
    """An SDK takes a second to import: it is loaded in a thread, and the connection made on the loop."""
    may_end = threading.Event()
    made: list[Connection] = []

    def connect() -> Transport:
        made.append(Connection())
        return made[-1]

    def load() -> Callable[[], Transport]:
        assert may_end.wait(10), "nothing else ran on the event loop"
        return connect

    async def two_first_requests() -> asyncio.AbstractEventLoop:
        connections = PerLoop(load)
        async with asyncio.TaskGroup() as group:
            group.create_task(send(connections))
            group.create_task(send(connections))
            asyncio.get_running_loop().call_soon(may_end.set)
        assert len(connections) == 1
        return asyncio.get_running_loop()

    loop = asyncio.run(two_first_requests())
    assert [(one.sent, one.loop) for one in made] == [(2, loop)]
