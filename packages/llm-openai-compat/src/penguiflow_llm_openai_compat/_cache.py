"""Prompt cache settings: as both OpenAI wires spell them, and as services do that pass them on to Claude."""

from __future__ import annotations

from typing import Any

from penguiflow_llm_openai_compat._dialect import ChatDialect
from penguiflow_llm_types import CacheBreakpoint, CallWarning, LLMRequest, ModelProfile
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


def cache_control(cache: CacheBreakpoint) -> dict[str, str]:
    """`cache_control` of a block, Anthropic's name of a breakpoint."""
    return {"type": "ephemeral"} if cache.ttl is None else {"type": "ephemeral", "ttl": cache.ttl}


def cache_control_fields(
    request: LLMRequest, profile: ModelProfile, dialect: ChatDialect, warnings: list[CallWarning]
) -> dict[str, Any]:
    """Settings of the whole request where breakpoints are called `cache_control`."""
    if any(tool.cache is not None for tool in request.tools):
        warnings.append(unsupported("tools.cache", "this API has no cache breakpoints on tools"))
    cache = request.cache
    if cache is None:
        return {}
    if cache.content is not None:
        warnings.append(unsupported("cache.content", "this API has no named caches"))
    if cache.key is not None:
        warnings.append(unsupported("cache.key", "this API has no cache keys"))
    if cache.ttl is None:
        return {}
    if dialect.cache_settings != "cache_control" or profile.family not in dialect.cache_breakpoint_families:
        warnings.append(
            unsupported("cache.ttl", "only breakpoints on parts have a lifetime here, if the model has any")
        )
        return {}
    return {"cache_control": cache_control(CacheBreakpoint(ttl=cache.ttl))}
