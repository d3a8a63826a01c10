"""Streams made hostile event by event: out of order, repeated, missing, mixed with another stream's, or broken."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final, TypeAlias

from penguiflow_llm_bedrock._event_stream import EventStreamDecoder
from penguiflow_llm_testing._personalities.bedrock._event_stream import message
from penguiflow_llm_types import SSEDecoder

from ._byte_mutation import mutated_bytes
from ._json_mutation import mutated_json

_LONGEST: Final = 60  # events of a seed: more say nothing new and take longer


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name, where it has one, and its data, beside what the data parses to."""

    name: str | None
    data: bytes
    value: Any = None


Stream: TypeAlias = tuple[Event, ...]
Framing: TypeAlias = Callable[[Sequence[Event]], bytes]


def read_sse(body: bytes) -> Stream:
    """The events of a stream of server-sent events."""
    return _shortened([_event(found.event, found.data) for found in SSEDecoder().feed(body)])


def read_aws(body: bytes) -> Stream:
    """The events of AWS's binary framing."""
    return _shortened([_event(found.event, found.data) for found in EventStreamDecoder().feed(body)])


def write_sse(events: Sequence[Event]) -> bytes:
    """Events as server-sent events."""
    return b"".join(
        (b"" if event.name is None else b"event: " + event.name.encode() + b"\n") + b"data: " + event.data + b"\n\n"
        for event in events
    )


def write_aws(events: Sequence[Event]) -> bytes:
    """Events in AWS's binary framing, with checksums that hold."""
    return b"".join(_aws(event.name or "", event.data) for event in events)


def write_aws_chunks(events: Sequence[Event]) -> bytes:
    """Events as Bedrock wraps those of a model's own API."""
    wrapped = (json.dumps({"bytes": base64.b64encode(event.data).decode()}).encode() for event in events)
    return b"".join(_aws("chunk", data) for data in wrapped)


def mutated_stream(stream: Stream, other: Stream, rng: Random) -> list[Event]:
    """`stream` after one or two changes; `other` is another of the same wire, to mix in."""
    events = list(stream)
    for _ in range(rng.choice((1, 1, 2))):
        events = _changed(events, other, rng)
    return events


def _changed(events: list[Event], other: Stream, rng: Random) -> list[Event]:
    if not events:
        return list(other)
    at, to = rng.randrange(len(events)), rng.randrange(len(events))
    match rng.randrange(12):
        case 0:
            return events[:at]
        case 1:
            return events[:at] + events[at + 1 :]
        case 2:
            return [*events[: at + 1], *events[at:]]
        case 3:
            events[at], events[to] = events[to], events[at]
            return events
        case 4:
            return rng.sample(events, len(events))
        case 5:  # two answers at once
            return [event for pair in zip(events, other, strict=False) for event in pair]
        case 6:
            return [*events[:at], *other[: to + 1], *events[at:]]
        case 7:
            renamed = replace(events[at], name=rng.choice((None, "", "error", events[to].name)))
            return [*events[:at], renamed, *events[at + 1 :]]
        case 8:
            return [*events[:at], Event(events[at].name, mutated_bytes(events[at].data, rng)), *events[at + 1 :]]
        case _:
            if events[at].value is None:
                return events
            return [*events[:at], Event(events[at].name, mutated_json(events[at].value, rng)), *events[at + 1 :]]


def _event(name: str | None, data: bytes) -> Event:
    try:
        return Event(name, data, json.loads(data))
    except ValueError:
        return Event(name, data)


def _shortened(events: list[Event]) -> Stream:
    half = _LONGEST // 2
    return tuple(events if len(events) <= _LONGEST else [*events[:half], *events[-half:]])


def _aws(name: str, data: bytes) -> bytes:
    if name.startswith("exception:"):
        return message({":message-type": "exception", ":exception-type": name.partition(":")[2]}, data)
    return message({":message-type": "event", ":event-type": name, ":content-type": "application/json"}, data)
