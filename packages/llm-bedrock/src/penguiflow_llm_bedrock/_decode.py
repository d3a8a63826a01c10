"""A Converse body into a `CompletionResponse`."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_types import (
    AudioPart,
    CallWarning,
    Citation,
    CompletionResponse,
    FinishReason,
    ImagePart,
    LLMMessage,
    LLMParseError,
    LLMProtocolError,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    Usage,
)
from penguiflow_llm_types.wire import count, json_text, mapping, objects, text_or_none

PROVIDER: Final = "bedrock"

# StopReason of the service model (botocore 1.44.8), read 2026-11.
_FINISH: Final[Mapping[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
}
_HOUR: Final = "1h"


def decode_converse(body: Mapping[str, Any], *, warnings: Sequence[CallWarning] = ()) -> CompletionResponse:
    """A whole answer.

    Raises:
        LLMProtocolError: kind "empty", the body holds no message.
        LLMParseError: kind "tool_args" or "json", Bedrock itself could not read what the model wrote.
    """
    response = response_from(body, warnings=warnings)
    if not isinstance(mapping(body.get("output")).get("message"), dict):
        raise LLMProtocolError(
            "the provider answered with no message; check base_url, and ask again if it is right",
            kind="empty",
            phase="parse",
            billed="unknown",
            usage=response.usage,
        )
    check_finish(response)
    return response


def check_finish(response: CompletionResponse) -> None:
    """Raise where the model's output could not be read by the provider; see `decode_converse`."""
    kinds = {"malformed_tool_use": "tool_args", "malformed_model_output": "json"}
    kind = kinds.get(response.raw_finish_reason or "")
    if kind is not None:
        raise LLMParseError(
            f"the model's output could not be read by the provider ({response.raw_finish_reason}); ask again",
            kind=kind,
            phase="body",
            billed="yes",
            usage=response.usage,
            partial=response,
        )


def response_from(body: Mapping[str, Any], *, warnings: Sequence[CallWarning] = ()) -> CompletionResponse:
    """What `body` says, whether or not the answer was finished: without a stop reason it is "error"."""
    message = mapping(mapping(body.get("output")).get("message"))
    raw_finish = text_or_none(body.get("stopReason"))
    router = mapping(mapping(body.get("trace")).get("promptRouter"))
    return CompletionResponse(
        message=LLMMessage(role="assistant", parts=tuple(_part(block) for block in objects(message.get("content")))),
        finish_reason="error" if raw_finish is None else _FINISH.get(raw_finish, "other"),
        raw_finish_reason=raw_finish,
        usage=usage_from(body),
        model=text_or_none(router.get("invokedModelId")),
        service_tier=text_or_none(mapping(body.get("serviceTier")).get("type")),
        warnings=tuple(warnings),
    )


def usage_from(body: Mapping[str, Any]) -> Usage:
    """Ours for `usage`: Bedrock's `inputTokens` leaves out what the cache gave and took."""
    usage = mapping(body.get("usage"))
    fresh = count(usage.get("inputTokens"))
    read, written = count(usage.get("cacheReadInputTokens")), count(usage.get("cacheWriteInputTokens"))
    hours = [count(item.get("inputTokens")) or 0 for item in objects(usage.get("cacheDetails")) if _is_hour(item)]
    return Usage(
        input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
        output_tokens=count(usage.get("outputTokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=sum(hours) if hours else None,
    )


def _is_hour(detail: Mapping[str, Any]) -> bool:
    return detail.get("ttl") == _HOUR


def _part(block: Mapping[str, Any]) -> Part:
    match block:
        case {"text": str(text)}:
            return TextPart(text=text)
        case {"toolUse": {"type": "server_tool_use"}}:
            return _opaque(block)
        case {"toolUse": dict(use)}:
            return _tool_call(use)
        case {"reasoningContent": dict(reasoning)}:
            return _reasoning(reasoning)
        case {"citationsContent": dict(cited)}:
            return _cited(cited)
        case {"image": {"format": str(kind), "source": {"bytes": str(data)}}}:
            return ImagePart(data=_bytes(data), media_type=f"image/{kind}")
        case {"audio": {"format": str(kind), "source": {"bytes": str(data)}}}:
            return AudioPart(data=_bytes(data), media_type=f"audio/{kind}")
        case _:
            return _opaque(block)


def _opaque(block: Mapping[str, Any]) -> OpaquePart:
    return OpaquePart(provider=PROVIDER, kind=next(iter(block), ""), data=json_text(block))


def _tool_call(use: Mapping[str, Any]) -> ToolCallPart:
    """`input` is an object in a plain answer, and in a streamed one the text that the model wrote."""
    given = use.get("input")
    return ToolCallPart(
        id=text_or_none(use.get("toolUseId")) or "",
        name=text_or_none(use.get("name")) or "",
        arguments=given if isinstance(given, str) else json_text({} if given is None else given),
    )


def _reasoning(reasoning: Mapping[str, Any]) -> ReasoningPart:
    thought = mapping(reasoning.get("reasoningText"))
    return ReasoningPart(
        text=text_or_none(thought.get("text")) or "",
        provider=PROVIDER,
        signature=text_or_none(thought.get("signature")),
        redacted_data=text_or_none(reasoning.get("redactedContent")),
    )


def _cited(cited: Mapping[str, Any]) -> TextPart:
    """Text with its sources, whose own form is kept as well: Bedrock wants them back in the next turn."""
    sources = objects(cited.get("citations"))
    return TextPart(
        text="".join(piece["text"] for piece in objects(cited.get("content")) if isinstance(piece.get("text"), str)),
        citations=tuple(_citation(source) for source in sources),
        signature=json_text(sources),
        provider=PROVIDER,
    )


def _citation(source: Mapping[str, Any]) -> Citation:
    """Places are those in the source, not in the answer, so they are not `start_index` and `end_index`."""
    quotes = [piece["text"] for piece in objects(source.get("sourceContent")) if isinstance(piece.get("text"), str)]
    web = mapping(mapping(source.get("location")).get("web"))
    return Citation(
        url=text_or_none(web.get("url")),
        title=text_or_none(source.get("title")) or text_or_none(source.get("source")),
        cited_text="".join(quotes) or None,
    )


def _bytes(data: str) -> bytes:
    try:
        return base64.b64decode(data)
    except ValueError:
        return b""
