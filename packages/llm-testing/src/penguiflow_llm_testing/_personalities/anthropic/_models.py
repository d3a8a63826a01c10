"""What the simulator knows of Anthropic's models: what each takes and refuses, one rule per generation.

Sources, read 2026-11: the model pages and the "Thinking", "Effort", "Forcing tool use" and "Mid-conversation system
messages" guides of the Claude documentation, as pydantic-ai 2.68 cites and measured them; recordings, 2023 to 2026.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

_ALL_EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What one model takes."""

    thinking: frozenset[str] = frozenset({"adaptive", "disabled"})
    """The `thinking.type`s it takes; empty for a model that does not think."""
    thinks_unasked: bool = False
    shows_thinking: bool = False
    """Whether thinking is shown when the request does not say."""
    efforts: tuple[str, ...] = _ALL_EFFORTS
    default_effort: str = "high"
    samples: bool = False
    """Whether it takes temperature, top_p and top_k."""
    temperature_and_top_p: bool = True
    structured: bool = True
    forces_tools: bool = True
    prefill: bool = False
    inline_system: bool = False
    max_output: int = 128_000
    context: int = 1_000_000
    cached_from: int = 1024
    """Shortest prompt that is cached, in tokens."""


_OLD: Final = ModelFacts(
    thinking=frozenset(),
    shows_thinking=True,
    efforts=(),
    samples=True,
    structured=False,
    prefill=True,
    max_output=4_096,
    context=200_000,
)
_MANUAL: Final = replace(_OLD, thinking=frozenset({"enabled", "disabled"}), max_output=64_000)
_STRUCTURED: Final = replace(_MANUAL, structured=True, temperature_and_top_p=False)
_4_6: Final = replace(
    _STRUCTURED,
    thinking=frozenset({"enabled", "adaptive", "disabled"}),
    efforts=("low", "medium", "high", "max"),
    prefill=False,
    max_output=128_000,
    context=1_000_000,
)
_4_7: Final = ModelFacts()
_4_8: Final = replace(_4_7, inline_system=True)
_5: Final = replace(_4_8, thinks_unasked=True)
_ALWAYS: Final = replace(_5, thinking=frozenset({"adaptive"}))
_5_5: Final = replace(_5, cached_from=512)

# The first that fits. Families: opus, sonnet, haiku, fable, mythos; a name nobody knows is one of the newest.
_RULES: Final[tuple[tuple[str, ModelFacts], ...]] = (
    (r"claude-(instant|v?[12])", replace(_OLD, structured=False)),
    (r"claude-3-5-", replace(_OLD, max_output=8_192)),
    (r"claude-3-7-", replace(_MANUAL, max_output=128_000)),
    (r"claude-3-", _OLD),
    (r"claude-(opus-4-1)", replace(_STRUCTURED, max_output=32_000)),
    (r"claude-(opus-4-5)", replace(_STRUCTURED, efforts=("low", "medium", "high"))),
    (r"claude-(sonnet|haiku)-4-5", _STRUCTURED),
    (r"claude-(opus|sonnet)-4-6", _4_6),
    (r"claude-opus-4-7", _4_7),
    (r"claude-opus-4-8", _4_8),
    (r"claude-(opus-4|4-opus)", replace(_MANUAL, max_output=32_000)),
    (r"claude-(sonnet-4|4-sonnet)", _MANUAL),
    (r"claude-mythos-preview", replace(_ALWAYS, inline_system=False)),
    (r"claude-(fable|mythos)-5-[12]", replace(_ALWAYS, forces_tools=False)),
    (r"claude-(fable|mythos)-5", _ALWAYS),
    (r"claude-opus-5-5", replace(_ALWAYS, forces_tools=False, default_effort="medium", cached_from=512)),
    (r"claude-sonnet-5-5", replace(_5_5, thinking=frozenset({"adaptive", "between_tools"}), forces_tools=False)),
    (r"claude-haiku-5-5", _5_5),
    (r"claude-sonnet-5", replace(_5, inline_system=False)),
    (r"claude-opus-5", _5),
)
_NAMES: Final = re.compile(
    r"claude-(?:opus|sonnet|haiku|fable|mythos|instant)-|claude-v?[123]|claude-4-(?:opus|sonnet)-20"
)
_DECORATION: Final = re.compile(r"^(?:[a-z-]+\.)?anthropic\.|@.*$|(?<!claude)-v\d+(?::\d+)?$")
LISTED: Final = (
    "claude-fable-5-2",
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "claude-opus-5",
    "claude-sonnet-5",
    "claude-opus-4-8",
    "claude-sonnet-4-6",
    "claude-haiku-4-5-20251001",
)
_SNAPSHOTS: Final = {
    "claude-haiku-4-5": "claude-haiku-4-5-20251001",
    "claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
    "claude-opus-4-5": "claude-opus-4-5-20251101",
    "claude-sonnet-4-0": "claude-sonnet-4-20250514",
    "claude-opus-4-0": "claude-opus-4-20250514",
    "claude-3-5-haiku-latest": "claude-3-5-haiku-20241022",
    "claude-3-7-sonnet-latest": "claude-3-7-sonnet-20250219",
}


def plain_name(model: str) -> str:
    """The model's own name, without what Bedrock and Vertex AI put around it."""
    return _DECORATION.sub("", _DECORATION.sub("", model))


def facts(model: str) -> ModelFacts:
    """What `model` takes."""
    name = plain_name(model)
    return next((found for pattern, found in _RULES if re.match(pattern, name)), _5_5)


def exists(model: str) -> bool:
    """Whether the model can be asked: a name of one of the families that does not say itself that it should not."""
    return _NAMES.match(plain_name(model)) is not None and "nonexistent" not in model


def snapshot(model: str) -> str:
    """The name an answer gives for the model."""
    return _SNAPSHOTS.get(model, plain_name(model))
