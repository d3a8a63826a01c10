"""A loopback server with canned answers, in a process of its own so that the client's CPU time is the client's alone.

Speaks just enough HTTP/1.1 for a keep-alive client; prints its port and serves until its standard input closes. What
to answer it finds in the prompt: "in 500 chunks" for streams, "wide form" for the large answer, else the small one.
`--wait SECONDS` lets every answer take so long.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from contextlib import suppress
from typing import Final

from canned import WIRES, Wire
from shapes import PERSON, WIDE

_PIECE: Final = 16 * 1024
_CHUNKS: Final = re.compile(rb"in (\d+) chunks")


class Connection(asyncio.Protocol):
    """One client: requests in, canned answers out."""

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
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
            answer = b"".join(_answer(head, body))
            if self._wait_s:
                asyncio.get_running_loop().call_later(self._wait_s, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None:
            self._transport.write(answer)


def _length(head: bytes) -> int:
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return int(found[1]) if found else 0


def _answer(head: bytes, body: bytes) -> list[bytes]:
    path = head.split(b" ", 2)[1].decode()
    wire = next(wire for ending, wire in WIRES.items() if path.endswith(ending))
    chunks = _CHUNKS.search(body)
    return _whole(wire, body) if chunks is None else _streamed(wire, int(chunks[1]))


def _whole(wire: Wire, body: bytes) -> list[bytes]:
    payload = wire.body((WIDE if WIDE.prompt.encode() in body else PERSON).answer)
    return [_head("application/json"), f"content-length: {len(payload)}\r\n\r\n".encode(), payload]


def _streamed(wire: Wire, chunks: int) -> list[bytes]:
    payload = wire.stream(chunks)
    parts = [_head(wire.stream_type), b"transfer-encoding: chunked\r\n\r\n"]
    for start in range(0, len(payload), _PIECE):
        piece = payload[start : start + _PIECE]
        parts += [f"{len(piece):x}\r\n".encode(), piece, b"\r\n"]
    return [*parts, b"0\r\n\r\n"]


def _head(content_type: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nx-request-id: req_bench\r\n".encode()


async def _serve(wait_s: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(wait_s), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="how long an answer takes")
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args().wait))


if __name__ == "__main__":
    main()
