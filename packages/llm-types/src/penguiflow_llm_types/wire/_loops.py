"""One connection for each event loop, because sockets belong to a loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from penguiflow_llm_types._errors import LLMConfigurationError
from penguiflow_llm_types.wire._answer import Answer
from penguiflow_llm_types.wire._exchange import Encoded, Transport


class PerLoop:
    """Sends requests over connections made on first use, one per event loop.

    A connection closes with its loop (`asyncio.run` does that) or with `aclose`. `load` is called in a thread, before
    the first request, and returns what connects the event loop that it is called on. In `load` a provider loads its
    SDK, which takes a second: neither who imports the provider nor anything else of the event loop waits for it.
    """

    __slots__ = ("_connections", "_load")

    def __init__(self, load: Callable[[], Callable[[], Transport]]) -> None:
        self._load = load
        self._connections: dict[asyncio.AbstractEventLoop, tuple[Transport, AsyncGenerator[None, None]]] = {}

    def __len__(self) -> int:
        """How many loops have a connection."""
        return len(self._connections)

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """See `Transport.send`."""
        found = self._connections.get(asyncio.get_running_loop())
        connection = found[0] if found is not None else await self._connected()
        return await connection.send(request, stream=stream)

    async def aclose(self) -> None:
        """Close the connections of every loop that still runs."""
        while self._connections:
            loop, (_, guard) = self._connections.popitem()
            if loop is asyncio.get_running_loop():
                await guard.aclose()
            elif loop.is_running():  # in another thread
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(guard.aclose(), loop))

    async def _connected(self) -> Transport:
        connect, loop = await asyncio.to_thread(self._load), asyncio.get_running_loop()
        if loop in self._connections:
            return self._connections[loop][0]  # another request was faster
        for other in list(self._connections):  # a copy: other threads have loops of their own
            if other.is_closed():
                self._connections.pop(other, None)
        connection = _made_by(connect)
        guard = _closing(connection)
        self._connections[loop] = (connection, guard)
        await anext(guard)  # a loop that shuts down closes the asynchronous generators that run on it
        return connection


def _made_by(connect: Callable[[], Transport]) -> Transport:
    """A connection; engines find out here that they lack what the environment's SOCKS proxy takes."""
    try:
        return connect()
    except ImportError as cause:
        problem = str(cause)
    raise LLMConfigurationError(f"no connection can be made: {problem}", phase="local")


async def _closing(connection: Transport) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await connection.aclose()
