"""What a call returns, and the record of how it got there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from penguiflow_llm_core._cost import Cost, CostSource, Tariff, attempt_cost
from penguiflow_llm_schema import SchemaPlan
from penguiflow_llm_types import CallWarning, CompletionResponse, LLMError, OutputMode, StreamEvent, Usage

T = TypeVar("T")

NextStep: TypeAlias = Literal["return", "raise", "retry", "re-ask", "step down", "grow", "fall back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One request and what came of it."""

    number: int
    """From 1."""
    mode: OutputMode | None
    """None for a plain completion."""
    elapsed_s: float
    response: CompletionResponse | None = field(default=None, repr=False)
    error: LLMError | None = None
    """Why the attempt did not become the result; a response that failed validation has both."""
    usage: Usage | None = None
    provider: str | None = None
    model: str | None = None
    """The model that is billed, as the provider names it."""
    tariff: Tariff = field(default_factory=Tariff, repr=False, compare=False)
    """By what it is billed."""
    next_step: NextStep = "return"
    """What followed; a call that was cancelled, or a stream that was left, ended with "raise"."""
    wait_s: float = 0.0
    """Seconds waited after it."""

    @property
    def cost(self) -> Decimal | None:
        """US dollars; None where the price or the usage is unknown. Looked up when asked for."""
        cost = self._cost()
        return None if cost is None else cost.usd

    @property
    def cost_source(self) -> CostSource | None:
        """Whose word `cost` is: "own", "reported" by the provider, or "listed"; None where it is unknown."""
        cost = self._cost()
        return None if cost is None else cost.source

    @property
    def tokens(self) -> int | None:
        """Input and output, 0 where no answer came and none were reported; None where an answer did not say."""
        total = None if self.usage is None else self.usage.total_tokens
        return 0 if total is None and self.response is None else total

    def _cost(self) -> Cost | None:
        return attempt_cost(self.usage, self.tariff)


class Billed(Protocol):
    """What may have cost something."""

    @property
    def usage(self) -> Usage | None: ...

    @property
    def cost(self) -> Decimal | None: ...


def total_usage(history: Sequence[Billed]) -> Usage:
    """Usage of all attempts added up."""
    return Usage.sum(attempt.usage for attempt in history if attempt.usage is not None)


def total_cost(history: Sequence[Billed]) -> Decimal | None:
    """Cost of all attempts added up, 0 where none used tokens; None as soon as one that did has no price."""
    costs = [attempt.cost for attempt in history if attempt.usage is not None]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def total_tokens(history: Sequence[AttemptRecord]) -> int | None:
    """Input and output of all attempts added up; None as soon as an answer did not say how many."""
    found = [attempt.tokens for attempt in history]
    known = [tokens for tokens in found if tokens is not None]
    return sum(known) if len(known) == len(found) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """What a whole call took: its answer is only that of the last attempt."""

    history: tuple[AttemptRecord, ...] = field(repr=False)

    @property
    def attempts(self) -> int:
        """How many requests were made."""
        return len(self.history)

    @property
    def usage(self) -> Usage:
        """Tokens of every attempt added up, failed ones included."""
        return total_usage(self.history)

    @property
    def cost(self) -> Decimal | None:
        """US dollars of every attempt added up, 0 where none used tokens; None where one that did has no price."""
        return total_cost(self.history)


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMResult(CallRecord, Generic[T]):
    """A validated value and how it was come by."""

    data: T
    response: CompletionResponse
    """The answer of the last attempt."""
    mode_used: OutputMode
    mode_reason: str
    """Why this mode, in a sentence."""
    plan: SchemaPlan = field(repr=False)
    """The schema as it was sent, and what it lost on the way."""
    warnings: tuple[CallWarning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStart:
    """A new request begins: whatever an earlier attempt streamed is void."""

    number: int
    mode: OutputMode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialValue:
    """The value so far, in the asked-for shape and not yet validated; each replaces the one before."""

    value: Any


ClientStreamEvent: TypeAlias = StreamEvent | AttemptStart | PartialValue
