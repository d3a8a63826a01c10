"""A turn as a Messages answer: one body, or the events of a stream that add up to it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, dump_json
from penguiflow_llm_testing._personalities._tokens import pieces_of
from penguiflow_llm_testing._personalities._turn import ToolCall, Turn

from ._ids import Stamp
from ._models import facts, snapshot
from ._request import MessagesRequest
from ._seals import seal

_STOP: Final[Mapping[str, str]] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}
_DELTAS: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("text_delta", "text"),
    "thinking": ("thinking_delta", "thinking"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One content block, and for a tool call its input as the text a stream delivers."""

    value: dict[str, Any]
    written: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesAnswer:
    """A finished answer, its ids given out."""

    request: MessagesRequest
    turn: Turn
    message_id: str
    blocks: tuple[Block, ...]

    def body(self) -> dict[str, Any]:
        """The whole message."""
        content = [block.value for block in self.blocks]
        return {**self._frame(content), **_stopped(self.turn), "usage": self._usage()}

    def events(self) -> Iterator[dict[str, Any]]:
        """The events of the stream, from `message_start` to `message_stop`."""
        usage = {**self._usage(), "output_tokens": 1}
        usage.pop("output_tokens_details", None)
        message = {**self._frame([]), "stop_reason": None, "stop_sequence": None, "stop_details": None, "usage": usage}
        yield {"type": "message_start", "message": message}
        for index, block in enumerate(self.blocks):
            yield {"type": "content_block_start", "index": index, "content_block": _opened(block.value)}
            if index == 0:
                yield {"type": "ping"}
            for delta in _deltas(block):
                yield {"type": "content_block_delta", "index": index, "delta": delta}
            yield {"type": "content_block_stop", "index": index}
        yield {"type": "message_delta", "delta": _stopped(self.turn), "usage": self._usage_delta()}
        yield {"type": "message_stop"}

    def _frame(self, content: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "model": snapshot(self.request.model),
            "id": self.message_id,
            "type": "message",
            "role": "assistant",
            "content": content,
        }

    def _usage(self) -> dict[str, Any]:
        """Counts; what was read from or written to the cache is not in `input_tokens`."""
        cache, said = self.request.cache, self.turn.usage
        return {
            "input_tokens": max(said.input_tokens - said.cached_tokens - cache.written, 0),
            "cache_creation_input_tokens": cache.written,
            "cache_read_input_tokens": said.cached_tokens,
            "cache_creation": {
                "ephemeral_5m_input_tokens": cache.written_5m,
                "ephemeral_1h_input_tokens": cache.written_1h,
            },
            "output_tokens": said.output_tokens,
            **self._details(),
            "service_tier": self.request.service_tier,
            "inference_geo": "global",
        }

    def _usage_delta(self) -> dict[str, Any]:
        left_out = ("cache_creation", "service_tier", "inference_geo")
        return {name: value for name, value in self._usage().items() if name not in left_out}

    def _details(self) -> dict[str, Any]:
        if not facts(self.request.model).thinking:
            return {}
        return {"output_tokens_details": {"thinking_tokens": self.turn.usage.reasoning_tokens}}


def answer_of(request: MessagesRequest, turn: Turn, stamp: Stamp) -> MessagesAnswer:
    """The answer for a turn."""
    return MessagesAnswer(
        request=request, turn=turn, message_id=stamp.message_id, blocks=tuple(_blocks(request, turn, stamp))
    )


def sse(event: Mapping[str, Any]) -> bytes:
    """One event, its type repeated in the `event:` line."""
    return b"event: " + str(event["type"]).encode() + b"\ndata: " + dump_json(event) + b"\n\n"


def _blocks(request: MessagesRequest, turn: Turn, stamp: Stamp) -> Iterator[Block]:
    if turn.reasoning is not None:
        yield Block(value=_thought(request, turn))
    if turn.text:
        yield Block(value={"type": "text", "text": turn.text})
    for call in turn.tool_calls:
        yield Block(value=_call(call, stamp), written=call.arguments)


def _thought(request: MessagesRequest, turn: Turn) -> dict[str, Any]:
    padding = turn.usage.reasoning_tokens
    if request.redacts_thinking:
        return {"type": "redacted_thinking", "data": seal("redacted", "", padding=padding)}
    shown = (turn.reasoning or "") if request.shows_thinking else ""
    return {"type": "thinking", "thinking": shown, "signature": seal("thinking", shown, padding=padding)}


def _call(call: ToolCall, stamp: Stamp) -> dict[str, Any]:
    return {"type": "tool_use", "id": stamp.tool_use_id(), "name": call.name, "input": _input(call.arguments)}


def _input(arguments: str) -> Json:
    """A body holds an object where a stream holds text: text that is no JSON, or was cut, leaves it empty."""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _stopped(turn: Turn) -> dict[str, Any]:
    if turn.refusal is not None:
        details = {"type": "refusal", "category": "general_harms", "explanation": turn.refusal}
        return {"stop_reason": "refusal", "stop_sequence": None, "stop_details": details}
    if turn.stop_sequence is not None and turn.finish == "stop":
        return {"stop_reason": "stop_sequence", "stop_sequence": turn.stop_sequence, "stop_details": None}
    reason = _STOP[turn.finish]
    unexplained = {"type": "refusal", "category": None, "explanation": None} if reason == "refusal" else None
    return {"stop_reason": reason, "stop_sequence": None, "stop_details": unexplained}


def _opened(block: dict[str, Any]) -> dict[str, Any]:
    """A block as its first event has it, before anything of it was said."""
    match block["type"]:
        case "text":
            return {**block, "text": ""}
        case "thinking":
            return {**block, "thinking": "", "signature": ""}
        case "tool_use":
            return {**block, "input": {}}
        case _:
            return block


def _deltas(block: Block) -> Iterator[dict[str, Any]]:
    kind = block.value["type"]
    if kind in _DELTAS:
        delta, field = _DELTAS[kind]
        for piece in pieces_of(block.value[field]):
            yield {"type": delta, field: piece}
    if kind == "thinking":
        yield {"type": "signature_delta", "signature": block.value["signature"]}
    if kind == "tool_use":
        yield {"type": "input_json_delta", "partial_json": ""}
        for piece in pieces_of(block.written):
            yield {"type": "input_json_delta", "partial_json": piece}
