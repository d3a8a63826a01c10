"""A Responses body into a `CompletionResponse`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_openai._errors import check_output, check_status
from penguiflow_llm_types import (
    CallWarning,
    Citation,
    CompletionResponse,
    FinishReason,
    LLMMessage,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    Usage,
)
from penguiflow_llm_types.wire import count, json_text, mapping, objects, text_or_none

PROVIDER: Final = "openai"

# OpenAI API reference, response.incomplete_details.reason (openai 3.54.0 types), read 2026-11.
_INCOMPLETE: Final[Mapping[str, FinishReason]] = {"max_output_tokens": "length", "content_filter": "content_filter"}


def decode_response(body: Mapping[str, Any], *, warnings: Sequence[CallWarning] = ()) -> CompletionResponse:
    """A finished response object.

    Raises:
        LLMError: the response failed, was cancelled or is an error object, of the type its code says.
        LLMProtocolError: kind "empty", there is no answer: the response runs in the background, or has no output.
    """
    response = response_from(body, objects(body.get("output")), warnings=warnings)
    check_status(body, usage=response.usage, partial=response)
    check_output(body, usage=response.usage)
    return response


def response_from(
    body: Mapping[str, Any], items: Sequence[Mapping[str, Any]], *, warnings: Sequence[CallWarning] = ()
) -> CompletionResponse:
    """The answer in `items` with the facts of the response object around them, whether or not it was finished."""
    refusal = "".join(_refusals(items)) or None
    raw_finish = _raw_finish(body)
    return CompletionResponse(
        message=LLMMessage(role="assistant", parts=tuple(part for item in items for part in _parts(item))),
        finish_reason="refusal" if refusal is not None else _finish_reason(body, items),
        raw_finish_reason=raw_finish,
        usage=responses_usage(body),
        model=text_or_none(body.get("model")),
        response_id=text_or_none(body.get("id")),
        refusal=refusal,
        service_tier=text_or_none(body.get("service_tier")),
        warnings=tuple(warnings),
    )


def responses_usage(body: Mapping[str, Any]) -> Usage:
    """Ours for a response object's `usage` and `tool_usage`."""
    usage = mapping(body.get("usage"))
    read, written = mapping(usage.get("input_tokens_details")), mapping(usage.get("output_tokens_details"))
    return Usage(
        input_tokens=count(usage.get("input_tokens")),
        output_tokens=count(usage.get("output_tokens")),
        cache_read_tokens=count(read.get("cached_tokens")),
        cache_write_tokens=count(read.get("cache_write_tokens")),
        cache_write_1h_tokens=count(mapping(read.get("cache_write_tokens_details")).get("ttl_12h")),
        reasoning_tokens=count(written.get("reasoning_tokens")),
        web_searches=count(mapping(mapping(body.get("tool_usage")).get("web_search")).get("num_requests")),
    )


def _raw_finish(body: Mapping[str, Any]) -> str | None:
    status, reason = text_or_none(body.get("status")), mapping(body.get("incomplete_details")).get("reason")
    return f"{status}:{reason}" if status is not None and isinstance(reason, str) else status


def _finish_reason(body: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> FinishReason:
    match body.get("status"):
        case "completed":
            return "tool_calls" if any(item.get("type") in _CALLS for item in items) else "stop"
        case "incomplete":
            reason = mapping(body.get("incomplete_details")).get("reason")
            return _INCOMPLETE.get(reason, "other") if isinstance(reason, str) else "other"
        case _:
            return "error"


def _refusals(items: Sequence[Mapping[str, Any]]) -> list[str]:
    blocks = [block for item in items if item.get("type") == "message" for block in objects(item.get("content"))]
    return [block["refusal"] for block in blocks if isinstance(block.get("refusal"), str)]


_CALLS: Final = ("function_call", "custom_tool_call")


def _parts(item: Mapping[str, Any]) -> list[Part]:
    match item.get("type"):
        case "message":
            return _message_parts(item)
        case "reasoning":
            return [_reasoning_part(item)]
        case "function_call":
            return [_tool_call(item, "function", item.get("arguments"))]
        case "custom_tool_call":
            return [_tool_call(item, "custom", item.get("input"))]
        case kind:
            return [OpaquePart(provider=PROVIDER, kind=str(kind), data=json_text(item))]


def _message_parts(item: Mapping[str, Any]) -> list[Part]:
    phase = text_or_none(item.get("phase"))  # models from gpt-5.3-codex on want it back
    return [
        TextPart(
            text=block["text"],
            citations=tuple(_citation(note) for note in objects(block.get("annotations"))),
            signature=phase,
            provider=None if phase is None else PROVIDER,
        )
        for block in objects(item.get("content"))
        if text_or_none(block.get("text")) is not None
    ]


def _citation(note: Mapping[str, Any]) -> Citation:
    return Citation(
        url=text_or_none(note.get("url")),
        title=text_or_none(note.get("title")) or text_or_none(note.get("filename")),
        file_id=text_or_none(note.get("file_id")),
        start_index=count(note.get("start_index")),
        end_index=count(note.get("end_index")),
    )


def _reasoning_part(item: Mapping[str, Any]) -> ReasoningPart:
    texts = (block.get("text") for block in objects(item.get("content")))
    summaries = (block.get("text") for block in objects(item.get("summary")))
    return ReasoningPart(
        text="".join(text for text in texts if isinstance(text, str)),
        summary=tuple(text for text in summaries if isinstance(text, str)),
        provider=PROVIDER,
        id=text_or_none(item.get("id")),
        encrypted_content=text_or_none(item.get("encrypted_content")),
    )


def _tool_call(item: Mapping[str, Any], kind: str, arguments: object) -> ToolCallPart:
    namespace = text_or_none(item.get("namespace"))  # of a tool found by tool search; wanted back
    return ToolCallPart(
        id=text_or_none(item.get("call_id")) or text_or_none(item.get("id")) or "",
        name=text_or_none(item.get("name")) or "",
        arguments=arguments if isinstance(arguments, str) else "",
        signature=namespace,
        provider=None if namespace is None else PROVIDER,
        kind="custom" if kind == "custom" else "function",
    )
