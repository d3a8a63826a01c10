"""OpenRouter's streams: Chat Completions chunks, read by the shared decoder."""

from __future__ import annotations

from collections.abc import Sequence

from penguiflow_llm_openai_compat import ChatStreamDecoder
from penguiflow_llm_openrouter._dialect import OPENROUTER_CHAT
from penguiflow_llm_types import CallWarning


def openrouter_stream(*, warnings: Sequence[CallWarning] = ()) -> ChatStreamDecoder:
    """A decoder for one stream."""
    return ChatStreamDecoder(OPENROUTER_CHAT, warnings=warnings)
