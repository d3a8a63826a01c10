"""Reasoning settings, translated for each family of models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from penguiflow_llm_bedrock._profiles import family_of
from penguiflow_llm_types import CallWarning, LLMRequest, ModelProfile, ReasoningConfig
from penguiflow_llm_types.wire import EFFORT_BUDGETS, adapted, reasoning_effort, unsupported

# Anthropic, "Extended thinking", read 2026-11.
_LEAST_BUDGET: Final = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """What to send for it."""

    fields: dict[str, Any] = field(default_factory=dict)
    """For `additionalModelRequestFields`."""
    effort: str | None = None
    """For `outputConfig`."""
    thinks: bool = False
    """Whether the model was told to reason, beside which some settings are refused."""
    takes_limit: bool = True
    """Whether `maxTokens` may be sent beside it."""


_NOTHING: Final = Reasoning()


def encode_reasoning(request: LLMRequest, profile: ModelProfile, warnings: list[CallWarning]) -> Reasoning:
    """The settings of `request`, in the words of the model's family."""
    config = request.reasoning
    if config is None:
        return _NOTHING
    style = family_of(profile).reasoning
    if style == "budget":
        return _budgeted(config, request.max_tokens, profile, warnings)
    if style == "adaptive":
        return _adaptive(config, profile, warnings)
    if config.include is not None:
        warnings.append(unsupported("reasoning.include", "this model shows its reasoning or not, as it is"))
    if _is_off(config) and not profile.reasons_unasked:
        return _NOTHING
    effort = reasoning_effort(config, profile, warnings)
    if effort is None:
        return _NOTHING
    match style:
        case "nova":  # AWS, "Extended thinking": at "high" the limit must be left to the model
            fields = {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": effort}}
            return Reasoning(fields=fields, thinks=True, takes_limit=effort != "high")
        case "effort":
            return Reasoning(fields={"reasoning_effort": effort})
        case "config":
            return Reasoning(fields={"reasoning_config": effort})
        case _:
            warnings.append(unsupported("reasoning.effort", f"nothing is known of how {profile.model!r} takes it"))
            return _NOTHING


def _is_off(config: ReasoningConfig) -> bool:
    return config.effort == "none" or (config.effort is None and config.budget_tokens == 0)


def _budgeted(
    config: ReasoningConfig, limit: int | None, profile: ModelProfile, warnings: list[CallWarning]
) -> Reasoning:
    budget = config.budget_tokens
    if budget is None and config.effort is not None and config.effort != "none":
        budget = EFFORT_BUDGETS[config.effort]
        if profile.max_output_tokens is not None:
            budget = max(_LEAST_BUDGET, min(budget, profile.max_output_tokens // 2))
        warnings.append(adapted("reasoning.effort", f"model {profile.model!r} takes a budget, so {budget} was sent"))
    if not budget:
        if config.include:
            warnings.append(unsupported("reasoning.include", "reasoning is off; ask for it by an effort or a budget"))
        return _NOTHING
    fitting = _fitting(budget, limit)
    if fitting is None:
        warnings.append(
            unsupported("reasoning", f"max_tokens leaves no room for it: the least budget is {_LEAST_BUDGET}")
        )
        return _NOTHING
    if fitting != budget:
        warnings.append(adapted("reasoning.budget_tokens", f"{fitting} was sent, between 1,024 and max_tokens"))
    return Reasoning(fields={"thinking": {"type": "enabled", "budget_tokens": fitting}}, thinks=True)


def _fitting(budget: int, limit: int | None) -> int | None:
    """The budget nearest to `budget` that leaves half of the limit to the answer; None where there is none."""
    budget = max(budget, _LEAST_BUDGET)
    if limit is None or budget < limit:
        return budget
    return max(_LEAST_BUDGET, limit // 2) if limit > _LEAST_BUDGET else None


def _adaptive(config: ReasoningConfig, profile: ModelProfile, warnings: list[CallWarning]) -> Reasoning:
    """Claude that decides for itself how long to think; an effort guides it. What it thought is hidden by default."""
    if _is_off(config):
        return Reasoning(fields={"thinking": {"type": "disabled"}})
    thinking: dict[str, Any] = {"type": "adaptive"}
    if config.include is not None:
        thinking["display"] = "summarized" if config.include else "omitted"
    return Reasoning(fields={"thinking": thinking}, effort=reasoning_effort(config, profile, warnings), thinks=True)
