"""Responses events into stream events. Fed, not read: the transport owns the loop.

The terminal event carries the whole response, so the answer is that object, read by the decoder of plain bodies. Items
seen on the way are kept for a server whose terminal event leaves them out, and for what to show when a stream breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_openai._decode import response_from, responses_usage
from penguiflow_llm_openai._errors import check_status, failed
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    ReasoningDelta,
    ServerSentEvent,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    Usage,
    UsageUpdate,
)
from penguiflow_llm_types.wire import WireJSON, broken_text, mapping, objects, text_or_none, unfinished

_TERMINAL: Final = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")
_CALLS: Final = ("function_call", "custom_tool_call")


class ResponsesStreamDecoder:
    """Wire events in, stream events out; one instance per stream."""

    __slots__ = ("_arguments", "_body", "_calls", "_handlers", "_items", "_json", "_texts", "_warnings", "finished")

    def __init__(self, *, warnings: Sequence[CallWarning] = ()) -> None:
        self._warnings = tuple(warnings)
        self._json = WireJSON()
        self._body: dict[str, Any] = {}  # the response object as last seen
        self._items: dict[object, dict[str, Any]] = {}  # items that began, by place; replaced once they are done
        self._texts: dict[object, list[str]] = {}  # text of items that are not done
        self._calls: dict[object, int] = {}  # place of an item -> number of its tool call
        self._arguments: set[object] = set()  # places of calls whose arguments were seen as deltas
        self._handlers: dict[str, Callable[[Mapping[str, Any]], list[StreamEvent]]] = {
            "response.output_text.delta": self._text,
            "response.reasoning_summary_text.delta": self._reasoning,
            "response.reasoning_text.delta": self._reasoning,
            "response.function_call_arguments.delta": self._call_arguments,
            "response.custom_tool_call_input.delta": self._call_arguments,
            "response.reasoning_summary_part.added": self._summary_part,
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
            "response.created": self._created,
        }
        self.finished = False
        """Whether the terminal event was seen."""

    def feed(self, event: ServerSentEvent) -> list[StreamEvent]:
        """The stream events that `event` makes; unknown events make none, and none counts after the terminal one.

        Raises:
            LLMProtocolError: kind "json" or "utf8", the event cannot be read.
            LLMError: the provider reported a failure, of the type its code says, with what had arrived.
        """
        data = event.data
        if self.finished or not data or data == b"[DONE]" or data[:1] == b":":
            return []
        payload = self._json.event(data)
        kind = payload.get("type") or event.event
        handler = self._handlers.get(kind) if isinstance(kind, str) else None
        if handler is not None:
            return handler(payload)
        if kind in _TERMINAL:
            return self._terminal(payload)
        if kind == "error" or payload.get("error"):
            raise failed(payload, phase="stream", usage=self._usage(), partial=self.partial())
        return []

    def finish(self) -> CompletionResponse:
        """The whole answer, once the stream has ended.

        Raises:
            LLMTruncatedError: kind "no_terminal", the stream ended without its terminal event.
        """
        if not self.finished:
            raise unfinished(usage=self._usage(), partial=self.partial())
        return self._response(self._body)

    def partial(self) -> CompletionResponse:
        """What has arrived so far, with finish reason "error"."""
        response = self._response({name: value for name, value in self._body.items() if name != "status"})
        return replace(response, finish_reason="error")

    def _text(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        delta = payload.get("delta")
        if not isinstance(delta, str) or not delta:
            return []
        self._keep(payload, delta)
        return [TextDelta(text=delta)]

    def _reasoning(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        delta = payload.get("delta")
        if not isinstance(delta, str) or not delta:
            return []
        self._keep(payload, delta)
        return [ReasoningDelta(text=delta)]

    def _summary_part(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        """Summaries are paragraphs of their own in the answer, so they are in the deltas."""
        return [ReasoningDelta(text="\n\n")] if payload.get("summary_index") else []

    def _call_arguments(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        place, delta = _place(payload), payload.get("delta")
        number = self._calls.get(place)
        if number is None or not isinstance(delta, str) or not delta:
            return []
        self._arguments.add(place)
        self._keep(payload, delta)
        return [ToolCallDelta(index=number, arguments=delta)]

    def _item_added(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        item, place = mapping(payload.get("item")), _place(payload)
        self._items[place] = item
        return self._begin_call(place, item)

    def _item_done(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        item, place = mapping(payload.get("item")), _place(payload)
        out = self._begin_call(place, item)
        self._items[place] = item
        self._texts.pop(place, None)
        whole = item.get("arguments", item.get("input"))
        if place in self._calls and place not in self._arguments and isinstance(whole, str) and whole:
            self._arguments.add(place)
            out.append(ToolCallDelta(index=self._calls[place], arguments=whole))
        return out

    def _begin_call(self, place: object, item: Mapping[str, Any]) -> list[StreamEvent]:
        if item.get("type") not in _CALLS or place in self._calls:
            return []
        number = self._calls[place] = len(self._calls)
        call_id = text_or_none(item.get("call_id")) or text_or_none(item.get("id")) or ""
        return [ToolCallStart(index=number, id=call_id, name=text_or_none(item.get("name")) or "")]

    def _created(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        self._body = mapping(payload.get("response"))
        return []

    def _terminal(self, payload: Mapping[str, Any]) -> list[StreamEvent]:
        body = dict(mapping(payload.get("response")))
        if not objects(body.get("output")):
            body["output"] = self._seen_items()
        self._body = body
        usage = responses_usage(body)
        check_status(body, phase="stream", usage=usage, partial=self._response(body))
        self.finished = True
        return [UsageUpdate(usage=usage)] if body.get("usage") else []

    def _keep(self, payload: Mapping[str, Any], delta: str) -> None:
        place = _place(payload)
        pieces = self._texts.get(place)
        if pieces is None:
            pieces = self._texts[place] = []
        pieces.append(delta)

    def _seen_items(self) -> list[dict[str, Any]]:
        return [self._with_text(item, self._texts.get(place)) for place, item in self._items.items()]

    def _with_text(self, item: dict[str, Any], pieces: list[str] | None) -> dict[str, Any]:
        """An item that is not done, with the text that came for it."""
        if not pieces:
            return item
        text = "".join(pieces)
        match item.get("type"):
            case "function_call":
                return item | {"arguments": text}
            case "custom_tool_call":
                return item | {"input": text}
            case "reasoning":
                return item | {"summary": [{"type": "summary_text", "text": text}]}
            case _:
                return item | {"content": [{"type": "output_text", "text": text}]}

    def _usage(self) -> Usage:
        return responses_usage(self._body)

    def _response(self, body: Mapping[str, Any]) -> CompletionResponse:
        items = objects(body.get("output")) or self._seen_items()
        warnings = (*self._warnings, broken_text()) if self._json.lossy else self._warnings
        return response_from(body, items, warnings=warnings)


def _place(payload: Mapping[str, Any]) -> object:
    """Which item an event belongs to: `output_index`, or its id where a server sends no index."""
    index = payload.get("output_index")
    return index if isinstance(index, int) else str(payload.get("item_id") or mapping(payload.get("item")).get("id"))
