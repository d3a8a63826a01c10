"""A server that says exactly the bytes it is told to, on 127.0.0.1."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest


@dataclass(kw_only=True)
class Request:
    """One request as it came over the wire, and the means to answer it."""

    line: str
    headers: dict[str, str]
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by `wait_for_hang_up` once the client has closed the connection."""

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    async def send(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes, *, status: int = 200, kind: str = "application/json", more: str = "") -> None:
        """A whole answer."""
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{more}\r\n"
        await self.send(head.encode() + body)

    async def events(self, *payloads: Any, end: bool = True) -> None:
        """A chunked event stream of JSON payloads; strings are sent as they are."""
        await self.send(b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        for payload in payloads:
            text = payload if isinstance(payload, str) else json.dumps(payload)
            data = f"data: {text}\n\n".encode()
            await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        if end:
            await self.send(b"0\r\n\r\n")

    async def wait_for_hang_up(self) -> None:
        """Hold the connection until the client closes it; five seconds at most, so that no test hangs."""
        with suppress(ConnectionError):
            async with asyncio.timeout(5):
                await self.reader.read(1)
        self.hung_up.set()

    def reset(self) -> None:
        """Reset the connection, whatever was not sent yet."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script: TypeAlias = Callable[[Request], Awaitable[None]]


@dataclass(kw_only=True)
class Wire:
    """A running server: where it is and what it saw."""

    script: Script
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the first request."""
    connections: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a new connection."""
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self.tasks.add(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader, writer):
                self.requests.append(request)
                self.arrived.set()
                await self.script(request)
        except (ConnectionError, TimeoutError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(line=head[0], headers=headers, body=body, reader=reader, writer=writer)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Script], Awaitable[Wire]]]:
    """Start a server that runs a script for every request."""
    servers: list[asyncio.Server] = []
    wires: list[Wire] = []

    async def start(script: Script) -> Wire:
        wire = Wire(script=script)
        server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
        servers.append(server)
        wires.append(wire)
        wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        return wire

    yield start
    for server in servers:
        server.close()
    for task in [task for wire in wires for task in wire.tasks]:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
