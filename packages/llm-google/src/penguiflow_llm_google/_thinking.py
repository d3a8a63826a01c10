"""How much to think: a level from Gemini 3 on, a budget before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_google._profiles import BUDGETS
from penguiflow_llm_types import CallWarning, Effort, LLMRequest, ModelProfile, ReasoningConfig
from penguiflow_llm_types.wire import adapted, reasoning_effort, unsupported

# Google's OpenAI-compatible endpoint pairs efforts and budgets so (Gemini API docs, "OpenAI compatibility", read
# 2026-11); beyond "high" is the most a model takes.
_BUDGET_OF_EFFORT: Final[Mapping[Effort, int]] = {
    "none": 0,
    "minimal": 512,
    "low": 1_024,
    "medium": 8_192,
    "high": 24_576,
}
_DYNAMIC: Final = -1


def thinking_config(request: LLMRequest, profile: ModelProfile, warnings: list[CallWarning]) -> dict[str, Any]:
    """The `thinkingConfig`, empty where nothing was asked."""
    config = request.reasoning
    if config is None:
        return {}
    if not profile.reasoning:
        if config.effort not in (None, "none") or config.budget_tokens or config.include:
            warnings.append(unsupported("reasoning", f"model {profile.model!r} does not think"))
        return {}
    fields: dict[str, Any] = {} if config.include is None else {"includeThoughts": config.include}
    if profile.reasoning_budget:
        return fields | _budget(config, profile, warnings)
    effort = reasoning_effort(config, profile, warnings)
    return fields if effort is None else fields | {"thinkingLevel": effort.upper()}


def _budget(config: ReasoningConfig, profile: ModelProfile, warnings: list[CallWarning]) -> dict[str, Any]:
    asked = config.budget_tokens
    least, most, can_stop = BUDGETS[profile.family]
    if asked is None:
        if config.effort is None:
            return {}
        asked = _BUDGET_OF_EFFORT.get(config.effort, most)
        warnings.append(adapted("reasoning.effort", f"model {profile.model!r} takes a budget; {asked} was meant"))
    elif config.effort is not None:
        warnings.append(unsupported("reasoning.effort", "budget_tokens was given too, which this model takes"))
    if asked == _DYNAMIC or (asked == 0 and can_stop):
        return {"thinkingBudget": asked}
    budget = min(max(asked, least), most)
    if budget != asked:
        warnings.append(
            adapted("reasoning.budget_tokens", f"model {profile.model!r} takes {least} to {most}: {budget}")
        )
    return {"thinkingBudget": budget}
