"""Settings beside the conversation: sampling, stops, caching, tiers and metadata."""

from __future__ import annotations

from typing import Any, Final

from penguiflow_llm_anthropic._block_encode import BlockEncoder
from penguiflow_llm_anthropic._profiles import ClaudeFacts
from penguiflow_llm_types import CacheBreakpoint, CallWarning, LLMRequest, ModelProfile
from penguiflow_llm_types.wire import adapted, sampling_fields, unsupported

SAMPLING: Final = frozenset({"temperature", "top_p", "top_k"})
"""The sampling settings of the older version of the API; the newer one has none."""

_LEAST_TOP_P: Final = 0.95  # while it thinks; Claude documentation, "Extended thinking", read 2026-11
# types/message_create_params.py, anthropic 2.12.0; "default" is what others call it.
_TIERS: Final = {"auto": "auto", "standard_only": "standard_only", "default": "standard_only"}


def encode_sampling(
    request: LLMRequest, profile: ModelProfile, facts: ClaudeFacts, *, thinks: bool, warnings: list[CallWarning]
) -> dict[str, Any]:
    """Sampling settings, as far as the model takes them, and takes them together."""
    fields = sampling_fields(request, profile, effort=None, wire=SAMPLING, warnings=warnings)
    if fields.get("temperature", 0) > 1:
        warnings.append(adapted("temperature", "Anthropic takes 0 to 1, so 1 was sent"))
        fields["temperature"] = 1.0
    if facts.one_sampler and {"temperature", "top_p"} <= fields.keys():
        warnings.append(unsupported("top_p", f"model {profile.model!r} takes it or a temperature, not both"))
        del fields["top_p"]
    return _beside_thinking(fields, warnings) if thinks else fields


def _beside_thinking(fields: dict[str, Any], warnings: list[CallWarning]) -> dict[str, Any]:
    taken = {
        name: value
        for name, value in fields.items()
        if (name == "temperature" and value == 1) or (name == "top_p" and value >= _LEAST_TOP_P)
    }
    spare = sorted(fields.keys() - taken.keys())
    warnings += [unsupported(name, "the model refuses it while it reasons") for name in spare]
    return taken


def encode_cache(request: LLMRequest, blocks: BlockEncoder, warnings: list[CallWarning]) -> dict[str, Any]:
    """The breakpoint that the API itself puts at the end of the prompt, where the request asks for caching."""
    cache = request.cache
    if cache is None:
        return {}
    if cache.key is not None:
        warnings.append(unsupported("cache.key", "Anthropic finds what is cached by itself"))
    if cache.content is not None:
        warnings.append(unsupported("cache.content", "Anthropic has no named caches"))
    return {"cache_control": blocks.cache_control(CacheBreakpoint(ttl=cache.ttl))}


def encode_settings(request: LLMRequest, warnings: list[CallWarning]) -> dict[str, Any]:
    """Stop sequences, service tier and metadata."""
    fields: dict[str, Any] = {}
    stops = [stop for stop in request.stop if stop.strip()]
    if len(stops) < len(request.stop):
        warnings.append(unsupported("stop", "Anthropic takes no stop sequence of white space alone"))
    if stops:
        fields["stop_sequences"] = stops
    if request.service_tier is not None:
        if request.service_tier in _TIERS:
            fields["service_tier"] = _TIERS[request.service_tier]
        else:
            warnings.append(
                unsupported("service_tier", f"Anthropic takes 'auto' or 'standard_only', not {request.service_tier!r}")
            )
    spare = sorted(request.metadata.keys() - {"user_id"})
    warnings += [unsupported(f"metadata.{name}", "Anthropic takes a user_id only") for name in spare]
    if "user_id" in request.metadata:
        fields["metadata"] = {"user_id": request.metadata["user_id"]}
    return fields
