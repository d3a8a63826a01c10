"""Turns as OpenRouter answers them: one body, or the chunks of a stream that add up to it.

Shapes: recorded answers of 2025 and 2026, plain and streamed; the finish comes twice in a stream, the second time with
the usage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing._exchange import dump_json
from penguiflow_llm_testing._personalities._tokens import pieces_of
from penguiflow_llm_testing._personalities._turn import Turn
from penguiflow_llm_testing._personalities.openai._chat_answer import content_of, sse, tool_call
from penguiflow_llm_testing._personalities.openai._ids import Stamp

from ._reasoning import details_of
from ._request import RoutedRequest

KEEP_ALIVE: Final = b": OPENROUTER PROCESSING\n\n"
_USD_PER_INPUT: Final = 1e-6  # made up: what matters is that an answer says what it cost
_USD_PER_CACHED: Final = 1e-7
_USD_PER_OUTPUT: Final = 5e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedAnswer:
    """One answer; its ids are drawn once, so that both forms of it have the same."""

    request: RoutedRequest
    turns: tuple[Turn, ...]
    calls: tuple[tuple[dict[str, Any], ...], ...]  # the tool calls of each turn, as a whole message has them
    generation: str
    created: int
    cache_write_tokens: int

    @classmethod
    def of(
        cls, request: RoutedRequest, turns: Sequence[Turn], stamp: Stamp, *, cache_write_tokens: int
    ) -> "RoutedAnswer":
        """The answer that `turns` are."""
        return cls(
            request=request,
            turns=tuple(turns),
            calls=tuple(tuple(tool_call(call, stamp) for call in turn.tool_calls) for turn in turns),
            generation=f"gen-{stamp.created}-{stamp.letters(20)}",
            created=stamp.created,
            cache_write_tokens=cache_write_tokens,
        )

    def body(self) -> bytes:
        """The whole answer as one JSON body."""
        choices = [
            {**_finish(self.request, turn), "index": index, "logprobs": None, "message": self._message(index, turn)}
            for index, turn in enumerate(self.turns)
        ]
        return dump_json({**self._frame("chat.completion"), "choices": choices, "usage": self._usage()})

    def events(self) -> tuple[bytes, ...]:
        """A keep-alive, the deltas, the finish, the finish again with the usage, and `[DONE]`."""
        frame = self._frame("chat.completion.chunk")
        chunks = [
            {**frame, "choices": [{"index": index, "delta": delta, **finish}]}
            for index, turn in enumerate(self.turns)
            for delta, finish in self._deltas(index, turn)
        ]
        last = {"index": 0, "delta": {"role": "assistant", "content": ""}, **_finish(self.request, self.turns[0])}
        chunks.append({**frame, "choices": [last], "usage": self._usage()})
        return (KEEP_ALIVE, *(sse(chunk) for chunk in chunks), b"data: [DONE]\n\n")

    def failed_event(self, error: dict[str, Any]) -> bytes:
        """A failure in a stream that has begun."""
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error", "native_finish_reason": "error"}
        return sse({**self._frame("chat.completion.chunk"), "error": error, "choices": [choice]})

    def _frame(self, kind: str) -> dict[str, Any]:
        route = self.request.route
        return {
            "id": self.generation,
            "object": kind,
            "created": self.created,
            "model": route.model,
            "provider": route.provider,
            "system_fingerprint": None,
        }

    def _message(self, index: int, turn: Turn) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": content_of(turn), "refusal": turn.refusal}
        details = self._details(index, turn)
        message["reasoning"] = _readable(details)
        if self.calls[index]:
            message["tool_calls"] = [{**call, "index": at} for at, call in enumerate(self.calls[index])]
        return message | ({"reasoning_details": details} if details else {})

    def _details(self, index: int, turn: Turn) -> list[dict[str, Any]]:
        if not self.request.shows_reasoning:
            return []
        return details_of(turn, self.request.route.family.reasoning, [call["id"] for call in self.calls[index]])

    def _deltas(self, index: int, turn: Turn) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        open_ = {"finish_reason": None, "native_finish_reason": None}
        for delta in (
            *(piece for detail in self._details(index, turn) for piece in _detail_deltas(detail)),
            *({"content": piece} for piece in pieces_of(turn.text or "")),
            *({"content": "", "refusal": piece} for piece in pieces_of(turn.refusal or "")),
            *(piece for at, call in enumerate(self.calls[index]) for piece in _call_deltas(call, at)),
        ):
            yield {"role": "assistant", "content": "", **delta}, open_
        yield {"role": "assistant", "content": "", "reasoning": None}, _finish(self.request, turn)

    def _usage(self) -> dict[str, Any]:
        counts = [turn.usage for turn in self.turns]
        prompt, cached = counts[0].input_tokens, counts[0].cached_tokens
        output = sum(count.output_tokens for count in counts)
        cost_in = (prompt - cached) * _USD_PER_INPUT + cached * _USD_PER_CACHED
        cost_out = output * _USD_PER_OUTPUT
        return {
            "prompt_tokens": prompt,
            "completion_tokens": output,
            "total_tokens": prompt + output,
            "cost": round(cost_in + cost_out, 9),
            "is_byok": False,
            "prompt_tokens_details": {
                "cached_tokens": cached,
                "cache_write_tokens": self.cache_write_tokens,
                "audio_tokens": 0,
                "video_tokens": 0,
            },
            "cost_details": {
                "upstream_inference_cost": None,
                "upstream_inference_prompt_cost": round(cost_in, 9),
                "upstream_inference_completions_cost": round(cost_out, 9),
            },
            "completion_tokens_details": {
                "reasoning_tokens": sum(count.reasoning_tokens for count in counts),
                "image_tokens": 0,
                "audio_tokens": 0,
            },
        }


def _finish(request: RoutedRequest, turn: Turn) -> dict[str, str]:
    native = request.route.family.finishes[turn.finish]
    return {"finish_reason": turn.finish, "native_finish_reason": native}


def _readable(details: Sequence[dict[str, Any]]) -> str | None:
    return "".join(detail.get("text") or detail.get("summary") or "" for detail in details) or None


def _detail_deltas(detail: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A block in pieces: its text bit by bit, what seals it at the end."""
    field = "summary" if detail["type"] == "reasoning.summary" else "text"
    head = {"type": detail["type"], "format": detail["format"], "index": detail["index"]}
    for piece in pieces_of(detail.get(field, "")):
        yield {"reasoning": piece, "reasoning_details": [{**head, field: piece}]}
    sealed = {name: value for name, value in detail.items() if name in ("signature", "data", "id")}
    if sealed:
        yield {"reasoning": None, "reasoning_details": [{**head, **sealed}]}


def _call_deltas(call: dict[str, Any], index: int) -> Iterator[dict[str, Any]]:
    kind = call["type"]
    field = "arguments" if kind == "function" else "input"
    whole = call[kind]
    yield {"content": None, "tool_calls": [{"index": index, **call, kind: {**whole, field: ""}}]}
    for piece in pieces_of(whole[field]):
        yield {"content": None, "tool_calls": [{"index": index, "type": kind, kind: {field: piece}}]}
