"""Databricks's streams: Chat Completions chunks, read by the shared decoder."""

from __future__ import annotations

from collections.abc import Sequence

from penguiflow_llm_databricks._dialects import DATABRICKS_CHAT
from penguiflow_llm_openai_compat import ChatStreamDecoder
from penguiflow_llm_types import CallWarning


def databricks_stream(*, warnings: Sequence[CallWarning] = ()) -> ChatStreamDecoder:
    """A decoder for one stream."""
    return ChatStreamDecoder(DATABRICKS_CHAT, warnings=warnings)
