"""The binary event stream of AWS out of bytes: incremental, bounded, both checksums verified, no I/O.

A message is its total length and the length of its headers (four bytes each), the CRC-32 of those eight bytes, the
headers, the payload, and the CRC-32 of everything before it. Source: AWS, "Event stream encoding", and botocore 1.44
`eventstream.py`, read 2026-11. botocore's own decoder copies its whole buffer once per message; this one does not.

Events come out as `ServerSentEvent`s, so that the one loop of all providers reads this wire too: `event` is the
`:event-type`, or for a failure `EXCEPTION` and its `:exception-type` or `:error-code`; `data` is the payload.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Final
from zlib import crc32

from penguiflow_llm_types import LLMProtocolError, ServerSentEvent

CONTENT_TYPE: Final = "application/vnd.amazon.eventstream"
EXCEPTION: Final = "exception:"
"""What the name of an event that is a failure begins with."""

MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
"""Largest message accepted unless told otherwise."""

_PRELUDE: Final = struct.Struct(">III")
_CRC: Final = struct.Struct(">I")
_LENGTH: Final = struct.Struct(">H")
_PRELUDE_BYTES: Final = 12
_LEAST_BYTES: Final = 16  # a prelude and the message's checksum
# Bytes of the header value types of a fixed size: true, false, byte, short, integer, long, timestamp, uuid.
_FIXED: Final = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
_BYTES: Final = 6
_STRING: Final = 7
_MAX_KEPT_NAMES: Final = 64


class EventStreamDecoder:
    """Bytes in, events out; one instance per stream. However the bytes are cut, the events are the same.

    Raises `LLMProtocolError`: kind "crc" for a checksum that does not match, "framing" for lengths or headers that
    cannot be, "too_large" for a message over `max_message_bytes`, refused as soon as its length is known.
    """

    __slots__ = ("_buffer", "_max", "_names", "_wanted")

    def __init__(self, *, max_message_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self._max = max_message_bytes
        self._buffer = bytearray()  # an unfinished message
        self._wanted = _PRELUDE_BYTES  # bytes to wait for before anything can be read
        self._names: dict[bytes, tuple[str | None, bytes]] = {}  # headers are few and repeat: read each block once

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """The events that `chunk` completes, one by one: those before a broken message are not lost with it."""
        if self._buffer:
            self._buffer += chunk
            if len(self._buffer) < self._wanted:
                return
            chunk = bytes(self._buffer)
            self._buffer.clear()
        start, end = 0, len(chunk)
        while end - start >= _PRELUDE_BYTES:
            size, headers = self._lengths(chunk, start)
            stop = start + size
            if stop > end:
                self._wanted = size
                break
            if crc32(chunk[start : stop - 4]) != _CRC.unpack_from(chunk, stop - 4)[0]:
                raise _broken("crc", "a stream message that does not match its checksum")
            body = start + _PRELUDE_BYTES + headers
            name, inline = self._named(chunk[start + _PRELUDE_BYTES : body])
            if name is not None:
                yield ServerSentEvent(data=chunk[body : stop - 4] or inline, event=name)
            start = stop
        else:
            self._wanted = _PRELUDE_BYTES
        self._buffer += chunk[start:] if start else chunk

    def has_remainder(self) -> bool:
        """Whether the bytes so far end inside a message: at the end of a stream, a sign that it was cut."""
        return bool(self._buffer)

    def _lengths(self, data: bytes, start: int) -> tuple[int, int]:
        """How long the message at `start` is, and its headers."""
        size, headers, prelude_crc = _PRELUDE.unpack_from(data, start)
        if crc32(data[start : start + 8]) != prelude_crc:
            raise _broken("crc", "a stream message whose lengths do not match their checksum")
        if size > self._max:
            raise _broken("too_large", f"a stream message of more than {self._max} bytes")
        if size < headers + _LEAST_BYTES:
            raise _broken("framing", "a stream message whose lengths contradict each other")
        return int(size), int(headers)

    def _named(self, block: bytes) -> tuple[str | None, bytes]:
        found = self._names.get(block)
        if found is None:
            found = _name(_headers(block))
            if len(self._names) < _MAX_KEPT_NAMES:
                self._names[block] = found
        return found


def _name(headers: dict[str, str]) -> tuple[str | None, bytes]:
    """The name of an event, and a payload for an error that keeps its words in its headers."""
    match headers.get(":message-type"):
        case "exception":
            return f"{EXCEPTION}{headers.get(':exception-type', '')}", b"{}"
        case "error":
            message = json.dumps({"message": headers.get(":error-message", "")})
            return f"{EXCEPTION}{headers.get(':error-code', '')}", message.encode()
        case _:
            return headers.get(":event-type"), b"{}"


def _headers(block: bytes) -> dict[str, str]:
    """The string headers of a message; values of other types are passed over."""
    found: dict[str, str] = {}
    at, end = 0, len(block)
    try:
        while at < end:
            name_end = at + 1 + block[at]
            name, kind = block[at + 1 : name_end].decode(), block[name_end]
            start = name_end + 1
            if kind in (_STRING, _BYTES):
                (size,) = _LENGTH.unpack_from(block, start)
                start += _LENGTH.size
            else:
                size = _FIXED[kind]
            at = start + size
            if kind == _STRING:
                found[name] = block[start:at].decode()
    except (LookupError, ValueError, TypeError, struct.error):
        at = -1
    if at != end:
        raise _broken("framing", "a stream message whose headers cannot be read")
    return found


def _broken(kind: str, what: str) -> LLMProtocolError:
    return LLMProtocolError(f"the provider sent {what}; ask again", kind=kind, phase="stream", billed="unknown")
