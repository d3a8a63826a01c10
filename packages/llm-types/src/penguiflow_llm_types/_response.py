"""What a provider answers: a message, why it ended, and what it used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from penguiflow_llm_types._messages import LLMMessage, ToolCallPart

FinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter", "refusal", "error", "other"]
"""Why an answer ended, as the provider said it: "other" for a word not known here, "error" for a partial answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Token counts of one attempt, or of several added up; None where the provider did not say.

    Whatever a provider's own convention is, `input_tokens` includes cached tokens and `output_tokens` includes
    reasoning. `+` adds field by field; None counts as nothing there, and None plus None stays None.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    """The part of `cache_write_tokens` written with a lifetime of an hour or more, which costs more."""
    reasoning_tokens: int | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    input_image_tokens: int | None = None
    accepted_prediction_tokens: int | None = None
    rejected_prediction_tokens: int | None = None
    web_searches: int | None = None
    """Searches the provider ran and bills by the piece."""
    reported_cost_usd: Decimal | None = None
    """What the provider itself says this cost (OpenRouter)."""

    @property
    def total_tokens(self) -> int | None:
        """Input plus output; None when the provider said neither."""
        total: int | None = _add(self.input_tokens, self.output_tokens)
        return total

    def __add__(self, other: Usage) -> Usage:
        if not isinstance(other, Usage):
            return NotImplemented
        return Usage(**{name: _add(getattr(self, name), getattr(other, name)) for name in _USAGE_FIELDS})

    @classmethod
    def sum(cls, usages: Iterable[Usage]) -> Usage:
        """All of `usages` added up; of none, a `Usage` that says nothing."""
        total = cls()
        for usage in usages:
            total += usage
        return total


_USAGE_FIELDS = tuple(f.name for f in fields(Usage))


def _add(left: Any, right: Any) -> Any:
    if left is None:
        return right
    return left if right is None else left + right


WarningKind: TypeAlias = Literal[
    "unsupported_setting",
    "adapted_setting",
    "dropped_part",
    "assumed_model",
    "repaired_json",
    "mode",
    "schema",
    "price",
    "other",
]
"""What a warning is about: a setting, a part, the model, the output mode, the schema, or the price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWarning:
    """Something about a call that went differently from what was asked, in a sentence for the caller."""

    kind: WarningKind
    message: str
    setting: str | None = None
    """Name of the request field concerned, such as "temperature"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """What the provider says is left of its rate limits, from the headers of an answer."""

    remaining_requests: int | None = None
    reset_requests_s: float | None = None
    """Seconds from the answer until the requests are back."""
    remaining_tokens: int | None = None
    reset_tokens_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionResponse:
    """A finished answer. A streamed and a plain answer of the same content are equal (`raw` is not compared)."""

    message: LLMMessage
    finish_reason: FinishReason
    raw_finish_reason: str | None = None
    """The provider's own word, or words joined by ":" where it says it in two fields."""
    usage: Usage = Usage()
    model: str | None = None
    """The model that answered, as the provider names it."""
    response_id: str | None = None
    request_id: str | None = field(default=None, compare=False)
    """Id for the provider's support, from the response headers."""
    refusal: str | None = None
    """The model's words when it declined."""
    service_tier: str | None = None
    provider_name: str | None = None
    """Who served it, where a router says so (OpenRouter)."""
    warnings: tuple[CallWarning, ...] = ()
    rate_limits: RateLimits | None = field(default=None, repr=False, compare=False)
    """None where the headers say nothing of them."""
    cost_usd: Decimal | None = field(default=None, compare=False)
    """Price of the whole call, failed attempts included; None where unknown. Set by the client."""
    raw: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """The body as parsed; None for streams."""

    @property
    def text(self) -> str:
        """Visible text of the message."""
        return self.message.text

    @property
    def tool_calls(self) -> tuple[ToolCallPart, ...]:
        """Tool calls of the message, in order."""
        return self.message.tool_calls

    @property
    def reasoning(self) -> str:
        """Visible reasoning of the message."""
        return self.message.reasoning
