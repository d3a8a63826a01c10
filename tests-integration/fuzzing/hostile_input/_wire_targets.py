"""Targets of every wire: whole bodies, streams, refusals, and answers that are sent back in the next turn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any, Final
from zlib import crc32

from penguiflow_llm_core._cost import Tariff, attempt_cost
from penguiflow_llm_types import (
    CompletionResponse,
    LLMError,
    LLMMessage,
    LLMRequest,
    StreamEvent,
    TextPart,
    ToolResultPart,
)
from penguiflow_llm_types.wire import StreamDecoder, WireJSON, error_from_response

from ._byte_mutation import mutated_bytes
from ._json_mutation import mutated_json
from ._seeds import seeds_of
from ._stream_mutation import mutated_stream
from ._target import BrokenPromiseError, Target, check_response, ended
from ._wires import WIRES, Spoken

_NOW: Final = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_RESULT: Final = TextPart(text="18 degrees")
_STATUSES: Final = (
    300,
    301,
    400,
    401,
    402,
    403,
    404,
    407,
    408,
    409,
    413,
    418,
    422,
    424,
    425,
    429,
    499,
    500,
    502,
    503,
    504,
    520,
    529,
    599,
    999,
)
_HEADER_VALUES: Final = (
    "", "0", "-1", "1e309", "nan", "inf", "-0.0", "99999999999999999999", "1.5", "1s", "6m0s", "9" * 400, "\xff",
    "\x00",
    "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 9999 07:28:00 -9999", "Wed, 99 Foo 2015", "2026-11-26T12:00:00Z",
    "0001-01-01T00:00:00+23:59", "true", "false", "ThrottlingException:http://x", "::", "é", "a" * 5_000,
)  # fmt: skip
_HEADERS: Final = (
    "retry-after", "retry-after-ms", "x-amz-retry-after", "x-should-retry", "x-request-id", "request-id",
    "x-amzn-requestid", "x-amzn-errortype", "content-type", "x-generation-id", "cf-ray",
)  # fmt: skip


def wire_targets(*, recorded: bool) -> Iterator[Target]:
    """Three targets a wire."""
    for spoken in WIRES:
        yield _body_target(spoken, recorded=recorded)
        yield _stream_target(spoken, recorded=recorded)
        yield _refusal_target(spoken, recorded=recorded)


def _body_target(spoken: Spoken, *, recorded: bool) -> Target:
    seeds: list[tuple[bytes, Any]] = []

    def make(rng: Random) -> bytes:
        if not seeds:
            seeds.extend((body, json.loads(body)) for body in seeds_of(spoken.name, recorded=recorded).plain)
        body, value = rng.choice(seeds)
        return mutated_bytes(body, rng) if rng.random() < 0.1 else mutated_json(value, rng)

    def run(data: bytes) -> str:
        try:
            response = spoken.wire.decode(WireJSON().body(data), warnings=())
        except LLMError as error:
            return ended(error)
        return _taken(spoken, response, data)

    return Target(name=f"{spoken.name} bodies", make=make, run=run)


def _stream_target(spoken: Spoken, *, recorded: bool) -> Target:
    seeds: list[Any] = []

    def make(rng: Random) -> bytes:
        if not seeds:
            seeds.extend(spoken.read(body) for body in seeds_of(spoken.name, recorded=recorded).streams)
        events = mutated_stream(rng.choice(seeds), rng.choice(seeds), rng)
        body = spoken.write(events)
        return mutated_bytes(body, rng) if rng.random() < 0.1 else body

    def run(data: bytes) -> str:
        decoder = spoken.wire.stream_decoder(warnings=())
        try:
            events = _fed(spoken, decoder, data)
            response = decoder.finish()
        except LLMError as error:
            check_response(decoder.partial())
            return ended(error)
        _check_events(events)
        return _taken(spoken, response, data)

    return Target(name=f"{spoken.name} streams", make=make, run=run)


def _fed(spoken: Spoken, decoder: StreamDecoder, data: bytes) -> list[StreamEvent]:
    """As the one loop of all providers does, with the bytes cut as they happen to say."""
    frames = spoken.wire.frames()
    size = (len(data) or 1, 64, max(1, len(data) // 2))[crc32(data) % 3]
    events: list[StreamEvent] = []
    for start in range(0, len(data), size):
        for frame in frames.feed(data[start : start + size]):
            events += decoder.feed(frame)
        if decoder.finished:
            break
    return events


def _check_events(events: list[StreamEvent]) -> None:
    for event in events:
        repr(event).encode()


def _taken(spoken: Spoken, response: CompletionResponse, data: bytes) -> str:
    """An answer that was read can be shown, priced, and sent back."""
    check_response(response)
    if crc32(data) % 4 == 0:
        cost = attempt_cost(response.usage, Tariff(model=spoken.model, price_provider=spoken.plugin.price_provider))
        if cost is not None and not cost.usd.is_finite():
            raise BrokenPromiseError(f"a cost of {cost.usd}")
        return f"{response.finish_reason}, {_sent_back(spoken, response)}"
    return response.finish_reason


def _sent_back(spoken: Spoken, response: CompletionResponse) -> str:
    results = tuple(
        ToolResultPart(tool_call_id=call.id, name=call.name, content=(_RESULT,)) for call in response.tool_calls
    )
    asked = LLMMessage(role="user", parts=(TextPart(text="Which town?"),))
    said = (LLMMessage(role="tool", parts=results),) if results else ()
    request = LLMRequest(model=spoken.model, messages=(asked, response.message, *said, asked), max_tokens=1_000)
    try:
        encoded = spoken.wire.encode(request, spoken.profile, stream=False)
    except LLMError as error:
        return ended(error)
    json.dumps(encoded.body, ensure_ascii=False, allow_nan=False).encode()
    return "sent back"


def _refusal_target(spoken: Spoken, *, recorded: bool) -> Target:
    def make(rng: Random) -> bytes:
        status, headers, body = rng.choice(seeds_of(spoken.name, recorded=recorded).errors)
        status = rng.choice(_STATUSES) if rng.random() < 0.4 else status
        kept = {name.lower(): value for name, value in headers}
        for _ in range(rng.choice((0, 0, 1, 2))):
            kept[rng.choice(_HEADERS)] = rng.choice(_HEADER_VALUES)
        return _refusal(status, kept, _mutated(body, rng))

    def run(data: bytes) -> str:
        status, headers, body = _read_refusal(data)
        return ended(error_from_response(status, body, headers, spoken.errors, now=_NOW))

    return Target(name=f"{spoken.name} refusals", make=make, run=run)


def _mutated(body: bytes, rng: Random) -> bytes:
    if rng.random() < 0.25:
        return mutated_bytes(body, rng)
    try:
        value = json.loads(body)
    except ValueError:
        return mutated_bytes(body, rng)
    nested = rng.random()
    if nested < 0.1:  # a gateway that quotes what it was told
        value = {"error": {"message": json.dumps(value), "code": 400}}
    elif nested < 0.15:
        value = [value]
    return mutated_json(value, rng)


def _refusal(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """A refusal as one input: a line of JSON with its status and headers, and the body."""
    return json.dumps([status, dict(headers)]).encode() + b"\n" + body


def _read_refusal(data: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = data.partition(b"\n")
    status, headers = json.loads(head)
    return status, headers, body
