"""Prompt cache settings, which both OpenAI wires spell alike."""

from __future__ import annotations

from typing import Any

from penguiflow_llm_types import CallWarning, LLMRequest, ModelProfile
from penguiflow_llm_types.wire import unsupported


def cache_fields(
    request: LLMRequest, profile: ModelProfile, *, options_families: frozenset[str], warnings: list[CallWarning]
) -> dict[str, Any]:
    """Prompt cache settings as body fields.

    `options_families` are the model families that take `prompt_cache_options` (openai 3.54.0: "gpt-5.6 and later");
    older ones take the retentions "in_memory" and "24h".
    """
    if any(tool.cache is not None for tool in request.tools):
        warnings.append(unsupported("tools.cache", "this API has no cache breakpoints on tools"))
    cache = request.cache
    if cache is None:
        return {}
    fields: dict[str, Any] = {}
    if cache.content is not None:
        warnings.append(unsupported("cache.content", "this API has no named caches"))
    if cache.key is not None:
        fields["prompt_cache_key"] = cache.key
    if cache.ttl is not None:
        if profile.family in options_families:
            fields["prompt_cache_options"] = {"ttl": cache.ttl}
        elif cache.ttl in ("in_memory", "24h"):
            fields["prompt_cache_retention"] = cache.ttl
        else:
            warnings.append(unsupported("cache.ttl", f"model {profile.model!r} takes 'in_memory' or '24h'"))
    return fields
