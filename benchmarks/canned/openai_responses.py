"""The Responses API."""

from __future__ import annotations

from functools import cache
from typing import Any

from canned.text import compact, events, words


@cache
def body(text: str) -> bytes:
    """A whole answer."""
    return compact(_response(text)).encode()


@cache
def stream(chunks: int) -> bytes:
    """`chunks` text deltas between the opening and closing events."""
    pieces = words(chunks)
    text = "".join(pieces)
    done = _response(text)
    started = done | {"status": "in_progress", "output": [], "usage": None}
    item, place = done["output"][0], {"item_id": "msg_bench", "output_index": 0, "content_index": 0}
    part = item["content"][0]
    empty = item | {"status": "in_progress", "content": []}
    values: list[dict[str, Any]] = [
        {"type": "response.created", "response": started},
        {"type": "response.in_progress", "response": started},
        {"type": "response.output_item.added", "output_index": 0, "item": empty},
        {"type": "response.content_part.added", **place, "part": part | {"text": ""}},
        *({"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []} for piece in pieces),
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": done},
    ]
    numbered = (value | {"sequence_number": number} for number, value in enumerate(values))
    return events(numbered, named=True).encode()


def _response(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    return {
        "id": "resp_bench",
        "object": "response",
        "created_at": 1790000000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "model": "gpt-5.4-mini",
        "output": [
            {"type": "message", "id": "msg_bench", "status": "completed", "role": "assistant", "content": content}
        ],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": 120,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 40,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 160,
        },
        "user": None,
        "metadata": {},
    }
