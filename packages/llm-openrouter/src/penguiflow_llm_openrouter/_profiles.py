"""What is known of the models OpenRouter routes to: one rule per family, the first that fits the name.

Sources, read 2026-11: genai-prices 0.2.3 for the names there are; OpenRouter's documentation, "Structured outputs" for
who has them (OpenAI from GPT-4o on, Gemini, Claude Sonnet 4.5 and Opus 4.1 and later, most open models), "Reasoning
tokens" for who reasons and that every effort is translated, "Prompt caching" for who takes breakpoints, "PDF inputs"
for documents, which OpenRouter itself can read out for any model; recorded answers of 2025 and 2026. Limits differ from
provider to provider and are not claimed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from penguiflow_llm_types import Effort, ModelProfile
from penguiflow_llm_types.wire import ProfileRule, first_profile
from penguiflow_llm_types.wire import profile_rule as _rule

_SOURCE: Final = "OpenRouter documentation, genai-prices 0.2.3, recorded answers; 2026-11"
_EFFORTS: Final[tuple[Effort, ...]] = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

CACHE_CONTROL_FAMILIES: Final = frozenset({"claude", "claude-adaptive", "gemini", "gemini-reasoning", "qwen"})
"""Families whose providers take cache breakpoints on parts."""


def _facts(family: str, dialect: str, *, strict_tools: bool = False) -> ModelProfile:
    """A family whose schemas are those of the dialects that begin with `openrouter/` and this name."""
    return ModelProfile(
        provider="openrouter",
        model="",
        family=family,
        native_dialect=f"openrouter/{dialect}@2026-11",
        strict_tool_dialect=f"openrouter/{dialect}-strict-tool@2026-11" if strict_tools else None,
        tool_dialect=f"openrouter/{dialect}-tool@2026-11",
        document_input=True,
        source=_SOURCE,
    )


def _reasoning(profile: ModelProfile, family: str | None = None, *, temperature: bool = True) -> ModelProfile:
    return replace(
        profile,
        family=family or profile.family,
        reasoning=True,
        reasoning_budget=True,
        efforts=_EFFORTS,
        temperature=temperature,
    )


def _without_structure(profile: ModelProfile) -> ModelProfile:
    return replace(profile, native_dialect=None, strict_tool_dialect=None)


def _without_tools(profile: ModelProfile) -> ModelProfile:
    return replace(profile, strict_tool_dialect=None, tool_dialect=None)


def _seeing(profile: ModelProfile, family: str | None = None) -> ModelProfile:
    return replace(profile, family=family or profile.family, image_input=True)


_OPENAI: Final = _seeing(_facts("openai", "openai", strict_tools=True))
_OPENAI_REASONING: Final = _reasoning(_OPENAI, "openai-reasoning", temperature=False)
_CLAUDE: Final = replace(
    _seeing(_facts("claude", "anthropic", strict_tools=True)), forced_tool_with_reasoning=False, reasons_unasked=False
)
_CLAUDE_REASONING: Final = _reasoning(_CLAUDE)
_CLAUDE_ADAPTIVE: Final = replace(_reasoning(_CLAUDE, "claude-adaptive", temperature=False), reasoning_budget=False)
_GEMINI: Final = replace(_seeing(_facts("gemini", "google")), audio_input=True)
_GEMINI_REASONING: Final = _reasoning(_GEMINI, "gemini-reasoning")
_OPEN: Final = _facts("open", "portable")
_OPEN_REASONING: Final = _reasoning(_OPEN, "open-reasoning")
_QWEN: Final = replace(_OPEN, family="qwen")

_RULES: Final[tuple[ProfileRule, ...]] = (
    _rule(r"openrouter/", replace(_seeing(_OPEN_REASONING, "router"), reasoning_budget=False)),
    _rule(r"openai/(gpt-3\.5|gpt-4(-0314|-0613|-32k|-turbo.*|-1106.*|-vision.*)?$)", _without_structure(_OPENAI)),
    _rule(r"openai/gpt-oss", _reasoning(_OPEN, "gpt-oss")),
    _rule(r"openai/gpt-audio", replace(_without_structure(_OPENAI), audio_input=True)),
    _rule(r"openai/(chatgpt-|gpt-\d+(\.\d+)?-chat|gpt-chat|gpt-4o(-mini)?-search)", _without_tools(_OPENAI)),
    _rule(r"openai/gpt-4(o|\.1|\.5)", _OPENAI),
    _rule(r"openai/(o1-mini|o1-preview)", _without_tools(_without_structure(_OPENAI_REASONING))),
    _rule(r"openai/(o[134]|codex|gpt-5|gpt-6)|openai/gpt-(latest|astra|luna|mini|sol|terra)", _OPENAI_REASONING),
    _rule(r"anthropic/claude-(instant|[12]([.:-]|$)|v\d)", _without_tools(_without_structure(_CLAUDE))),
    _rule(r"anthropic/claude-(3-|3\.5|3-5|3$)", _without_structure(_CLAUDE)),
    _rule(r"anthropic/claude-(3[.-]7|(opus|sonnet)-4($|:))", _without_structure(_CLAUDE_REASONING)),
    _rule(r"anthropic/claude-((opus|sonnet|haiku)-4[.-][156]|4[.-][56])", _CLAUDE_REASONING),
    _rule(r"anthropic/claude-((opus|sonnet)-4[.-][78]|(opus|sonnet|haiku|fable|mythos)-(5|latest))", _CLAUDE_ADAPTIVE),
    _rule(r"google/gemini-(pro|flash)-1|google/gemini-(pro|2\.0)", _GEMINI),
    _rule(r"google/gemini-(2\.5|3|4|flash-latest|pro-latest|omni|nano-banana)", _GEMINI_REASONING),
    _rule(r"google/gemma", _seeing(_OPEN, "gemma")),
    _rule(r"deepseek/deepseek-(r1|v3\.[12]|v4|flash|pro)|deepseek/.*(thinking|reasoner)", _OPEN_REASONING),
    _rule(r"x-ai/grok-[2-9]", _reasoning(_seeing(_OPEN), "grok")),
    _rule(r"qwen/.*(vl|omni)", _reasoning(_seeing(_QWEN))),
    _rule(r"qwen/(qwen-?3|qwen-plus|qwq)", _reasoning(_QWEN)),
    _rule(r"qwen/", _QWEN),
    _rule(r"(moonshotai/kimi-k(2[.-][5-9]|2-thinking|[3-9])|z-ai/glm-(4\.[5-9]|[5-9]))", _OPEN_REASONING),
    _rule(r"(minimax/minimax-m|nvidia/.*nemotron|xiaomi/mimo|stepfun/|tencent/)", _OPEN_REASONING),
    _rule(r"(meta-llama/llama-4|mistralai/(pixtral|mistral-(small-3|medium-3|large-[34])))", _seeing(_OPEN)),
    _rule(r"(meta-llama|mistralai|deepseek|moonshotai|z-ai|cohere|microsoft|amazon|nousresearch|ai21)/", _OPEN),
)
_NEWEST: Final = {"openai/": _OPENAI_REASONING, "anthropic/": _CLAUDE_ADAPTIVE, "google/": _GEMINI_REASONING}


@lru_cache(maxsize=1024)
def openrouter_profile(model: str) -> ModelProfile:
    """Facts of `model`, whichever provider serves it.

    Variants (`:free`, `:nitro`, ...) have their model's facts; a new name of a vendor's is taken for one of its newest
    family, any other for an open model.
    """
    name = model.removeprefix("~")
    found = first_profile(_RULES, name)
    if found is None:
        newest = next((facts for vendor, facts in _NEWEST.items() if name.startswith(vendor)), _OPEN)
        found = replace(newest, known=False, source="assumed from the nearest family")
    return replace(found, model=model)
