"""The simulator itself: a server thread with its own event loop, for synchronous and asynchronous callers alike."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from threading import Thread
from types import TracebackType
from typing import Final, Self

from ._application import SimulatorApplication
from ._journal import Journal, RecordedConnection, RecordedRequest
from ._personalities import Personality, default_personalities
from ._script import QueuedStep, Script, Step, faulty
from ._server import Connection
from ._wire_script import ConnectionAct, WireScripts

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
_BACKLOG: Final = 1024


class Simulator:
    """A loopback server that speaks providers' wires; use it as a context manager, and `base_url` in the client.

    Answers depend on `seed` and on the request alone, so that the same question gets the same answer, plain or
    streamed, on every run; ids also depend on how many requests came before. Every method may be called from
    any thread. The `wait_` methods block: from a coroutine, call them through `asyncio.to_thread`.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        host: str = "127.0.0.1",
        port: int = 0,
        max_body_bytes: int = MAX_BODY_BYTES,
        personalities: Sequence[Personality] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare a simulator; `port` 0 takes a free one at `start`, `personalities` are spoken beside those there are.

        With `tls`, a server's context with its certificate, it speaks https.

        Raises:
            ValueError: `host` is not a loopback address: the simulator never listens to a network.
        """
        self._host = _loopback(host)
        self._port = port
        self._journal = Journal()
        self._script = Script()
        self._wire_scripts = WireScripts()
        self._personalities = (*personalities, *default_personalities(seed))
        self._application = SimulatorApplication(
            self._personalities, self._script, self._wire_scripts, self._journal, max_body_bytes=max_body_bytes
        )
        self._tls = tls
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def start(self) -> Self:
        """Begin to listen, and return this simulator; a started one is left as it is.

        Raises:
            OSError: the port is taken.
        """
        if self._thread is None:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            listener = socket.create_server((self._host, self._port), family=family, backlog=_BACKLOG)
            # Accepted sockets inherit it; without it each small write waits 40 ms for a delayed acknowledgement.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._port = listener.getsockname()[1]
            self._loop, self._stop = asyncio.SelectorEventLoop(), asyncio.Event()
            self._thread = Thread(
                target=_run,
                args=(self._loop, self._stop, listener, self._application, self._tls),
                name="llm-simulator",
                daemon=True,
            )
            self._thread.start()
        return self

    def close(self) -> None:
        """Close every connection and stop the thread; when this returns nothing is left. May be called twice."""
        if self._thread is not None and self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._thread = self._loop = self._stop = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Scheme, host and port, without a trailing slash.

        Raises:
            RuntimeError: the simulator was not started with `port` 0, so there is no port yet.
        """
        if self._port == 0:
            raise RuntimeError("the simulator has no port yet: enter it with `with`, or call start() first")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'http' if self._tls is None else 'https'}://{host}:{self._port}"

    def base_url(self, personality: str) -> str:
        """The base URL to give the provider's own SDK.

        Raises:
            ValueError: there is no such personality.
        """
        for known in self._personalities:
            if known.name == personality:
                return f"{self.url}/{known.prefix}"
        raise ValueError(f"unknown personality {personality!r}: this version has {', '.join(self.personalities)}")

    @property
    def base_urls(self) -> Mapping[str, str]:
        """The base URL of each personality, by its name."""
        return {name: self.base_url(name) for name in self.personalities}

    @property
    def personalities(self) -> tuple[str, ...]:
        """The names `base_url` takes."""
        return tuple(known.name for known in self._personalities)

    def script(
        self,
        *steps: Step,
        personality: str | None = None,
        path: str | None = None,
        when: Callable[[RecordedRequest], bool] | None = None,
    ) -> None:
        """Queue steps; each answers one request, in order, and when none is left answers are generated again.

        With `personality`, `path` (as in the journal) or `when`, the steps wait for requests that match all of them. An
        `Answer` is not used up by a request the provider refuses as invalid; it waits for the next one.
        """
        queued = (QueuedStep(step=faulty(step), personality=personality, path=path, when=when) for step in steps)
        self._script.add(tuple(queued))

    def script_connection(self, *acts: ConnectionAct) -> None:
        """Queue what the next new connection does, byte for byte; with no act of it left, it serves as usual.

        For faults that no answer has: a reset before any request, headers that drip, framing that lies.
        """
        self._wire_scripts.add(acts)

    def clear_script(self) -> None:
        """Drop every step, and every connection's script, that still waits."""
        self._script.clear()
        self._wire_scripts.clear()

    @property
    def pending_steps(self) -> int:
        """How many queued steps, and connections' scripts, have not been used."""
        return len(self._script) + len(self._wire_scripts)

    @property
    def journal(self) -> tuple[RecordedRequest, ...]:
        """Every request seen, oldest first; a snapshot."""
        return self._journal.requests()

    @property
    def open_connections(self) -> int:
        """How many client connections are open now."""
        return self._journal.open_connections

    @property
    def connections_opened(self) -> int:
        """How many client connections were accepted since the start."""
        return self._journal.connections_opened

    @property
    def connections(self) -> tuple[RecordedConnection, ...]:
        """Every connection since the start, oldest first, and when it was opened and closed; a snapshot."""
        return self._journal.connections()

    @property
    def now_s(self) -> float:
        """Seconds since the start, as the journal counts them."""
        return self._journal.now_s()

    def wait_for_requests(self, count: int = 1, *, timeout_s: float = 5.0) -> tuple[RecordedRequest, ...]:
        """Wait until `count` requests have arrived, and return all of them.

        Raises:
            TimeoutError: fewer arrived within `timeout_s`.
        """
        self._journal.wait_for(lambda seen: len(seen.requests()) >= count, timeout_s, f"the arrival of request {count}")
        return self.journal

    def wait_for_disconnect(self, count: int = 1, *, timeout_s: float = 5.0) -> tuple[RecordedRequest, ...]:
        """Wait until `count` clients have left before their answer ended, and return those requests.

        Raises:
            TimeoutError: fewer left within `timeout_s`.
        """
        self._journal.wait_for(lambda seen: len(_left(seen)) >= count, timeout_s, f"disconnect {count}")
        return _left(self._journal)

    def wait_until_answered(self, count: int = 1, *, timeout_s: float = 5.0) -> tuple[RecordedRequest, ...]:
        """Wait until `count` exchanges are over, however they ended, and return those requests.

        Raises:
            TimeoutError: fewer were over within `timeout_s`.
        """
        self._journal.wait_for(lambda seen: len(_over(seen)) >= count, timeout_s, f"the end of exchange {count}")
        return _over(self._journal)

    def wait_until_idle(self, *, timeout_s: float = 5.0) -> None:
        """Wait until no client connection is open.

        Raises:
            TimeoutError: one was still open after `timeout_s`.
        """
        self._journal.wait_for(lambda seen: seen.open_connections == 0, timeout_s, "the end of the last connection")


def _left(journal: Journal) -> tuple[RecordedRequest, ...]:
    return tuple(request for request in journal.requests() if request.outcome == "disconnected")


def _over(journal: Journal) -> tuple[RecordedRequest, ...]:
    return tuple(request for request in journal.requests() if request.outcome != "open")


def _loopback(host: str) -> str:
    """The address to bind for `host`; "localhost" is not looked up, so that no hosts file can point it elsewhere."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        allowed = ipaddress.ip_address(host).is_loopback
    except ValueError:
        allowed = False
    if not allowed:
        raise ValueError(f"the simulator only listens on loopback, not on {host!r}: use '127.0.0.1' or '::1'")
    return host


def _run(
    loop: asyncio.AbstractEventLoop,
    stop: asyncio.Event,
    listener: socket.socket,
    application: SimulatorApplication,
    tls: ssl.SSLContext | None,
) -> None:
    """The server thread: serve until `stop`, then leave nothing behind."""
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_serve(stop, listener, application, tls))
    finally:
        loop.close()


async def _serve(
    stop: asyncio.Event, listener: socket.socket, application: SimulatorApplication, tls: ssl.SSLContext | None
) -> None:
    connections: set[Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(application, connections), sock=listener, ssl=tls)
    await stop.wait()
    # Closing a server while it accepts a connection leaks that connection (CPython 3.11), so accepting ends first.
    loop.remove_reader(listener)
    while connections or len(asyncio.all_tasks()) > 1:  # some may only now be coming out of the accept queue
        for connection in tuple(connections):
            connection.abort()
        await asyncio.sleep(0)
    server.close()
    await server.wait_closed()
