"""How much to reason, in the words of one service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, assert_never

from penguiflow_llm_openai_compat._dialect import ChatDialect
from penguiflow_llm_types import CallWarning, Effort, LLMRequest, ModelProfile, ReasoningConfig
from penguiflow_llm_types.wire import adapted, reasoning_effort, unsupported

# Anthropic's migration notes pair budgets with efforts, read 2026-11; 1,024 is the least budget Claude takes.
_LEAST_BUDGET: Final = 1_024
_BUDGETS: Final[Mapping[Effort, int]] = {
    "minimal": _LEAST_BUDGET,
    "low": 2_048,
    "medium": 8_192,
    "high": 24_576,
    "xhigh": 32_768,
    "max": 32_768,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """Body fields, the effort they stand for, and whether the model then takes no sampling settings."""

    effort: Effort | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    refuses_sampling: bool = False


def reasoning_settings(
    request: LLMRequest, profile: ModelProfile, dialect: ChatDialect, warnings: list[CallWarning]
) -> Reasoning:
    """What the request asks of the model's reasoning; a warning for each thing the service or the model cannot do."""
    config = request.reasoning
    if config is None:
        return Reasoning()
    match dialect.reasoning_settings:
        case "reasoning_effort":
            return _effort(config, profile, warnings)
        case "reasoning":
            return _object(config, profile, warnings)
        case "thinking":
            return _thinking(config, request.max_tokens, profile, warnings)
        case _ as never:
            assert_never(never)


def _effort(config: ReasoningConfig, profile: ModelProfile, warnings: list[CallWarning]) -> Reasoning:
    if config.include is not None:
        warnings.append(unsupported("reasoning.include", "this API shows reasoning, or does not, by itself"))
    effort = reasoning_effort(config, profile, warnings)
    return Reasoning() if effort is None else Reasoning(effort=effort, fields={"reasoning_effort": effort})


def _object(config: ReasoningConfig, profile: ModelProfile, warnings: list[CallWarning]) -> Reasoning:
    """`reasoning`: an effort or a budget, and whether to show it. Source: OpenRouter, "Reasoning tokens", 2026-11."""
    if profile.known and not profile.reasoning:
        if config != ReasoningConfig(include=False):
            warnings.append(unsupported("reasoning", f"model {profile.model!r} does not reason"))
        return Reasoning()
    fields: dict[str, Any] = {}
    effort: Effort | None = None
    if config.effort is not None:
        effort = reasoning_effort(ReasoningConfig(effort=config.effort), profile, warnings)
        fields |= {} if effort is None else {"effort": effort}
        if config.budget_tokens is not None:
            warnings.append(unsupported("reasoning.budget_tokens", "this API takes an effort or a budget, not both"))
    elif config.budget_tokens is not None:
        fields["max_tokens"] = config.budget_tokens
    elif config.include:
        fields["enabled"] = True
    if config.include is False:
        fields["exclude"] = True
    return Reasoning(effort=effort, fields={"reasoning": fields} if fields else {})


def _thinking(
    config: ReasoningConfig, max_tokens: int | None, profile: ModelProfile, warnings: list[CallWarning]
) -> Reasoning:
    """`thinking`: on with a budget, or as the model sees fit where it takes no budget."""
    if config.include is not None:
        warnings.append(unsupported("reasoning.include", "this API shows reasoning whenever the model reasons"))
    if not profile.reasoning:
        warnings.append(unsupported("reasoning", f"model {profile.model!r} does not reason"))
        return Reasoning()
    if config.effort is None and config.budget_tokens is None:
        return Reasoning()
    if config.effort == "none" or config.budget_tokens == 0:
        return _off(profile, warnings)
    if not profile.reasoning_budget:
        warnings.append(unsupported("reasoning.effort", f"model {profile.model!r} decides how much to reason"))
        return Reasoning(fields={"thinking": {"type": "adaptive"}}, refuses_sampling=True)
    budget = _budget(config, max_tokens, warnings)
    if budget is None:
        return Reasoning()
    return Reasoning(fields={"thinking": {"type": "enabled", "budget_tokens": budget}}, refuses_sampling=True)


def _off(profile: ModelProfile, warnings: list[CallWarning]) -> Reasoning:
    if not profile.reasoning_budget:
        warnings.append(unsupported("reasoning.effort", f"model {profile.model!r} always reasons"))
        return Reasoning()
    return Reasoning(effort="none", fields={"thinking": {"type": "disabled"}})


def _budget(config: ReasoningConfig, max_tokens: int | None, warnings: list[CallWarning]) -> int | None:
    budget = config.budget_tokens
    if budget is None:
        budget = _BUDGETS[config.effort or "medium"]
        warnings.append(adapted("reasoning.effort", f"this model takes a budget, so {budget} tokens were sent"))
    wanted = max(budget, _LEAST_BUDGET)
    allowed = wanted if max_tokens is None else min(wanted, max_tokens - 1)
    if allowed < _LEAST_BUDGET:
        warnings.append(unsupported("reasoning", f"max_tokens leaves less than {_LEAST_BUDGET} tokens to reason with"))
        return None
    if config.budget_tokens not in (None, allowed):
        how = f"{allowed} was sent: at least {_LEAST_BUDGET}, and less than max_tokens"
        warnings.append(adapted("reasoning.budget_tokens", how))
    return allowed
