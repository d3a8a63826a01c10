"""One call: attempts until one is good, inside one deadline, with one account of what they used.

The runner is an async generator of stream events (none, when the call is not streamed) that leaves its outcome in
`outcome()` and `history`. Every await on the outside is under the guard; nothing is ever yielded under it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from penguiflow_llm_core._cancel import CancelToken
from penguiflow_llm_core._guard import CallGuard
from penguiflow_llm_core._result import (
    AttemptRecord,
    AttemptStart,
    ClientStreamEvent,
    NextStep,
    total_cost,
    total_usage,
)
from penguiflow_llm_core._retry import RetryBudget, RetryState
from penguiflow_llm_core._task import Task
from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    LLMError,
    LLMParseError,
    LLMRequest,
    LLMSchemaRejectedError,
    LLMTimeoutError,
    LLMTruncatedError,
    OutputMode,
    Provider,
    StreamEvent,
    Usage,
    UsageUpdate,
)


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """What a client's calls share: the provider, how it is priced, and the budget for retries."""

    provider: Provider
    model: str
    """The provider's own id of the model."""
    price_provider: str | None
    budget: RetryBudget = field(default_factory=RetryBudget)
    rng: Random = field(default_factory=Random)


@dataclass(slots=True)
class _Attempt:
    """One request under way."""

    number: int
    mode: OutputMode | None
    started: float
    response: CompletionResponse | None = None
    usage: Usage | None = None
    committed: bool = False
    """Whether output of it has reached the caller."""

    def answered(self, response: CompletionResponse) -> None:
        """A whole answer came; its usage replaces what was said on the way."""
        self.response, self.usage = response, response.usage

    def broke_off(self, error: LLMError) -> None:
        """No whole answer came; what is known of it is with the error, or was said on the way."""
        self.response = error.partial()
        on_the_way = None if self.response is None or self.response.usage == Usage() else self.response.usage
        self.usage = error.usage or on_the_way or self.usage


class CallRunner:
    """Runs one task against one endpoint. `events()` is consumed once."""

    def __init__(
        self,
        endpoint: Endpoint,
        task: Task,
        *,
        streamed: bool,
        timeout_s: float | None,
        max_retries: int,
        token: CancelToken | None,
    ) -> None:
        self._endpoint = endpoint
        self._task = task
        self._streamed = streamed
        self._guard = CallGuard(timeout_s=timeout_s, token=token)
        self._retries = RetryState(allowed=max_retries)
        self._history: list[AttemptRecord] = []
        self._wait_s = 0.0
        self._response: CompletionResponse | None = None

    def outcome(self) -> CompletionResponse:
        """The accepted response, once the events are used up. Raises `RuntimeError` before."""
        if self._response is None:
            raise RuntimeError("the call has no result: it was not read to its end")
        return self._response

    @property
    def history(self) -> tuple[AttemptRecord, ...]:
        """The attempts so far."""
        return tuple(self._history)

    async def events(self) -> AsyncGenerator[ClientStreamEvent, None]:
        """The call. Raises the `LLMError` of the last attempt when there is no way on."""
        self._guard.open()
        self._endpoint.budget.call(monotonic())
        try:
            while self._response is None:
                async with aclosing(self._attempt()) as events:
                    async for event in events:
                        yield event
                await self._pause()
        finally:
            self._guard.close()

    async def _attempt(self) -> AsyncGenerator[ClientStreamEvent, None]:
        attempt = _Attempt(number=len(self._history) + 1, mode=self._task.mode, started=monotonic())
        try:
            request = self._task.start()
            if self._streamed:
                yield AttemptStart(number=attempt.number, mode=attempt.mode)
                async with aclosing(self._stream(request, attempt)) as events:
                    async for event in events:
                        yield event
            else:
                with self._guard:
                    attempt.answered(await self._endpoint.provider.complete(request))
            self._response = self._accept(attempt)
        except LLMError as error:
            self._wait_s = self._recover(error, attempt)

    async def _pause(self) -> None:
        if self._wait_s and self._response is None:
            try:
                with self._guard:
                    await asyncio.sleep(self._wait_s)
            except LLMError as error:
                raise self._account(error) from None

    async def _stream(self, request: LLMRequest, attempt: _Attempt) -> AsyncGenerator[ClientStreamEvent, None]:
        async with aclosing(self._endpoint.provider.stream(request)) as events:
            while attempt.response is None:
                with self._guard:
                    event = await anext(events, None)
                self._note(event, attempt)
                if event is not None:
                    partial = self._task.partial(event)
                    if partial is not None:
                        yield partial
                    yield event

    def _note(self, event: StreamEvent | None, attempt: _Attempt) -> None:
        match event:
            case None:
                raise LLMTruncatedError(
                    "the provider's stream ended without a Done event; report it to the provider package",
                    kind="no_terminal",
                    phase="stream",
                    billed="unknown",
                )
            case Done(response=response):
                attempt.answered(response)
            case UsageUpdate(usage=usage):
                attempt.usage = usage
            case _:
                attempt.committed = True

    def _accept(self, attempt: _Attempt) -> CompletionResponse:
        assert attempt.response is not None  # noqa: S101  (both ways of calling a provider end with one)
        accepted = self._task.accept(attempt.response)
        self._endpoint.budget.succeed(monotonic())
        self._record(attempt, error=None, next_step="return", wait_s=0.0)
        return accepted

    def _recover(self, error: LLMError, attempt: _Attempt) -> float:
        """Seconds to wait before the next attempt, which is prepared; raises `error` when there is to be none."""
        parse_failure = isinstance(error, LLMParseError)
        error.committed = attempt.committed and not parse_failure
        if attempt.response is None:
            attempt.broke_off(error)
        step, wait_s = self._next(error, attempt)
        if step == "raise":
            self._record(attempt, error=error, next_step=step, wait_s=0.0)
            raise self._final(error, attempt, wait_s)
        self._record(attempt, error=error, next_step=step, wait_s=wait_s)
        return wait_s

    def _next(self, error: LLMError, attempt: _Attempt) -> tuple[NextStep, float]:
        if self._retries.allowed <= 0:
            return "raise", 0.0
        if isinstance(error, LLMSchemaRejectedError | LLMParseError):
            return self._adapt(error, attempt), 0.0
        wait_s = self._retries.wait_s(error, rng=self._endpoint.rng)
        if wait_s is None or not self._fits(wait_s) or not self._endpoint.budget.take(monotonic()):
            return "raise", wait_s or 0.0
        self._retries.spend(error)
        return "retry", wait_s

    def _adapt(self, error: LLMSchemaRejectedError | LLMParseError, attempt: _Attempt) -> NextStep:
        """What else to send at once: the schema in another mode, or the answer with what was wrong with it."""
        step: NextStep = "raise"
        if isinstance(error, LLMSchemaRejectedError):
            if not error.committed and self._task.step_down():
                step = "step down"
        elif error.retry_rule == "reask" and self._task.correct(error, attempt.response):
            step = "re-ask"
        if step != "raise":
            self._retries.allowed -= 1
        return step

    def _fits(self, wait_s: float) -> bool:
        remaining = self._guard.remaining_s()
        return remaining is None or wait_s < remaining

    def _record(self, attempt: _Attempt, *, error: LLMError | None, next_step: NextStep, wait_s: float) -> None:
        response = attempt.response
        self._history.append(
            AttemptRecord(
                number=attempt.number,
                mode=attempt.mode,
                elapsed_s=monotonic() - attempt.started,
                response=response,
                error=error,
                usage=attempt.usage,
                model=(response.model if response is not None else None) or self._endpoint.model,
                price_provider=self._endpoint.price_provider,
                next_step=next_step,
                wait_s=wait_s,
            )
        )

    def _final(self, error: LLMError, attempt: _Attempt, wait_s: float) -> LLMError:
        """The error to raise, with the account of the whole call; a wait that the deadline forbids is a time-out."""
        error.committed = attempt.committed
        if wait_s and error.retry_rule != "after" and not self._fits(wait_s):
            timeout = LLMTimeoutError(
                f"no time is left to wait {wait_s:.1f} s and try again; raise timeout_s", kind="total", phase="local"
            )
            timeout.__cause__ = error
            error = timeout
        return self._account(error)

    def _account(self, error: LLMError) -> LLMError:
        error.provider = error.provider or self._endpoint.provider.name
        error.model = error.model or self._endpoint.model
        error.attempt = error.attempts = len(self._history)
        error.usage = total_usage(self.history)
        error.cost_usd = total_cost(self.history)
        return error
