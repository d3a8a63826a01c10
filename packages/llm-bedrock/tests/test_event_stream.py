"""The framing: whatever arrives, either the very events that were sent or an error that says what is wrong."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import TypeAlias
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given, settings
from hypothesis import strategies as st

from penguiflow_llm_bedrock._event_stream import EXCEPTION, EventStreamDecoder
from penguiflow_llm_types import LLMProtocolError, ServerSentEvent

Frame: TypeAlias = Callable[..., bytes]


def decode(pieces: Sequence[bytes], **limits: int) -> list[ServerSentEvent]:
    decoder = EventStreamDecoder(**limits)
    return [event for piece in pieces for event in decoder.feed(piece)]


def test_split_at_every_byte(text_stream: list[bytes]) -> None:
    """A network may cut anywhere, and cut a message twice."""
    stream = b"".join(text_stream)
    whole = decode([stream])
    assert [event.event for event in whole] == [
        "messageStart",
        "contentBlockDelta",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]
    for cut in range(len(stream) + 1):
        assert whole == decode([stream[:cut], stream[cut:]])
    assert whole == decode([stream[index : index + 1] for index in range(len(stream))])


def test_as_botocore_reads_it(text_stream: list[bytes]) -> None:
    """Names and payloads are those that the SDK's own decoder finds."""
    buffer = EventStreamBuffer()
    buffer.add_data(b"".join(text_stream))
    theirs = [(message.headers[":event-type"], message.payload) for message in buffer]
    assert theirs == [(event.event, event.data) for event in decode(text_stream)]


def test_one_flipped_bit_is_noticed(text_stream: list[bytes]) -> None:
    """Anywhere: in the lengths, their checksum, headers, payload, or the checksum itself."""
    message = text_stream[1]
    for position in range(len(message)):
        broken = bytearray(message)
        broken[position] ^= 0x10
        with pytest.raises(LLMProtocolError) as caught:
            decode([bytes(broken), bytes(200)])
        assert caught.value.kind == "crc"
        assert caught.value.retry_rule == "uncertain"


@given(st.lists(st.binary(max_size=300), max_size=8))
@settings(deadline=None)
def test_any_bytes(pieces: list[bytes]) -> None:
    """Nothing but our own error, and no event, comes out of what is no event stream."""
    assert _outcome(pieces) in ([], "crc", "framing", "too_large")


def _outcome(pieces: list[bytes]) -> list[ServerSentEvent] | str | None:
    try:
        return decode(pieces)
    except LLMProtocolError as error:
        return error.kind


def test_failures_have_names_of_their_own(frame: Frame) -> None:
    """So that an exception is never taken for an event of tomorrow; an error keeps its words in its headers."""
    words = b"".join(
        struct.pack(">B", len(key)) + key + struct.pack(">BH", 7, len(value)) + value
        for key, value in ((b":error-message", b"gone"),)
    )
    events = decode(
        [
            frame("throttlingException", {"message": "slow down"}, kind="exception"),
            frame("InternalError", b"", kind="error", more=words),
        ]
    )
    assert events == [
        ServerSentEvent(data=b'{"message": "slow down"}', event=f"{EXCEPTION}throttlingException"),
        ServerSentEvent(data=b'{"message": "gone"}', event=f"{EXCEPTION}InternalError"),
    ]


def test_headers_of_every_type(frame: Frame) -> None:
    """Types nobody sends today are passed over, by their sizes."""
    values = ((0, b""), (1, b""), (2, b"x"), (3, b"xx"), (4, b"xxxx"), (5, b"x" * 8), (8, b"x" * 8), (9, b"x" * 16))
    others = b"".join(b"\x01a" + struct.pack(">B", kind) + value for kind, value in values)
    others += b"\x01b" + struct.pack(">BH", 6, 3) + b"\x00\xff\x01"
    assert [event.event for event in decode([frame("metadata", {}, more=others)])] == ["metadata"]


def _message(headers: bytes, *, claimed: int | None = None, size: int | None = None) -> bytes:
    """A message with right checksums and any headers and lengths."""
    length = 16 + len(headers) if size is None else size
    prelude = struct.pack(">II", length, len(headers) if claimed is None else claimed)
    checked = prelude + struct.pack(">I", crc32(prelude)) + headers
    return checked + struct.pack(">I", crc32(checked))


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(_message(b"\x05abc"), id="a name that is cut"),
        pytest.param(_message(b"\x01a\x07\x00\x09x"), id="a value that is cut"),
        pytest.param(_message(b"\x01a\x63"), id="a type there is not"),
        pytest.param(_message(b"\x01\xff\x07\x00\x01x"), id="a name that is no text"),
        pytest.param(_message(b"", claimed=40), id="more headers than message"),
        pytest.param(_message(b"", size=8), id="less than a message can be"),
    ],
)
def test_lengths_that_cannot_be(message: bytes) -> None:
    """A right checksum does not make a message."""
    with pytest.raises(LLMProtocolError) as caught:
        decode([message])
    assert caught.value.kind == "framing"


def test_too_large_is_refused_by_its_length(frame: Frame) -> None:
    """Before its bytes have come: 16 MiB by default."""
    prelude = struct.pack(">II", 64 * 1024 * 1024, 0)
    with pytest.raises(LLMProtocolError) as caught:
        decode([prelude + struct.pack(">I", crc32(prelude))])
    assert (caught.value.kind, caught.value.retry_rule) == ("too_large", "never")
    with pytest.raises(LLMProtocolError):
        decode([frame("metadata", {"usage": {}})], max_message_bytes=64)


def test_a_remainder_is_known(text_stream: list[bytes]) -> None:
    """Whether a stream ended inside a message."""
    decoder = EventStreamDecoder()
    list(decoder.feed(text_stream[0]))
    assert not decoder.has_remainder()
    list(decoder.feed(text_stream[1][:40]))
    assert decoder.has_remainder()


def test_a_message_without_a_name_is_passed_over() -> None:
    """As an event whose name is unknown is."""
    assert decode([_message(b"")]) == []
