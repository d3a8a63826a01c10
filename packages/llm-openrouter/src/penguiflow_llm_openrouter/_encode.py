"""An `LLMRequest` into OpenRouter's Chat Completions: the shared body, and where it may go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_openai_compat import ChatDialect, encode_chat
from penguiflow_llm_openrouter._errors import OPENROUTER_ERRORS
from penguiflow_llm_openrouter._options import Routing
from penguiflow_llm_openrouter._profiles import CACHE_CONTROL_FAMILIES
from penguiflow_llm_types import CallWarning, LLMRequest, ModelProfile
from penguiflow_llm_types.wire import merged

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
    reports_cost_usd=True,
    errors=OPENROUTER_ERRORS,
)


def encode_openrouter(
    request: LLMRequest, profile: ModelProfile, routing: Routing, *, stream: bool
) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    """The body to send and what it could not say. `request.extra` is merged in last, over the routing.

    Structured output goes only to providers that have it: the others would leave the schema out in silence.
    """
    session, request = _session(request)
    asked = replace(request, extra={})
    body, warnings = encode_chat(asked, profile, OPENROUTER_CHAT, stream=stream)
    body |= session
    if routing.models:
        body["models"] = list(routing.models)
    preferences = dict(routing.provider)
    if request.structured_output is not None:
        preferences.setdefault("require_parameters", True)
    if preferences:
        body["provider"] = preferences
    if routing.plugins:
        body["plugins"] = [dict(plugin) for plugin in routing.plugins]
    return merged(body, request.extra), warnings


def _session(request: LLMRequest) -> tuple[dict[str, str], LLMRequest]:
    """A cache key is a session here: OpenRouter sends requests of one session to one provider, where the cache is."""
    if request.cache is None or request.cache.key is None:
        return {}, request
    return {"session_id": request.cache.key}, replace(request, cache=replace(request.cache, key=None))
