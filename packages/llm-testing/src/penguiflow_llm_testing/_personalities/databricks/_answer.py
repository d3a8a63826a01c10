"""Turns as a serving endpoint answers them: one body, or the chunks of a stream that add up to it.

Shapes: recorded answers of databricks-claude-3-7-sonnet, 2026, and quoted ones; every chunk has usage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from penguiflow_llm_testing._exchange import dump_json
from penguiflow_llm_testing._personalities._tokens import pieces_of
from penguiflow_llm_testing._personalities._turn import Turn
from penguiflow_llm_testing._personalities.openai._chat_answer import content_of, sse, tool_call
from penguiflow_llm_testing._personalities.openai._ids import Stamp

from ._models import backend
from ._request import ServedRequest
from ._thinking import thought_block


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAnswer:
    """One answer; its ids are drawn once, so that both forms of it have the same."""

    request: ServedRequest
    turns: tuple[Turn, ...]
    calls: tuple[tuple[dict[str, Any], ...], ...]
    answer_id: str
    created: int
    cache_write_tokens: int

    @classmethod
    def of(
        cls, request: ServedRequest, turns: Sequence[Turn], stamp: Stamp, *, cache_write_tokens: int
    ) -> "ServedAnswer":
        """The answer that `turns` are."""
        prefix = "msg_bdrk_01" if request.family.kind == "claude" else "chatcmpl_"
        return cls(
            request=request,
            turns=tuple(turns),
            calls=tuple(tuple(tool_call(call, stamp) for call in turn.tool_calls) for turn in turns),
            answer_id=f"{prefix}{stamp.letters(22)}",
            created=stamp.created,
            cache_write_tokens=cache_write_tokens,
        )

    def body(self) -> bytes:
        """The whole answer as one JSON body."""
        choices = [
            {"message": self._message(index, turn), "index": index, "finish_reason": turn.finish}
            for index, turn in enumerate(self.turns)
        ]
        return dump_json({**self._frame("chat.completion"), "choices": choices, "usage": self._usage(whole=True)})

    def events(self) -> tuple[bytes, ...]:
        """The deltas, the finish with the whole usage, and `[DONE]`."""
        frame = self._frame("chat.completion.chunk")
        chunks = []
        for index, turn in enumerate(self.turns):
            for delta in self._deltas(index, turn):
                choice = {"delta": {"role": "assistant", **delta}, "index": index, "finish_reason": None}
                chunks.append({**frame, "choices": [choice], "usage": self._usage(whole=False)})
            last = {"delta": {"role": "assistant", "content": ""}, "index": index, "finish_reason": turn.finish}
            chunks.append({**frame, "choices": [last], "usage": self._usage(whole=True)})
        return (*(sse(chunk) for chunk in chunks), b"data: [DONE]\n\n")

    def _frame(self, kind: str) -> dict[str, Any]:
        model = backend(self.request.endpoint)
        return {"model": model, "object": kind, "id": self.answer_id, "created": self.created}

    def _message(self, index: int, turn: Turn) -> dict[str, Any]:
        thought = thought_block(turn, self.request.family)
        text = content_of(turn)
        blocks = [] if not text else [{"type": "text", "text": text}]
        message: dict[str, Any] = {"role": "assistant", "content": text if thought is None else [thought, *blocks]}
        if turn.refusal is not None:
            message["refusal"] = turn.refusal
        return message | ({"tool_calls": list(self.calls[index])} if self.calls[index] else {})

    def _deltas(self, index: int, turn: Turn) -> Iterator[dict[str, Any]]:
        if (thought := thought_block(turn, self.request.family)) is not None:
            yield from _thought_deltas(thought)
        yield from ({"content": piece} for piece in pieces_of(turn.text or ""))
        yield from ({"content": None, "refusal": piece} for piece in pieces_of(turn.refusal or ""))
        for at, call in enumerate(self.calls[index]):
            field = "arguments" if call["type"] == "function" else "input"
            whole = call[call["type"]]
            yield {"content": None, "tool_calls": [{"index": at, **call, call["type"]: {**whole, field: ""}}]}
            for piece in pieces_of(whole[field]):
                fragment = {"index": at, "type": call["type"], call["type"]: {field: piece}}
                yield {"content": None, "tool_calls": [fragment]}

    def _usage(self, *, whole: bool) -> dict[str, Any]:
        """Counts; those of the output are null until it is whole."""
        counts = [turn.usage for turn in self.turns]
        prompt, output = counts[0].input_tokens, sum(count.output_tokens for count in counts)
        usage: dict[str, Any] = {
            "prompt_tokens": prompt,
            "completion_tokens": output if whole else None,
            "total_tokens": prompt + output if whole else None,
        }
        if self.request.family.kind == "claude":
            cached = counts[0].cached_tokens
            return {**usage, "cache_read_input_tokens": cached, "cache_creation_input_tokens": self.cache_write_tokens}
        reasoning = sum(count.reasoning_tokens for count in counts)
        details = {"completion_tokens_details": {"reasoning_tokens": reasoning}} if reasoning and whole else {}
        return {**usage, "prompt_tokens_details": {"cached_tokens": counts[0].cached_tokens}, **details}


def _thought_deltas(thought: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A thought bit by bit; what seals it comes last."""
    (summary,) = thought["summary"]
    for piece in pieces_of(summary["text"]):
        yield {"content": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": piece}]}]}
    if "signature" in summary:
        sealed = {"type": "summary_text", "text": "", "signature": summary["signature"]}
        yield {"content": [{"type": "reasoning", "summary": [sealed]}]}
