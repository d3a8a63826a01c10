"""What is asked of a provider: one request, in no provider's dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from penguiflow_llm_types._messages import CacheBreakpoint, LLMMessage

Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""How much a model should reason, weakest first; each provider has the nearest of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A function the model may call."""

    name: str
    description: str | None = None
    json_schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    """Schema of the arguments, already in the provider's dialect."""
    strict: bool | None = None
    """True: the provider guarantees arguments that fit the schema. None: the provider's default."""
    cache: CacheBreakpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTool:
    """Force a call of this one tool."""

    name: str


ToolChoice: TypeAlias = Literal["auto", "none", "required"] | NamedTool
"""Whether the model may ("auto"), must not ("none") or must ("required", or one by name) call a tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredOutput:
    """Ask the provider's own structured output for an answer."""

    json_schema: Mapping[str, Any] | None
    """The schema, already in the provider's dialect; None asks for any JSON object (the older JSON mode)."""
    name: str = "response"
    description: str | None = None
    strict: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Sampling settings. None is not sent: many current models refuse a temperature, even the default one."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningConfig:
    """How much to reason, and whether to show it; each provider translates it per model.

    Where a model takes only one of `effort` and `budget_tokens`, the other is translated and the answer carries a
    warning.
    """

    effort: Effort | None = None
    budget_tokens: int | None = None
    include: bool | None = None
    """Ask for readable reasoning (a summary where the provider gives no more); None: the provider's default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheConfig:
    """Prompt caching of a whole request; breakpoints on parts and tools say where."""

    key: str | None = None
    """Routes requests with a common prefix to one cache (OpenAI `prompt_cache_key`)."""
    ttl: str | None = None
    """Lifetime in the provider's own spelling."""
    content: str | None = None
    """Name of a cache made beforehand (Gemini `cached_content`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMRequest:
    """One request. Schemas in it are already in the provider's dialect; everything else is neutral."""

    model: str
    """The provider's own model id, without our `provider/` prefix."""
    messages: tuple[LLMMessage, ...]
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    structured_output: StructuredOutput | None = None
    sampling: Sampling = Sampling()
    max_tokens: int | None = None
    """Most tokens to generate, reasoning included where the provider counts it so."""
    stop: tuple[str, ...] = ()
    reasoning: ReasoningConfig | None = None
    cache: CacheConfig | None = None
    service_tier: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Provider-only body fields, merged last into what is sent."""
