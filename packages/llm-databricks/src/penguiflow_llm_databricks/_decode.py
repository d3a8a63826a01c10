"""Databricks's answers: Chat Completions, read by the shared decoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from penguiflow_llm_databricks._dialects import DATABRICKS_CHAT
from penguiflow_llm_openai_compat import decode_chat
from penguiflow_llm_types import CallWarning, CompletionResponse


def decode_databricks(body: Mapping[str, Any], *, warnings: Sequence[CallWarning] = ()) -> CompletionResponse:
    """A whole body; see `decode_chat` for what it raises."""
    return decode_chat(body, DATABRICKS_CHAT, warnings=warnings)
