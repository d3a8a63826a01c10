"""Bedrock's Converse and ConverseStream."""

from __future__ import annotations

import struct
from binascii import crc32
from functools import cache
from string import ascii_letters, digits
from typing import Any, Final

from canned.text import compact, words

_USAGE: Final = {"inputTokens": 120, "outputTokens": 40, "totalTokens": 160}
_PADDING: Final = ascii_letters + digits
_STRING: Final = 7  # type of a header's value, in the event stream encoding


@cache
def body(text: str) -> bytes:
    """A whole answer."""
    message = {"role": "assistant", "content": [{"text": text}]}
    answer = {"output": {"message": message}, "stopReason": "end_turn", "usage": _USAGE, "metrics": {"latencyMs": 900}}
    return compact(answer).encode()


@cache
def stream(chunks: int) -> bytes:
    """One text block of `chunks` deltas."""
    messages = [
        _message("messageStart", {"p": _PADDING, "role": "assistant"}),
        *(
            _message("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": word}, "p": _padding(number)})
            for number, word in enumerate(words(chunks))
        ),
        _message("contentBlockStop", {"contentBlockIndex": 0, "p": _PADDING}),
        _message("messageStop", {"p": _PADDING, "stopReason": "end_turn"}),
        _message("metadata", {"metrics": {"latencyMs": 900}, "p": _PADDING, "usage": _USAGE}),
    ]
    return b"".join(messages)


def _padding(number: int) -> str:
    """Bedrock pads each event to a length of its own, so that lengths give nothing away."""
    return _PADDING[: 1 + number * 7 % len(_PADDING)]


def _message(event_type: str, payload: dict[str, Any]) -> bytes:
    """One message of the AWS event stream: lengths, their checksum, headers, payload, checksum of all."""
    headers = b"".join(
        struct.pack(f"!B{len(name)}sBH{len(value)}s", len(name), name.encode(), _STRING, len(value), value.encode())
        for name, value in (
            (":event-type", event_type),
            (":content-type", "application/json"),
            (":message-type", "event"),
        )
    )
    data = compact(payload).encode()
    lengths = struct.pack("!II", 16 + len(headers) + len(data), len(headers))
    framed = lengths + struct.pack("!I", crc32(lengths)) + headers + data
    return framed + struct.pack("!I", crc32(framed))
