"""How a request wants the model to think, in the form each family takes: an effort, a budget, or none of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from penguiflow_llm_anthropic._profiles import ClaudeFacts
from penguiflow_llm_types import CallWarning, Effort, LLMRequest, ModelProfile, NamedTool, ReasoningConfig
from penguiflow_llm_types.wire import EFFORT_BUDGETS, adapted, reasoning_effort, unsupported

_LEAST_BUDGET: Final = 1_024  # types/thinking_config_enabled_param.py, anthropic 2.12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """What to send: `thinking`, and the effort that goes in `output_config`."""

    thinking: dict[str, Any] = field(default_factory=dict)
    effort: Effort | None = None

    @property
    def is_on(self) -> bool:
        """Whether the request itself turns thinking on."""
        return self.thinking.get("type") in ("adaptive", "enabled")

    @property
    def budget_tokens(self) -> int:
        """The budget; 0 where there is none."""
        return int(self.thinking.get("budget_tokens", 0))


def encode_reasoning(
    request: LLMRequest, profile: ModelProfile, facts: ClaudeFacts, warnings: list[CallWarning]
) -> Reasoning:
    """The reasoning settings of `request`, the nearest the model takes."""
    config = request.reasoning
    if config is None or config == ReasoningConfig():
        return Reasoning()
    if not profile.reasoning:
        warnings.append(unsupported("reasoning", f"model {profile.model!r} does not reason"))
        return Reasoning()
    if config.effort == "none" or (config.effort is None and config.budget_tokens == 0):
        return _off(profile, facts, warnings)
    if "adaptive" in facts.thinking and not _wants_budget(config, facts):
        return _adaptive(config, profile, warnings)
    return _manual(request, config, profile, warnings)


def _wants_budget(config: ReasoningConfig, facts: ClaudeFacts) -> bool:
    return config.budget_tokens is not None and config.effort is None and "enabled" in facts.thinking


def _off(profile: ModelProfile, facts: ClaudeFacts, warnings: list[CallWarning]) -> Reasoning:
    if not profile.reasons_unasked:
        return Reasoning()
    if "disabled" in facts.thinking:
        return Reasoning(thinking={"type": "disabled"})
    if "between_tools" in facts.thinking:
        return Reasoning(thinking={"type": "between_tools"})
    warnings.append(adapted("reasoning.effort", f"model {profile.model!r} always reasons, so 'low' was sent"))
    return Reasoning(effort="low")


def _adaptive(config: ReasoningConfig, profile: ModelProfile, warnings: list[CallWarning]) -> Reasoning:
    if config.effort is not None and config.budget_tokens is not None:
        warnings.append(unsupported("reasoning.budget_tokens", "an effort was given too, and it goes before"))
    effort = reasoning_effort(config, profile, warnings)
    return Reasoning(thinking={"type": "adaptive", **_display(config)}, effort=effort)


def _manual(
    request: LLMRequest, config: ReasoningConfig, profile: ModelProfile, warnings: list[CallWarning]
) -> Reasoning:
    budget = _budget(config, profile, warnings)
    if budget is None:
        return Reasoning()
    if request.tools and (request.tool_choice == "required" or isinstance(request.tool_choice, NamedTool)):
        warnings.append(unsupported("reasoning", "a tool is forced, which goes with no reasoning budget"))
        return Reasoning()
    if request.max_tokens is not None and budget >= request.max_tokens:
        budget = request.max_tokens - 1
        if budget < _LEAST_BUDGET:
            warnings.append(unsupported("reasoning", f"max_tokens leaves no room for {_LEAST_BUDGET} tokens of it"))
            return Reasoning()
        warnings.append(adapted("reasoning.budget_tokens", f"it has to be below max_tokens, so {budget} was sent"))
    return Reasoning(thinking={"type": "enabled", "budget_tokens": budget, **_display(config)})


def _budget(config: ReasoningConfig, profile: ModelProfile, warnings: list[CallWarning]) -> int | None:
    if config.budget_tokens is None and config.effort is None:
        warnings.append(unsupported("reasoning.include", f"model {profile.model!r} reasons when given a budget"))
        return None
    if config.budget_tokens is not None:
        if config.budget_tokens < _LEAST_BUDGET:
            warnings.append(adapted("reasoning.budget_tokens", f"the least is {_LEAST_BUDGET}, which was sent"))
        return max(config.budget_tokens, _LEAST_BUDGET)
    budget = EFFORT_BUDGETS[config.effort or "low"]
    warnings.append(
        adapted("reasoning.effort", f"model {profile.model!r} takes a budget, so {budget} tokens were sent")
    )
    return budget


def _display(config: ReasoningConfig) -> dict[str, str]:
    if config.include is None:
        return {}
    return {"display": "summarized" if config.include else "omitted"}
