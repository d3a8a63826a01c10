"""What holds for every stream, whatever is in it."""

from collections.abc import Sequence

from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageUpdate,
)


def hold_stream_laws(events: Sequence[StreamEvent], plain: CompletionResponse) -> None:
    """One `Done`, last, equal to the plain answer; the deltas before it join to what it says."""
    done = [event for event in events if isinstance(event, Done)]
    assert len(done) == 1, f"a stream ends with exactly one Done; got {len(done)}"
    assert events[-1] is done[0], f"Done is the last event; {type(events[-1]).__name__} came after it"
    whole = done[0].response
    assert whole == plain, "the streamed and the plain answer of the same content are equal"
    hold_joined_deltas(events, whole)


def hold_joined_deltas(events: Sequence[StreamEvent], whole: CompletionResponse) -> None:
    """Every piece of the answer was shown, once and in order."""
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == whole.text
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == whole.reasoning
    started = {event.index: (event.id, event.name) for event in events if isinstance(event, ToolCallStart)}
    assert started == {index: (call.id, call.name) for index, call in enumerate(whole.tool_calls)}
    for index, call in enumerate(whole.tool_calls):
        pieces = [event.arguments for event in events if isinstance(event, ToolCallDelta) and event.index == index]
        assert "".join(pieces) == call.arguments
    usages = [event.usage for event in events if isinstance(event, UsageUpdate)]
    assert whole.usage == (usages[-1] if usages else whole.usage), "each usage update replaces the one before"
