"""Turns as a Chat Completions answer: one body, or the chunks of a stream that add up to it."""

from collections.abc import Iterator, Sequence
from typing import Any

from penguiflow_llm_testing._exchange import dump_json
from penguiflow_llm_testing._personalities._tokens import TokenCount, pieces_of
from penguiflow_llm_testing._personalities._turn import ToolCall, Turn

from ._chat_request import ChatRequest
from ._ids import Stamp
from ._models import reasons, snapshot


def chat_body(request: ChatRequest, turns: Sequence[Turn], stamp: Stamp) -> bytes:
    """The whole answer as one JSON body."""
    frame = _frame(request, stamp, "chat.completion")
    choices = [
        {
            "index": index,
            "message": _message(turn, stamp),
            "logprobs": None,
            "finish_reason": _finish(turn, request),
        }
        for index, turn in enumerate(turns)
    ]
    tail = {"service_tier": frame.pop("service_tier"), "system_fingerprint": frame.pop("system_fingerprint")}
    return dump_json({**frame, "choices": choices, "usage": _usage(turns), **tail})


def chat_events(request: ChatRequest, turns: Sequence[Turn], stamp: Stamp) -> tuple[bytes, ...]:
    """The answer as SSE events: role, deltas, finish, usage where asked for, and the closing `[DONE]`."""
    frame = _frame(request, stamp, "chat.completion.chunk")
    events = [
        sse(_chunk(frame, request, stamp, index, delta, finish))
        for index, turn in enumerate(turns)
        for delta, finish in deltas(turn, request, stamp)
    ]
    if request.include_usage:
        events.append(sse(_padded({**frame, "choices": [], "usage": _usage(turns)}, "", request, stamp)))
    return (*events, b"data: [DONE]\n\n")


def sse(value: Any) -> bytes:
    """One event without a name, as Chat Completions sends all of them."""
    return b"data: " + dump_json(value) + b"\n\n"


def _frame(request: ChatRequest, stamp: Stamp, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{stamp.letters(29)}",
        "object": kind,
        "created": stamp.created,
        "model": snapshot(request.model),
        "service_tier": request.service_tier,
        "system_fingerprint": None if reasons(request.model) else f"fp_{stamp.hexadecimal(10)}",
    }


def _message(turn: Turn, stamp: Stamp) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": content_of(turn)}
    if turn.tool_calls:
        message["tool_calls"] = [tool_call(call, stamp) for call in turn.tool_calls]
    return {**message, "refusal": turn.refusal, "annotations": []}


def content_of(turn: Turn) -> str | None:
    """Null beside a refusal or calls; "" where the limit left no room for a word."""
    return None if turn.text is None and (turn.refusal is not None or turn.tool_calls) else turn.text or ""


def tool_call(call: ToolCall, stamp: Stamp) -> dict[str, Any]:
    """A call in a whole message."""
    head = {"id": f"call_{stamp.letters(24)}", "type": call.kind}
    if call.kind == "custom":
        return {**head, "custom": {"name": call.name, "input": call.arguments}}
    return {**head, "function": {"name": call.name, "arguments": call.arguments}}


def _finish(turn: Turn, request: ChatRequest) -> str:
    """A call the request named itself finishes with "stop" (29 of 29 recordings), one the model chose with its own."""
    return "stop" if turn.finish == "tool_calls" and request.named_tool else turn.finish


def deltas(turn: Turn, request: ChatRequest, stamp: Stamp) -> Iterator[tuple[dict[str, Any], str | None]]:
    """The deltas that add up to the turn, each with the finish reason of its chunk."""
    yield {"role": "assistant", "content": None if turn.tool_calls and turn.text is None else "", "refusal": None}, None
    for piece in pieces_of(turn.text or ""):
        yield {"content": piece}, None
    for piece in pieces_of(turn.refusal or ""):
        yield {"refusal": piece}, None
    for index, call in enumerate(turn.tool_calls):
        field = "arguments" if call.kind == "function" else "input"
        opening = tool_call(call, stamp)
        opening[call.kind][field] = ""
        yield {"tool_calls": [{"index": index, **opening}]}, None
        for piece in pieces_of(call.arguments):
            yield {"tool_calls": [{"index": index, call.kind: {field: piece}}]}, None
    yield {}, _finish(turn, request)


def _chunk(
    frame: dict[str, Any], request: ChatRequest, stamp: Stamp, index: int, delta: dict[str, Any], finish: str | None
) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    usage = {"usage": None} if request.include_usage else {}
    return _padded({**frame, "choices": [choice], **usage}, str(delta), request, stamp)


def _padded(chunk: dict[str, Any], delta: str, request: ChatRequest, stamp: Stamp) -> dict[str, Any]:
    return {**chunk, "obfuscation": stamp.obfuscation(delta)} if request.include_obfuscation else chunk


def _usage(turns: Sequence[Turn]) -> dict[str, Any]:
    """Usage over all choices; the prompt is counted once."""
    counts = [turn.usage for turn in turns]
    prompt, output = (
        counts[0],
        TokenCount(
            output_tokens=sum(count.output_tokens for count in counts),
            reasoning_tokens=sum(count.reasoning_tokens for count in counts),
        ),
    )
    return {
        "prompt_tokens": prompt.input_tokens,
        "completion_tokens": output.output_tokens,
        "total_tokens": prompt.input_tokens + output.output_tokens,
        "prompt_tokens_details": {"cached_tokens": prompt.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": output.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
