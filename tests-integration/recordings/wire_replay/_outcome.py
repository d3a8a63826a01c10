"""What became of a replayed call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from penguiflow_llm_types import CompletionResponse, LLMError, StreamEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The client returned an answer."""

    response: CompletionResponse
    events: tuple[StreamEvent, ...] = ()
    """Every provider event of a stream, the closing `Done` included; () for a plain call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The client raised."""

    error: LLMError
    events: tuple[StreamEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """The client raised what no contract of its allows: always a finding."""

    error: Exception


Outcome: TypeAlias = Answered | Failed | Crashed
