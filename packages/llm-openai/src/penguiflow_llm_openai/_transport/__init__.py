"""The only I/O: one request over the OpenAI SDK, its bytes, and every way that fails.

The SDK is loaded on first use. Importing this package does not load it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from penguiflow_llm_openai._options import Settings

if TYPE_CHECKING:
    from penguiflow_llm_openai._transport._answer import Answer
    from penguiflow_llm_openai._transport._sdk import Connection

__all__ = ["Transport"]


class Transport:
    """Sends requests over SDK clients made on first use: one per event loop, because sockets belong to a loop.

    A client closes with its loop (`asyncio.run` does that) or with `aclose`. A client of the caller's is never closed.
    """

    __slots__ = ("_connections", "_settings")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connections: dict[asyncio.AbstractEventLoop, Connection] = {}

    async def send(self, path: str, body: Mapping[str, Any], *, stream: bool) -> Answer:
        """The provider's answer, once its headers are there. The caller closes it.

        Raises:
            LLMError: no answer came, or one that refuses; of the type that says what to do.
        """
        connection = self._connections.get(asyncio.get_running_loop()) or await self._connect()
        return await connection.send(path, body, stream=stream)

    async def aclose(self) -> None:
        """Close the clients of every loop that still runs."""
        while self._connections:
            loop, connection = self._connections.popitem()
            if loop is asyncio.get_running_loop():
                await connection.aclose()
            elif loop.is_running():  # in another thread
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(connection.aclose(), loop))

    async def _connect(self) -> Connection:
        # Here and not above: it loads the SDK, which takes most of a second.
        from penguiflow_llm_openai._transport._sdk import Connection

        for loop in list(self._connections):  # a copy: other threads have loops of their own
            if loop.is_closed():
                self._connections.pop(loop, None)
        connection = self._connections[asyncio.get_running_loop()] = Connection(self._settings)
        await connection.close_with_loop()
        return connection
