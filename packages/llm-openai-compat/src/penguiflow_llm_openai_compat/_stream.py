"""Chat Completions chunks into stream events. Fed, not read: the transport owns the loop.

A chunk costs one JSON parse, one list append and one small event; the answer is put together once, at the end, by the
decoder of plain bodies.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_openai_compat._content import Thought, add_thoughts, audio_bytes, split_content, thought_block
from penguiflow_llm_openai_compat._decode import carries_error, response_from
from penguiflow_llm_openai_compat._dialect import ChatDialect
from penguiflow_llm_openai_compat._reasoning import merge_detail, visible_text
from penguiflow_llm_openai_compat._tool_calls import ToolCalls
from penguiflow_llm_openai_compat._usage import chat_usage
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    ReasoningDelta,
    ServerSentEvent,
    StreamEvent,
    TextDelta,
    Usage,
    UsageUpdate,
)
from penguiflow_llm_types.wire import WireJSON, broken_text, in_band_error, mapping, objects, unfinished

_DONE: Final = b"[DONE]"
_ENVELOPE: Final = ("id", "model", "service_tier", "provider")


class ChatStreamDecoder:
    """Wire events in, stream events out; one instance per stream."""

    __slots__ = (
        "_annotations", "_audio", "_body", "_choice", "_details", "_dialect", "_images", "_json", "_open",
        "_reasoning", "_refusal", "_text", "_thoughts", "_tool_calls", "_transcript", "_warnings", "finished",
    )  # fmt: skip

    def __init__(self, dialect: ChatDialect, *, warnings: Sequence[CallWarning] = ()) -> None:
        self._dialect = dialect
        self._warnings = tuple(warnings)
        self._json = WireJSON()
        self._body: dict[str, Any] = {}  # the facts around the choice
        self._open = True  # whether the most telling of those facts are still missing
        self._choice: dict[str, Any] = {}
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._thoughts: list[Thought] = []
        self._details: list[dict[str, Any]] = []
        self._images: list[dict[str, Any]] = []
        self._refusal: list[str] = []
        self._annotations: list[dict[str, Any]] = []
        self._audio: list[bytes] = []
        self._transcript: list[str] = []
        self._tool_calls = ToolCalls()
        self.finished = False
        """Whether the stream said that nothing follows."""

    def feed(self, event: ServerSentEvent) -> list[StreamEvent]:
        """The stream events that `event` makes; none after the last marker.

        Raises:
            LLMProtocolError: kind "json" or "utf8", the event cannot be read.
            LLMError: the provider reported an error, of the type its code says, with what had arrived.
        """
        data = event.data
        if data == _DONE:
            self.finished = True
            return []
        if self.finished or not data or data[:1] == b":":  # nothing follows, or a keep-alive some servers write as data
            return []
        return self._chunk(self._json.event(data), is_error=event.event == "error")

    def finish(self) -> CompletionResponse:
        """The whole answer, once the stream has ended.

        Raises:
            LLMTruncatedError: kind "no_terminal", the stream ended without a `finish_reason`.
        """
        if self._choice.get("finish_reason") is None:
            raise unfinished(usage=self._usage(), partial=self.partial())
        return self._response(self._choice)

    def partial(self) -> CompletionResponse:
        """What has arrived so far; its finish reason is "error" unless the provider gave one."""
        response = self._response(self._choice)
        return response if self._choice else replace(response, finish_reason="error")

    def _chunk(self, chunk: Mapping[str, Any], *, is_error: bool) -> list[StreamEvent]:
        if is_error or carries_error(chunk):
            raise in_band_error(
                chunk, self._dialect.errors, phase="stream", usage=self._usage(), partial=self.partial()
            )
        usage = chunk.get("usage") or ("x_groq" in chunk and mapping(chunk["x_groq"]).get("usage"))  # Groq until 2025
        if self._open or usage:
            self._take_envelope(chunk)
        out: list[StreamEvent] = []
        choices = chunk.get("choices")
        if isinstance(choices, list):
            for choice in choices:
                if isinstance(choice, dict) and choice.get("index") in (0, None):
                    self._take_choice(choice, out)
        if usage and isinstance(usage, dict) and usage != self._body.get("usage"):
            self._body["usage"] = usage
            out.append(UsageUpdate(usage=self._usage()))
        if "citations" in chunk:
            self._body["citations"] = chunk["citations"]
        return out

    def _take_envelope(self, chunk: Mapping[str, Any]) -> None:
        for name in _ENVELOPE:
            if chunk.get(name) and name not in self._body:
                self._body[name] = chunk[name]
        self._open = "id" not in self._body or "model" not in self._body

    def _take_choice(self, choice: Mapping[str, Any], out: list[StreamEvent]) -> None:
        delta = choice.get("delta")
        if isinstance(delta, dict):
            content = delta.get("content")
            if content:
                if content.__class__ is str:
                    self._text.append(content)
                    out.append(TextDelta(text=content))
                else:
                    self._take_blocks(content, out)
            if len(delta) > 1 or content is None:
                self._take_rest(delta, out)
        if choice.get("finish_reason"):
            self._choice["finish_reason"] = choice["finish_reason"]
            self._choice["native_finish_reason"] = choice.get("native_finish_reason")

    def _take_blocks(self, content: object, out: list[StreamEvent]) -> None:
        thinking, text = split_content(content)
        for block in objects(content):
            add_thoughts(self._thoughts, block)
        if thinking:
            out.append(ReasoningDelta(text=thinking))
        if text:
            self._text.append(text)
            out.append(TextDelta(text=text))

    def _take_rest(self, delta: Mapping[str, Any], out: list[StreamEvent]) -> None:
        self._take_reasoning(delta, out)
        for call in objects(delta.get("tool_calls")):
            out.extend(self._tool_calls.take(call))
        if isinstance(delta.get("function_call"), dict):  # the legacy form: one call, no index, no id
            out.extend(self._tool_calls.take({"index": -1, "function": delta["function_call"]}))
        if isinstance(delta.get("refusal"), str):
            self._refusal.append(delta["refusal"])
        self._annotations.extend(objects(delta.get("annotations")))
        self._images.extend(objects(delta.get("images")))
        if audio := mapping(delta.get("audio")):
            self._audio.append(audio_bytes(audio) or b"")
            self._transcript.append(str(audio.get("transcript") or ""))

    def _take_reasoning(self, delta: Mapping[str, Any], out: list[StreamEvent]) -> None:
        fragments = objects(delta.get("reasoning_details"))
        for fragment in fragments:
            merge_detail(self._details, fragment)
        shown = "".join(visible_text(fragment) for fragment in fragments)
        for name in self._dialect.reasoning_fields:
            if text := split_content(delta.get(name))[1]:
                self._reasoning.append(text)
                shown = shown or text
                break
        if shown:
            out.append(ReasoningDelta(text=shown))

    def _usage(self) -> Usage:
        return chat_usage(self._body.get("usage"), reports_cost_usd=self._dialect.reports_cost_usd)

    def _response(self, choice: Mapping[str, Any]) -> CompletionResponse:
        warnings = (*self._warnings, broken_text()) if self._json.lossy else self._warnings
        return response_from(self._body, {**choice, "message": self._message()}, self._dialect, warnings=warnings)

    def _content(self) -> str | list[dict[str, Any]]:
        text = "".join(self._text)
        if not self._thoughts:
            return text
        blocks = [thought_block("".join(thought.text), thought.signature) for thought in self._thoughts]
        return [*blocks, {"type": "text", "text": text}]

    def _message(self) -> dict[str, Any]:
        return {
            "content": self._content(),
            self._dialect.reasoning_fields[0]: "".join(self._reasoning),
            "reasoning_details": self._details,
            "refusal": "".join(self._refusal),
            "annotations": self._annotations,
            "images": self._images,
            "audio": {
                "data": base64.b64encode(b"".join(self._audio)).decode(),
                "transcript": "".join(self._transcript),
            },
            "tool_calls": [
                {"id": part.id, part.kind: {"name": part.name, "arguments": part.arguments}}
                for part in self._tool_calls.parts()
            ],
        }
