"""What a provider answers: a message, why it ended, and what it used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias

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
    cache_read_audio_tokens: int | None = None
    """The part of `cache_read_tokens` that is audio, which some models bill apart."""
    cache_write_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    """The part of `cache_write_tokens` written with a lifetime of an hour or more, which costs more."""
    reasoning_tokens: int | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    input_image_tokens: int | None = None
    output_image_tokens: int | None = None
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
    "other",
]
"""What a warning is about: a setting, a part, the model, the output mode, or the schema."""


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


class CallTotals(Protocol):
    """What a whole call took: every attempt, failed ones included."""

    @property
    def attempts(self) -> int:
        """How many requests were made."""
        ...

    @property
    def usage(self) -> Usage:
        """Tokens of every attempt added up."""
        ...

    @property
    def cost(self) -> Decimal | None:
        """US dollars of every attempt added up; None where an attempt that used tokens has no known price."""
        ...


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
    """The tier that served it, in the provider's word; "fast" for Claude's fast mode, which is billed like one."""
    provider_name: str | None = None
    """Who served it, where a router says so (OpenRouter)."""
    warnings: tuple[CallWarning, ...] = ()
    rate_limits: RateLimits | None = field(default=None, repr=False, compare=False)
    """None where the headers say nothing of them."""
    call: CallTotals | None = field(default=None, repr=False, compare=False)
    """What the call took that this answers; None on an answer that comes straight from a provider."""
    raw: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """The body as parsed; None for streams."""

    @property
    def cost_usd(self) -> Decimal | None:
        """Price of the whole call, failed attempts included; None where unknown. Looked up when asked for."""
        return None if self.call is None else self.call.cost

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
