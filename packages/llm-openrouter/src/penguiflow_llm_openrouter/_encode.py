"""An `LLMRequest` into OpenRouter's Chat Completions: the shared body, and where it may go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from penguiflow_llm_openai_compat import encode_chat
from penguiflow_llm_openrouter._dialect import OPENROUTER_CHAT
from penguiflow_llm_openrouter._options import Routing
from penguiflow_llm_types import CallWarning, LLMRequest, ModelProfile
from penguiflow_llm_types.wire import merged


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
