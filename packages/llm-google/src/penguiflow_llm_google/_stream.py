"""Chunks of `streamGenerateContent` into stream events. Fed, not read: the transport owns the loop.

Every chunk is a fragment of the answer: its text goes on from the one before, also where it repeats it. There is no
marker but the finish, which a run of code has too: the answer is over with one that does not wait for a run's result. A
chunk costs one JSON parse, one list append and one small event; the answer is put together once, at the end, by the
decoder of plain bodies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_google._decode import first_candidate, response_from
from penguiflow_llm_google._errors import ERRORS, blocked_prompt
from penguiflow_llm_google._partial_calls import PartialCall, begins_partial
from penguiflow_llm_google._parts import MADE_ID
from penguiflow_llm_google._usage import google_usage
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
from penguiflow_llm_types.wire import WireJSON, broken_text, in_band_error, json_text, mapping, text_or_none, unfinished

_ENVELOPE: Final = ("responseId", "modelVersion")
_CANDIDATE: Final = ("groundingMetadata", "citationMetadata", "finishMessage")


class GenerateStreamDecoder:
    """Wire events in, stream events out; one instance per stream."""

    __slots__ = ("_body", "_calls", "_candidate", "_fragments", "_json", "_open", "_warnings", "finished")

    def __init__(self, *, warnings: Sequence[CallWarning] = ()) -> None:
        self._warnings = tuple(warnings)
        self._json = WireJSON()
        self._body: dict[str, Any] = {}  # the facts around the candidate
        self._candidate: dict[str, Any] = {}  # the facts around its content
        self._fragments: list[Mapping[str, Any]] = []
        self._calls = 0
        self._open: PartialCall | None = None
        self.finished = False
        """Whether a finish was seen that nothing is to follow."""

    def feed(self, event: ServerSentEvent) -> list[StreamEvent]:
        """The stream events that `event` makes.

        Raises:
            LLMProtocolError: kind "json" or "utf8", the event cannot be read.
            LLMContentFilterError: the prompt was blocked.
            LLMError: the provider reported an error, of the type its status says, with what had arrived.
        """
        data = event.data
        if not data or data[:1] == b":" or data == b"[DONE]":
            return []
        if data[:2] == b"[{":  # an error, as streams that are no SSE have it
            data = data[1:].rstrip().removesuffix(b"]")
        chunk = self._json.event(data)
        self._take_envelope(chunk)
        candidate = first_candidate(chunk)
        out: list[StreamEvent] = []
        if candidate is not None:
            self._take_candidate(candidate, out)
        return out

    def finish(self) -> CompletionResponse:
        """The whole answer, once the stream has ended.

        Raises:
            LLMTruncatedError: kind "no_terminal", the stream ended without a finish, or in the middle of a code run.
        """
        if not self.finished:
            raise unfinished(usage=self._usage(), partial=self.partial())
        return self._response(self._candidate)

    def partial(self) -> CompletionResponse:
        """What has arrived so far; its finish reason is "error" unless the provider gave one."""
        return self._response(self._candidate)

    def _take_envelope(self, chunk: Mapping[str, Any]) -> None:
        if "error" in chunk or "promptFeedback" in chunk:
            self._take_refusal(chunk)
        for name in _ENVELOPE:
            if name in chunk:
                self._body.setdefault(name, chunk[name])
        if "usageMetadata" in chunk:
            self._body["usageMetadata"] = chunk["usageMetadata"]

    def _take_refusal(self, chunk: Mapping[str, Any]) -> None:
        if chunk.get("error"):
            raise in_band_error(chunk, ERRORS, phase="stream", usage=self._usage(), partial=self.partial())
        blocked = blocked_prompt(chunk, google_usage(chunk.get("usageMetadata")))
        if blocked is not None:
            raise blocked

    def _take_candidate(self, candidate: Mapping[str, Any], out: list[StreamEvent]) -> None:
        content = candidate.get("content")
        parts = content.get("parts") if isinstance(content, dict) else None
        if isinstance(parts, list):
            for part in parts:
                if isinstance(part, dict):
                    self._take_part(part, out)
        for name in _CANDIDATE:
            if candidate.get(name):
                self._candidate[name] = candidate[name]
        if text_or_none(candidate.get("finishReason")) is not None:
            self._candidate["finishReason"] = candidate["finishReason"]
            self._close_call(out)
            self.finished = not self._awaits_code()
            if "usageMetadata" in self._body:
                out.append(UsageUpdate(usage=self._usage()))

    def _take_part(self, part: Mapping[str, Any], out: list[StreamEvent]) -> None:
        if "functionCall" in part:
            self._goes_on()
            self._take_call(part, mapping(part["functionCall"]), out)
            return
        self._fragments.append(part)
        text = part.get("text")
        if text.__class__ is str and text:
            self._goes_on()
            out.append(ReasoningDelta(text=text) if part.get("thought") else TextDelta(text=text))
        elif text is None:
            self._goes_on()

    def _goes_on(self) -> None:
        """Content after a finish: what was finished is a step of it, such as the code that was run (recorded)."""
        self._candidate.pop("finishReason", None)
        self.finished = False

    def _take_call(self, part: Mapping[str, Any], call: Mapping[str, Any], out: list[StreamEvent]) -> None:
        if call.get("name"):
            self._close_call(out)
            out.append(ToolCallStart(index=self._calls, id=self._call_id(call), name=str(call["name"])))
            if begins_partial(call):
                self._open = PartialCall(part)
            else:
                self._fragments.append(part)
                out.append(ToolCallDelta(index=self._calls, arguments=json_text(call.get("args") or {})))
                self._calls += 1
        if self._open is not None and not self._open.take(call):
            self._close_call(out)

    def _close_call(self, out: list[StreamEvent]) -> None:
        """A call that came in pieces is whole."""
        if self._open is not None:
            part = self._open.whole()
            self._open = None
            self._fragments.append(part)
            out.append(ToolCallDelta(index=self._calls, arguments=json_text(part["functionCall"]["args"])))
            self._calls += 1

    def _call_id(self, call: Mapping[str, Any]) -> str:
        made = f"{MADE_ID}{text_or_none(self._body.get('responseId')) or 'unnamed'}-{self._calls}"
        return text_or_none(call.get("id")) or made

    def _awaits_code(self) -> bool:
        return bool(self._fragments) and "executableCode" in self._fragments[-1]

    def _usage(self) -> Usage:
        return google_usage(self._body.get("usageMetadata"))

    def _response(self, candidate: Mapping[str, Any]) -> CompletionResponse:
        warnings = (*self._warnings, broken_text()) if self._json.lossy else self._warnings
        fragments = self._fragments if self._open is None else [*self._fragments, self._open.whole()]
        response = response_from(self._body, candidate, fragments, warnings=warnings)
        return response if candidate.get("finishReason") else replace(response, finish_reason="error")
