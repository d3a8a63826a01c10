"""The models a call may use, in order, and which failures lead from one to the next."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_core._endpoint import Endpoint, Route
from penguiflow_llm_core._task import Task
from penguiflow_llm_types import (
    LLMAuthError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMContextLengthError,
    LLMError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
    LLMTruncatedError,
)

# Failures of the model, its provider or our credential there. Those of the request itself would follow it.
_ELSEWHERE: Final = (
    LLMAuthError,
    LLMConnectionError,
    LLMContextLengthError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
)


def may_work_elsewhere(error: LLMError) -> bool:
    """Whether another model may succeed where this one failed."""
    if error.committed:
        return False
    if error.phase == "local":
        return error.kind == "circuit_open" or isinstance(error, LLMRateLimitError)
    if isinstance(error, LLMTruncatedError):
        return error.kind == "no_terminal"
    return isinstance(error, _ELSEWHERE) and error.kind != "total"


class Routes:
    """Where a call is, and where it can still go. Each route is taken once."""

    def __init__(self, routes: tuple[Route, ...], *, cooldown_s: float, now: float) -> None:
        """Starts at the first usable endpoint that can do what is asked; where none is usable, at the first of all.

        Raises:
            LLMConfigurationError: none of them can.
        """
        self._cooldown_s = cooldown_s
        self._left = sorted(routes, key=lambda route: not route.endpoint.usable(now))
        self._route, self.task = self._take(self._left)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint in use."""
        return self._route.endpoint

    def fall_back(self, error: LLMError, now: float) -> bool:
        """Go on to the next usable endpoint because of `error`; the one that is left cools for a while."""
        cooldown_s = self._cooldown_s if error.retry_after_s is None else error.retry_after_s
        if not isinstance(error, LLMContextLengthError):
            self.endpoint.cooling_until = max(self.endpoint.cooling_until, now + cooldown_s)
        usable = [route for route in self._left if route.endpoint.usable(now)]
        try:
            self._route, self.task = self._take(usable)
        except LLMConfigurationError:
            return False
        return True

    def _take(self, candidates: list[Route]) -> tuple[Route, Task]:
        """The first candidate whose model can do what is asked; it and those before it are not tried again."""
        refusal = LLMConfigurationError("there is no other model to ask", phase="local")
        for route in list(candidates):
            self._left.remove(route)
            try:
                return route, route.make_task()
            except LLMConfigurationError as error:
                refusal = error
        raise refusal
