"""An independent reading of Databricks' bodies and streams: Chat Completions, with reasoning among the content.

After Databricks' documentation, "Query reasoning models" and "Foundation model REST API reference", read 2026-11.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wire_replay import _oracle_chat
from wire_replay._reading import NoAnswer, Reading


def read(answer: dict[str, Any] | list[dict[str, Any]]) -> Reading | NoAnswer:
    """A body, or the events of a stream."""
    events = answer if isinstance(answer, list) else [answer]
    for event in events:
        if "error_code" in event:
            return NoAnswer(why="the answer carries an error", error=event)
    reading = _oracle_chat.read_stream(events) if isinstance(answer, list) else _oracle_chat.read_plain(answer)
    return reading if isinstance(reading, NoAnswer) else replace(reading, reasoning=_reasoning(events))


def _reasoning(events: list[dict[str, Any]]) -> str:
    """The text of every `reasoning` block's summary."""
    choices = [choice for event in events for choice in event.get("choices") or [] if choice.get("index", 0) == 0]
    messages = [choice.get("message") or choice.get("delta") or {} for choice in choices]
    contents = [message["content"] for message in messages if isinstance(message.get("content"), list)]
    blocks = [block for content in contents for block in content if block["type"] == "reasoning"]
    return "".join(piece.get("text") or "" for block in blocks for piece in block["summary"])
