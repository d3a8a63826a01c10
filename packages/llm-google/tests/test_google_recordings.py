"""Recorded streams through the decoder: cut anywhere, split anywhere, and beside the plain answer of the same."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from penguiflow_llm_google._decode import decode_generate
from penguiflow_llm_google._stream import GenerateStreamDecoder
from penguiflow_llm_types import CompletionResponse, LLMTruncatedError, SSEDecoder, StreamEvent, UsageUpdate


def _streams(records: Any) -> Iterator[tuple[str, bytes]]:
    for record in records("google.stream"):
        if record["response"]["status"] == 200:
            yield record["id"], record["response"]["body"].encode()


def _chunks(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(event.data) for event in SSEDecoder().feed(body)]


def _play(pieces: Iterator[bytes]) -> tuple[list[StreamEvent], CompletionResponse]:
    frames, decoder = SSEDecoder(), GenerateStreamDecoder()
    events = [event for piece in pieces for frame in frames.feed(piece) for event in decoder.feed(frame)]
    return events, decoder.finish()


def test_a_stream_is_its_plain_answer(records: Any) -> None:
    """The chunks put into one body, as `generateContent` would have sent it: one value, streamed or plain."""
    differing = []
    for name, body in _streams(records):
        chunks = _chunks(body)
        if b"partialArgs" in body or b"willContinue" in body:
            continue  # a plain answer has its arguments whole
        candidates = [chunk["candidates"][0] for chunk in chunks if chunk.get("candidates")]
        parts = [part for found in candidates for part in (found.get("content") or {}).get("parts") or []]
        candidate = {name: value for found in candidates for name, value in found.items() if name != "content"}
        whole = {name: value for chunk in chunks for name, value in chunk.items()}
        whole["candidates"] = [candidate | {"content": {"parts": parts, "role": "model"}}]
        if decode_generate(whole) != _play(iter([body]))[1]:
            differing.append(name)
    assert differing == []


def test_split_anywhere(records: Any) -> None:
    """Byte by byte and in seeded random pieces the events are the same."""
    rng = random.Random(20261126)
    differing = []
    for name, body in _streams(records):
        whole = _play(iter([body]))
        pieces = _pieces(body, rng) if len(body) > 20_000 else (body[i : i + 1] for i in range(len(body)))
        if _play(pieces) != whole:
            differing.append(name)
    assert differing == []


def test_cut_anywhere(records: Any) -> None:
    """At every byte the answer is whole or the stream is truncated: what ends an event decides, so each is tried."""
    short, streams = [], 0
    for name, body in _streams(records):
        streams += 1
        whole = _play(iter([body]))[1]
        frames, decoder = SSEDecoder(), GenerateStreamDecoder()
        for place in range(len(body)):
            seen = [decoder.feed(frame) for frame in frames.feed(body[place : place + 1])]
            if not seen:
                continue  # nothing changes between two events
            try:
                answer = decoder.finish()
            except LLMTruncatedError:
                continue
            if answer != whole:
                short.append((name, place))
    assert short == []
    assert streams > 200


def test_deltas_add_up(records: Any) -> None:
    """What was shown is what was answered; counts are told once the answer is finished."""
    for name, body in _streams(records):
        events, response = _play(iter([body]))
        text = "".join(getattr(event, "text", "") for event in events)
        assert sorted(text) == sorted(response.text + response.reasoning), name
        updates = [event.usage for event in events if isinstance(event, UsageUpdate)]
        assert not updates or updates[-1] == response.usage, name


def _pieces(body: bytes, rng: random.Random) -> Iterator[bytes]:
    start = 0
    while start < len(body):
        size = rng.randint(1, rng.choice((3, 40, 1400)))
        yield body[start : start + size]
        start += size
