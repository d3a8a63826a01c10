"""Server-sent events out of bytes: incremental, bounded, no I/O. Every SSE wire is framed here.

Source: WHATWG HTML, "Server-sent events", section 9.2.6 (interpreting an event stream), read 2026-11. Departures, all
of them towards strictness: an event that is still open when the stream ends is reported, not forgotten, and an event
has a size limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from penguiflow_llm_types._errors import LLMProtocolError

MAX_EVENT_BYTES: Final = 16 * 1024 * 1024
"""Largest event accepted unless told otherwise."""

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSentEvent:
    """One event: its name (None for the default) and its data, lines joined by a newline, not yet decoded."""

    data: bytes
    event: str | None = None


class SSEDecoder:
    """Bytes in, events out; one instance per stream. However the bytes are cut, the events are the same.

    An event is as large as its lines; where one is too large, those that came in the same chunk before it are lost.
    Raises `LLMProtocolError` of kind "too_large" for an event over `max_event_bytes`.
    """

    __slots__ = ("_data", "_event", "_line", "_max", "_seen_cr", "_size", "_started", "comments")

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max = max_event_bytes
        self._line = bytearray()  # the unfinished last line
        self._data: list[bytes] = []
        self._event: str | None = None
        self._size = 0
        self._started = False
        self._seen_cr = False
        self.comments = 0
        """Comment lines seen: signs of life that carry nothing."""

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that `chunk` completes."""
        if not self._started:
            chunk = bytes(self._line) + chunk
            self._line.clear()
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                self._line += chunk
                return []
            self._started = True
            chunk = chunk.removeprefix(_BOM)
        if self._seen_cr and chunk:  # CRLF cut in two: the LF belongs to the CR before it
            self._seen_cr = False
            chunk = chunk.removeprefix(b"\n")
        if b"\r" in chunk:
            self._seen_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return self._take_lines(chunk)

    def has_remainder(self) -> bool:
        """Whether the bytes so far end inside an event: at the end of a stream, a sign that it was cut."""
        return bool(self._line or self._data) or self._event is not None

    def _take_lines(self, chunk: bytes) -> list[ServerSentEvent]:
        events: list[ServerSentEvent] = []
        lines = chunk.split(b"\n")
        if len(lines) > 1 and self._line:
            lines[0] = bytes(self._line) + lines[0]
            self._line.clear()
        for line in lines[:-1]:
            if line:
                self._check(len(line))
                self._take_line(line)
            elif (event := self._dispatch()) is not None:
                events.append(event)
        self._line += lines[-1]
        self._check(len(self._line))
        return events

    def _take_line(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            self._size += len(line)
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif line.startswith(b":"):
            self.comments += 1
        elif line == b"data":
            self._take_line(b"data:")
        elif line == b"event" or line.startswith(b"event:"):
            self._event = line[6:].decode("utf-8", "replace").removeprefix(" ") or None

    def _dispatch(self) -> ServerSentEvent | None:
        data, event = self._data, self._event
        self._event, self._size = None, 0
        if not data:
            return None
        self._data = []
        return ServerSentEvent(data=data[0] if len(data) == 1 else b"\n".join(data), event=event)

    def _check(self, pending: int) -> None:
        if self._size + pending > self._max:
            raise LLMProtocolError(
                f"the provider sent a stream event of more than {self._max} bytes; ask for a shorter answer",
                kind="too_large",
                phase="stream",
                billed="unknown",
            )
