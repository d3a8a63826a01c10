"""A server that says exactly the bytes it is told to, on 127.0.0.1."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest

Script: TypeAlias = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes
    closed: asyncio.Event
    """Set once the client has closed the connection."""

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@dataclass(kw_only=True)
class Wire:
    """A running server: every request it saw, and where it is."""

    script: Script
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await _read(reader)
                self.requests.append(request)
                watcher = asyncio.create_task(_watch(reader, request.closed)) if _holds(self.script) else None
                await self.script(request, writer)
                if watcher is not None:
                    await watcher
                    break
        writer.close()


def _holds(script: Script) -> bool:
    return getattr(script, "holds", False)


async def _watch(reader: asyncio.StreamReader, closed: asyncio.Event) -> None:
    with suppress(ConnectionError):
        await reader.read(1)
    closed.set()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(line=head[0], headers=headers, body=body, closed=asyncio.Event())


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Script], Awaitable[Wire]]]:
    """Start a server that runs a script for every request."""
    async with AsyncExitStack() as stack:

        async def start(script: Script) -> Wire:
            wire = Wire(script=script)
            server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
            stack.callback(server.close)
            wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            return wire

        yield start
