"""What one connection does, byte for byte: for faults that no answer has, from the moment a client connects.

A script is a sequence of acts. Nothing is added to the bytes it sends: status line, headers and chunk framing are acts
of their own, so that any of them can be wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """Wait until one whole request has arrived; it is kept in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendHead:
    """A status line and headers. Framing is not added: give `content-length` or `transfer-encoding` with them."""

    status: int = 200
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The bytes, blank line included."""
        pairs = self.headers.items() if isinstance(self.headers, Mapping) else self.headers
        lines = [f"HTTP/1.1 {self.status} Simulated", *(f"{name}: {value}" for name, value in pairs), "", ""]
        return "\r\n".join(lines).encode("latin-1")


@dataclass(frozen=True, slots=True)
class SendBytes:
    """Bytes as they are."""

    data: bytes


@dataclass(frozen=True, slots=True)
class SendChunk:
    """Bytes in one chunk of a chunked body."""

    data: bytes

    def encoded(self) -> bytes:
        """The bytes with their framing."""
        return b"%x\r\n%b\r\n" % (len(self.data), self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAnswer:
    """Chunks of what the simulator would have answered to the last request read: its pieces `start` to `stop`.

    One piece is one event of a stream, or a whole plain body. `head` sends its status and headers first.
    """

    start: int = 0
    stop: int | None = None
    head: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Drip:
    """Bytes in pieces of `size`, `gap_s` seconds apart."""

    data: bytes
    size: int = 1
    gap_s: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """The same bytes again and again, `gap_s` seconds apart, until the client leaves; at most `times`."""

    data: bytes
    gap_s: float = 0.1
    times: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing for so many seconds; None: until the client leaves or the simulator closes."""

    for_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReading:
    """Leave what the client sends where it is for so many seconds, so that a large request fills every buffer.

    A client that leaves meanwhile is noticed afterwards. None: until the simulator closes.
    """

    for_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnect:
    """Close the connection, properly or with a reset. A script that does not is followed by ordinary service."""

    how: Literal["fin", "rst"] = "fin"


END_CHUNKS = SendBytes(b"0\r\n\r\n")
"""The end of a chunked body."""

ConnectionAct: TypeAlias = (
    ReadRequest | SendHead | SendBytes | SendChunk | SendAnswer | Drip | Repeat | Pause | StopReading | Disconnect
)


class WireScripts:
    """Scripts of the connections to come, in the order they were queued; each is used once."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[ConnectionAct, ...]] = deque()

    def add(self, acts: tuple[ConnectionAct, ...]) -> None:
        """Queue the script of one connection."""
        self._waiting.append(acts)

    def take(self) -> tuple[ConnectionAct, ...]:
        """The script of a connection that has been opened; nothing where none waits."""
        try:
            return self._waiting.popleft()
        except IndexError:
            return ()

    def clear(self) -> None:
        """Drop every script that still waits."""
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)
