"""What is known of each Claude model: one rule per family, the first that fits the name.

Sources, read 2026-11: the model list and deprecations of anthropic 2.12.0 (`types/model_param.py`,
`_data/deprecated_models.py`); genai-prices 0.2.3 for context windows; the Claude documentation's model pages,
"Thinking", "Effort", "Forcing tool use", "Structured outputs" and "Mid-conversation system messages", as pydantic-ai
2.68 cites them and has measured them against the live API; litellm 1.110 for output limits of models that are gone;
recordings of 2023 to 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from penguiflow_llm_types import Effort, ModelProfile

Host: TypeAlias = Literal["anthropic", "bedrock", "vertex"]
"""Who serves the Messages API: Anthropic or whoever speaks as it does, AWS Bedrock, or Google's Vertex AI."""
ThinkingType: TypeAlias = Literal["adaptive", "between_tools", "disabled", "enabled"]

NATIVE: Final = "anthropic/output@2026-11"
STRICT_TOOL: Final = "anthropic/strict-tool@2026-11"
TOOL: Final = "anthropic/tool@2026-11"

_SOURCE: Final = "anthropic 2.12.0, Claude documentation, genai-prices 0.2.3; 2026-11"
_TO_MAX: Final[tuple[Effort, ...]] = ("low", "medium", "high", "xhigh", "max")
_WITHOUT_XHIGH: Final[tuple[Effort, ...]] = ("low", "medium", "high", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaudeFacts:
    """What a `ModelProfile` has no field for."""

    thinking: frozenset[ThinkingType] = frozenset()
    """The values of `thinking.type` the family takes; empty where it does not think."""
    inline_system: bool = False
    """Whether it follows a system message inside the conversation."""
    one_sampler: bool = False
    """Whether it takes temperature or top_p, but not both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    pattern: re.Pattern[str]
    profile: ModelProfile
    facts: ClaudeFacts


def _family(pattern: str, profile: ModelProfile, facts: ClaudeFacts) -> _Family:
    return _Family(pattern=re.compile(pattern), profile=profile, facts=facts)


def _old(family: str, output: int, *, media: bool = True, tools: bool = True) -> ModelProfile:
    """The models before structured output and thinking."""
    return ModelProfile(
        provider="anthropic",
        model="",
        family=family,
        tool_dialect=TOOL if tools else None,
        image_input=media,
        document_input=media,
        context_tokens=200_000,
        max_output_tokens=output,
        source=_SOURCE,
    )


def _manual(family: str, output: int) -> ModelProfile:
    """Thinks by a budget, where one is given; then no tool can be forced."""
    return replace(
        _old(family, output),
        reasoning=True,
        reasons_unasked=False,
        reasoning_budget=True,
        forced_tool_with_reasoning=False,
    )


def _structured(profile: ModelProfile) -> ModelProfile:
    return replace(profile, native_dialect=NATIVE, strict_tool_dialect=STRICT_TOOL)


def _adaptive(family: str, *, efforts: tuple[Effort, ...] = _TO_MAX, forced_tool: bool = True) -> ModelProfile:
    """Thinks as much as it finds good, guided by an effort."""
    return replace(
        _structured(_old(family, 128_000)),
        temperature=False,
        reasoning=True,
        efforts=efforts,
        forced_tool=forced_tool,
        context_tokens=1_000_000,
    )


_NOT_THINKING: Final = ClaudeFacts()
_BUDGET: Final = ClaudeFacts(thinking=frozenset({"enabled", "disabled"}))
_BUDGET_4_5: Final = replace(_BUDGET, one_sampler=True)
_ADAPTIVE: Final = ClaudeFacts(thinking=frozenset({"adaptive", "disabled"}))
_INLINE: Final = replace(_ADAPTIVE, inline_system=True)
_ALWAYS: Final = ClaudeFacts(thinking=frozenset({"adaptive"}), inline_system=True)
_BETWEEN: Final = ClaudeFacts(thinking=frozenset({"adaptive", "between_tools"}))

_4_6: Final = replace(
    _adaptive("claude-4.6", efforts=_WITHOUT_XHIGH), temperature=True, reasons_unasked=False, reasoning_budget=True
)

_FAMILIES: Final[tuple[_Family, ...]] = (
    _family(r"claude-(instant|v?[12])", _old("claude-2", 4_096, media=False, tools=False), _NOT_THINKING),
    _family(r"claude-3[.-]5-", _old("claude-3.5", 8_192), _NOT_THINKING),
    _family(r"claude-(3[.-]7-|sonnet-3[.-]7)", _manual("claude-3.7", 64_000), _BUDGET),
    _family(r"claude-3-", replace(_old("claude-3", 4_096), document_input=False), _NOT_THINKING),
    _family(r"claude-opus-4[.-]1", _structured(_manual("claude-opus-4.1", 32_000)), _BUDGET_4_5),
    _family(r"claude-(opus|sonnet|haiku)-4[.-]5", _structured(_manual("claude-4.5", 64_000)), _BUDGET_4_5),
    _family(
        r"claude-(opus|sonnet)-4[.-]6",
        _4_6,
        ClaudeFacts(thinking=frozenset({"adaptive", "enabled", "disabled"}), one_sampler=True),
    ),
    _family(r"claude-opus-4[.-]7", replace(_adaptive("claude-opus-4.7"), reasons_unasked=False), _ADAPTIVE),
    _family(r"claude-opus-4[.-]8", replace(_adaptive("claude-opus-4.8"), reasons_unasked=False), _INLINE),
    _family(r"claude-(opus-4|4-opus)", _manual("claude-opus-4", 32_000), _BUDGET),
    _family(r"claude-(sonnet-4|4-sonnet)", _manual("claude-sonnet-4", 64_000), _BUDGET),
    _family(r"claude-mythos-preview", _adaptive("claude-mythos-preview"), replace(_ALWAYS, inline_system=False)),
    _family(r"claude-(fable|mythos)-5[.-][12]", _adaptive("claude-fable-5.1", forced_tool=False), _ALWAYS),
    _family(r"claude-(fable|mythos)-5", _adaptive("claude-fable-5"), _ALWAYS),
    _family(r"claude-opus-5[.-]5", _adaptive("claude-opus-5.5", forced_tool=False), _ALWAYS),
    _family(r"claude-sonnet-5[.-]5", _adaptive("claude-sonnet-5.5", forced_tool=False), _BETWEEN),
    _family(r"claude-haiku-5[.-]5", _adaptive("claude-haiku-5.5"), _INLINE),
    _family(r"claude-opus-5", _adaptive("claude-opus-5"), _INLINE),
    _family(r"claude-sonnet-5", _adaptive("claude-sonnet-5"), _ADAPTIVE),
)

# What tomorrow's model is taken for: what every model of the 5.5 generation takes, nothing that one of them refuses.
_NEWEST: Final = _family(
    "",
    replace(_adaptive("claude-5.5", forced_tool=False), known=False, source="assumed from the newest family"),
    replace(_ALWAYS, inline_system=False),
)
_FACTS: Final = {known.profile.family: known.facts for known in (*_FAMILIES, _NEWEST)}

# What AWS and Google put around a name: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5@20250929".
_DECORATION: Final = re.compile(r"^(?:[a-z-]+\.)?anthropic\.|@.*$|(?<!claude)-v\d+(?::\d+)?$")


@lru_cache(maxsize=1024)
def anthropic_profile(model: str) -> ModelProfile:
    """Facts of `model`, also by the names AWS and Google give it.

    A name in no rule is taken for one of the newest family; it is marked as assumed.
    """
    name = _DECORATION.sub("", _DECORATION.sub("", model))
    found = next((known for known in _FAMILIES if known.pattern.match(name)), _NEWEST)
    return replace(found.profile, model=model)


def claude_facts(profile: ModelProfile) -> ClaudeFacts:
    """The further facts of a model's family; those of the newest for a profile that is not from here."""
    return _FACTS.get(profile.family, _NEWEST.facts)


_ANSWER_TOKENS: Final = 32_000


def default_max_tokens(profile: ModelProfile, budget_tokens: int = 0) -> int:
    """The `max_tokens` of a request that sets none, which the API requires.

    32,000 for the answer, reasoning of an adaptive model included, and a reasoning budget on top; never more than the
    model's own limit. Models before Claude 4.5 refuse a prompt that leaves less room than that in their context, so
    that they get 4,096 (8,192 where they can).
    """
    most = profile.max_output_tokens or _ANSWER_TOKENS
    wanted = _ANSWER_TOKENS if profile.native_dialect is not None else min(most, 8_192)
    return min(most, wanted + budget_tokens)
