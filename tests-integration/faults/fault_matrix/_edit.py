"""A provider's own answer with the JSON in it changed, and everything around it as it should be."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from fault_matrix._bench import Bench, as_json

Change: TypeAlias = Callable[[Any, int], Any]
"""Gets a JSON value and how many follow it."""


def edited(bench: Bench, body: bytes, change: Change) -> bytes:
    """`body` with every JSON value in it replaced by what `change` makes of it."""
    if not bench.streamed:
        return as_json(change(json.loads(body), 0))
    if bench.provider == "bedrock":
        frames = list(_frames(body))
        payloads = [change(json.loads(payload), len(frames) - number) for number, (_, payload) in enumerate(frames, 1)]
        return b"".join(framed(head, as_json(value)) for (head, _), value in zip(frames, payloads, strict=True))
    events = re.split(rb"(?m)^(data: \{.*\})", body)
    for at in range(1, len(events), 2):
        value = json.loads(events[at].removeprefix(b"data: "))
        events[at] = b"data: " + as_json(change(value, (len(events) - at) // 2 - 1))
    return b"".join(events)


def everywhere(value: Any, change: Callable[[dict[str, Any]], None]) -> Any:
    """`value`, after `change` has seen each object in it."""
    match value:
        case dict():
            change(value)
            for item in value.values():
                everywhere(item, change)
        case list():
            for item in value:
                everywhere(item, change)
    return value


def framed(headers: bytes, payload: bytes) -> bytes:
    """One message of the AWS event stream, with its checksums."""
    head = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = head + struct.pack(">I", zlib.crc32(head)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def _frames(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Headers and payload of each message."""
    while body:
        size, headers = struct.unpack(">II", body[:8])
        yield body[12 : 12 + headers], body[12 + headers : size - 4]
        body = body[size:]
