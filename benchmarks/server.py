"""A loopback server with canned answers, in a process of its own so that the client's CPU time is the client's alone.

Speaks just enough HTTP/1.1 for a keep-alive client; prints its port and serves until its standard input closes. What
to answer it finds in the prompt: "in 500 chunks" for streams, "wide form" for the large answer, else the small one.
`--wait SECONDS` lets every answer take so long. `--gather N` holds streams after their first piece until N of them are
open, and then sends all the rest of them side by side.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from contextlib import suppress
from typing import Final

from canned import WIRES, Wire
from measuring import raise_file_limit
from shapes import PERSON, WIDE

_PIECE: Final = 16 * 1024
_GATHERED_PIECES: Final = 10
_PAUSE_S: Final = 0.5
_PATIENCE_S: Final = 100.0
_CHUNKS: Final = re.compile(rb"in (\d+) chunks")


class Gathering:
    """Streams that wait for each other, so that all are open at once."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._waiting: list[tuple[Connection, list[bytes]]] = []

    def add(self, connection: Connection, parts: list[bytes]) -> None:
        """One more, with what is left to send; the last to come, or the end of patience, lets all go on."""
        self._waiting.append((connection, parts))
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(_PATIENCE_S, self._go)
        if len(self._waiting) == self.count:
            self._go()

    def _go(self) -> None:
        loop = asyncio.get_running_loop()
        for waiting, left in self._waiting:
            for number, part in enumerate(left, start=1):
                loop.call_later(number * _PAUSE_S, waiting.write, part)
        self._waiting = []


class Connection(asyncio.Protocol):
    """One client: requests in, canned answers out."""

    def __init__(self, wait_s: float, gathering: Gathering) -> None:
        self._wait_s = wait_s
        self._gathering = gathering
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is here."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The client has gone."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head, length = self._data[:end], _length(self._data[:end])
            if len(self._data) < end + 4 + length:
                return
            body, self._data = self._data[end + 4 : end + 4 + length], self._data[end + 4 + length :]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        wire = next(wire for ending, wire in WIRES.items() if path.endswith(ending))
        chunks = _CHUNKS.search(body)
        if chunks is not None and self._gathering.count:
            first, *parts = _streamed(wire, int(chunks[1]), pieces=_GATHERED_PIECES)
            self.write(first)
            self._gathering.add(self, parts)
            return
        answer = _whole(wire, body) if chunks is None else b"".join(_streamed(wire, int(chunks[1])))
        if self._wait_s:
            asyncio.get_running_loop().call_later(self._wait_s, self.write, answer)
        else:
            self.write(answer)

    def write(self, answer: bytes) -> None:
        """Send this, if the client is still here."""
        if self._transport is not None:
            self._transport.write(answer)


def _length(head: bytes) -> int:
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return int(found[1]) if found else 0


def _whole(wire: Wire, body: bytes) -> bytes:
    payload = wire.body((WIDE if WIDE.prompt.encode() in body else PERSON).answer)
    return _head("application/json") + f"content-length: {len(payload)}\r\n\r\n".encode() + payload


def _streamed(wire: Wire, chunks: int, *, pieces: int | None = None) -> list[bytes]:
    """A stream's head and its pieces: so many, cut anywhere, or such as a socket likes."""
    payload = wire.stream(chunks)
    size = _PIECE if pieces is None else -(-len(payload) // pieces)
    cut = (payload[start : start + size] for start in range(0, len(payload), size))
    head = _head(wire.stream_type) + b"transfer-encoding: chunked\r\n\r\n"
    return [head, *(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in cut), b"0\r\n\r\n"]


def _head(content_type: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nx-request-id: req_bench\r\n".encode()


async def _serve(wait_s: float, gather: int) -> None:
    loop = asyncio.get_running_loop()
    gathering = Gathering(gather)
    server = await loop.create_server(lambda: Connection(wait_s, gathering), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="how long an answer takes")
    parser.add_argument("--gather", type=int, default=0, metavar="N", help="how many streams wait for each other")
    options = parser.parse_args()
    raise_file_limit()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.wait, options.gather))


if __name__ == "__main__":
    main()
