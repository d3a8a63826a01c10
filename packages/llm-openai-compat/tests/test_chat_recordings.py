"""Real traffic through the decoders: nothing crashes, and a stream says what its chunks say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from penguiflow_llm_openai_compat import CHAT_ERRORS, ChatDialect, ChatStreamDecoder, decode_chat
from penguiflow_llm_types import (
    LLMError,
    LLMInvalidRequestError,
    LLMParseError,
    SSEDecoder,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from penguiflow_llm_types.wire import WireJSON, error_from_response

OPENAI: Final = ChatDialect(provider="openai")
APIS: Final = ["openai.chat", "azure.chat", "compat.chat", "openrouter.chat", "databricks.chat"]
# Groq's two streams that end in an error event.
IN_BAND_ERRORS: Final = {"compat.chat-8e947bc80e73", "compat.chat-9e866a6389da"}
Read = Callable[[str], Iterator[dict[str, Any]]]


def _stream(data: bytes, size: int) -> tuple[list[StreamEvent], Any]:
    frames, decoder = SSEDecoder(), ChatStreamDecoder(OPENAI)
    events: list[StreamEvent] = []
    for start in range(0, len(data), size):
        for frame in frames.feed(data[start : start + size]):
            events.extend(decoder.feed(frame))
    return events, decoder.finish()


@pytest.mark.parametrize("api", APIS)
def test_successes(recordings: Read, api: str) -> None:
    """Every recorded success decodes; a stream's events add up to its answer, however its bytes are cut."""
    seen = 0
    for record in recordings(api):
        data = record["response"].get("body", "").encode()
        if record["response"]["status"] != 200 or record["id"] in IN_BAND_ERRORS:
            continue
        seen += 1
        if data.lstrip().startswith(b"{"):
            response = decode_chat(WireJSON().body(data), OPENAI)
            content = json.loads(data)["choices"][0].get("message", {}).get("content") or ""
            assert isinstance(content, list) or content == response.text, record["id"]
            continue
        events, response = _stream(data, len(data))
        assert (events, response) == _stream(data, 37), record["id"]
        assert response.text == "".join(e.text for e in events if isinstance(e, TextDelta)), record["id"]
        started = [(e.id, e.name) for e in events if isinstance(e, ToolCallStart)]
        assert started == [(call.id, call.name) for call in response.tool_calls], record["id"]
        for index, call in enumerate(response.tool_calls):
            deltas = [e.arguments for e in events if isinstance(e, ToolCallDelta) and e.index == index]
            assert call.arguments == "".join(deltas), record["id"]
    assert seen > 0


def test_groq_errors_in_the_stream(recordings: Read) -> None:
    """The two recorded ones are the model's mistake, so the model is asked again."""
    for record in recordings("compat.chat"):
        if record["id"] in IN_BAND_ERRORS:
            with pytest.raises(LLMParseError) as caught:
                _stream(record["response"]["body"].encode(), 4096)
            assert "tool_args" == caught.value.kind


@pytest.mark.parametrize("api", [*APIS, "errors.quoted", "databricks.quoted", "openai.responses", "compat.responses"])
def test_refusals(recordings: Read, api: str) -> None:
    """Every recorded error is of a type of the tree, with words of the provider's in it."""
    for record in recordings(api):
        status = record["response"]["status"]
        if status < 400:
            continue
        ours = error_from_response(status, record["response"]["body"].encode(), {}, CHAT_ERRORS, now=datetime.now(UTC))
        assert type(ours) is not LLMError
        assert "it gave no reason" not in ours.message, record["id"]
        assert status not in (401, 402, 404, 429) or type(ours) is not LLMInvalidRequestError, record["id"]
