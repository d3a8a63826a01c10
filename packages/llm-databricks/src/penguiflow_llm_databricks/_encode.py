"""An `LLMRequest` into a Databricks body: Chat Completions as each family of models takes it."""

from __future__ import annotations

from typing import Any, Final

from penguiflow_llm_databricks._dialects import DATABRICKS_CHAT, DIALECTS
from penguiflow_llm_openai_compat import encode_chat
from penguiflow_llm_types import CallWarning, LLMConfigurationError, LLMRequest, ModelProfile

MAX_TOOLS: Final = 32  # Databricks documentation, "Function calling on Databricks", read 2026-11


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
    return encode_chat(request, profile, DIALECTS.get(profile.family, DATABRICKS_CHAT), stream=stream)
