"""What the simulator knows of Gemini's models: which think and how they are told to, and which do not exist.

Sources, read 2026-11: Google's "Thinking" guides (levels and budgets per model), the developer's guides to Gemini 3.5,
3.7 and 3.8 Flash and to Gemini 4 Argon, and the errors quoted in public issues.
"""

import re
from dataclasses import dataclass
from typing import Final

_VERSION: Final = re.compile(r"gemini-(\d+)(?:\.(\d+))?(?:-|$)")
_MISSING: Final = re.compile(r"does-not-exist|non-?existent|not-found|no-such|invalid-model|unknown-model|flahs")
_NEWEST: Final = (4, 0)  # what `-latest` names and names without a number are taken for
LISTED: Final = (
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
    "gemini-2.5-pro",
    "gemini-3-flash-preview",
    "gemini-3.1-pro-preview",
    "gemini-3.5-flash",
    "gemini-3.8-flash",
    "gemini-4-argon",
)
_ALL_LEVELS: Final = ("minimal", "low", "medium", "high")
_NO_MINIMAL: Final = ("low", "medium", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """How a model is told to think: by one of `levels`, by a budget between `least` and `most`, or not at all."""

    levels: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    can_stop: bool = False
    default: str = "medium"


_NONE: Final = Thinking(default="none")


def generation(model: str) -> tuple[int, int]:
    """The version in a model's name; models without one count as the newest, Gemma as none."""
    if "gemma" in model:
        return (0, 0)
    found = _VERSION.search(model)
    return _NEWEST if found is None else (int(found[1]), int(found[2] or 0))


def thinking(model: str) -> Thinking:
    """How `model` is told to think."""
    version = generation(model)
    if version < (2, 5) or "-tts" in model or model.startswith("gemini-2.5-flash-image"):
        return _NONE
    if version < (3, 0):
        return _budgeted(model)
    if version == (3, 0) and "pro" in model:
        return Thinking(levels=("low", "high"), least=128, most=32_768, default="high")
    if "pro" in model or version >= (3, 7):
        return Thinking(levels=_NO_MINIMAL, least=0, most=32_768)
    return Thinking(levels=_ALL_LEVELS, least=0, most=24_576, can_stop=True)


def _budgeted(model: str) -> Thinking:
    if "pro" in model:
        return Thinking(least=128, most=32_768)
    if "lite" in model:
        return Thinking(least=512, most=24_576, can_stop=True, default="none")
    return Thinking(least=1, most=24_576, can_stop=True)


def exists(model: str) -> bool:
    """Whether the model can be asked; any name does, unless it says itself that it should not."""
    return _MISSING.search(model) is None


def is_bare(model: str) -> bool:
    """Whether it takes messages and settings alone: no system instruction, JSON mode or functions (Gemma 3)."""
    return model.startswith(("gemma-2", "gemma-3"))


def names_calls(model: str) -> bool:
    """Whether its function calls have ids of their own (recorded: from Gemini 3 on)."""
    return generation(model) >= (3, 0)


def wants_signatures(model: str) -> bool:
    """Whether a function call must come back with its thought signature."""
    return generation(model) >= (3, 0)


def takes_schema_beside_tools(model: str) -> bool:
    """Whether structured output and functions go in one request."""
    return generation(model) >= (3, 0)
