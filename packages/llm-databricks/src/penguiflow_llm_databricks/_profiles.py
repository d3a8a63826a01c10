"""What is known of the models behind Databricks' endpoints: one rule per family, the first that fits the name.

Sources, read 2026-11: Databricks documentation, "Structured outputs on Databricks" (what each family takes beside, and
that Claude 5.5 takes none over this API), "Function calling on Databricks", "Query reasoning models" (who reasons, and
how it is asked for), "Supported foundation models"; genai-prices 0.2.3 for names; databricks-openai 0.18.0 for
`strict`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from penguiflow_llm_types import Effort, ModelProfile
from penguiflow_llm_types.wire import ProfileRule, first_profile
from penguiflow_llm_types.wire import profile_rule as _rule

_SOURCE: Final = "Databricks documentation, genai-prices 0.2.3; 2026-11"
_CLASSIC: Final[tuple[Effort, ...]] = ("low", "medium", "high")
_FROM_MINIMAL: Final[tuple[Effort, ...]] = ("minimal", *_CLASSIC)
_FROM_NONE: Final[tuple[Effort, ...]] = ("none", "low", "medium", "high", "xhigh")

CLAUDE_FAMILIES: Final = frozenset({"claude", "claude-adaptive"})


def _facts(family: str) -> ModelProfile:
    """A model that Databricks serves itself: its own schema rules, tools, no parallel calls."""
    return ModelProfile(
        provider="databricks",
        model="",
        family=family,
        native_dialect="databricks/output@2026-11",
        tool_dialect="databricks/function@2026-11",
        parallel_tool_calls=False,
        source=_SOURCE,
    )


def _effort(profile: ModelProfile, efforts: tuple[Effort, ...]) -> ModelProfile:
    return replace(profile, reasoning=True, efforts=efforts)


_OPEN: Final = _facts("open")
_SEEING: Final = replace(_OPEN, image_input=True)
_CLAUDE_3: Final = replace(
    _SEEING, family="claude", native_with_tools=False, native_streams=False, forced_tool_with_reasoning=False
)
_CLAUDE: Final = replace(_CLAUDE_3, reasoning=True, reasons_unasked=False, reasoning_budget=True)
_ADAPTIVE: Final = replace(_CLAUDE, family="claude-adaptive", reasoning_budget=False, temperature=False)
_ADAPTIVE_ONLY: Final = replace(_ADAPTIVE, native_dialect=None, reasons_unasked=True)
_GPT: Final = replace(
    _SEEING,
    family="gpt",
    native_dialect="databricks/output-gpt@2026-11",
    strict_tool_dialect="databricks/function-gpt@2026-11",
    tool_dialect="openai/tool@2026-11",
    temperature=False,
)
_GPT_OSS: Final = _effort(replace(_OPEN, family="gpt-oss"), _CLASSIC)
_GEMINI: Final = replace(_SEEING, family="gemini")
_CUSTOM: Final = replace(
    _OPEN, family="custom", known=False, native_dialect=None, source="assumed: an endpoint of the workspace's own"
)


_RULES: Final[tuple[ProfileRule, ...]] = (
    _rule(r"claude-3-(5|opus|haiku|sonnet)", _CLAUDE_3),
    _rule(r"claude-(3-7|(opus|sonnet|haiku)-4($|-[156]))", _CLAUDE),
    _rule(r"claude-((opus|sonnet)-4-[78]|(opus|sonnet|haiku|fable|mythos)-5$|(opus|sonnet|haiku)-5-1)", _ADAPTIVE),
    _rule(r"claude-((opus|sonnet|haiku)-5-5|fable-5-1)", _ADAPTIVE_ONLY),
    _rule(r"gpt-oss", _GPT_OSS),
    _rule(r"gpt-5-[1-9]|gpt-6", _effort(_GPT, _FROM_NONE)),
    _rule(r"gpt-5", _effort(_GPT, _FROM_MINIMAL)),
    _rule(r"gemini-(2-5-pro|[3-9])", _effort(_GEMINI, _CLASSIC)),
    _rule(r"gemini-", _GEMINI),
    _rule(r"(llama-4|gemma-)", _SEEING),
    _rule(r"(meta-llama|llama|qwen|kimi|glm|deepseek|mixtral|mistral|inkling|nemotron)", _OPEN),
    _rule(r"dbrx", replace(_OPEN, family="dbrx", native_dialect=None, forced_tool=False)),
)
_NEWEST: Final = {"claude-": _ADAPTIVE_ONLY, "gpt-": _effort(_GPT, _FROM_NONE), "gemini-": _GEMINI}
_SERVED: Final = ("databricks-", "system.ai.")


@lru_cache(maxsize=1024)
def databricks_profile(model: str) -> ModelProfile:
    """Facts of the endpoint or model service named `model`.

    A name that Databricks gives (`databricks-...`, `system.ai.*`) tells the model; a new one of a vendor's is taken for
    one of its newest family. The name of any other endpoint tells nothing, and the least is assumed.
    """
    name = next((model.removeprefix(prefix) for prefix in _SERVED if model.startswith(prefix)), None)
    if name is None:
        return replace(_CUSTOM, model=model)
    found = first_profile(_RULES, name)
    if found is None:
        newest = next((facts for vendor, facts in _NEWEST.items() if name.startswith(vendor)), _OPEN)
        found = replace(newest, known=False, source="assumed from the nearest family")
    return replace(found, model=model)
