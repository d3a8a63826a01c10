"""ConverseStream events into stream events. Fed, not read: the transport owns the loop.

Blocks are kept in pieces and put together as a plain body at the end, which the decoder of plain bodies reads: a
streamed answer and a plain one are made by the same code.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from penguiflow_llm_bedrock._decode import check_finish, response_from, usage_from
from penguiflow_llm_bedrock._errors import stream_error
from penguiflow_llm_bedrock._event_stream import EXCEPTION
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
from penguiflow_llm_types.wire import WireJSON, broken_text, mapping, objects, text_or_none, unfinished


class ConverseStreamDecoder:
    """Wire events in, stream events out; one instance per stream."""

    __slots__ = ("_blocks", "_body", "_calls", "_handlers", "_json", "_warnings", "finished")

    def __init__(self, *, warnings: Sequence[CallWarning] = ()) -> None:
        self._warnings = tuple(warnings)
        self._json = WireJSON()
        self._blocks: dict[int | None, _Block] = {}  # by place, in the order they began
        self._calls = 0
        self._body: dict[str, Any] = {}  # everything of the answer but its message
        self._handlers: dict[str, Callable[[Mapping[str, Any]], list[StreamEvent]]] = {
            "contentBlockDelta": self._delta,
            "contentBlockStart": self._start,
            "contentBlockStop": self._stop,
            "messageStop": self._message_stop,
            "metadata": self._metadata,
        }
        self.finished = False
        """Whether the closing `metadata` was seen, after which nothing follows."""

    def feed(self, event: ServerSentEvent) -> list[StreamEvent]:
        """The stream events that `event` makes; unknown events make none, and none counts after the closing one.

        Raises:
            LLMProtocolError: kind "json" or "utf8", the event cannot be read.
            LLMError: the provider reported a failure, of the type its name says, with what had arrived.
        """
        name = event.event or ""
        handler = self._handlers.get(name)
        if handler is not None and not self.finished:
            return handler(self._json.event(event.data))
        if name.startswith(EXCEPTION) and not self.finished:
            partial = self.partial()
            raise stream_error(event, name.removeprefix(EXCEPTION), usage=partial.usage, partial=partial)
        return []

    def body(self) -> dict[str, Any]:
        """What has arrived, as a plain answer would have it."""
        content = [block.whole() for block in self._blocks.values()]
        return self._body | {"output": {"message": {"role": "assistant", "content": content}}}

    def finish(self) -> CompletionResponse:
        """The whole answer, once the stream has ended. Without the closing `metadata` its usage is not known.

        Raises:
            LLMTruncatedError: kind "no_terminal", the stream ended without the answer's stop reason.
            LLMParseError: see `decode_converse`.
        """
        response = self._response()
        if response.raw_finish_reason is None:
            raise unfinished(usage=response.usage, partial=response)
        check_finish(response)
        return response

    def partial(self) -> CompletionResponse:
        """What has arrived so far; its finish reason is "error" until the provider has said one."""
        return self._response()

    def _delta(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        block = self._block(payload)
        match payload.get("delta"):
            case {"text": str(text)}:
                block.texts.append(text)
                return [TextDelta(text=text)] if text else []
            case {"toolUse": {"input": str(text)}} if block.start:
                block.texts.append(text)
                return [ToolCallDelta(index=block.call, arguments=text)] if text and block.call is not None else []
            case {"reasoningContent": dict(reasoning)}:
                return block.reason(reasoning)
            case {"citation": dict(citation)}:
                block.citations.append(citation)
                return []
            case dict(other):
                block.merge(other)
                return []
            case _:
                return []

    def _start(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        block = self._block(payload)
        if block.call is not None:
            return []
        block.start = mapping(payload.get("start"))
        use = block.start.get("toolUse")
        if not isinstance(use, dict) or use.get("type") == "server_tool_use":
            return []
        block.call = self._calls
        self._calls += 1
        call_id, name = text_or_none(use.get("toolUseId")) or "", text_or_none(use.get("name")) or ""
        return [ToolCallStart(index=block.call, id=call_id, name=name)]

    def _stop(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        """A call without arguments may come without a delta; a plain answer says `{}` then."""
        block = self._block(payload)
        if block.call is None or any(block.texts):
            return []
        block.texts.append("{}")
        return [ToolCallDelta(index=block.call, arguments="{}")]

    def _message_stop(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        self._body |= {name: value for name, value in payload.items() if name != "p"}
        return []

    def _metadata(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        self._body |= {name: value for name, value in payload.items() if name != "p"}
        self.finished = "stopReason" in self._body
        return [UsageUpdate(usage=usage_from(self._body))] if payload.get("usage") else []

    def _block(self, payload: Mapping[str, Any]) -> _Block:
        index = payload.get("contentBlockIndex")
        place = index if isinstance(index, int) else None
        block = self._blocks.get(place)
        if block is None:
            block = self._blocks[place] = _Block()
        return block

    def _response(self) -> CompletionResponse:
        warnings = (*self._warnings, broken_text()) if self._json.lossy else self._warnings
        return response_from(self.body(), warnings=warnings)


class _Block:
    """One content block in pieces."""

    __slots__ = ("call", "citations", "other", "redacted", "signature", "start", "texts", "thoughts")

    def __init__(self) -> None:
        self.start: dict[str, Any] = {}
        self.call: int | None = None
        """Number of the tool call, where it is one for the caller."""
        self.texts: list[str] = []
        """Text, or the text of a call's input."""
        self.thoughts: list[str] | None = None
        self.signature = ""
        self.redacted = b""
        self.citations: list[dict[str, Any]] = []
        self.other: dict[str, Any] = {}
        """Deltas of blocks unknown here, added up by kind."""

    def reason(self, reasoning: Mapping[str, Any]) -> list[StreamEvent]:
        """Take a piece of reasoning: text, its signature, or withheld reasoning."""
        if self.thoughts is None:
            self.thoughts = []
        match reasoning:
            case {"text": str(text)}:
                self.thoughts.append(text)
                return [ReasoningDelta(text=text)] if text else []
            case {"signature": str(signature)}:
                self.signature += signature
            case {"redactedContent": str(data)}:
                self.redacted += _decoded(data)
        return []

    def merge(self, delta: Mapping[str, Any]) -> None:
        """Take a delta of a kind unknown here."""
        for kind, value in delta.items():
            before = self.other.get(kind)
            addable = isinstance(before, list | str) and isinstance(value, type(before))
            self.other[kind] = before + value if addable else value

    def whole(self) -> dict[str, Any]:
        """The block as a plain answer would have it."""
        text = "".join(self.texts)
        if self.call is not None:
            return {"toolUse": self.start["toolUse"] | {"input": text}}
        if self.thoughts is not None:
            return {"reasoningContent": self._reasoning("".join(self.thoughts))}
        if self.citations:
            return {"citationsContent": {"content": [{"text": text}], "citations": self.citations}}
        if self.start:
            return self._started(text)
        return {"text": text} if self.texts or not self.other else dict(self.other)

    def _reasoning(self, text: str) -> dict[str, Any]:
        if self.redacted:
            return {"redactedContent": base64.b64encode(self.redacted).decode()}
        return {"reasoningText": {"text": text} | ({"signature": self.signature} if self.signature else {})}

    def _started(self, text: str) -> dict[str, Any]:
        """A block that is kept as it is: a tool that Bedrock ran, its result, a kind of tomorrow."""
        kind, start = next(iter(self.start.items()))
        whole = dict(mapping(start))
        if text:
            whole["input"] = _parsed(text)
        match self.other.get(kind):
            case list(content):
                whole["content"] = objects(content)
            case dict(more):
                whole |= more
        return {kind: whole}


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data)
    except ValueError:
        return b""


def _parsed(text: str) -> object:
    """The input of a call that Bedrock answers itself, as it is to be sent back."""
    try:
        return WireJSON().event(text.encode())
    except LLMProtocolError:
        return text
