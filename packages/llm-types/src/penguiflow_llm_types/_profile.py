"""What is known of one model: capabilities, limits, and the dialects it speaks in each output mode."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

from penguiflow_llm_types._request import Effort


class OutputMode(StrEnum):
    """How a typed answer is asked for."""

    NATIVE = "native"
    """The provider's own structured output."""
    TOOLS = "tools"
    """A forced call of one tool whose arguments are the answer."""
    PROMPTED = "prompted"
    """The schema in the prompt, JSON read out of the text."""


@runtime_checkable
class DialectLike(Protocol):
    """A schema dialect handed over as a value, by a provider that brings its own."""

    @property
    def name(self) -> str: ...


DialectRef: TypeAlias = str | DialectLike
"""A dialect by name ("openai/strict@2026-11"), so that a provider needs no schema package, or as a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProfile:
    """Capability facts of one model. A capability is claimed only where a source says so."""

    provider: str
    model: str
    family: str
    known: bool = True
    """False when the facts are those of the nearest family, assumed for a name nobody has told us about."""

    native_dialect: DialectRef | None = None
    """Dialect of the provider's structured output; None: the model has none."""
    strict_tool_dialect: DialectRef | None = None
    """Dialect of tools whose arguments the provider guarantees."""
    tool_dialect: DialectRef | None = None
    """Dialect of plain tools; None: the model takes no tools."""
    forced_tool: bool = True
    """Whether a named tool can be forced."""
    forced_tool_with_reasoning: bool = True
    native_with_tools: bool = True
    """Whether structured output and tools go in one request. A client never sends both; who calls a provider may."""
    native_streams: bool = True
    """Whether structured output can be streamed."""
    parallel_tool_calls: bool = True

    temperature: bool = True
    """Whether sampling settings are taken; refused ones are dropped with a warning."""
    reasoning: bool = False
    """Whether the model reasons before it answers."""
    reasons_unasked: bool = True
    """Whether one that reasons does so when a request asks for nothing of the kind."""
    efforts: tuple[Effort, ...] = ()
    """Reasoning efforts it takes, weakest first; empty when it takes none."""
    reasoning_budget: bool = False
    """Whether reasoning is set by a token budget."""

    image_input: bool = False
    audio_input: bool = False
    document_input: bool = False

    context_tokens: int | None = None
    max_output_tokens: int | None = None
    source: str | None = None
    """Where the facts were read, and when."""
