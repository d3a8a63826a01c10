"""What a stream yields. Deltas are for showing; `Done` carries the whole answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from penguiflow_llm_types._response import CompletionResponse, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    """More visible text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningDelta:
    """More reasoning text, or more of its summary."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallStart:
    """A tool call begins. `index` counts the answer's tool calls from 0 and names this one in later deltas."""

    index: int
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallDelta:
    """More of the argument text of tool call `index`."""

    index: int
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageUpdate:
    """Usage so far; each replaces the one before."""

    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The provider finished: always the last event, and only after its own finish was seen on the wire."""

    response: CompletionResponse


StreamEvent: TypeAlias = TextDelta | ReasoningDelta | ToolCallStart | ToolCallDelta | UsageUpdate | Done
"""One event of a stream. Closed, like `Part`."""
