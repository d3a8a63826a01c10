"""The one framer of every SSE wire: whatever the split of bytes, the events are those of a parse of the whole."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_types import MAX_EVENT_BYTES, LLMProtocolError, ServerSentEvent, SSEDecoder


def reference(stream: bytes) -> list[ServerSentEvent]:
    """The events of a whole stream, after the WHATWG text and sharing nothing with the decoder but its result type."""
    lines = re.split(rb"\r\n|\r|\n", re.sub(rb"\A\xef\xbb\xbf", b"", stream))
    events: list[ServerSentEvent] = []
    name, data = b"", None
    for line in lines[:-1]:  # the last was never ended
        field, _, value = line.partition(b":")
        value = value[1:] if value[:1] == b" " else value
        if line == b"":
            if data is not None:
                events.append(ServerSentEvent(data=data[:-1], event=name.decode("utf-8", "replace") or None))
            name, data = b"", None
        elif field == b"data":
            data = (data or b"") + value + b"\n"
        elif field == b"event":
            name = value
    return events


def decode(*pieces: bytes) -> list[ServerSentEvent]:
    """The events of a stream that arrives in `pieces`."""
    decoder = SSEDecoder()
    return [event for piece in pieces for event in decoder.feed(piece)]


def cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    """`stream` cut at `cuts`, which need be neither sorted nor distinct."""
    return [
        stream[start:end] for start, end in pairwise(sorted({0, len(stream), *(c % (len(stream) + 1) for c in cuts)}))
    ]


_LINES = st.sampled_from(
    [
        *(b"data: a", b"data:b", b"data:  c", b"data", b"data:", b'data: {"k": "v\xc3\xa9"}', b"datax: 1", b" data: 1"),
        *(b"event: ping", b"event:x", b"event", b"event:", b": comment", b":", b"id: 1", b"retry: 5", b"\x00\xff"),
        *(b"", b"", b""),
    ]
)
_ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
_STREAMS = st.builds(
    lambda bom, lines, rest: bom + b"".join(line + end for line, end in lines) + rest,
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xef\xbb"]),
    st.lists(st.tuples(_LINES, _ENDS), max_size=30),
    _LINES,
)

_CASES: list[tuple[bytes, list[ServerSentEvent]]] = [
    (b"", []),
    (b"data: a\n\n", [ServerSentEvent(data=b"a")]),
    (b"data:a\n\n", [ServerSentEvent(data=b"a")]),
    (b"data:  a \n\n", [ServerSentEvent(data=b" a ")]),
    (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [ServerSentEvent(data=x) for x in (b"a", b"b", b"c")]),
    (b"\xef\xbb\xbfdata: a\n\n", [ServerSentEvent(data=b"a")]),
    (b"event: x\ndata: a\n\ndata: b\n\n", [ServerSentEvent(data=b"a", event="x"), ServerSentEvent(data=b"b")]),
    (b"data: a\ndata:\ndata: b\n\n", [ServerSentEvent(data=b"a\n\nb")]),
    (b"data\n\n", [ServerSentEvent(data=b"")]),
    (b"event: x\n\ndata: a\n\n", [ServerSentEvent(data=b"a")]),
    (b"event: x\nevent:\ndata: a\n\n", [ServerSentEvent(data=b"a")]),
    (b": keepalive\n\n:\n\n", []),
    (b"id: 7\n: comment\n\n", []),
    (b"data: : keepalive\n\n", [ServerSentEvent(data=b": keepalive")]),
    (b"event: \xff\ndata: a\n\n", [ServerSentEvent(data=b"a", event="\ufffd")]),
    (b"data: a\n", []),
    (b"data: a", []),
]


@pytest.mark.parametrize(("stream", "expected"), _CASES)
def test_framing(stream: bytes, expected: list[ServerSentEvent]) -> None:
    """Each rule of the standard that a provider uses, and each form servers get wrong."""
    assert expected == decode(stream)
    assert expected == reference(stream)


@given(_STREAMS, st.lists(st.integers(min_value=0), max_size=20))
def test_any_split_gives_the_same_events(stream: bytes, cuts: list[int]) -> None:
    """Where the network cuts a stream must not change what it says: not in a CRLF, a BOM or a character."""
    assert reference(stream) == decode(*cut(stream, cuts))


@given(_STREAMS)
def test_byte_by_byte_gives_the_same_events(stream: bytes) -> None:
    """The most hostile split there is."""
    assert reference(stream) == decode(*(bytes([byte]) for byte in stream))


@given(st.binary(max_size=300), st.lists(st.integers(min_value=0), max_size=10))
def test_any_bytes_are_framed(stream: bytes, cuts: list[int]) -> None:
    """Bytes that are no event stream at all give no exception and no surprise."""
    assert reference(stream) == decode(*cut(stream, cuts))


_ENDINGS: list[tuple[bytes, bool]] = [
    (b"", False),
    (b"data: a\n\n", False),
    (b"data: a\n\n: bye\n", False),
    (b"data: a\n\nid: 1\n", False),
    (b"data: a\n", True),
    (b"data: a", True),
    (b"data: a\n\nda", True),
    (b"data: a\n\nevent: done\n", True),
    (b"data: a\r\n\r", False),
    (b"\xef\xbb", True),
]


@pytest.mark.parametrize(("stream", "expected"), _ENDINGS)
def test_remainder(stream: bytes, expected: bool) -> None:
    """A stream that ends inside an event was cut, however cleanly the connection closed."""
    decoder = SSEDecoder()
    decoder.feed(stream)
    assert expected == decoder.has_remainder()


def test_comments_are_counted() -> None:
    """A keep-alive shows life, which is not progress."""
    decoder = SSEDecoder()
    decoder.feed(b": one\n\n:\ndata: a\n\n: th")
    assert decoder.comments == 2
    decoder.feed(b"ree\n")
    assert decoder.comments == 3


_TOO_LARGE: list[list[bytes]] = [
    [b"data: " + b"x" * 101 + b"\n\n"],
    [b"data: " + b"x" * 60, b"x" * 60],
    [b"data: " + b"x" * 60 + b"\n", b"data: " + b"x" * 60 + b"\n"],
    [b"data: " + b"x" * 60 + b"\n" + b"x" * 60],
    [b"data\n" * 101],
    [b"data:\n" * 101],
    [b":" + b"x" * 120],
    [b"x" * 120],
]


@pytest.mark.parametrize("pieces", _TOO_LARGE)
def test_an_event_over_the_limit_is_refused(pieces: list[bytes]) -> None:
    """An endless line or event must not fill the memory."""
    decoder = SSEDecoder(max_event_bytes=100)
    for piece in pieces[:-1]:
        decoder.feed(piece)
    with pytest.raises(LLMProtocolError, match="more than 100 bytes") as caught:
        decoder.feed(pieces[-1])
    assert (caught.value.kind, caught.value.phase, caught.value.retryable) == ("too_large", "stream", False)


def test_the_limit_is_per_event() -> None:
    """A long stream of short events is no long event."""
    decoder = SSEDecoder(max_event_bytes=100)
    events = [event for _ in range(50) for event in decoder.feed(b"event: x\ndata: " + b"y" * 80 + b"\n\n")]
    assert len(events) == 50
    assert MAX_EVENT_BYTES == 16 * 1024 * 1024


def test_a_long_line_is_read_in_linear_time() -> None:
    """A line that arrives in many pieces costs its length, not its square: 8 MiB, 256 bytes at a time."""
    piece = b"x" * 256
    started = time.process_time()
    decoder = SSEDecoder()
    decoder.feed(b"data: ")
    for _ in range(32 * 1024):
        decoder.feed(piece)
    (event,) = decoder.feed(b"\n\n")
    assert len(event.data) == 8 * 1024 * 1024
    assert time.process_time() - started < 1.0
