"""Anthropic's Messages API."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from canned.text import compact, events, words

_USAGE: Final = {
    "input_tokens": 120,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 40,
    "service_tier": "standard",
    "inference_geo": "global",
}


@cache
def body(text: str) -> bytes:
    """A whole answer."""
    done = {"stop_reason": "end_turn", "content": [{"type": "text", "text": text}]}
    return compact(_message() | done).encode()


@cache
def stream(chunks: int) -> bytes:
    """One text block of `chunks` deltas."""
    values: list[dict[str, Any]] = [
        {"type": "message_start", "message": _message() | {"usage": _USAGE | {"output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
            for word in words(chunks)
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None, "stop_details": None},
            "usage": _USAGE,
        },
        {"type": "message_stop"},
    ]
    return events(values, named=True).encode()


def _message() -> dict[str, Any]:
    return {
        "id": "msg_bench",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "usage": _USAGE,
    }
