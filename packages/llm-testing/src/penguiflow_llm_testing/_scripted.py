"""A provider without a wire: it answers from a script, keeps the requests it was given, and never waits."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias, assert_never, cast

from penguiflow_llm_types import (
    SPEC_VERSION,
    AudioPart,
    CompletionResponse,
    DocumentPart,
    Done,
    ImagePart,
    LLMError,
    LLMMessage,
    LLMRequest,
    LLMStreamInterruptedError,
    ModelProfile,
    NamedTool,
    OpaquePart,
    Part,
    ReasoningDelta,
    ReasoningPart,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallStart,
    ToolResultPart,
    Usage,
    UsageUpdate,
)

from ._exchange import Json

_DIALECT: Final = "json-schema@2020-12"
_PARTS: Final = (
    *(TextPart, ImagePart, AudioPart, DocumentPart, ReasoningPart, ToolCallPart, ToolResultPart, OpaquePart),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """An answer that breaks off: a stream gives `after_deltas` of its deltas and then raises `error`.

    A plain request raises at once. `error` None is an `LLMStreamInterruptedError` whose `partial()` is what had been
    given.
    """

    step: ScriptedStep
    after_deltas: int = 1
    error: LLMError | None = None


ScriptedStep: TypeAlias = (
    str | Part | tuple[Part, ...] | CompletionResponse | LLMError | Interrupted | Callable[[LLMRequest], Any] | Json
)
"""What answers one request.

A `str` is the text of the answer. A `Part`, or a tuple of them, is its message; with a `ToolCallPart` among them it
ends with "tool_calls". A `CompletionResponse` is given as it is, an `LLMError` is raised. A callable gets the request
and returns a step. Any other value is sent as JSON in the place the request asks for: the arguments of a forced tool,
else the text.
"""


class ScriptExhaustedError(AssertionError):
    """The code under test made more requests than its script has steps.

    Not an `LLMError`, so that code which handles those cannot mistake a short script for a failing provider.
    """


class ScriptedProvider:
    """A `Provider` for unit tests: `create_client("scripted/any", provider=ScriptedProvider("hello"))`.

    Each step answers one request, retries and re-asks included; with `repeat_last` the last answers all that follow.
    Answers made from steps report `usage`. Streams cut text into deltas of `piece_chars` characters. The default
    `profile` takes everything, in every output mode; a given one speaks for every model.
    """

    def __init__(
        self,
        *steps: ScriptedStep,
        name: str = "scripted",
        profile: ModelProfile | None = None,
        usage: Usage = Usage(),  # noqa: B008 - a frozen value
        repeat_last: bool = False,
        piece_chars: int = 8,
    ) -> None:
        if piece_chars < 1:
            raise ValueError(f"piece_chars must be 1 or more, got {piece_chars!r}")
        self._steps = steps
        self._name = name
        self._profile = profile or _takes_everything(name)
        self._usage = usage
        self._repeat_last = repeat_last
        self._piece_chars = piece_chars
        self._requests: list[LLMRequest] = []
        self.closed = False
        """Whether the client has closed it."""

    @property
    def name(self) -> str:
        """The provider's name in model references."""
        return self._name

    @property
    def spec_version(self) -> int:
        """The version of the provider contract it follows."""
        return SPEC_VERSION

    @property
    def requests(self) -> tuple[LLMRequest, ...]:
        """Every request so far, in order, those that failed included."""
        return tuple(self._requests)

    @property
    def steps_left(self) -> int:
        """How many steps no request has used yet."""
        return max(0, len(self._steps) - len(self._requests))

    def profile(self, model: str) -> ModelProfile:
        """The configured profile, for any model."""
        return replace(self._profile, model=model)

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        """The next step's answer."""
        step = self._next(request)
        if isinstance(step, Interrupted):
            raise step.error or _interrupted(None)
        return self._answer(step, request)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        """The next step's answer in deltas, then `UsageUpdate` where it has usage, then `Done`."""
        step = self._next(request)
        broken = step if isinstance(step, Interrupted) else None
        response = self._answer(_resolved(broken.step, request) if broken else step, request)
        given: list[StreamEvent] = []
        for event in _deltas(response.message, self._piece_chars):
            if broken and len(given) >= broken.after_deltas:
                break
            given.append(event)
            yield event
        if broken:
            raise broken.error or _interrupted(_so_far(given, response))
        if response.usage != Usage():
            yield UsageUpdate(usage=response.usage)
        yield Done(response=response)

    async def aclose(self) -> None:
        """Note that the client closed it; there is nothing to release."""
        self.closed = True

    def __repr__(self) -> str:
        return f"ScriptedProvider({self._name!r}, requests={len(self._requests)}, steps_left={self.steps_left})"

    def _next(self, request: LLMRequest) -> ScriptedStep:
        position = len(self._requests)
        self._requests.append(request)
        if position >= len(self._steps):
            if not (self._repeat_last and self._steps):
                raise ScriptExhaustedError(
                    f"the script of {self._name!r} has {len(self._steps)} steps and this is request {position + 1}; "
                    "give it a step for every request, retries and re-asks included, or repeat_last=True"
                )
            position = -1
        return _resolved(self._steps[position], request)

    def _answer(self, step: ScriptedStep, request: LLMRequest) -> CompletionResponse:
        if isinstance(step, LLMError):
            raise step
        if isinstance(step, CompletionResponse):
            return step
        parts = _parts(step, request)
        return CompletionResponse(
            message=LLMMessage(role="assistant", parts=parts),
            finish_reason="tool_calls" if any(isinstance(part, ToolCallPart) for part in parts) else "stop",
            usage=self._usage,
            model=request.model,
        )


def _resolved(step: ScriptedStep, request: LLMRequest) -> ScriptedStep:
    """A step that is no callable."""
    while callable(step):
        step = step(request)
    return step


def _parts(step: ScriptedStep, request: LLMRequest) -> tuple[Part, ...]:
    if isinstance(step, str):
        return (TextPart(text=step),)
    if isinstance(step, _PARTS):
        return (step,)
    if isinstance(step, tuple) and step and all(isinstance(part, _PARTS) for part in step):
        return cast("tuple[Part, ...]", step)
    text = json.dumps(step, ensure_ascii=False)
    tool = _forced_tool(request)
    return (TextPart(text=text),) if tool is None else (ToolCallPart(id="call_1", name=tool, arguments=text),)


def _forced_tool(request: LLMRequest) -> str | None:
    """The tool the request insists on; None where the model may answer with text."""
    if isinstance(request.tool_choice, NamedTool):
        return request.tool_choice.name
    return request.tools[0].name if request.tool_choice == "required" and request.tools else None


def _deltas(message: LLMMessage, piece_chars: int) -> Iterator[StreamEvent]:
    """The deltas a provider would send for `message`."""
    calls = 0
    for part in message.parts:
        match part:
            case TextPart(text=text):
                yield from (TextDelta(text=piece) for piece in _pieces(text, piece_chars))
            case ReasoningPart():
                yield from (ReasoningDelta(text=piece) for piece in _pieces(part.visible_text, piece_chars))
            case ToolCallPart(id=call_id, name=name, arguments=arguments):
                yield ToolCallStart(index=calls, id=call_id, name=name)
                yield from (ToolCallDelta(index=calls, arguments=x) for x in _pieces(arguments, piece_chars))
                calls += 1
            case ImagePart() | AudioPart() | DocumentPart() | ToolResultPart() | OpaquePart():
                pass  # no event carries these: they arrive with `Done`
            case _:
                assert_never(part)


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _so_far(given: list[StreamEvent], response: CompletionResponse) -> CompletionResponse:
    """The part of `response` that `given` had carried."""
    parts: list[Part] = []
    reasoning = "".join(event.text for event in given if isinstance(event, ReasoningDelta))
    text = "".join(event.text for event in given if isinstance(event, TextDelta))
    parts += [ReasoningPart(text=reasoning)] if reasoning else []
    parts += [TextPart(text=text)] if text else []
    for start in (event for event in given if isinstance(event, ToolCallStart)):
        pieces = (event for event in given if isinstance(event, ToolCallDelta) and event.index == start.index)
        parts.append(ToolCallPart(id=start.id, name=start.name, arguments="".join(x.arguments for x in pieces)))
    message = LLMMessage(role="assistant", parts=tuple(parts))
    return CompletionResponse(message=message, finish_reason="error", model=response.model)


def _interrupted(partial: CompletionResponse | None) -> LLMStreamInterruptedError:
    return LLMStreamInterruptedError(
        "the script interrupts this answer; give Interrupted an error of your own to raise another",
        kind="stream",
        phase="stream",
        billed="unknown",
        partial=partial,
    )


def _takes_everything(name: str) -> ModelProfile:
    return ModelProfile(
        provider=name,
        model="",
        family="scripted",
        native_dialect=_DIALECT,
        strict_tool_dialect=_DIALECT,
        tool_dialect=_DIALECT,
        reasoning=True,
        efforts=("none", "minimal", "low", "medium", "high", "xhigh", "max"),
        reasoning_budget=True,
        image_input=True,
        audio_input=True,
        document_input=True,
    )
