"""Token counts of Chat Completions, whichever way a service spells them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from penguiflow_llm_types import Usage
from penguiflow_llm_types.wire import count, mapping

# Where services put the cached part of the prompt: OpenAI in prompt_tokens_details, the others beside the totals.
# Recorded traffic of each, 2025 to 2026.
_CACHE_READ_FIELDS: Final = (
    "prompt_cache_hit_tokens",  # DeepSeek
    "cached_tokens",  # Together, Moonshot
    "num_cached_tokens",  # Mistral
    "cache_read_input_tokens",  # Databricks, Venice, Vercel
)
_MOST_USD: Final = 1_000_000  # of one call: what claims more is no price


def chat_usage(usage: Mapping[str, Any] | None, *, reports_cost_usd: bool = False) -> Usage:
    """Ours for a `usage` object; a `Usage` that says nothing for None."""
    if not usage:
        return Usage()
    prompt = mapping(usage.get("prompt_tokens_details") or usage.get("prompt_token_details"))
    completion = mapping(usage.get("completion_tokens_details") or usage.get("completion_token_details"))
    reasoning = count(completion.get("reasoning_tokens"))
    return Usage(
        input_tokens=count(usage.get("prompt_tokens")),
        output_tokens=_output_tokens(usage, reasoning),
        cache_read_tokens=_cache_read(usage, prompt),
        cache_write_tokens=_first(prompt.get("cache_write_tokens"), usage.get("cache_creation_input_tokens")),
        reasoning_tokens=reasoning,
        input_audio_tokens=count(prompt.get("audio_tokens")),
        output_audio_tokens=count(completion.get("audio_tokens")),
        input_image_tokens=count(prompt.get("image_tokens")),
        output_image_tokens=count(completion.get("image_tokens")),
        accepted_prediction_tokens=count(completion.get("accepted_prediction_tokens")),
        rejected_prediction_tokens=count(completion.get("rejected_prediction_tokens")),
        web_searches=count(mapping(usage.get("server_tool_use_details")).get("web_search_requests")),
        reported_cost_usd=_reported_cost(usage) if reports_cost_usd else None,
    )


def _output_tokens(usage: Mapping[str, Any], reasoning: int | None) -> int | None:
    """Reasoning included, also where a service counts it beside `completion_tokens`.

    xAI does, and its `total_tokens` gives it away; so does Gemini behind Vercel's gateway, where there is then more
    reasoning than completion, although a part cannot exceed the whole.
    """
    completion = count(usage.get("completion_tokens"))
    if completion is None or not reasoning:
        return completion
    sum_of_three = (count(usage.get("prompt_tokens")) or 0) + completion + reasoning
    is_beside = reasoning > completion or sum_of_three == count(usage.get("total_tokens"))
    return completion + reasoning if is_beside else completion


def _cache_read(usage: Mapping[str, Any], prompt: Mapping[str, Any]) -> int | None:
    return _first(prompt.get("cached_tokens"), *(usage.get(name) for name in _CACHE_READ_FIELDS))


def _first(*values: object) -> int | None:
    return next((number for value in values if (number := count(value)) is not None), None)


def _reported_cost(usage: Mapping[str, Any]) -> Decimal | None:
    """What the router took, and with a key of one's own at the model's provider ("bring your own key") what that takes.

    OpenRouter documentation, "Usage accounting", read 2026-11.
    """
    own = _cost(usage.get("cost"))
    if own is None or usage.get("is_byok") is not True:
        return own
    upstream = _cost(mapping(usage.get("cost_details")).get("upstream_inference_cost"))
    return None if upstream is None else own + upstream


def _cost(value: object) -> Decimal | None:
    is_amount = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MOST_USD
    return Decimal(str(value)) if is_amount else None
