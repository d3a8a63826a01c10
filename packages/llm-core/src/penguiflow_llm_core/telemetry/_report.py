"""What the runner of a call says to its hooks.

The runner speaks at the few moments that matter; what they mean as events is decided here. Without hooks it speaks to
`SILENT`.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from time import time
from typing import Final, Protocol

from penguiflow_llm_core._attempt import Attempt
from penguiflow_llm_core._clock import Clock
from penguiflow_llm_core._endpoint import Endpoint
from penguiflow_llm_core._result import AttemptRecord
from penguiflow_llm_core._task import Task
from penguiflow_llm_core.telemetry._events import (
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallEvent,
    CallStarted,
    Failure,
    FellBack,
    FirstOutput,
    ModeChosen,
    Outcome,
    RequestSettings,
    Retrying,
    SteppedDown,
    without_content,
)
from penguiflow_llm_core.telemetry._hub import HookHub
from penguiflow_llm_types import LLMError, LLMRequest


class CallReport(Protocol):
    """The moments of one call. `endpoint` and `task` are where the call is then."""

    def call_started(self, endpoint: Endpoint, task: Task, *, streamed: bool) -> None:
        """Nothing has been sent."""

    def attempt_started(self, attempt: Attempt, endpoint: Endpoint, request: LLMRequest) -> None:
        """`request` is about to be sent."""

    def first_output(self, attempt: Attempt) -> None:
        """The first piece of a stream arrived."""

    def attempt_ended(self, record: AttemptRecord, endpoint: Endpoint, task: Task) -> None:
        """An attempt ended, and what follows it is decided."""

    def passed_over(self, left: Endpoint, error: LLMError, endpoint: Endpoint, task: Task) -> None:
        """The call left an endpoint without having asked it, because of `error`."""

    def call_ended(self, error: BaseException | None) -> None:
        """The call is over, with a result where `error` is None."""


class SilentReport:
    """For calls that nobody listens to."""

    __slots__ = ()

    def call_started(self, endpoint: Endpoint, task: Task, *, streamed: bool) -> None:
        """See `CallReport`."""

    def attempt_started(self, attempt: Attempt, endpoint: Endpoint, request: LLMRequest) -> None:
        """See `CallReport`."""

    def first_output(self, attempt: Attempt) -> None:
        """See `CallReport`."""

    def attempt_ended(self, record: AttemptRecord, endpoint: Endpoint, task: Task) -> None:
        """See `CallReport`."""

    def passed_over(self, left: Endpoint, error: LLMError, endpoint: Endpoint, task: Task) -> None:
        """See `CallReport`."""

    def call_ended(self, error: BaseException | None) -> None:
        """See `CallReport`."""


SILENT: Final = SilentReport()


class EventReport:
    """Makes events of the moments and queues them for the hooks.

    What holds content is made twice where a hook wants it: once without, once with.
    """

    __slots__ = ("_call", "_call_id", "_clock", "_context", "_ended", "_first_output_at_s", "_hub", "_open", "_zero_s")

    def __init__(self, hub: HookHub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._zero_s = time() - clock.now()
        self._call_id = hub.call_id()
        self._context = copy_context()  # of the caller: what a hook does is done in it, such as to parent a span
        self._call: CallStarted | None = None
        self._open: AttemptStarted | None = None
        self._first_output_at_s: float | None = None
        self._ended: list[AttemptEnded] = []

    def call_started(self, endpoint: Endpoint, task: Task, *, streamed: bool) -> None:
        """See `CallReport`."""
        self._call = CallStarted(
            call_id=self._call_id,
            at_s=self._now_s(),
            provider=endpoint.provider.name,
            model=endpoint.model,
            server=_server(endpoint),
            streamed=streamed,
            typed=task.mode is not None,
        )
        self._publish(self._call)
        self._mode_chosen(endpoint, task)

    def attempt_started(self, attempt: Attempt, endpoint: Endpoint, request: LLMRequest) -> None:
        """See `CallReport`."""
        self._first_output_at_s = None
        self._open = AttemptStarted(
            call_id=self._call_id,
            at_s=self._now_s(),
            number=attempt.number,
            provider=endpoint.provider.name,
            model=endpoint.model,
            server=_server(endpoint),
            mode=attempt.mode,
            settings=RequestSettings.of(request),
            request=request if self._hub.wants_content else None,
        )
        self._publish(self._open)

    def first_output(self, attempt: Attempt) -> None:
        """See `CallReport`."""
        self._first_output_at_s = at_s = self._now_s()
        elapsed_s = at_s - self._open.at_s if self._open is not None else 0.0
        self._publish(FirstOutput(call_id=self._call_id, at_s=at_s, number=attempt.number, elapsed_s=elapsed_s))

    def attempt_ended(self, record: AttemptRecord, endpoint: Endpoint, task: Task) -> None:
        """See `CallReport`."""
        failure = self._failure(record.error)
        if self._open is not None:
            ended = self._attempt(self._open, record, failure)
            self._ended.append(ended)
            self._publish(ended)
        self._open = None
        if failure is not None:
            self._follows(record, failure, endpoint, task)

    def passed_over(self, left: Endpoint, error: LLMError, endpoint: Endpoint, task: Task) -> None:
        """See `CallReport`."""
        self._fell_back(left.name, Failure.of(error, content=self._hub.wants_content), endpoint, task)

    def call_ended(self, error: BaseException | None) -> None:
        """See `CallReport`."""
        if self._call is None:
            return
        outcome = _outcome(error)
        failure = None if outcome == "abandoned" else self._failure(error)
        self._publish(
            CallEnded(
                call_id=self._call_id,
                at_s=self._now_s(),
                call=self._call,
                outcome=outcome,
                failure=failure,
                attempts=tuple(self._ended),
            )
        )

    def _now_s(self) -> float:
        return self._zero_s + self._clock.now()

    def _failure(self, error: BaseException | None) -> Failure | None:
        return None if error is None else Failure.of(error, content=self._hub.wants_content)

    def _attempt(self, started: AttemptStarted, record: AttemptRecord, failure: Failure | None) -> AttemptEnded:
        response = record.response
        return AttemptEnded(
            call_id=self._call_id,
            at_s=self._now_s(),
            started=started,
            first_output_at_s=self._first_output_at_s,
            finish_reason=response.finish_reason if response is not None else None,
            response_id=response.response_id if response is not None else None,
            response_model=response.model if response is not None else None,
            usage=record.usage,
            tariff=record.tariff,
            failure=failure,
            next_step=record.next_step,
            wait_s=record.wait_s,
            response=response if self._hub.wants_content else None,
        )

    def _follows(self, record: AttemptRecord, failure: Failure, endpoint: Endpoint, task: Task) -> None:
        """The event of what is done about a failed attempt."""
        match record.next_step:
            case "step down":
                assert record.mode is not None  # noqa: S101  (only a typed value has modes to step down)
                assert task.mode is not None  # noqa: S101
                event: CallEvent = SteppedDown(
                    call_id=self._call_id,
                    at_s=self._now_s(),
                    number=record.number,
                    from_mode=record.mode,
                    to_mode=task.mode,
                    failure=failure,
                )
            case "retry" | "re-ask" | "grow" as step:
                event = Retrying(
                    call_id=self._call_id,
                    at_s=self._now_s(),
                    number=record.number,
                    step=step,
                    wait_s=record.wait_s,
                    failure=failure,
                )
            case "fall back":
                left = self._ended[-1].started
                self._fell_back(f"{left.provider}/{left.model}", failure, endpoint, task)
                return
            case "return" | "raise":
                return
        self._publish(event)

    def _fell_back(self, left: str, failure: Failure, endpoint: Endpoint, task: Task) -> None:
        self._publish(
            FellBack(
                call_id=self._call_id,
                at_s=self._now_s(),
                number=len(self._ended),
                from_model=left,
                to_model=endpoint.name,
                failure=failure,
            )
        )
        self._mode_chosen(endpoint, task)

    def _mode_chosen(self, endpoint: Endpoint, task: Task) -> None:
        if task.mode is not None:
            self._publish(
                ModeChosen(
                    call_id=self._call_id,
                    at_s=self._now_s(),
                    provider=endpoint.provider.name,
                    model=endpoint.model,
                    mode=task.mode,
                    reason=task.mode_reason,
                )
            )

    def _publish(self, full: CallEvent) -> None:
        self._hub.publish(self._context, without_content(full) if self._hub.wants_content else full, full)


def _server(endpoint: Endpoint) -> str | None:
    """Not part of the provider contract, so one may leave it out."""
    found: str | None = getattr(endpoint.provider, "server", None)
    return found


def _outcome(error: BaseException | None) -> Outcome:
    match error:
        case None:
            return "ok"
        case asyncio.CancelledError():
            return "cancelled"
        case GeneratorExit():
            return "abandoned"
        case _:
            return "error"
