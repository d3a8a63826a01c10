"""Bedrock's framing: the same events however the bytes come, and no damaged one among them."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from typing import Any, Final

import pytest

from penguiflow_llm_anthropic._errors import failed
from penguiflow_llm_anthropic._frames import AwsEventStreamDecoder
from penguiflow_llm_types import (
    LLMOverloadedError,
    LLMProtocolError,
    LLMRateLimitError,
    LLMServerError,
    ServerSentEvent,
)

EVENT: Final = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}


def message(payload: bytes, headers: bytes) -> bytes:
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return head + struct.pack(">I", binascii.crc32(head))


def header(name: str, value: bytes, kind: int = 7) -> bytes:
    data = struct.pack(">H", len(value)) + value if kind in (6, 7) else value
    return bytes([len(name)]) + name.encode() + bytes([kind]) + data


def strings(headers: dict[str, str]) -> bytes:
    return b"".join(header(name, value.encode()) for name, value in headers.items())


def chunk(event: Any) -> bytes:
    wrapped = json.dumps({"bytes": base64.b64encode(json.dumps(event).encode()).decode(), "p": "abc"})
    return message(wrapped.encode(), strings(EVENT))


def read(data: bytes, size: int | None = None) -> list[ServerSentEvent]:
    decoder = AwsEventStreamDecoder()
    step = size or len(data)
    return [event for place in range(0, len(data), step) for event in decoder.feed(data[place : place + step])]


EVENTS: Final = [{"type": "ping"}, {"type": "message_stop", "x": "é" * 300}]


@pytest.mark.parametrize("size", [None, 1, 3, 17])
def test_events_however_they_come(size: int | None) -> None:
    """Byte by byte as in one piece."""
    data = b"".join(chunk(event) for event in EVENTS)
    assert EVENTS == [json.loads(event.data) for event in read(data, size)]


def test_headers_of_every_type() -> None:
    """Only strings say anything here; the others are passed over by their sizes."""
    sizes = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
    odd = b"".join(header(f"h{kind}", bytes(size), kind) for kind, size in sizes.items()) + header("b", b"xyz", 6)
    payload = json.dumps({"bytes": base64.b64encode(b"{}").decode()}).encode()
    assert [ServerSentEvent(data=b"{}")] == read(message(payload, odd + strings(EVENT)))


def test_messages_that_hold_no_event() -> None:
    """Such as those Amazon may add."""
    assert [] == read(message(b'{"p": "abc"}', strings(EVENT)))


EXCEPTIONS: Final = [
    (
        {":message-type": "exception", ":exception-type": "throttlingException"},
        b'{"message":"slow"}',
        LLMRateLimitError,
    ),
    (
        {":message-type": "exception", ":exception-type": "serviceUnavailableException"},
        b'{"message":"full"}',
        LLMOverloadedError,
    ),
    ({":message-type": "exception", ":exception-type": "modelStreamErrorException"}, b"not JSON", LLMServerError),
    ({":message-type": "error", ":error-code": "Internal", ":error-message": "oops"}, b"", LLMServerError),
    ({":message-type": "error"}, b"{}", LLMServerError),
]


@pytest.mark.parametrize(("headers", "payload", "error"), EXCEPTIONS)
def test_exceptions_are_error_events(headers: dict[str, str], payload: bytes, error: type[Exception]) -> None:
    """As Anthropic would have sent them, so that one table reads both."""
    (event,) = read(message(payload, strings(headers)))
    assert "error" == event.event
    assert error is type(failed(json.loads(event.data), phase="stream"))


def damaged(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


WHOLE: Final = chunk(EVENTS[0])
BROKEN: Final = [
    ("a length", damaged(WHOLE, 3), "crc"),
    ("a header", damaged(WHOLE, 20), "crc"),
    ("the payload", damaged(WHOLE, len(WHOLE) - 9), "crc"),
    ("too short to be one", struct.pack(">III", 10, 0, binascii.crc32(struct.pack(">II", 10, 0))), "crc"),
    (
        "too large",
        struct.pack(">III", 1 << 30, 0, binascii.crc32(struct.pack(">II", 1 << 30, 0))),
        "too_large",
    ),
    ("headers that end early", message(b"{}", b"\x05ab"), "framing"),
    ("headers that are no text", message(b"{}", b"\x01\xff\x00"), "framing"),
    ("payload that is no JSON", message(b"{", strings(EVENT)), "json"),
    ("payload that is no base64", message(b'{"bytes": "*"}', strings(EVENT)), "json"),
]


@pytest.mark.parametrize(("data", "kind"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_damage_is_noticed(data: bytes, kind: str) -> None:
    """Two checksums, and sizes that must fit."""
    with pytest.raises(LLMProtocolError) as caught:
        read(data)
    assert kind == caught.value.kind
