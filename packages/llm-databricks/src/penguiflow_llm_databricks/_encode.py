"""An `LLMRequest` into a Databricks body: Chat Completions as each family of models takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_databricks._errors import DATABRICKS_ERRORS
from penguiflow_llm_databricks._profiles import CLAUDE_FAMILIES
from penguiflow_llm_openai_compat import ChatDialect, encode_chat
from penguiflow_llm_types import CallWarning, LLMConfigurationError, LLMRequest, ModelProfile

MAX_TOOLS: Final = 32  # Databricks documentation, "Function calling on Databricks", read 2026-11

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
_DIALECTS: Final[Mapping[str, ChatDialect]] = {
    "claude": _CLAUDE_CHAT,
    "claude-adaptive": _CLAUDE_CHAT,
    "gpt": _GPT_CHAT,
}


def encode_databricks(
    request: LLMRequest, profile: ModelProfile, *, stream: bool
) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    """The body to send and what it could not say. `request.extra` is merged in last.

    Raises:
        LLMConfigurationError: more tools than Databricks takes.
    """
    if len(request.tools) > MAX_TOOLS:
        raise LLMConfigurationError(
            f"Databricks takes {MAX_TOOLS} tools, not {len(request.tools)}; leave some out",
            provider="databricks",
            model=request.model,
            phase="local",
        )
    return encode_chat(request, profile, _DIALECTS.get(profile.family, DATABRICKS_CHAT), stream=stream)
