"""What happens in a call, as values.

Every event has `call_id`, which is new for each call, and `at_s`: seconds since the epoch, by a clock that within one
call never goes back. None of them carries a prompt, an answer or a credential; the fields that hold content (`request`,
`response`, `message`) are None unless the hook was registered with `HookConfig(content=True)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

from penguiflow_llm_core._cost import Tariff, attempt_cost
from penguiflow_llm_core._result import NextStep, total_cost, total_usage
from penguiflow_llm_types import (
    CompletionResponse,
    Effort,
    FinishReason,
    LLMError,
    LLMRequest,
    OutputMode,
    Phase,
    Sampling,
    Usage,
)

Outcome: TypeAlias = Literal["ok", "error", "cancelled", "abandoned"]
"""How a call ended: with a result, with an error that was raised, by its task's cancellation, or as a stream that was
not read to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error without what it may quote of the request or the answer."""

    type: str
    """Name of the error's class, such as "LLMRateLimitError"."""
    kind: str | None = None
    """See `LLMError.kind`."""
    status: int | None = None
    """HTTP status."""
    code: str | None = None
    """The provider's own error code."""
    phase: Phase | None = None
    request_id: str | None = None
    retry_after_s: float | None = None
    message: str | None = None
    """Content: providers quote requests in their errors, and a validation error quotes the answer."""

    @classmethod
    def of(cls, error: BaseException, *, content: bool) -> Failure:
        """The facts of `error`."""
        name = type(error).__name__
        if not isinstance(error, LLMError):
            return cls(type=name, message=str(error) if content else None)
        return cls(
            type=name,
            kind=error.kind,
            status=error.status,
            code=error.code,
            phase=error.phase,
            request_id=error.request_id,
            retry_after_s=error.retry_after_s,
            message=error.message if content else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSettings:
    """What is asked of the model beside the prompt; None where the caller left it to the provider."""

    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    effort: Effort | None = None
    """How much to reason."""
    service_tier: str | None = None
    tools: int = 0
    """How many tools the model may call; the forced one of mode "tools" included."""

    @classmethod
    def of(cls, request: LLMRequest) -> RequestSettings:
        """The settings of `request`."""
        return cls(
            sampling=request.sampling,
            max_tokens=request.max_tokens,
            stop=request.stop,
            effort=request.reasoning.effort if request.reasoning is not None else None,
            service_tier=request.service_tier,
            tools=len(request.tools),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted:
    """A call begins; nothing has been sent."""

    call_id: str
    at_s: float
    provider: str
    """Of the model that is tried first, as in a model reference: "openai"."""
    model: str
    """The provider's own id of that model."""
    server: str | None
    """Host and port requests go to, as `host:port`; None where the provider does not say."""
    streamed: bool
    typed: bool
    """Whether a validated value was asked for (`generate`), not an answer as it is (`complete`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeChosen:
    """How a typed value is asked of a model: once a call, and again for each model it falls back to."""

    call_id: str
    at_s: float
    provider: str
    model: str
    mode: OutputMode
    reason: str
    """Why this mode, in a sentence about the schema and the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted:
    """A request is about to be sent."""

    call_id: str
    at_s: float
    number: int
    """From 1."""
    provider: str
    model: str
    """As it was asked for; see `AttemptEnded.response_model` for who answered."""
    server: str | None
    """See `CallStarted`."""
    mode: OutputMode | None
    """None for a plain completion."""
    settings: RequestSettings
    request: LLMRequest | None = field(default=None, repr=False)
    """Content: the whole request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOutput:
    """The first piece of output of a stream arrived."""

    call_id: str
    at_s: float
    number: int
    """Of the attempt."""
    elapsed_s: float
    """Seconds since the attempt started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnded:
    """A request has its answer, or failed."""

    call_id: str
    at_s: float
    started: AttemptStarted
    first_output_at_s: float | None = None
    """When the first piece of a stream arrived, as `at_s`; None where nothing was streamed."""
    finish_reason: FinishReason | None = None
    """None where no answer came; "error" for one that broke off."""
    response_id: str | None = None
    response_model: str | None = None
    """The model that answered, as the provider names it."""
    usage: Usage | None = None
    """None where the provider said nothing; a failed attempt may have used tokens."""
    tariff: Tariff = field(default_factory=Tariff, repr=False, compare=False)
    """By what it is billed."""
    failure: Failure | None = None
    """Why the attempt is not the result; None also where it was cut short because the call was cancelled or left. An
    answer that failed validation has a finish reason too."""
    next_step: NextStep = "return"
    """What followed; "raise" where the call was cancelled or left."""
    wait_s: float = 0.0
    """Seconds until the next attempt."""
    response: CompletionResponse | None = field(default=None, repr=False)
    """Content: the answer, or what had arrived of it."""

    @property
    def duration_s(self) -> float:
        """Seconds from its start to its end, validation included."""
        return self.at_s - self.started.at_s

    @property
    def cost(self) -> Decimal | None:
        """US dollars; None where the price or the usage is unknown. Looked up when asked for."""
        cost = attempt_cost(self.usage, self.tariff)
        return None if cost is None else cost.usd


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedDown:
    """The next attempt asks in another output mode, because this one was of no use here."""

    call_id: str
    at_s: float
    number: int
    """Of the attempt that failed."""
    from_mode: OutputMode
    to_mode: OutputMode
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """The same model is asked again."""

    call_id: str
    at_s: float
    number: int
    """Of the attempt that failed."""
    step: Literal["retry", "re-ask", "grow"]
    """Send the same again; tell the model what was wrong; allow a longer answer."""
    wait_s: float
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class FellBack:
    """The call goes on with another model."""

    call_id: str
    at_s: float
    number: int
    """Of the last attempt so far; 0 where the first model was not asked at all."""
    from_model: str
    """As `provider/model`."""
    to_model: str
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """A call is over: always its last event, and complete in itself."""

    call_id: str
    at_s: float
    call: CallStarted
    outcome: Outcome
    failure: Failure | None = None
    """What the caller gets to see; None for outcome "ok" and "abandoned"."""
    attempts: tuple[AttemptEnded, ...] = ()
    """In order; the last one was cut short where the call was cancelled or abandoned."""

    @property
    def duration_s(self) -> float:
        """Seconds, waits included."""
        return self.at_s - self.call.at_s

    @property
    def request(self) -> LLMRequest | None:
        """What the first attempt asked; None for a hook that sees no content, and where nothing was asked."""
        return self.attempts[0].started.request if self.attempts else None

    @property
    def response(self) -> CompletionResponse | None:
        """The last answer there was; None for a hook that sees no content, and where there was none."""
        found = (attempt.response for attempt in reversed(self.attempts) if attempt.response is not None)
        return next(found, None)

    @property
    def first_output_s(self) -> float | None:
        """Seconds from the start of the call to the first piece of a stream; None where nothing was streamed."""
        firsts = [attempt.first_output_at_s for attempt in self.attempts if attempt.first_output_at_s is not None]
        return firsts[0] - self.call.at_s if firsts else None

    @property
    def usage(self) -> Usage:
        """Tokens of every attempt added up, failed ones included."""
        return total_usage(self.attempts)

    @property
    def cost(self) -> Decimal | None:
        """US dollars of every attempt; None where one that used tokens has no known price. Looked up when asked for."""
        return total_cost(self.attempts)


CallEvent: TypeAlias = (
    CallStarted
    | ModeChosen
    | AttemptStarted
    | FirstOutput
    | AttemptEnded
    | SteppedDown
    | Retrying
    | FellBack
    | CallEnded
)
"""One event of a call. Closed: a `match` over it may end in `assert_never`."""


def without_content(event: CallEvent) -> CallEvent:
    """`event` as a hook gets it that may see no content."""
    match event:
        case CallStarted() | ModeChosen() | FirstOutput():
            return event
        case AttemptStarted():
            return replace(event, request=None)
        case AttemptEnded():
            return _bare(event)
        case SteppedDown() | Retrying() | FellBack():
            return replace(event, failure=replace(event.failure, message=None))
        case CallEnded():
            return replace(
                event, failure=_wordless(event.failure), attempts=tuple(_bare(attempt) for attempt in event.attempts)
            )
        case _:
            assert_never(event)


def _bare(attempt: AttemptEnded) -> AttemptEnded:
    started = replace(attempt.started, request=None)
    return replace(attempt, started=started, failure=_wordless(attempt.failure), response=None)


def _wordless(failure: Failure | None) -> Failure | None:
    return None if failure is None else replace(failure, message=None)
