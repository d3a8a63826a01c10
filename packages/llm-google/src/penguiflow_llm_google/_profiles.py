"""What is known of each Gemini model: one rule per family, the first that fits the name.

Sources, read 2026-11: Google's "Thinking" guides of the Gemini API and of Vertex AI (levels and budgets per model); the
developer's guides to Gemini 3.5, 3.7 and 3.8 Flash and to Gemini 4 Argon (levels, limits, "Requests ending with a model
turn are not supported", sampling settings not to be sent from 3.6 on); genai-prices 0.2.3 for model names and context
windows; recorded traffic of 2025 and 2026 for JSON Schema fields (accepted from 2.0 on, on both services), structured
output beside functions (from 3 on) and images in function results (from 3 on). Gemini 4 beside Argon, and whatever is
newer, is taken to be like it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from penguiflow_llm_types import Effort, ModelProfile
from penguiflow_llm_types.wire import ProfileRule, first_profile
from penguiflow_llm_types.wire import profile_rule as _rule

JSON_SCHEMA: Final = "gemini/json-schema@2026-11"
SCHEMA: Final = "gemini/schema@2026-11"
SCHEMA_VERTEX: Final = "gemini/schema-vertex@2026-11"
FUNCTION: Final = "gemini/function@2026-11"

_SOURCE: Final = "Google's model guides, genai-prices 0.2.3, recorded traffic; 2026-11"
_LOW_HIGH: Final[tuple[Effort, ...]] = ("low", "high")
_NO_MINIMAL: Final[tuple[Effort, ...]] = ("low", "medium", "high")
_ALL_LEVELS: Final[tuple[Effort, ...]] = ("minimal", "low", "medium", "high")

# Least and most of `thinkingBudget`, and whether 0 turns thinking off: Google's "Thinking" guides, read 2026-11.
BUDGETS: Final[dict[str, tuple[int, int, bool]]] = {
    "gemini-2.5-pro": (128, 32_768, False),
    "gemini-2.5-flash": (1, 24_576, True),
    "gemini-2.5-flash-lite": (512, 24_576, True),
}

MEDIA_IN_RESULTS: Final = frozenset({"gemini-3", "gemini-3.6", "gemini-4"})
"""Families that take images and documents inside a function's result."""

SIGNED_CALLS: Final = MEDIA_IN_RESULTS
"""Families that refuse a function call of the current turn without a thought signature."""

WITHOUT_SYSTEM: Final = frozenset({"gemma-3"})
"""Families that refuse a system instruction: "Developer instruction is not enabled" (Gemma 3)."""


def _facts(family: str, *, output: int = 65_536) -> ModelProfile:
    """Facts that every Gemini model from 2.0 on shares; rules change what differs."""
    return ModelProfile(
        provider="google",
        model="",
        family=family,
        native_dialect=JSON_SCHEMA,
        tool_dialect=JSON_SCHEMA,
        native_with_tools=False,
        parallel_tool_calls=False,  # it makes several calls at once; there is no switch to send
        image_input=True,
        audio_input=True,
        document_input=True,
        context_tokens=1_048_576,
        max_output_tokens=output,
        source=_SOURCE,
    )


def _budgeted(family: str) -> ModelProfile:
    """Gemini 2.5: thinks within a token budget; functions can be held to their schema."""
    return replace(_facts(family), strict_tool_dialect=JSON_SCHEMA, reasoning=True, reasoning_budget=True)


def _levelled(family: str, efforts: tuple[Effort, ...]) -> ModelProfile:
    """Gemini 3 and later: thinks at a level."""
    return replace(
        _facts(family), strict_tool_dialect=JSON_SCHEMA, reasoning=True, efforts=efforts, native_with_tools=True
    )


def _unsampled(profile: ModelProfile) -> ModelProfile:
    """Temperature, top_p and top_k are refused or ignored; sources conflict, so they are not sent."""
    return replace(profile, temperature=False)


_OLD: Final = replace(
    _facts("gemini-1.5", output=8_192), native_dialect=SCHEMA, tool_dialect=FUNCTION, context_tokens=1_000_000
)
_3: Final = _levelled("gemini-3", _ALL_LEVELS)
_3_6: Final = _unsampled(_levelled("gemini-3.6", _ALL_LEVELS))
_4: Final = _unsampled(replace(_levelled("gemini-4", _NO_MINIMAL), max_output_tokens=1_048_576))
_IMAGE: Final = replace(
    _facts("gemini-image", output=32_768), native_dialect=None, tool_dialect=None, audio_input=False
)
_SPEECH: Final = replace(
    _facts("gemini-tts", output=16_384),
    native_dialect=None,
    tool_dialect=None,
    image_input=False,
    audio_input=False,
    document_input=False,
    context_tokens=8_192,
)
_GEMMA_3: Final = replace(
    _facts("gemma-3", output=8_192),
    native_dialect=None,
    tool_dialect=None,
    audio_input=False,
    document_input=False,
    context_tokens=131_072,
)
_GEMMA_4: Final = replace(
    _facts("gemma-4", output=32_768),
    native_dialect=None,
    audio_input=False,
    document_input=False,
    context_tokens=262_144,
)


_RULES: Final[tuple[ProfileRule, ...]] = (
    _rule(r"gemma-4", _GEMMA_4),
    _rule(r"gemma", _GEMMA_3),
    _rule(r"gemini-.*tts", _SPEECH),
    _rule(r"gemini-.*(image|banana)|gemini-2\.0-flash-preview-image", _IMAGE),
    _rule(r"gemini-(pro$|1|pro-1|flash-1)", _OLD),
    _rule(r"gemini-2\.0-flash-thinking", replace(_facts("gemini-2.0"), native_dialect=None, tool_dialect=None)),
    _rule(r"gemini-2\.0", _facts("gemini-2.0", output=8_192)),
    _rule(r"gemini-2\.5-pro", _budgeted("gemini-2.5-pro")),
    _rule(r"gemini-2\.5-flash-lite", _budgeted("gemini-2.5-flash-lite")),
    _rule(r"gemini-2\.5", _budgeted("gemini-2.5-flash")),
    _rule(r"gemini-3-pro", _levelled("gemini-3", _LOW_HIGH)),
    _rule(r"gemini-3\.\d-pro|gemini-pro-latest", _levelled("gemini-3", _NO_MINIMAL)),
    _rule(r"gemini-3\.5-flash-lite|gemini-flash-lite-latest", _3_6),
    _rule(r"gemini-3(\.[1-5])?-flash", _3),
    _rule(r"gemini-3\.6", _3_6),
    _rule(r"gemini-3\.[78]|gemini-flash-latest", replace(_3_6, efforts=_NO_MINIMAL)),
    _rule(r"gemini-4-(argon|neon|carbon)", _4),
)
_NEWEST: Final = replace(_4, known=False, source="assumed from the newest family")


@lru_cache(maxsize=1024)
def google_profile(model: str, *, vertex: bool = False) -> ModelProfile:
    """Facts of `model` on the Gemini API, or on Vertex AI.

    A full resource name (`models/...`, `publishers/google/models/...`) has its last part's. A name in no rule is taken
    for one of the newest family.
    """
    name = model.rpartition("/")[2]
    found = first_profile(_RULES, name) or _NEWEST
    if vertex and found.native_dialect == SCHEMA:
        found = replace(found, native_dialect=SCHEMA_VERTEX)
    return replace(found, model=model)
