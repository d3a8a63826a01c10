"""What one service does differently from Chat Completions as OpenAI speaks it, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from penguiflow_llm_openai_compat._error_tables import CHAT_ERRORS
from penguiflow_llm_types.wire import ErrorTables

ReasoningReplay: TypeAlias = Literal["reasoning_content", "reasoning", "reasoning_details", "content"]
"""A field of the message, or "content": blocks before its text, as Databricks has them."""

ReasoningSettings: TypeAlias = Literal["reasoning_effort", "reasoning", "thinking"]
"""How reasoning is asked for: OpenAI's word, OpenRouter's object, or Anthropic's object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDialect:
    """One service's Chat Completions. The defaults are OpenAI's own.

    Reading is liberal for every service: text as a string or as blocks, tool calls with and without index or id, usage
    on any chunk, errors inside a 200. Only what must differ on purpose is a field here.
    """

    provider: str
    """Name written on the parts that only this service understands."""

    max_tokens_field: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    reasoning_max_tokens_field: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    """The same for models known to reason, which at OpenAI refuse `max_tokens` whoever serves them."""
    sampling: frozenset[str] = frozenset({"temperature", "top_p", "seed", "presence_penalty", "frequency_penalty"})
    """Sampling settings the service knows."""
    stream_options: Mapping[str, bool] | None = field(
        default_factory=lambda: {"include_usage": True, "include_obfuscation": False}
    )
    """Sent with a stream; None where the service refuses the field."""

    reasoning_fields: tuple[str, ...] = ("reasoning_content", "reasoning")
    """Message fields that may hold reasoning text; the first one that does is read."""
    reasoning_replay: ReasoningReplay | None = None
    """Field in which earlier reasoning goes back; None: the service does not take it back."""
    reasoning_settings: ReasoningSettings = "reasoning_effort"

    documents_by_url: bool = False
    """Whether a document's address may stand in the place of its bytes."""
    strict_tools: bool = True
    """Whether `strict` may stand in a tool."""
    refused_settings: frozenset[str] = frozenset()
    """Body fields the service refuses, such as "seed" or "parallel_tool_calls": left out, with a warning."""
    empty_assistant_content: str | None = None
    """Content of an assistant message that holds tool calls only; some services refuse null."""
    cache_breakpoint_families: frozenset[str] = frozenset()
    """Model families that take cache breakpoints on parts."""
    cache_settings: Literal["prompt_cache", "cache_control", "cache_control of parts"] = "prompt_cache"
    """OpenAI's names (`prompt_cache_breakpoint`, `prompt_cache_options`, ...), or Anthropic's one."""
    stop_refused_by_reasoning: bool = False
    """Whether models that reason refuse `stop`."""

    reports_cost_usd: bool = False
    """Whether `usage.cost` is a price in US dollars."""

    errors: ErrorTables = CHAT_ERRORS
    """What the service's errors mean."""
