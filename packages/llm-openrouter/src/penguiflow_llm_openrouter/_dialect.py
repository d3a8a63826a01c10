"""Chat Completions as OpenRouter speaks it, as a value."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_openai_compat import ChatDialect
from penguiflow_llm_openrouter._errors import OPENROUTER_ERRORS
from penguiflow_llm_openrouter._profiles import CACHE_CONTROL_FAMILIES

# openrouter 1.3.84, components.ChatRequest, read 2026-11: `stream_options` does nothing, usage always comes;
# `max_tokens` is the name that every provider's list of parameters has.
OPENROUTER_CHAT: Final = ChatDialect(
    provider="openrouter",
    max_tokens_field="max_tokens",
    reasoning_max_tokens_field="max_tokens",
    stream_options=None,
    sampling=frozenset({"temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty"}),
    reasoning_fields=("reasoning", "reasoning_content"),
    reasoning_settings="reasoning",
    reasoning_replay="reasoning_details",
    cache_breakpoint_families=CACHE_CONTROL_FAMILIES,
    cache_settings="cache_control",
    documents_by_url=True,
    reports_cost_usd=True,
    errors=OPENROUTER_ERRORS,
)
