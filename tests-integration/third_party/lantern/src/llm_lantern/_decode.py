"""Lantern's answers, whole and streamed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    FinishReason,
    LLMMessage,
    LLMProtocolError,
    ServerSentEvent,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallStart,
    Usage,
)
from penguiflow_llm_types.wire import WireJSON, count, in_band_error, mapping, objects, text_or_none, unfinished

from ._errors import ERRORS

# Lantern's API reference, "How an answer ends", read 2026-11.
_ENDED: Final[Mapping[str, FinishReason]] = {
    "done": "stop",
    "limit": "length",
    "calls": "tool_calls",
    "declined": "refusal",
    "blocked": "content_filter",
}


def decode(body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
    """A whole answer.

    Raises:
        LLMError: an error that Lantern reports with status 200, or a body that is no answer.
    """
    if "error" in body:
        raise in_band_error(body, ERRORS, phase="body")
    if not isinstance(body.get("ended"), str):
        raise LLMProtocolError("Lantern sent no answer; check base_url", kind="empty", phase="parse", billed="unknown")
    return _response(body, _ENDED.get(body["ended"], "other"), warnings)


def _response(body: Mapping[str, Any], finish: FinishReason, warnings: Sequence[CallWarning]) -> CompletionResponse:
    text = text_or_none(body.get("text"))
    said = (TextPart(text=text),) if text else ()
    calls = tuple(
        ToolCallPart(id=str(call.get("id")), name=str(call.get("tool")), arguments=str(call.get("input")))
        for call in objects(body.get("calls"))
    )
    return CompletionResponse(
        message=LLMMessage(role="assistant", parts=(*said, *calls)),
        finish_reason=finish,
        raw_finish_reason=text_or_none(body.get("ended")),
        usage=_usage(mapping(body.get("tokens"))),
        model=text_or_none(body.get("model")),
        response_id=text_or_none(body.get("id")),
        refusal=text if finish == "refusal" else None,
        warnings=tuple(warnings),
    )


def _usage(tokens: Mapping[str, Any]) -> Usage:
    """Lantern counts cached tokens apart; here, input includes them."""
    new, cached = count(tokens.get("new")), count(tokens.get("cached"))
    total = None if new is None else new + (cached or 0)
    return Usage(input_tokens=total, output_tokens=count(tokens.get("made")), cache_read_tokens=cached)


class LanternStream:
    """Is fed Lantern's events; the answer is put together as the plain one is, so that the two are equal."""

    def __init__(self, *, warnings: Sequence[CallWarning]) -> None:
        self.finished = False
        self._warnings = warnings
        self._json = WireJSON()
        self._text: list[str] = []
        self._calls: list[dict[str, Any]] = []
        self._end: Mapping[str, Any] = {}

    def feed(self, event: ServerSentEvent) -> list[StreamEvent]:
        """What one event shows; an event that is not known shows nothing."""
        payload = self._json.event(event.data)
        match payload:
            case {"text": str(text)}:
                self._text.append(text)
                return [TextDelta(text=text)]
            case {"call": {"id": str(id_), "tool": str(name)}}:
                self._calls.append({"id": id_, "tool": name, "input": ""})
                return [ToolCallStart(index=len(self._calls) - 1, id=id_, name=name)]
            case {"input": str(more)} if self._calls:
                self._calls[-1]["input"] += more
                return [ToolCallDelta(index=len(self._calls) - 1, arguments=more)]
            case {"error": _}:
                raise in_band_error(payload, ERRORS, phase="stream", partial=self.partial())
            case {"end": dict(end)}:
                self._end, self.finished = end, True
        return []

    def finish(self) -> CompletionResponse:
        """The whole answer.

        Raises:
            LLMTruncatedError: Lantern has not said that it is whole.
        """
        if not self.finished:
            raise unfinished(usage=None, partial=self.partial())
        return decode(self._so_far(), warnings=self._warnings)

    def partial(self) -> CompletionResponse:
        """What has arrived so far."""
        return _response(self._so_far(), "error", self._warnings)

    def _so_far(self) -> dict[str, Any]:
        return {**self._end, "text": "".join(self._text), "calls": self._calls}
