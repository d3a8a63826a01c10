"""One answer's facts, in the shape they are compared in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

USAGE_FIELDS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_read_audio_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "reasoning_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "input_image_tokens",
    "output_image_tokens",
    "accepted_prediction_tokens",
    "rejected_prediction_tokens",
    "web_searches",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The facts of one answer, in the shape they are compared in."""

    text: str
    reasoning: str
    sealed: tuple[str, ...]
    """Encrypted reasoning, or the seals on it, in order."""
    tool_calls: tuple[tuple[str | None, str, str], ...]
    """Id, name and arguments of each; the id is None where the service gave none."""
    finish: str
    refusal: str | None
    usage: Mapping[str, int | None] = field(default_factory=dict)
    """Every count of `USAGE_FIELDS`; None where the service did not say."""
    response_id: str | None = None
    model: str | None = None
    provider_name: str | None = None
    """Who served the answer, where a router says so."""
    cost_usd: float | None = None
    """What the service says the answer cost; compared where it does."""
    kept: tuple[str, ...] = ()
    """Blocks only the provider understands, as canonical JSON, where a wire has such."""
    cited: tuple[str, ...] = ()
    """What the provider wants back of a text's sources, as canonical JSON, where a wire has such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """The bytes hold no finished answer, whatever the status line says."""

    why: str
    error: Mapping[str, Any] | None = None
    """The error object the body carries instead, if it does."""


def usage(**counts: int | None) -> dict[str, int | None]:
    """`counts` with every other field of `USAGE_FIELDS` set to None."""
    return {name: counts.get(name) for name in USAGE_FIELDS}


def whole_output(output: int | None, reasoning: int | None, *, total: int | None, prompt: int | None) -> int | None:
    """Output tokens with reasoning included, where the service counts the two side by side.

    It does so where its own total says so (xAI chat), or where there is more reasoning than output (Gemini behind a
    gateway): a part cannot exceed the whole.
    """
    if output is None or not reasoning:
        return output
    beside = total is not None and prompt is not None and total == prompt + output + reasoning
    return output + reasoning if beside or reasoning > output else output
