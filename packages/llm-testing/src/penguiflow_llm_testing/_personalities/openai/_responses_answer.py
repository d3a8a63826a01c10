"""A turn as a Responses answer: one body, or the events of a stream whose last one carries that body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing._exchange import dump_json
from penguiflow_llm_testing._personalities._tokens import TokenCount, pieces_of
from penguiflow_llm_testing._personalities._turn import ToolCall, Turn

from ._ids import Stamp
from ._models import answered_tier, snapshot
from ._responses_request import ResponsesRequest

# What an answer echoes of its request, with the value it has when the request is silent (recordings of 2026).
_ECHOED: Final[Mapping[str, Any]] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "prompt_cache_retention": None,
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
_INCOMPLETE: Final = {"length": "max_output_tokens", "content_filter": "content_filter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsesAnswer:
    """A finished answer: its id, its output items, the body, and what a stream needs to tell it in steps."""

    request: ResponsesRequest
    turn: Turn
    stamp: Stamp
    response_id: str
    output: tuple[dict[str, Any], ...]

    def body(self) -> dict[str, Any]:
        """The whole response object."""
        reason = _INCOMPLETE.get(self.turn.finish)
        return {
            **self.frame("incomplete" if reason else "completed"),
            "completed_at": None if reason else self.stamp.created + 1,
            "incomplete_details": {"reason": reason} if reason else None,
            "output": list(self.output),
            "service_tier": answered_tier(self.request.body.get("service_tier")),
            "usage": _usage(self.turn.usage),
        }

    def frame(self, status: str) -> dict[str, Any]:
        """The response object before any output."""
        body = self.request.body
        return {
            "id": self.response_id,
            "object": "response",
            "created_at": self.stamp.created,
            "status": status,
            "completed_at": None,
            "error": None,
            "frequency_penalty": 0.0,
            "incomplete_details": None,
            "model": snapshot(self.request.model),
            "output": [],
            "presence_penalty": 0.0,
            "reasoning": _reasoning(self.request),
            "service_tier": body.get("service_tier") or "auto",
            "text": _text(body),
            "tools": [_tool(tool) for tool in body.get("tools") or []],
            "usage": None,
            **{name: default if body.get(name) is None else body[name] for name, default in _ECHOED.items()},
        }

    def events(self) -> tuple[bytes, ...]:
        """The SSE events of the answer, numbered; there is no `[DONE]`."""
        return tuple(sse({**event, "sequence_number": number}) for number, event in enumerate(_events(self)))


def answer_of(request: ResponsesRequest, turn: Turn, stamp: Stamp) -> ResponsesAnswer:
    """The answer for a turn, with its ids given out."""
    response_id = stamp.response_id("resp")
    output = tuple(_output(request, turn, stamp))
    return ResponsesAnswer(request=request, turn=turn, stamp=stamp, response_id=response_id, output=output)


def sse(event: Mapping[str, Any]) -> bytes:
    """One event, its type repeated in the `event:` line."""
    return b"event: " + str(event["type"]).encode() + b"\ndata: " + dump_json(event) + b"\n\n"


def _output(request: ResponsesRequest, turn: Turn, stamp: Stamp) -> Iterator[dict[str, Any]]:
    if turn.reasoning is not None:
        yield _reasoning_item(request, turn, stamp)
    if turn.text or turn.refusal is not None:
        yield {
            "id": stamp.response_id("msg"),
            "type": "message",
            "status": "incomplete" if turn.finish in _INCOMPLETE and not turn.tool_calls else "completed",
            "content": [_part(turn)],
            "role": "assistant",
        }
    for index, call in enumerate(turn.tool_calls):
        cut = turn.finish == "length" and index == len(turn.tool_calls) - 1
        yield _call_item(call, stamp, "incomplete" if cut else "completed")


def _reasoning_item(request: ResponsesRequest, turn: Turn, stamp: Stamp) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": turn.reasoning}] if request.show_summary and turn.text != "" else []
    sealed = {"encrypted_content": stamp.sealed(turn.usage.reasoning_tokens)} if request.include_encrypted else {}
    return {"id": stamp.response_id("rs"), "type": "reasoning", **sealed, "summary": summary}


def _part(turn: Turn) -> dict[str, Any]:
    if turn.refusal is not None:
        return {"type": "refusal", "refusal": turn.refusal}
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": turn.text}


def _call_item(call: ToolCall, stamp: Stamp, status: str) -> dict[str, Any]:
    call_id = f"call_{stamp.letters(24)}"
    if call.kind == "custom":
        head = {"id": stamp.response_id("ctc"), "type": "custom_tool_call", "status": status}
        return {**head, "call_id": call_id, "input": call.arguments, "name": call.name}
    head = {"id": stamp.response_id("fc"), "type": "function_call", "status": status}
    return {**head, "arguments": call.arguments, "call_id": call_id, "name": call.name}


def _reasoning(request: ResponsesRequest) -> dict[str, Any]:
    asked = request.body.get("reasoning") or {}
    summary = asked.get("summary")
    return {"effort": request.effort, "summary": "detailed" if summary == "auto" else summary}


def _text(body: Mapping[str, Any]) -> dict[str, Any]:
    asked = body.get("text") or {}
    shape = dict(asked.get("format") or {"type": "text"})
    if shape["type"] == "json_schema":
        shape = {**shape, "description": shape.get("description"), "strict": shape.get("strict") is True}
    return {"format": shape, "verbosity": asked.get("verbosity") or "medium"}


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    return {**tool, "description": tool.get("description")} if tool.get("type") == "function" else dict(tool)


def _usage(count: TokenCount) -> dict[str, Any]:
    return {
        "input_tokens": count.input_tokens,
        "input_tokens_details": {"cached_tokens": count.cached_tokens},
        "output_tokens": count.output_tokens,
        "output_tokens_details": {"reasoning_tokens": count.reasoning_tokens},
        "total_tokens": count.total_tokens,
    }


def _events(answer: ResponsesAnswer) -> Iterator[dict[str, Any]]:
    frame = answer.frame("in_progress")
    yield {"type": "response.created", "response": frame}
    yield {"type": "response.in_progress", "response": frame}
    for index, item in enumerate(answer.output):
        yield {"type": "response.output_item.added", "output_index": index, "item": _opening(item)}
        for event in _item_events(item, answer):
            yield {**event, "item_id": item["id"], "output_index": index}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    body = answer.body()
    yield {"type": f"response.{body['status']}", "response": body}


def _opening(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as it is announced: in progress, and empty."""
    empty = {"content": [], "summary": [], "arguments": "", "input": "", "status": "in_progress"}
    return {name: empty.get(name, value) for name, value in item.items()}


def _item_events(item: Mapping[str, Any], answer: ResponsesAnswer) -> Iterator[dict[str, Any]]:
    match item["type"]:
        case "reasoning":
            for index, part in enumerate(item["summary"]):
                yield from _summary_events(part, index, answer)
        case "message":
            yield from _part_events(item["content"][0], answer)
        case "function_call":
            yield from _delta_events("response.function_call_arguments", "arguments", item["arguments"], answer, {})
        case "custom_tool_call":
            yield from _delta_events("response.custom_tool_call_input", "input", item["input"], answer, {})


def _summary_events(part: Mapping[str, Any], index: int, answer: ResponsesAnswer) -> Iterator[dict[str, Any]]:
    place = {"summary_index": index}
    empty = {**part, "text": ""}
    yield {"type": "response.reasoning_summary_part.added", **place, "part": empty}
    yield from _delta_events("response.reasoning_summary_text", "text", part["text"], answer, place)
    yield {"type": "response.reasoning_summary_part.done", **place, "part": part}


def _part_events(part: Mapping[str, Any], answer: ResponsesAnswer) -> Iterator[dict[str, Any]]:
    field = "refusal" if part["type"] == "refusal" else "text"
    place: dict[str, Any] = {"content_index": 0}
    yield {"type": "response.content_part.added", **place, "part": {**part, field: ""}}
    logprobs: dict[str, Any] = {} if field == "refusal" else {"logprobs": []}
    name = "response.refusal" if field == "refusal" else "response.output_text"
    yield from _delta_events(name, field, part[field], answer, {**place, **logprobs})
    yield {"type": "response.content_part.done", **place, "part": part}


def _delta_events(
    name: str, field: str, whole: str, answer: ResponsesAnswer, place: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The pieces of one text, then the text as a whole."""
    for piece in pieces_of(whole):
        padding = {"obfuscation": answer.stamp.obfuscation(piece)} if answer.request.include_obfuscation else {}
        yield {"type": f"{name}.delta", **place, "delta": piece, **padding}
    yield {"type": f"{name}.done", **place, field: whole}
