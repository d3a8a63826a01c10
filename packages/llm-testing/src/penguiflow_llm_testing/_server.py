"""HTTP/1.1 on a loopback socket: h11 for the protocol, one asyncio protocol object for each connection.

The only module that reads or writes a socket. It knows nothing of providers: an `Application` turns each request into
acts, and is told how the exchange ended.
"""

import asyncio
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, assert_never

import h11

from ._exchange import Reply
from ._journal import Outcome
from ._play import Act, EndConnection, EndMessage, SendBody, SendHead, SendRaw, Wait
from ._wire_script import (
    ConnectionAct,
    Disconnect,
    Drip,
    Pause,
    ReadRequest,
    Repeat,
    SendAnswer,
    SendBytes,
    SendChunk,
    StopReading,
)
from ._wire_script import SendHead as ConnectionHead

MAX_HEAD_BYTES: Final = 64 * 1024
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: closing sends RST instead of FIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A request that arrived whole; `headers` in wire order, names in lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What to do about one request; `number` names it when its end is reported."""

    number: int
    acts: Iterator[Act]


class Application(Protocol):
    """What a connection asks of its owner, always on the server's own thread."""

    max_body_bytes: int

    def connection_opened(self) -> int:
        """A number for a new connection."""
        ...

    def connection_closed(self, connection_id: int) -> None:
        """The connection is gone."""
        ...

    def connection_script(self) -> tuple[ConnectionAct, ...]:
        """What a new connection does before it serves requests as usual."""
        ...

    def exchange(self, request: Arrived) -> Exchange:
        """What to answer."""
        ...

    def witnessed(self, request: Arrived) -> tuple[int, Reply]:
        """Keep a request that a connection's script has read: its number, and what would have been answered."""
        ...

    def too_large(self) -> Iterator[Act]:
        """What to answer to a body over `max_body_bytes`."""
        ...

    def progress(self, number: int, status: int | None, outcome: Outcome) -> None:
        """How the answer to a request goes."""
        ...


class _ClientLeftError(Exception):
    """The client closed its side while an answer was being sent."""


class Connection(asyncio.Protocol):
    """One client connection: reads requests, performs the acts of each answer, notices when the client leaves."""

    def __init__(self, application: Application, connections: set["Connection"]) -> None:
        self._application = application
        self._connections = connections
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._left = asyncio.Event()
        self._drained = True  # False while the client reads too slowly for what was written
        self._transport: asyncio.Transport
        self._number = 0
        self._task: asyncio.Task[None]

    def abort(self) -> None:
        """End the connection at once; its task and its socket are gone soon after."""
        self._task.cancel()
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  a TCP server gives no other kind
        self._transport = transport
        self._number = self._application.connection_opened()
        self._connections.add(self)
        self._task = asyncio.get_running_loop().create_task(self._serve())
        self._task.add_done_callback(self._served)

    def data_received(self, data: bytes) -> None:
        if not self._left.is_set():
            self._http.receive_data(data)
            self._arrived.set()

    def eof_received(self) -> bool:
        self._client_left()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the reset's reason is of no use here
        self._client_left()
        self._connections.discard(self)
        self._application.connection_closed(self._number)

    def pause_writing(self) -> None:
        self._drained = False
        self._writable.clear()

    def resume_writing(self) -> None:
        self._drained = True
        self._writable.set()

    def _client_left(self) -> None:
        if not self._left.is_set():
            self._http.receive_data(b"")
        self._left.set()
        self._arrived.set()
        self._writable.set()

    async def _serve(self) -> None:
        try:
            if (script := self._application.connection_script()) and not await self._follow(script):
                return
            while await self._serve_one():
                self._http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            self._refuse(error.error_status_hint)
        except _ClientLeftError:
            pass

    async def _follow(self, script: tuple[ConnectionAct, ...]) -> bool:
        """Do what the script says; True when the connection is to serve on."""
        last: tuple[int, Reply] | None = None
        outcome: Outcome = "cut"
        try:
            for act in script:
                if isinstance(act, ReadRequest):
                    if (last := await self._witness()) is None:
                        return False
                elif isinstance(act, Disconnect):
                    self._end(act.how)
                    return False
                else:
                    await self._send(act, last[1] if last is not None else None)
            outcome = "answered"
        except _ClientLeftError:
            outcome = "disconnected"
            raise
        finally:
            if last is not None:
                self._application.progress(last[0], None, outcome)
        return True

    async def _witness(self) -> tuple[int, Reply] | None:
        """One request, kept; None when the client leaves before it is whole."""
        head = await self._next_event()
        body = await self._read_body() if isinstance(head, h11.Request) else None
        if not isinstance(head, h11.Request) or body is None:
            return None
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)  # its answer is not h11's
        return self._application.witnessed(self._arrived_request(head, body))

    async def _send(self, act: ConnectionAct, answer: Reply | None) -> None:
        """Put the bytes of one act on the socket, as they are."""
        match act:
            case ConnectionHead() | SendChunk():
                await self._put(act.encoded())
            case SendBytes(data=data):
                await self._put(data)
            case SendAnswer(start=start, stop=stop, head=head):
                if answer is None:
                    raise ValueError("SendAnswer comes before any ReadRequest: there is nothing to answer yet")
                if head:
                    headers = (*answer.headers, ("transfer-encoding", "chunked"))
                    await self._put(ConnectionHead(status=answer.status, headers=headers).encoded())
                for piece in answer.pieces[start:stop]:
                    await self._put(SendChunk(piece).encoded())
            case Drip(data=data, size=size, gap_s=gap_s):
                for at in range(0, len(data), size):
                    await self._put(data[at : at + size])
                    await self._wait(gap_s)
            case Repeat(data=data, gap_s=gap_s, times=times):
                for _ in range(times):
                    await self._put(data)
                    await self._wait(gap_s)
            case Pause(for_s=for_s):
                await self._wait(for_s)
            case StopReading(for_s=for_s):
                self._transport.pause_reading()
                await self._wait(for_s)
                self._transport.resume_reading()
            case ReadRequest() | Disconnect():
                raise AssertionError("handled by whoever follows the script")
            case _:
                assert_never(act)

    async def _put(self, data: bytes) -> None:
        self._transport.write(data)
        await self._flush()

    def _served(self, task: asyncio.Task[None]) -> None:
        """End the connection; an error of the simulator's own is logged first, for the client sees only the end."""
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler({"message": "the simulator failed", "exception": error})
        self._transport.close()

    async def _serve_one(self) -> bool:
        """Handle one request; True when the connection can carry another."""
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return False
        body = await self._read_body()
        if body is None:
            await self._perform_all(self._application.too_large())
            return False
        exchange = self._application.exchange(self._arrived_request(head, body))
        await self._answer(exchange)
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def _arrived_request(self, head: h11.Request, body: bytes) -> Arrived:
        return Arrived(
            method=head.method.decode("ascii"),
            target=head.target.decode("ascii", "replace"),
            headers=tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers),
            body=body,
            connection_id=self._number,
        )

    async def _read_body(self) -> bytes | None:
        """The body of the request whose head was read, or None once it exceeds the cap."""
        parts = bytearray()
        while True:
            if self._http.they_are_waiting_for_100_continue:
                self._write(h11.InformationalResponse(status_code=100, headers=[]))
            event = await self._next_event()
            if isinstance(event, h11.Data):
                parts += event.data
                if len(parts) > self._application.max_body_bytes:
                    return None
            elif isinstance(event, h11.EndOfMessage):
                return bytes(parts)
            else:
                raise _ClientLeftError

    async def _next_event(self) -> h11.Event:
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Event):
                return event
            self._arrived.clear()
            await self._arrived.wait()

    async def _answer(self, exchange: Exchange) -> None:
        """Perform an exchange; its outcome is told before its last byte leaves, so that a client never sees it late."""
        outcome: Outcome = "disconnected"
        status = None
        acts = iter(exchange.acts)  # one ahead, never all at once: a body sent byte by byte is a million of them
        following = next(acts, None)
        try:
            while (act := following) is not None:
                following = next(acts, None)
                if isinstance(act, SendHead):
                    status = act.status
                if isinstance(following, EndMessage) or isinstance(act, EndMessage):
                    outcome = "answered"
                elif isinstance(act, EndConnection):
                    outcome = "cut"
                self._application.progress(exchange.number, status, "open" if outcome == "disconnected" else outcome)
                await self._perform(act)
        finally:
            stuck = self._left.is_set() and not self._drained
            self._application.progress(exchange.number, status, "disconnected" if stuck else outcome)

    async def _perform_all(self, acts: Iterator[Act]) -> None:
        for act in acts:
            await self._perform(act)

    async def _perform(self, act: Act) -> None:
        """Perform one act.

        Raises:
            _ClientLeftError: the client closed its side before the act was done.
        """
        match act:
            case SendHead():
                self._write(_response(act))
            case SendBody(data=data):
                self._write(h11.Data(data=data))
                await self._flush()
            case SendRaw(data=data):
                self._transport.write(data)
                await self._flush()
            case Wait(for_s=for_s):
                await self._wait(for_s)
            case EndMessage():
                self._write(h11.EndOfMessage())
                await self._writable.wait()
            case EndConnection(how=how):
                self._end(how)
            case _:
                assert_never(act)

    def _write(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data:
            self._transport.write(data)

    async def _flush(self) -> None:
        """Let the loop run, so that a client that left is noticed and one that reads slowly is waited for."""
        await asyncio.sleep(0)
        await self._writable.wait()
        if self._left.is_set():
            raise _ClientLeftError

    async def _wait(self, for_s: float | None) -> None:
        try:
            await asyncio.wait_for(self._left.wait(), for_s)
        except TimeoutError:
            return
        raise _ClientLeftError

    def _end(self, how: str) -> None:
        if how == "rst":
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
        else:
            self._transport.close()

    def _refuse(self, status: int) -> None:
        """Answer a request that is not HTTP, where an answer is still possible."""
        if not self._left.is_set() and self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._write(h11.Response(status_code=status, headers=[("content-length", "0"), ("connection", "close")]))


def _response(head: SendHead) -> h11.Response:
    framing = ("transfer-encoding", "chunked") if head.length is None else ("content-length", str(head.length))
    return h11.Response(status_code=head.status, headers=[*head.headers, framing])
