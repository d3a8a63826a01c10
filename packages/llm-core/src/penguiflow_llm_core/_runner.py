"""One call: attempts until one is good, inside one deadline, with one account of what they used.

The runner is an async generator of stream events (none, when the call is not streamed) that leaves its outcome in
`result()` and `history`. Every await on the outside is under the guard; nothing is ever yielded under it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from penguiflow_llm_core._account import ClientAccount
from penguiflow_llm_core._attempt import Attempt
from penguiflow_llm_core._breaker import is_outage
from penguiflow_llm_core._call_limits import CallLimits
from penguiflow_llm_core._cancel import CancelToken
from penguiflow_llm_core._clock import Clock, sleep
from penguiflow_llm_core._endpoint import Endpoint
from penguiflow_llm_core._guard import CallGuard
from penguiflow_llm_core._result import (
    AttemptRecord,
    AttemptStart,
    ClientStreamEvent,
    NextStep,
    total_cost,
    total_usage,
)
from penguiflow_llm_core._retry import RetryState
from penguiflow_llm_core._routes import Routes, may_work_elsewhere
from penguiflow_llm_core.telemetry._report import SILENT, CallReport
from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    LLMError,
    LLMOverloadedError,
    LLMParseError,
    LLMRateLimitError,
    LLMRequest,
    LLMSchemaRejectedError,
    LLMTimeoutError,
    LLMTruncatedError,
    StreamEvent,
    UsageUpdate,
)


class CallRunner:
    """Runs one call over its routes. `events()` is consumed once."""

    def __init__(
        self,
        routes: Routes,
        *,
        streamed: bool,
        limits: CallLimits,
        token: CancelToken | None,
        clock: Clock,
        account: ClientAccount,
        report: CallReport = SILENT,
    ) -> None:
        self._routes = routes
        self._streamed = streamed
        self._limits = limits
        self._clock = clock
        self._account = account
        self._report = report
        self._guard = CallGuard(timeout_s=limits.timeout_s, token=token, clock=clock)
        self._retries = RetryState(allowed=limits.max_retries)
        self._history: list[AttemptRecord] = []
        self._wait_s = 0.0
        self._grown = False
        self._response: CompletionResponse | None = None

    def result(self) -> Any:
        """What the caller gets, once the events are used up. Raises `RuntimeError` before."""
        if self._response is None:
            raise RuntimeError("the call has no result: it was not read to its end")
        return self._routes.task.result(self._response, self.history)

    @property
    def history(self) -> tuple[AttemptRecord, ...]:
        """The attempts so far."""
        return tuple(self._history)

    async def events(self) -> AsyncGenerator[ClientStreamEvent, None]:
        """The call. Raises the `LLMError` of the last attempt when there is no way on."""
        self._guard.open()
        self._endpoint.budget.call(self._clock.now())
        self._report.call_started(self._endpoint, self._routes.task, streamed=self._streamed)
        try:
            while self._response is None:
                endpoint = self._endpoint
                if await self._is_admitted(endpoint):
                    endpoint.in_flight += 1
                    try:
                        async with aclosing(self._attempt(endpoint)) as events:
                            async for event in events:
                                yield event
                    finally:
                        endpoint.in_flight -= 1
                        endpoint.breaker.leave(self)
                        endpoint.slots.release()
                    await self._pause()
        except BaseException as error:
            self._report.call_ended(error)
            raise
        else:
            self._report.call_ended(None)
        finally:
            self._guard.close()

    @property
    def _endpoint(self) -> Endpoint:
        return self._routes.endpoint

    # one attempt

    async def _is_admitted(self, endpoint: Endpoint) -> bool:
        """Whether an attempt may be made: in its turn, within its cost, not into an open circuit.

        If not, the call has moved to another endpoint; where there is none the reason is raised.
        """
        try:
            self._check(endpoint)  # before any waiting, and once more after it
            await self._take_turn(endpoint)
        except LLMError as error:
            if self._fell_back(error):
                self._report.passed_over(endpoint, error, self._endpoint, self._routes.task)
                return False
            raise self._accounted(error) from error.__cause__
        return True

    async def _take_turn(self, endpoint: Endpoint) -> None:
        self._guard.check()
        try:
            with self._guard:
                await endpoint.slots.acquire()
        except LLMTimeoutError as error:
            error.kind = "pool"
            raise
        try:
            await self._keep_pace(endpoint)
            self._check(endpoint)
        except BaseException:
            endpoint.slots.release()
            raise
        endpoint.breaker.enter(self, self._clock.now())

    async def _keep_pace(self, endpoint: Endpoint) -> None:
        """Hold the request back, in its turn: whoever waits behind it would have to wait as long."""
        while endpoint.pacer is not None and (wait_s := endpoint.pacer.wait_s(self._clock.now())):
            if not self._fits(wait_s):
                raise LLMRateLimitError(
                    f"the rate limits of {endpoint.name} are used up for {wait_s:.1f} s, longer than this call has "
                    "left; raise timeout_s, or try again then",
                    phase="local",
                    retry_after_s=wait_s,
                )
            with self._guard:
                await sleep(self._clock, wait_s)

    def _check(self, endpoint: Endpoint) -> None:
        """Raise what speaks against a request to `endpoint` now."""
        self._limits.check_spent(self.history, self._account)
        now = self._clock.now()
        if endpoint.breaker.is_open(now):
            wait_s = endpoint.breaker.wait_s(now)
            raise LLMOverloadedError(
                f"{endpoint.name} failed too often in a row: nothing is sent to it for {wait_s:.1f} s; try again then",
                kind="circuit_open",
                phase="local",
                retry_after_s=wait_s,
            )

    async def _attempt(self, endpoint: Endpoint) -> AsyncGenerator[ClientStreamEvent, None]:
        task = self._routes.task
        attempt = Attempt(number=len(self._history) + 1, mode=task.mode, started=self._clock.now())
        try:
            request = task.start()
            self._report.attempt_started(attempt, endpoint, request)
            self._guard.watch(self._limits.first_output_timeout_s, "headers")
            if self._streamed:
                yield AttemptStart(number=attempt.number, mode=attempt.mode)
                async with aclosing(self._stream(request, attempt)) as events:
                    async for event in events:
                        yield event
            else:
                with self._guard:
                    response = await endpoint.provider.complete(request)
                self._answered(response, attempt)
            self._response = self._accept(attempt)
        except LLMError as error:
            self._wait_s = self._recover(error, attempt)
        except BaseException:  # a cancelled task, a reader who left, code of the caller's: what was used still counts
            self._record(attempt, error=None, next_step="raise", wait_s=0.0)
            raise
        finally:
            self._guard.watch(None)

    async def _stream(self, request: LLMRequest, attempt: Attempt) -> AsyncGenerator[ClientStreamEvent, None]:
        task = self._routes.task
        async with aclosing(self._endpoint.provider.stream(request)) as events:
            while attempt.response is None:
                with self._guard:
                    event = await anext(events, None)
                if not attempt.committed:
                    self._guard.watch(self._limits.progress_timeout_s, "progress")
                self._note(event, attempt)
                if event is not None:
                    partial = task.partial(event)
                    if partial is not None:
                        yield partial
                    yield event

    def _note(self, event: StreamEvent | None, attempt: Attempt) -> None:
        match event:
            case None:
                raise LLMTruncatedError(
                    "the provider's stream ended without a Done event; report it to the provider package",
                    kind="no_terminal",
                    phase="stream",
                    billed="unknown",
                )
            case Done(response=response):
                self._answered(response, attempt)
            case UsageUpdate(usage=usage):
                attempt.usage = usage
            case _:
                if not attempt.committed:
                    self._report.first_output(attempt)
                attempt.committed = True
                attempt.events.append(event)

    def _answered(self, response: CompletionResponse, attempt: Attempt) -> None:
        """A whole answer: its provider works, whatever the answer is worth and whether anybody still reads it."""
        attempt.answered(response)
        endpoint, now = self._endpoint, self._clock.now()
        endpoint.breaker.succeed()
        endpoint.budget.succeed(now)
        if endpoint.pacer is not None:
            endpoint.pacer.learn(response.rate_limits, now)

    def _accept(self, attempt: Attempt) -> CompletionResponse:
        assert attempt.response is not None  # noqa: S101  (both ways of calling a provider end with one)
        accepted = self._routes.task.accept(attempt.response)
        self._record(attempt, error=None, next_step="return", wait_s=0.0)
        return accepted

    # what follows a failure

    def _recover(self, error: LLMError, attempt: Attempt) -> float:
        """Seconds to wait before the next attempt, which is prepared; raises `error` when there is to be none."""
        parse_failure = isinstance(error, LLMParseError)
        error.committed = attempt.committed and not parse_failure
        endpoint = self._endpoint
        if attempt.response is None:
            attempt.broke_off(error)
        elif parse_failure and error.partial() is None:
            error.keep_partial(attempt.response)
        endpoint.scrub(error)
        attempt.response = error.partial() if attempt.response is None else attempt.response
        now = self._clock.now()
        if is_outage(error):
            endpoint.breaker.fail(self, now)
        else:
            endpoint.breaker.leave(self)
        if endpoint.pacer is not None:
            endpoint.pacer.refused(error, now)
        step, wait_s = self._next(error, attempt)
        self._record(attempt, error=error, next_step=step, wait_s=0.0 if step == "raise" else wait_s, endpoint=endpoint)
        if step == "raise":
            raise self._final(error, attempt, wait_s)
        error.__traceback__ = None  # it is kept in the history, and would keep this attempt's frames
        return wait_s

    def _next(self, error: LLMError, attempt: Attempt) -> tuple[NextStep, float]:
        if isinstance(error, LLMSchemaRejectedError | LLMParseError | LLMTruncatedError):
            step = self._adapt(error, attempt) if self._retries.allowed > 0 else "raise"
            if step != "raise" or not may_work_elsewhere(error):
                return step, 0.0
        if self._retries.is_at_once(error) and self._may_retry(0.0):
            self._retries.spend(error)
            return "retry", 0.0
        if self._fell_back(error):
            return "fall back", 0.0
        wait_s = self._retries.wait_s(error, rng=self._endpoint.rng)
        if wait_s is None or not self._may_retry(wait_s):
            return "raise", wait_s or 0.0
        self._retries.spend(error)
        return "retry", wait_s

    def _fell_back(self, error: LLMError) -> bool:
        if not may_work_elsewhere(error) or not self._routes.fall_back(error, self._clock.now()):
            return False
        self._retries.moved()
        return True

    def _may_retry(self, wait_s: float) -> bool:
        """Whether a retry after `wait_s` has time, an endpoint that will take it, and a place in the budget."""
        now, endpoint = self._clock.now(), self._endpoint
        return self._fits(wait_s) and not endpoint.breaker.is_open(now + wait_s) and endpoint.budget.take(now)

    def _adapt(self, error: LLMError, attempt: Attempt) -> NextStep:
        """What else to send at once: the schema in another mode, what was wrong with the answer, or the same longer."""
        step: NextStep = "raise"
        if not attempt.committed and self._routes.task.step_down(error):
            step = "step down"
        elif isinstance(error, LLMTruncatedError):
            step = self._grow(error)
        elif error.retry_rule == "reask" and self._corrected(error, attempt):
            step = "re-ask"
        if step != "raise":
            self._retries.allowed -= 1
        return step

    def _corrected(self, error: LLMError, attempt: Attempt) -> bool:
        return isinstance(error, LLMParseError) and self._routes.task.correct(error, attempt.response)

    def _grow(self, error: LLMError) -> NextStep:
        ceiling = self._limits.max_tokens_ceiling
        if error.kind != "max_tokens" or ceiling is None or self._grown or not self._routes.task.grow(ceiling):
            return "raise"
        self._grown = True
        return "grow"

    def _fits(self, wait_s: float) -> bool:
        remaining = self._guard.remaining_s()
        return remaining is None or wait_s < remaining

    async def _pause(self) -> None:
        if self._wait_s and self._response is None:
            try:
                with self._guard:
                    await sleep(self._clock, self._wait_s)
            except LLMError as error:
                raise self._accounted(error) from None

    # the account

    def _record(
        self,
        attempt: Attempt,
        *,
        error: LLMError | None,
        next_step: NextStep,
        wait_s: float,
        endpoint: Endpoint | None = None,
    ) -> None:
        endpoint, response = endpoint or self._endpoint, attempt.response
        record = AttemptRecord(
            number=attempt.number,
            mode=attempt.mode,
            elapsed_s=self._clock.now() - attempt.started,
            response=response,
            error=error,
            usage=attempt.usage,
            provider=endpoint.provider.name,
            model=endpoint.billed_model(response),
            tariff=endpoint.tariff(response),
            next_step=next_step,
            wait_s=wait_s,
        )
        self._history.append(record)
        self._account.add(record)
        self._report.attempt_ended(record, self._endpoint, self._routes.task)

    def _final(self, error: LLMError, attempt: Attempt, wait_s: float) -> LLMError:
        """The error to raise, with the account of the whole call; a wait that the deadline forbids is a time-out."""
        error.committed = attempt.committed
        if wait_s and error.retry_rule != "after" and not self._fits(wait_s):
            timeout = LLMTimeoutError(
                f"no time is left to wait {wait_s:.1f} s and try again; raise timeout_s", kind="total", phase="local"
            )
            timeout.__cause__ = error
            error = timeout
        return self._accounted(error)

    def _accounted(self, error: LLMError) -> LLMError:
        error.provider = error.provider or self._endpoint.provider.name
        error.model = error.model or self._endpoint.model
        error.attempt = error.attempts = len(self._history)
        error.usage = total_usage(self.history)
        error.cost_usd = total_cost(self.history)
        return error
