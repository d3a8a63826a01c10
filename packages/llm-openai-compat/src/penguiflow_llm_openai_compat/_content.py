"""Message content as services send it: a string, or blocks of text and thinking."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from penguiflow_llm_types.wire import objects, text_or_none


@dataclass(slots=True, kw_only=True)
class Thought:
    """Reasoning in a message's content, while it is put together."""

    text: list[str] = field(default_factory=list)
    signature: str | None = None


def split_content(content: object) -> tuple[str, str]:
    """Thinking and visible text of a message's `content`, each joined.

    Blocks come from Mistral (`thinking`), from Databricks for gpt-oss (`reasoning` with a `summary`) and from servers
    that answer in the shape of a request (`text`).
    """
    if isinstance(content, str):
        return "", content
    thinking: list[str] = []
    text: list[str] = []
    for block in objects(content):
        if isinstance(block.get("text"), str):
            text.append(block["text"])
        else:
            nested = block.get("thinking", block.get("summary"))
            thinking.append(nested if isinstance(nested, str) else split_content(nested)[1])
    return "".join(thinking), "".join(text)


def thoughts(content: object) -> list[Thought]:
    """The reasoning among the blocks of a message's `content`."""
    found: list[Thought] = []
    for block in objects(content):
        add_thoughts(found, block)
    return found


def add_thoughts(found: list[Thought], block: Mapping[str, Any]) -> None:
    """Add what a block thinks, a whole one or a fragment of a stream. A seal ends the thought it stands with."""
    if isinstance(block.get("text"), str):
        return  # visible text
    nested = block.get("thinking", block.get("summary"))
    pieces = objects(nested) or [{"text": nested}]
    for piece in (*pieces, {"signature": block.get("signature")}):
        text, signature = text_or_none(piece.get("text")) or "", text_or_none(piece.get("signature"))
        if not text and signature is None:
            continue
        if not found or (text and found[-1].signature is not None):
            found.append(Thought())
        found[-1].text.append(text)
        found[-1].signature = signature or found[-1].signature


def thought_block(text: str, signature: str | None) -> dict[str, Any]:
    """A thought as a block of content, to send back. Source: Databricks, "Query reasoning models", read 2026-11."""
    sealed = {} if signature is None else {"signature": signature}
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": text, **sealed}]}


def audio_bytes(audio: Mapping[str, Any]) -> bytes | None:
    """The sound of a message's `audio`; None when there is none or it is not base64."""
    data = audio.get("data")
    if not isinstance(data, str) or not data:
        return None
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return None
