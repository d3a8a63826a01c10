"""Real Responses traffic through the decoders: nothing crashes, and a stream says what its terminal event says."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm_openai._decode import decode_response
from penguiflow_llm_openai._stream import ResponsesStreamDecoder
from penguiflow_llm_types import (
    LLMProtocolError,
    ReasoningDelta,
    SSEDecoder,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)


def _records(api: str) -> Iterator[dict[str, Any]]:
    for parent in Path(__file__).resolve().parents:
        path = parent.parent / "shared" / "recordings" / f"{api}.jsonl.gz"
        if path.is_file():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                yield from map(json.loads, lines)
            return
    pytest.skip("no recorded traffic beside this checkout (../shared/recordings)")


def _stream(data: bytes, size: int) -> tuple[list[StreamEvent], Any]:
    frames, decoder = SSEDecoder(), ResponsesStreamDecoder()
    events: list[StreamEvent] = []
    for start in range(0, len(data), size):
        for frame in frames.feed(data[start : start + size]):
            events.extend(decoder.feed(frame))
    return events, decoder.finish()


def _terminal(data: bytes) -> dict[str, Any]:
    lines = [line[5:] for line in data.decode().splitlines() if line.startswith("data:") and "{" in line]
    response: dict[str, Any] = json.loads(lines[-1])["response"]
    return response


@pytest.mark.parametrize("api", ["openai.responses", "azure.responses", "compat.responses", "openrouter.responses"])
def test_successes(api: str) -> None:
    """Every recorded success decodes; a stream equals its terminal response, however its bytes are cut."""
    queued = 0
    for record in _records(api):
        if record["response"]["status"] != 200:
            continue
        data = record["response"]["body"].encode()
        if data.lstrip().startswith(b"{"):
            body = json.loads(data)
            if body["status"] == "queued":  # a background response: no answer yet
                queued += 1
                with pytest.raises(LLMProtocolError):
                    decode_response(body)
                continue
            assert decode_response(body).usage.input_tokens == body["usage"]["input_tokens"], record["id"]
            continue
        events, response = _stream(data, len(data))
        assert (events, response) == _stream(data, 37), record["id"]
        assert response == decode_response(_terminal(data)), record["id"]
        assert response.text == "".join(e.text for e in events if isinstance(e, TextDelta)), record["id"]
        assert response.reasoning == "".join(e.text for e in events if isinstance(e, ReasoningDelta)), record["id"]
        started = [(e.id, e.name) for e in events if isinstance(e, ToolCallStart)]
        assert started == [(call.id, call.name) for call in response.tool_calls], record["id"]
        for index, call in enumerate(response.tool_calls):
            deltas = [e.arguments for e in events if isinstance(e, ToolCallDelta) and e.index == index]
            assert call.arguments == "".join(deltas), record["id"]
    assert queued == (3 if api == "openai.responses" else 0)
