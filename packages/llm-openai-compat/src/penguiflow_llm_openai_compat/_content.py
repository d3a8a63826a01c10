"""Message content as services send it: a string, or blocks of text and thinking."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from penguiflow_llm_types.wire import objects


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


def audio_bytes(audio: Mapping[str, Any]) -> bytes | None:
    """The sound of a message's `audio`; None when there is none or it is not base64."""
    data = audio.get("data")
    if not isinstance(data, str) or not data:
        return None
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return None
