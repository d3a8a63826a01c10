"""A loopback HTTP/1.1 server that answers `/<delivery>/<recording id>/...` with that recording, byte for byte."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Literal, Self, TypeAlias

from wire_replay._corpus import Recording

Delivery: TypeAlias = Literal["whole", "pieces", "bytes"]
"""How a body is sent: in one write, in seeded random pieces, or byte by byte, each its own HTTP chunk."""

_LARGEST_PIECE = 1400
_KEPT_FROM_RECORDING = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding"})


class RecordingServer:
    """Serves recordings while it is entered. Bodies are never held back: nothing here waits on a clock."""

    def __init__(self, recordings: Iterable[Recording], *, seed: int = 0) -> None:
        self._recordings: Mapping[str, Recording] = {recording.id: recording for recording in recordings}
        self._seed = seed
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[object] | None, asyncio.StreamWriter] = {}
        self.served = 0
        """Responses sent so far."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open.values():
            writer.close()
        await asyncio.gather(*(task for task in self._open if task is not None))
        await self._server.wait_closed()

    def base_url(self, recording: Recording, delivery: Delivery = "whole") -> str:
        """Where `recording` answers every request."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/{delivery}/{recording.id}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task: asyncio.Task[object] | None = asyncio.current_task()
        self._open[task] = writer
        try:
            while (path := await _read_request(reader)) is not None:
                await self._answer(path, writer)
        except ConnectionError:
            pass  # the client hung up, which a test may well want
        finally:
            del self._open[task]
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        _, delivery, name, _ = path.split("/", 3)
        recording = self._recordings[name]
        self.served += 1
        writer.write(_head(recording))
        for piece in self._pieces(recording, delivery):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(0)  # let the client read this piece before the next is sent
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    def _pieces(self, recording: Recording, delivery: str) -> list[bytes]:
        body = recording.body
        if delivery == "bytes":
            return [body[index : index + 1] for index in range(len(body))]
        if delivery == "whole":
            return [body] if body else []
        return _random_pieces(body, random.Random(f"{self._seed}/{recording.id}"))


def _random_pieces(body: bytes, rng: random.Random) -> list[bytes]:
    """`body` cut at random: mostly short pieces, so that events, lines and characters are cut in two."""
    pieces = []
    start = 0
    while start < len(body):
        size = rng.randint(1, rng.choice((3, 40, _LARGEST_PIECE)))
        pieces.append(body[start : start + size])
        start += size
    return pieces


async def _read_request(reader: asyncio.StreamReader) -> str | None:
    """The path of the next request, its body read and dropped; None when the connection ends."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    await reader.readexactly(int(headers.get("content-length", "0")))
    return lines[0].split(" ")[1]


def _head(recording: Recording) -> bytes:
    kept = {name: value for name, value in recording.headers.items() if name not in _KEPT_FROM_RECORDING}
    lines = [f"HTTP/1.1 {recording.status} recorded", *(f"{name}: {value}" for name, value in kept.items())]
    return "\r\n".join((*lines, "transfer-encoding: chunked", "", "")).encode("latin-1")
