"""What a stream's events look like to callbacks that take text: one JSON text that only grows, and the reasoning."""

from __future__ import annotations

import json
from typing import Any

from penguiflow_llm._planner._protocol import ChunkCallback
from penguiflow_llm_core import ClientStreamEvent, PartialValue
from penguiflow_llm_types import ReasoningDelta, TextDelta


class Shown:
    """Passes what is new of an answer on to the callbacks; one instance per call.

    A typed answer is shown in the shape that was asked for, whatever was sent and in whichever mode. Text that is out
    cannot be taken back: where a second attempt begins otherwise, nothing more of it is shown before the end.
    """

    def __init__(self, on_text: ChunkCallback | None, on_reasoning: ChunkCallback | None, *, typed: bool) -> None:
        self._on_text = on_text
        self._on_reasoning = on_reasoning
        self._typed = typed
        self._text = ""
        self._reasoned = False

    def feed(self, event: ClientStreamEvent) -> None:
        """Show what an event adds."""
        match event:
            case PartialValue(value=value):
                self._grow(growing_text(value))
            case TextDelta(text=text) if not self._typed:
                self._grow(self._text + text)
            case ReasoningDelta(text=text):
                self._reason(text)
            case _:
                pass

    def end(self, content: str, reasoning: str, *, streamed: bool) -> None:
        """Show what is missing of the whole answer, and the end; of a plain answer only its reasoning."""
        if not self._reasoned:
            self._reason(reasoning)
        ends = [self._on_reasoning] if streamed or self._reasoned else []
        if streamed:
            self._grow(content)
            ends.append(self._on_text)
        for end in ends:
            if end is not None:
                end("", True)  # noqa: FBT003 - the callback's contract

    def _grow(self, text: str) -> None:
        if self._on_text is None or text == self._text or not text.startswith(self._text):
            return
        new, self._text = text[len(self._text) :], text
        self._on_text(new, False)  # noqa: FBT003

    def _reason(self, text: str) -> None:
        if self._on_reasoning is not None and text:
            self._reasoned = True
            self._on_reasoning(text, False)  # noqa: FBT003


def json_text(value: Any) -> str:
    """A finished value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def growing_text(value: Any) -> str:
    """The JSON of a value that is not finished, up to where it may still change.

    Of two such texts of a growing value one begins with the other, and `json_text` of the finished value with both.
    """
    match value:
        case dict() if value:
            *done, (last, inner) = value.items()
            head = "".join(f"{json_text(key)}: {json_text(one)}, " for key, one in done)
            return f"{{{head}{json_text(last)}: {growing_text(inner)}"
        case list() if value:
            head = "".join(f"{json_text(one)}, " for one in value[:-1])
            return f"[{head}{growing_text(value[-1])}"
        case str():
            return json_text(value)[:-1]
        case dict():
            return "{"
        case list():
            return "["
        case _:
            return ""
