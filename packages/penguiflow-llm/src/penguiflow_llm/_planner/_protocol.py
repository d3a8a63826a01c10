"""What a planner calls, and what it gets back. Names and fields are those of penguiflow 3.11, read 2026-11."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

from penguiflow_llm_types import Usage

ChunkCallback: TypeAlias = Callable[[str, bool], None]
"""Called with each new piece of text and False; at the end with "" and True."""


@runtime_checkable
class JSONLLMClient(Protocol):
    """What penguiflow's `ReactPlanner` takes as `llm_client`."""

    async def complete(
        self,
        *,
        messages: Sequence[Mapping[str, Any]],
        response_format: Mapping[str, Any] | None = None,
        stream: bool = False,
        on_stream_chunk: ChunkCallback | None = None,
    ) -> str | tuple[str, float]:
        """The model's text, or the text and its cost in US dollars."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeToolCall:
    """A call the model wants made."""

    name: str
    arguments_json: str
    """The arguments as JSON text, in the shape of the tool's own schema."""
    call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeToolCallResult:
    """The answer to a request with tools."""

    content: str
    tool_calls: list[NativeToolCall] = field(default_factory=list)
    cost: float = 0.0
    """US dollars; 0.0 where the price is not known."""
    reasoning_content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeStreamEvent:
    """One step of `NativeLLMAdapter.stream_events`: a piece of text or of reasoning, or the end."""

    delta_text: str | None = None
    delta_reasoning: str | None = None
    usage: Usage | None = None
    done: bool = False
    finish_reason: str | None = None
