"""Settings every wire spells in its own way, and what to do where a model does not take one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_types._profile import ModelProfile
from penguiflow_llm_types._request import Effort, LLMRequest, ReasoningConfig
from penguiflow_llm_types._response import CallWarning
from penguiflow_llm_types.wire._warnings import adapted, unsupported

_EFFORTS: Final[tuple[Effort, ...]] = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

EFFORT_BUDGETS: Final[Mapping[Effort, int]] = {
    "minimal": 1_024,
    "low": 2_048,
    "medium": 8_192,
    "high": 24_576,
    "xhigh": 32_768,
    "max": 32_768,
}
"""Tokens to think with, for Claude models that take a budget and no effort.

Up to 2,048 tokens low, 8,192 medium, 24,576 high, as Anthropic's migration notes pair budgets with efforts, and 1,024
the least it takes; read 2026-11. Above 32k, says its "Extended thinking", Claude may well not use a budget up.
"""

_PAIRED: Final[tuple[Effort, ...]] = ("low", "medium", "high")


def reasoning_effort(
    config: ReasoningConfig | None, profile: ModelProfile, warnings: list[CallWarning]
) -> Effort | None:
    """The effort to send, the nearest one the model takes; None when nothing was asked or it takes none."""
    if config is None or (config.effort is None and config.budget_tokens is None):
        return None
    effort = config.effort or _effort_of_budget(config.budget_tokens or 0)
    if config.effort is None:
        warnings.append(adapted("reasoning.budget_tokens", f"this wire takes an effort, so {effort!r} was sent"))
    if not profile.efforts:
        if not profile.known and not profile.reasoning:
            return effort  # nothing is known of the model: let the service decide
        warnings.append(unsupported("reasoning.effort", f"model {profile.model!r} does not take one"))
        return None
    nearest = min(profile.efforts, key=lambda known: abs(_EFFORTS.index(known) - _EFFORTS.index(effort)))
    if nearest != effort:
        warnings.append(adapted("reasoning.effort", f"model {profile.model!r} takes {nearest!r}, not {effort!r}"))
    return nearest


def _effort_of_budget(tokens: int) -> Effort:
    if tokens <= 0:
        return "none"
    return next((effort for effort in _PAIRED if tokens <= EFFORT_BUDGETS[effort]), "xhigh")


def sampling_fields(
    request: LLMRequest,
    profile: ModelProfile,
    *,
    effort: Effort | None,
    wire: frozenset[str],
    warnings: list[CallWarning],
) -> dict[str, Any]:
    """Sampling settings as body fields. `wire` names those the wire has.

    OpenAI deployment checklist, read 2026-11: models that reason take temperature and top_p only with effort "none".
    """
    sampling = request.sampling
    asked = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "seed": sampling.seed,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    model_samples = profile.temperature or effort == "none"
    fields: dict[str, Any] = {}
    for name, value in asked.items():
        if value is None:
            continue
        if name not in wire:
            warnings.append(unsupported(name, "this API has no such setting"))
        elif name != "seed" and not model_samples:
            when = "while it reasons" if "none" in profile.efforts else "at any value"
            warnings.append(unsupported(name, f"model {profile.model!r} refuses it {when}"))
        else:
            fields[name] = value
    return fields


def merged(body: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """`body` with the caller's own fields over it; objects are merged, everything else is replaced."""
    result = dict(body)
    for name, value in extra.items():
        before = result.get(name)
        result[name] = merged(before, value) if isinstance(before, dict) and isinstance(value, Mapping) else value
    return result
