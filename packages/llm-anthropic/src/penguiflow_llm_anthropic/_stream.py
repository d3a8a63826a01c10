"""Messages events into stream events. Fed, not read: the transport owns the loop.

Blocks are gathered as they come and put together as the plain body would have them, so that one decoder reads both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_anthropic._decode import response_from
from penguiflow_llm_anthropic._errors import failed
from penguiflow_llm_anthropic._usage import decode_usage
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    LLMProtocolError,
    ReasoningDelta,
    ServerSentEvent,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageUpdate,
)
from penguiflow_llm_types.wire import WireJSON, broken_text, json_text, mapping, objects, unfinished

# Fields of a block that its deltas add to, by type of delta.
_ADDED: Final[Mapping[str, str]] = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "signature",
    "input_json_delta": "partial_json",
    "compaction_delta": "content",
}


class _Block:
    """One content block as it arrives."""

    __slots__ = ("call", "citations", "pieces", "start")

    def __init__(self, start: dict[str, Any], call: int | None) -> None:
        self.start = start
        self.call = call  # number of the answer's tool call, where it is one
        self.pieces: dict[str, list[str]] = {}
        self.citations: list[Any] = []

    def add(self, name: str, piece: str) -> None:
        """More of field `name`."""
        pieces = self.pieces.get(name)
        if pieces is None:
            pieces = self.pieces[name] = []
        pieces.append(piece)

    def whole(self) -> dict[str, Any]:
        """The block as a plain body would have it; the input of a tool call as the text it came in."""
        block = dict(self.start)
        for name, pieces in self.pieces.items():
            if name != "partial_json":
                before = block.get(name)
                block[name] = (before if isinstance(before, str) else "") + "".join(pieces)
        written = "".join(self.pieces.get("partial_json", ()))
        if written:
            block["input"] = written if self.call is not None else _parsed(written)
        if self.citations:
            block["citations"] = [*objects(block.get("citations")), *self.citations]
        return block


class MessagesStreamDecoder:
    """Wire events in, stream events out; one instance per stream."""

    __slots__ = ("_blocks", "_calls", "_handlers", "_json", "_message", "_warnings", "finished")

    def __init__(self, *, warnings: Sequence[CallWarning] = ()) -> None:
        self._warnings = tuple(warnings)
        self._json = WireJSON()
        self._message: dict[str, Any] = {}  # the message object, without its content
        self._blocks: dict[int | None, _Block] = {}
        self._calls = 0
        self._handlers: Final[Mapping[str, Callable[[Mapping[str, Any]], list[StreamEvent]]]] = {
            "content_block_delta": self._delta,
            "content_block_start": self._block_start,
            "content_block_stop": self._block_stop,
            "message_start": self._message_start,
            "message_delta": self._message_delta,
            "message_stop": self._message_stop,
        }
        self.finished = False
        """Whether the terminal event was seen."""

    def feed(self, event: ServerSentEvent) -> list[StreamEvent]:
        """The stream events that `event` makes; pings and unknown events make none, and none counts after the last.

        Raises:
            LLMProtocolError: kind "json" or "utf8", the event cannot be read; "framing", it speaks of no known block.
            LLMError: the provider reported a failure, of the type it says, with what had arrived.
        """
        data = event.data
        if self.finished or not data or data[:1] == b":":
            return []
        payload = self._json.event(data)
        kind = payload.get("type") or event.event
        handler = self._handlers.get(kind) if isinstance(kind, str) else None
        if handler is not None:
            return handler(payload)
        if kind == "error" or payload.get("error"):
            raise failed(payload, phase="stream", usage=decode_usage(self._usage()), partial=self.partial())
        return []

    def finish(self) -> CompletionResponse:
        """The whole answer, once the stream has ended.

        Raises:
            LLMTruncatedError: kind "no_terminal", the stream ended before it gave a reason to stop.
        """
        if not isinstance(self._message.get("stop_reason"), str):
            raise unfinished(usage=decode_usage(self._usage()), partial=self.partial())
        return self._response()

    def partial(self) -> CompletionResponse:
        """What has arrived so far, with finish reason "error"."""
        return replace(self._response(), finish_reason="error")

    def _delta(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        delta = mapping(payload.get("delta"))
        kind = delta.get("type")
        name = _ADDED.get(kind) if isinstance(kind, str) else None
        block = self._block(payload)
        if name is None:
            if kind == "citations_delta":
                block.citations.append(delta.get("citation"))
            return []
        piece = delta.get(name)
        if not isinstance(piece, str) or not piece:
            return []
        block.add(name, piece)
        if name == "text":
            return [TextDelta(text=piece)]
        if name == "thinking":
            return [ReasoningDelta(text=piece)]
        if name == "partial_json" and block.call is not None:
            return [ToolCallDelta(index=block.call, arguments=piece)]
        return []

    def _block_start(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        start = dict(mapping(payload.get("content_block")))
        kind = start.get("type")
        is_call = kind == "tool_use"
        block = self._blocks[_place(payload)] = _Block(start, self._calls if is_call else None)
        if is_call:
            self._calls += 1
            name, call_id = start.get("name"), start.get("id")
            return [ToolCallStart(index=block.call or 0, id=str(call_id or ""), name=str(name or ""))]
        if kind == "text" and start.get("text"):
            return [TextDelta(text=str(start["text"]))]
        if kind == "thinking" and start.get("thinking"):
            return [ReasoningDelta(text=str(start["thinking"]))]
        return []

    def _block_stop(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        """A call without arguments has none in its deltas either: they are told now."""
        block = self._block(payload)
        if block.call is None or "partial_json" in block.pieces:
            return []
        arguments = json_text(mapping(block.start.get("input")))
        block.add("partial_json", arguments)
        return [ToolCallDelta(index=block.call, arguments=arguments)]

    def _block(self, payload: Mapping[str, Any]) -> _Block:
        block = self._blocks.get(_place(payload))
        if block is None:
            raise LLMProtocolError(
                "the provider sent more of a block that it had not begun; ask again",
                kind="framing",
                phase="stream",
                billed="unknown",
                usage=decode_usage(self._usage()),
                partial=self.partial(),
            )
        return block

    def _message_start(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        self._message = dict(mapping(payload.get("message")))
        return self._usage_update() if self._usage() else []

    def _message_delta(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        """Counts are cumulative: each replaces the one before, and one left out stays as it was."""
        self._message |= mapping(payload.get("delta"))
        told = {name: value for name, value in mapping(payload.get("usage")).items() if value is not None}
        self._message["usage"] = {**self._usage(), **told}
        return self._usage_update()

    def _message_stop(self, _: Mapping[str, Any]) -> list[StreamEvent]:
        self.finished = isinstance(self._message.get("stop_reason"), str)
        return []

    def _usage(self) -> dict[str, Any]:
        return mapping(self._message.get("usage"))

    def _usage_update(self) -> list[StreamEvent]:
        return [UsageUpdate(usage=decode_usage(self._usage()))]

    def _response(self) -> CompletionResponse:
        body = {**self._message, "content": [block.whole() for block in self._blocks.values()]}
        warnings = (*self._warnings, broken_text()) if self._json.lossy else self._warnings
        return response_from(body, warnings=warnings)


def _place(payload: Mapping[str, Any]) -> int | None:
    """Which block an event is of; whatever is no number stands for one place."""
    index = payload.get("index")
    return index if isinstance(index, int) else None


def _parsed(written: str) -> object:
    """The input of a call the provider makes itself; as text where it was cut."""
    try:
        return WireJSON().event(written.encode())
    except LLMProtocolError:
        return written
