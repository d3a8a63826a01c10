"""The framing of Bedrock's streams: AWS event stream messages, each holding one Messages event.

Source: AWS SDK documentation, "Event stream encoding" (prelude of two lengths and a checksum, typed headers, payload, a
checksum of it all), and anthropic 2.12.0, `lib/bedrock/_stream_decoder.py`, read 2026-11.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

from penguiflow_llm_types import MAX_EVENT_BYTES, LLMProtocolError, ServerSentEvent
from penguiflow_llm_types.wire import WireJSON, json_text, text_or_none

_PRELUDE: Final = struct.Struct(">III")  # length of all, length of the headers, checksum of the two
_CHECKSUM: Final = struct.Struct(">I")
_STRING: Final = 7  # type of a header's value
# Sizes of header values other than strings and bytes, by type; the two that have none are booleans.
_FIXED: Final[Mapping[int, int]] = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}


class AwsEventStreamDecoder:
    """Bytes in, events out; one instance per stream. However the bytes are cut, the events are the same.

    Raises `LLMProtocolError` of kind "crc" for a message that was damaged, "too_large" for one over `MAX_EVENT_BYTES`.
    """

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """The events that `chunk` completes."""
        self._buffer += chunk
        while (message := self._take()) is not None:
            event = _event(*message)
            if event is not None:
                yield event

    def _take(self) -> tuple[dict[str, str], bytes] | None:
        """The headers and the payload of the next whole message."""
        if len(self._buffer) < _PRELUDE.size:
            return None
        whole, headers, checksum = _PRELUDE.unpack_from(self._buffer)
        if binascii.crc32(self._buffer[:8]) != checksum or whole < headers + _PRELUDE.size + _CHECKSUM.size:
            raise _broken("crc", "a damaged stream")
        if whole > MAX_EVENT_BYTES:
            raise _broken("too_large", f"a stream event of more than {MAX_EVENT_BYTES} bytes")
        if len(self._buffer) < whole:
            return None
        message = bytes(self._buffer[:whole])
        del self._buffer[:whole]
        if binascii.crc32(message[:-4]) != _CHECKSUM.unpack_from(message, whole - 4)[0]:
            raise _broken("crc", "a damaged stream")
        start = _PRELUDE.size + headers
        return _headers(message[_PRELUDE.size : start]), message[start:-4]


def _headers(data: bytes) -> dict[str, str]:
    """The string headers, which are those that say what the message is."""
    found: dict[str, str] = {}
    position = 0
    try:
        while position < len(data):
            end = position + 1 + data[position]
            name, kind = data[position + 1 : end].decode(), data[end]
            position = end + 1
            size = _FIXED.get(kind)
            if size is None:
                size = struct.unpack_from(">H", data, position)[0]
                position += 2
            if kind == _STRING:
                found[name] = data[position : position + size].decode()
            position += size
    except (IndexError, struct.error, UnicodeDecodeError):
        raise _broken("framing", "a stream event whose headers cannot be read") from None
    return found


def _event(headers: Mapping[str, str], payload: bytes) -> ServerSentEvent | None:
    """The Messages event in a message; an exception of AWS's becomes the `error` event Anthropic would have sent."""
    kind = headers.get(":message-type")
    if kind in ("exception", "error"):
        return ServerSentEvent(event="error", data=_error(headers, payload).encode())
    wrapped = WireJSON().event(payload).get("bytes")
    if not isinstance(wrapped, str):
        return None
    try:
        return ServerSentEvent(data=base64.b64decode(wrapped, validate=True))
    except ValueError:  # no base64, or no ASCII
        raise _broken("json", "a stream event that is not base64") from None


def _error(headers: Mapping[str, str], payload: bytes) -> str:
    name = headers.get(":exception-type") or headers.get(":error-code") or "api_error"
    try:
        said: Mapping[str, Any] = WireJSON().event(payload)
    except LLMProtocolError:
        said = {}
    message = text_or_none(said.get("message")) or headers.get(":error-message")
    error = {"type": f"{name[:1].upper()}{name[1:]}" if name.endswith("Exception") else name, "message": message}
    return json_text({"type": "error", "error": error})


def _broken(kind: str, what: str) -> LLMProtocolError:
    message = f"the provider sent {what}; ask again, and check what stands between"
    return LLMProtocolError(message, kind=kind, phase="stream", billed="unknown")
