"""One request under way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from penguiflow_llm_types import (
    CompletionResponse,
    LLMError,
    LLMMessage,
    OutputMode,
    Part,
    ReasoningDelta,
    ReasoningPart,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallStart,
    Usage,
)


@dataclass(slots=True)
class Attempt:
    """One request of a call."""

    number: int
    mode: OutputMode | None
    started: float
    """Seconds of the client's clock."""
    response: CompletionResponse | None = None
    usage: Usage | None = None
    committed: bool = False
    """Whether output of it has reached the caller."""
    events: list[StreamEvent] = field(default_factory=list)
    """Output of it that has arrived."""

    def answered(self, response: CompletionResponse) -> None:
        """A whole answer came; its usage replaces what was said on the way."""
        self.response, self.usage = response, response.usage

    def broke_off(self, error: LLMError) -> None:
        """No whole answer came; what is known of it is kept with the error."""
        if error.partial() is None and self.events:
            error.keep_partial(_joined(self.events, self.usage))
        partial = error.partial()
        on_the_way = None if partial is None or partial.usage == Usage() else partial.usage
        self.usage = error.usage or on_the_way or self.usage


def _joined(events: list[StreamEvent], usage: Usage | None) -> CompletionResponse:
    """What deltas say together: all there is of an attempt that was stopped from here, such as by a clock."""
    reasoning = "".join(event.text for event in events if isinstance(event, ReasoningDelta))
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    calls: dict[int, ToolCallPart] = {}
    for event in events:
        if isinstance(event, ToolCallStart):
            calls[event.index] = ToolCallPart(id=event.id, name=event.name, arguments="")
        elif isinstance(event, ToolCallDelta) and event.index in calls:
            call = calls[event.index]
            calls[event.index] = replace(call, arguments=call.arguments + event.arguments)
    parts: list[Part] = [ReasoningPart(text=reasoning)] if reasoning else []
    parts += [TextPart(text=text)] if text else []
    message = LLMMessage(role="assistant", parts=(*parts, *calls.values()))
    return CompletionResponse(message=message, finish_reason="error", usage=usage or Usage())
