"""Chat Completions as Databricks and the models behind its endpoints speak it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from penguiflow_llm_databricks._errors import DATABRICKS_ERRORS
from penguiflow_llm_databricks._profiles import CLAUDE_FAMILIES
from penguiflow_llm_openai_compat import ChatDialect

# Databricks documentation, "Foundation model REST API reference", read 2026-11: any other field is refused by name
# ("json: unknown field ..."). Usage comes with every chunk, unasked.
DATABRICKS_CHAT: Final = ChatDialect(
    provider="databricks",
    max_tokens_field="max_tokens",
    reasoning_max_tokens_field="max_tokens",
    stream_options=None,
    sampling=frozenset({"temperature", "top_p", "top_k"}),
    strict_tools=False,
    refused_settings=frozenset({"parallel_tool_calls", "service_tier", "metadata"}),
    cache_settings="cache_control of parts",
    errors=DATABRICKS_ERRORS,
)
# databricks-openai 0.18.0: `strict` is for models with "gpt" in their names; Claude takes no empty content.
_GPT_CHAT: Final = replace(DATABRICKS_CHAT, strict_tools=True)
_CLAUDE_CHAT: Final = replace(
    DATABRICKS_CHAT,
    reasoning_settings="thinking",
    reasoning_replay="content",
    empty_assistant_content=" ",
    cache_breakpoint_families=CLAUDE_FAMILIES,
)
DIALECTS: Final[Mapping[str, ChatDialect]] = {
    "claude": _CLAUDE_CHAT,
    "claude-adaptive": _CLAUDE_CHAT,
    "gpt": _GPT_CHAT,
}
"""By the family of the model; any other family speaks `DATABRICKS_CHAT`."""
