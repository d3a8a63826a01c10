"""What one call is after: a plain answer, or a typed value. The runner asks for requests and hands back responses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from penguiflow_llm_core._feedback import problem_text
from penguiflow_llm_core._json_text import JSONReading, read_inner, read_json
from penguiflow_llm_core._output_type import OutputType
from penguiflow_llm_core._partial import PartialReader
from penguiflow_llm_core._quoted_fields import REPAIR, unquoted
from penguiflow_llm_core._result import AttemptRecord, CallRecord, LLMResult, PartialValue
from penguiflow_llm_core._tools import PlannedTools
from penguiflow_llm_core.output import ModeChoice, mode_for
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    Done,
    LLMContentFilterError,
    LLMError,
    LLMMessage,
    LLMParseError,
    LLMRefusalError,
    LLMRequest,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTruncatedError,
    LLMValidationError,
    ModelProfile,
    OutputMode,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
)


class Task(Protocol):
    """The purpose of a call, and its state from attempt to attempt."""

    @property
    def mode(self) -> OutputMode | None: ...

    @property
    def mode_reason(self) -> str:
        """Why this mode, in a sentence."""

    def start(self) -> LLMRequest:
        """The request of the next attempt."""

    def partial(self, event: StreamEvent) -> PartialValue | None:
        """What a streamed event adds to the value so far."""

    def accept(self, response: CompletionResponse) -> CompletionResponse:
        """Take a finished answer; raises `LLMError` where it is not what was asked for."""

    def correct(self, error: LLMParseError, response: CompletionResponse | None) -> bool:
        """Have the next attempt tell the model what was wrong; False where that is no use."""

    def step_down(self, error: LLMError) -> bool:
        """Have the next attempt use the next output mode, because of `error`; False where that is no use."""

    def grow(self, ceiling: int) -> bool:
        """Have the next attempt's answer be longer, up to `ceiling` tokens; False where it already may be so long."""

    def result(self, response: CompletionResponse, history: tuple[AttemptRecord, ...]) -> Any:
        """What the caller gets, once `accept` has taken `response`."""


class PlainTask:
    """An answer as it comes."""

    mode: OutputMode | None = None
    mode_reason = "the answer is wanted as it is"

    def __init__(self, request: LLMRequest, tools: PlannedTools) -> None:
        self._tools = tools
        self._request = replace(request, tools=tools.specs, messages=tools.forward(request.messages))

    def start(self) -> LLMRequest:
        return self._request

    def partial(self, event: StreamEvent) -> PartialValue | None:  # noqa: ARG002
        return None

    def accept(self, response: CompletionResponse) -> CompletionResponse:
        restored = self._tools.restore(response)
        return replace(restored, warnings=(*self._tools.warnings(), *restored.warnings))

    def correct(self, error: LLMParseError, response: CompletionResponse | None) -> bool:  # noqa: ARG002
        return True  # the same request again: there is no answer of the model's to correct

    def step_down(self, error: LLMError) -> bool:  # noqa: ARG002
        return False

    def grow(self, ceiling: int) -> bool:  # noqa: ARG002
        return False  # an answer cut off at the limit is one: its finish reason says so

    def result(self, response: CompletionResponse, history: tuple[AttemptRecord, ...]) -> CompletionResponse:
        return replace(response, call=CallRecord(history=history))


class StructuredTask:
    """A value of one type."""

    def __init__(
        self,
        request: LLMRequest,
        output: OutputType,
        rungs: tuple[ModeChoice, ...],
        profile: ModelProfile,
        *,
        on_refusal: Callable[[OutputMode], None],
    ) -> None:
        self._request = request
        self._output = output
        self._rungs = list(rungs)
        self._profile = profile
        self._on_refusal = on_refusal
        self._feedback: tuple[LLMMessage, ...] = ()
        self._reader = PartialReader(rungs[0].plan)
        self._text = ""
        self._sent: Any = None
        self._value: Any = None
        self._warnings: list[CallWarning] = []

    def result(self, response: CompletionResponse, history: tuple[AttemptRecord, ...]) -> LLMResult[Any]:
        """What the caller gets, once `accept` has taken `response`."""
        choice = self._rungs[0]
        losses = [
            CallWarning(kind="schema", message=f"{loss.pointer or '/'}: {loss.detail}") for loss in choice.plan.losses
        ]
        return LLMResult(
            data=self._value,
            response=response,
            mode_used=choice.mode,
            mode_reason=choice.why,
            plan=choice.plan,
            history=history,
            warnings=(*response.warnings, *self._warnings, *losses),
        )

    @property
    def mode(self) -> OutputMode:
        return self._rungs[0].mode

    @property
    def mode_reason(self) -> str:
        return self._rungs[0].why

    def start(self) -> LLMRequest:
        choice = self._rungs[0]
        self._reader = PartialReader(choice.plan)
        applied = mode_for(choice.mode).apply(self._request, self._output, choice.plan, self._profile)
        return replace(applied, messages=(*applied.messages, *self._feedback)) if self._feedback else applied

    def partial(self, event: StreamEvent) -> PartialValue | None:
        match event:
            case TextDelta(text=text) if self.mode is not OutputMode.TOOLS:
                return self._reader.feed(text)
            case ToolCallDelta(index=0, arguments=text) if self.mode is OutputMode.TOOLS:
                return self._reader.feed(text)
            case Done():
                return self._reader.finish()
            case _:
                return None

    def accept(self, response: CompletionResponse) -> CompletionResponse:
        _check_finish(response)
        choice = self._rungs[0]
        self._text = ""
        self._text = mode_for(choice.mode).extract(response, self._output)
        reading = read_json(self._text, near_json=choice.mode is OutputMode.PROMPTED)
        reading = self._validated(reading)
        self._warnings += [CallWarning(kind="repaired_json", message=repair) for repair in reading.repairs]
        return response

    def _validated(self, reading: JSONReading) -> JSONReading:
        """The reading whose value is valid: text that is no valid answer may hold one that was encoded twice."""
        try:
            self._value = self._validate(reading)
        except LLMValidationError:
            inner = read_inner(reading)
            if inner is None:
                raise
            self._value = self._validate(inner)
            return inner
        return reading

    def _validate(self, reading: JSONReading) -> Any:
        self._sent = reading.value
        value = self._rungs[0].plan.restore(reading.value)
        try:
            return self._output.validate(value)
        except LLMValidationError as error:
            repaired = unquoted(value, error.errors)
            if repaired is None:
                raise
        validated = self._output.validate(repaired)
        self._warnings.append(CallWarning(kind="repaired_json", message=REPAIR))
        return validated

    def correct(self, error: LLMParseError, response: CompletionResponse | None) -> bool:
        """Only the last failed turn is kept, so that feedback never grows."""
        if response is not None:
            problem = problem_text(error, self._rungs[0].plan, self._sent)
            self._feedback = mode_for(self._rungs[0].mode).feedback(response, self._output, problem)
        return True

    def step_down(self, error: LLMError) -> bool:
        if len(self._rungs) == 1:
            return False
        why = _why_down(error, self.mode, self._text)
        if why is None:
            return False
        left = self._rungs.pop(0)
        self._feedback = ()
        self._on_refusal(left.mode)
        message = f"{why} in mode {left.mode.value!r}; {self.mode.value!r} was used instead"
        self._warnings.append(CallWarning(kind="mode", message=message))
        return True

    def grow(self, ceiling: int) -> bool:
        if self._request.max_tokens is not None and self._request.max_tokens >= ceiling:
            return False
        self._request = replace(self._request, max_tokens=ceiling)
        return True


def _why_down(error: LLMError, mode: OutputMode, text: str) -> str | None:
    """Why a mode is of no use for this schema here; None where the mode is not to blame."""
    if isinstance(error, LLMSchemaRejectedError):
        return "the provider refused the schema"
    if isinstance(error, LLMValidationError) or not isinstance(error, LLMParseError):
        return None
    if mode is OutputMode.NATIVE and error.kind == "json" and text.lstrip()[:1] not in ("{", "["):
        return "the provider took the schema and answered without regard to it"
    if mode is OutputMode.TOOLS and error.kind == "missing":
        return "the model did not call the tool"
    return None


def _check_finish(response: CompletionResponse) -> None:
    """A typed value needs a whole answer: the other ways to end each have their own error."""
    match response.finish_reason:
        case "length":
            error: LLMError = LLMTruncatedError(
                "the answer reached the output limit before it was whole; raise max_tokens",
                kind="max_tokens",
                partial=response,
            )
        case "refusal":
            error = LLMRefusalError(
                "the model declined to answer; its words are in partial().refusal", kind="output", partial=response
            )
        case "error":
            error = LLMServerError("the provider broke off its answer; try again", kind="model", partial=response)
        case "content_filter":
            error = LLMContentFilterError(
                "the provider's filter stopped the answer; change the prompt", kind="output", partial=response
            )
        case _:
            return
    error.phase, error.billed, error.usage = "validate", "yes", response.usage
    raise error
