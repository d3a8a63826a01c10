"""What is known of each OpenAI model: one rule per family, the first that fits the name.

Sources, read 2026-11: the model list of openai 3.54.0 (`types/shared/chat_model.py`, with its shutdown dates);
genai-prices 0.2.3 for context windows; the model catalogues of Vercel AI Gateway and Runware, which cite OpenAI's model
pages, for output limits and inputs from gpt-5.2 to gpt-5.6 (those of gpt-5.5 and gpt-6 are assumed to be the same);
public model tables for the older ones, unchecked; "Structured model outputs" for which models have `json_schema`
(gpt-4o-2024-08-06 and later) and strict tools (from the 0613 models on); the deployment checklist for efforts, sampling
and what Chat Completions refuses.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from penguiflow_llm_types import Effort, ModelProfile
from penguiflow_llm_types.wire import ProfileRule, first_profile
from penguiflow_llm_types.wire import profile_rule as _rule

API: TypeAlias = Literal["responses", "chat"]
Endpoint: TypeAlias = Literal["openai", "azure", "compatible"]

NATIVE: Final = "openai/strict@2026-11"
STRICT_TOOL: Final = "openai/strict-tool@2026-11"
TOOL: Final = "openai/tool@2026-11"

_SOURCE: Final = "openai 3.54.0, genai-prices 0.2.3, public model catalogues; 2026-11"
_CLASSIC: Final[tuple[Effort, ...]] = ("low", "medium", "high")
_FROM_NONE: Final[tuple[Effort, ...]] = ("none", "low", "medium", "high", "xhigh")
_TO_MAX: Final[tuple[Effort, ...]] = ("low", "medium", "high", "xhigh", "max")

# Families whose function tools Chat Completions refuses, and those where it takes them with effort "none" only.
# OpenAI deployment checklist and the 400 "Function tools with reasoning_effort are not supported", read 2026-11.
_TOOLS_NEED_RESPONSES: Final = frozenset({"gpt-6-astra", "gpt-6.1"})
TOOLS_NEED_EFFORT_NONE_IN_CHAT: Final = frozenset({"gpt-5.6", "gpt-6"})

CACHE_OPTION_FAMILIES: Final = frozenset({"gpt-5.6", "gpt-6", "gpt-6-astra", "gpt-6.1"})
"""Families that take cache breakpoints and `prompt_cache_options`: "gpt-5.6 and later" (openai 3.54.0)."""


def _facts(family: str) -> ModelProfile:
    """Facts that every model of 2024 and later shares; rules change what differs."""
    return ModelProfile(
        provider="openai",
        model="",
        family=family,
        native_dialect=NATIVE,
        strict_tool_dialect=STRICT_TOOL,
        tool_dialect=TOOL,
        image_input=True,
        document_input=True,
        source=_SOURCE,
    )


def _reasoning(family: str, efforts: tuple[Effort, ...], context: int, output: int) -> ModelProfile:
    return replace(
        _facts(family),
        reasoning=True,
        temperature=False,
        efforts=efforts,
        context_tokens=context,
        max_output_tokens=output,
    )


def _text_only(family: str, context: int, output: int) -> ModelProfile:
    """The models before json_schema: tools, no structured output."""
    return replace(
        _facts(family),
        native_dialect=None,
        image_input=False,
        document_input=False,
        context_tokens=context,
        max_output_tokens=output,
    )


def _without_tools(profile: ModelProfile) -> ModelProfile:
    return replace(profile, tool_dialect=None, strict_tool_dialect=None)


def _without_media(profile: ModelProfile) -> ModelProfile:
    return replace(profile, image_input=False, document_input=False)


_4O: Final = replace(_facts("gpt-4o"), context_tokens=128_000, max_output_tokens=16_384)
_O1: Final = _reasoning("o1", _CLASSIC, 200_000, 100_000)
_O1_PREVIEW: Final = replace(
    _O1, family="o1-preview", efforts=(), native_dialect=None, context_tokens=128_000, max_output_tokens=32_768
)
_AUDIO: Final[dict[str, Any]] = {"family": "gpt-audio", "native_dialect": None, "audio_input": True}
_GPT_OSS: Final = replace(
    _reasoning("gpt-oss", _CLASSIC, 131_072, 131_072), temperature=True, native_dialect=None, strict_tool_dialect=None
)
_GPT_6_1: Final = _reasoning("gpt-6.1", _TO_MAX, 1_050_000, 128_000)

_RULES: Final[tuple[ProfileRule, ...]] = (
    _rule(r"gpt-3\.?5", _text_only("gpt-3.5", 16_385, 4_096)),
    _rule(r"gpt-4-0314|gpt-4-32k", _without_tools(_text_only("gpt-4", 8_192, 8_192))),
    _rule(r"gpt-4-(turbo|1106|0125|vision)", replace(_text_only("gpt-4-turbo", 128_000, 4_096), image_input=True)),
    _rule(r"gpt-4(-0613)?$", _text_only("gpt-4", 8_192, 8_192)),
    _rule(r"gpt-4\.5", replace(_4O, family="gpt-4.5")),
    _rule(r"gpt-4\.1", replace(_4O, family="gpt-4.1", context_tokens=1_000_000, max_output_tokens=32_768)),
    _rule(r"(gpt-4o(-mini)?|gpt)-audio", replace(_without_media(_4O), **_AUDIO)),
    _rule(r"gpt-4o(-mini)?-search", _without_tools(replace(_4O, family="gpt-4o-search", temperature=False))),
    _rule(r"chatgpt-4o", _without_tools(replace(_4O, family="chatgpt-4o", native_dialect=None))),
    _rule(r"gpt-4o-2024-05-13", replace(_4O, native_dialect=None)),
    _rule(r"gpt-4o", _4O),
    _rule(r"o1-(preview|mini)", _without_media(_without_tools(_O1_PREVIEW))),
    _rule(r"o1", replace(_O1, parallel_tool_calls=False)),
    _rule(r"o[34](-mini)?-deep-research", _without_tools(replace(_O1, family="deep-research", native_dialect=None))),
    _rule(r"o3-mini", _without_media(replace(_O1, family="o3"))),
    _rule(r"o3", replace(_O1, family="o3")),
    _rule(r"o4|codex-mini", replace(_O1, family="o4")),
    _rule(r"gpt-5-chat", _without_tools(replace(_4O, family="gpt-5-chat", native_dialect=None))),
    _rule(r"gpt-5-pro", _reasoning("gpt-5", ("high",), 400_000, 272_000)),
    _rule(r"gpt-5-codex", _reasoning("gpt-5", _CLASSIC, 400_000, 128_000)),
    _rule(r"gpt-5($|-(mini|nano|\d{4}))", _reasoning("gpt-5", ("minimal", *_CLASSIC), 400_000, 128_000)),
    _rule(r"gpt-5[.-]\d-chat|(gpt-)?chat-latest", _reasoning("gpt-5-chat-latest", ("medium",), 128_000, 16_384)),
    _rule(r"gpt-5[.-]1-codex-max", _reasoning("gpt-5.1", _FROM_NONE, 400_000, 128_000)),
    _rule(r"gpt-5[.-]1", _reasoning("gpt-5.1", ("none", *_CLASSIC), 400_000, 128_000)),
    _rule(r"gpt-5[.-]\d-pro", _reasoning("gpt-5.2", ("medium", "high", "xhigh"), 400_000, 128_000)),
    _rule(r"gpt-5[.-]4($|-\d{4})", _reasoning("gpt-5.2", _FROM_NONE, 1_050_000, 128_000)),
    _rule(r"gpt-5[.-]5", _reasoning("gpt-5.2", _FROM_NONE, 1_000_000, 128_000)),
    _rule(r"gpt-5[.-][2-4]", _reasoning("gpt-5.2", _FROM_NONE, 400_000, 128_000)),
    _rule(r"gpt-5[.-]6", _reasoning("gpt-5.6", ("none", *_TO_MAX), 1_050_000, 128_000)),
    _rule(r"gpt-6-astra", replace(_GPT_6_1, family="gpt-6-astra")),
    _rule(r"gpt-6-(sol|luna|cyber|rosalind)", _reasoning("gpt-6", ("none", *_TO_MAX), 1_050_000, 128_000)),
    _rule(r"gpt-6\.[12]", _GPT_6_1),
    _rule(r"(openai/)?gpt-oss", _without_media(_GPT_OSS)),
)

_NEWEST: Final = replace(_GPT_6_1, known=False, source="assumed from the newest family")
_COMPATIBLE: Final = ModelProfile(
    provider="openai",
    model="",
    family="compatible",
    known=False,
    tool_dialect=TOOL,
    source="assumed: Chat Completions with plain tools, as compatible servers have",
)
_DEPLOYMENT: Final = replace(
    _facts("azure-deployment"), known=False, source="assumed: the deployment's name does not tell its model"
)
_UNKNOWN: Final[dict[Endpoint, ModelProfile]] = {
    "openai": _NEWEST,
    "azure": _DEPLOYMENT,
    "compatible": _COMPATIBLE,
}
_FUTURE: Final = re.compile(r"(gpt|chatgpt)-\d|o\d")


@lru_cache(maxsize=1024)
def openai_profile(model: str, *, api: API = "responses", endpoint: Endpoint = "openai") -> ModelProfile:
    """Facts of `model`, as reached over `api`.

    A fine-tuned model (`ft:base:...`) has its base's. A name like OpenAI's that is in no rule is taken for one of the
    newest family; any other name is judged by who serves it.
    """
    name = model.split(":")[1] if model.startswith("ft:") and model.count(":") > 0 else model
    found = first_profile(_RULES, name)
    if found is None:
        found = _NEWEST if _FUTURE.match(name) else _UNKNOWN[endpoint]
    if api == "chat" and found.family in _TOOLS_NEED_RESPONSES:
        found = replace(found, tool_dialect=None, strict_tool_dialect=None)
    return replace(found, model=model)
