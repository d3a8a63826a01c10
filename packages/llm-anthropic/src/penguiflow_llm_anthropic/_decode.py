"""A Messages body into a `CompletionResponse`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_anthropic._errors import failed
from penguiflow_llm_anthropic._usage import decode_usage
from penguiflow_llm_types import (
    CallWarning,
    Citation,
    CompletionResponse,
    FinishReason,
    LLMMessage,
    LLMProtocolError,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
)
from penguiflow_llm_types.wire import json_text, mapping, objects, text_or_none

PROVIDER: Final = "anthropic"

# Claude documentation, "Handling stop reasons", and types/stop_reason.py of anthropic 2.12.0, read 2026-11. A paused
# turn is "other": it goes on when the message is sent back.
_FINISH: Final[Mapping[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
}


def decode_message(body: Mapping[str, Any], *, warnings: Sequence[CallWarning] = ()) -> CompletionResponse:
    """A finished message.

    Raises:
        LLMError: the body is an error object, of the type it says.
        LLMProtocolError: kind "empty", the body is no finished message.
    """
    if body.get("error") or body.get("type") == "error":
        raise failed(body, phase="body")
    if not isinstance(body.get("content"), list) or not isinstance(body.get("stop_reason"), str):
        raise LLMProtocolError(
            "the provider answered with an object that is no finished message; check base_url",
            kind="empty",
            phase="parse",
            billed="unknown",
        )
    return response_from(body, warnings=warnings)


def response_from(body: Mapping[str, Any], *, warnings: Sequence[CallWarning] = ()) -> CompletionResponse:
    """The answer a message object holds, whether or not it was finished.

    A tool call's `input` may be the text a stream delivered it in.
    """
    reason = body.get("stop_reason")
    usage = mapping(body.get("usage"))
    details = mapping(body.get("stop_details"))
    return CompletionResponse(
        message=LLMMessage(role="assistant", parts=tuple(_part(block) for block in objects(body.get("content")))),
        finish_reason=_FINISH.get(reason, "other") if isinstance(reason, str) else "error",
        raw_finish_reason=_raw_finish(body, details),
        usage=decode_usage(usage),
        model=text_or_none(body.get("model")),
        response_id=text_or_none(body.get("id")),
        refusal=text_or_none(details.get("explanation")) if reason == "refusal" else None,
        service_tier="fast" if usage.get("speed") == "fast" else text_or_none(usage.get("service_tier")),
        warnings=tuple(warnings),
    )


def _raw_finish(body: Mapping[str, Any], details: Mapping[str, Any]) -> str | None:
    """The reason, and which stop sequence or which policy it was."""
    reason = text_or_none(body.get("stop_reason"))
    what = body.get("stop_sequence") if reason == "stop_sequence" else details.get("category")
    return f"{reason}:{what}" if reason is not None and isinstance(what, str) else reason


def _part(block: Mapping[str, Any]) -> Part:
    match block:
        case {"type": "text", "text": str(text)}:
            return _text(text, objects(block.get("citations")))
        case {"type": "thinking", "thinking": str(thought)}:
            return ReasoningPart(text=thought, provider=PROVIDER, signature=text_or_none(block.get("signature")))
        case {"type": "redacted_thinking", "data": str(data)}:
            return ReasoningPart(provider=PROVIDER, redacted_data=data)
        case {"type": "tool_use"}:
            return _tool_call(block)
        case _:
            return OpaquePart(provider=PROVIDER, kind=str(block.get("type")), data=json_text(block))


def _text(text: str, citations: Sequence[Mapping[str, Any]]) -> TextPart:
    """Citations hold more than ours do, which the API wants back: it is kept as the part's signature."""
    if not citations:
        return TextPart(text=text)
    found = tuple(_citation(citation) for citation in citations)
    return TextPart(text=text, citations=found, signature=json_text(citations), provider=PROVIDER)


def _citation(citation: Mapping[str, Any]) -> Citation:
    """Places are counted in the cited document, not in the text: they stay in the signature."""
    return Citation(
        url=text_or_none(citation.get("url")),
        title=text_or_none(citation.get("title")) or text_or_none(citation.get("document_title")),
        cited_text=text_or_none(citation.get("cited_text")),
        file_id=text_or_none(citation.get("file_id")),
    )


def _tool_call(block: Mapping[str, Any]) -> ToolCallPart:
    arguments = block.get("input")
    caller = mapping(block.get("caller"))  # code that the model runs; wanted back, unless it was the model itself
    indirect = bool(caller) and caller.get("type") != "direct"
    return ToolCallPart(
        id=text_or_none(block.get("id")) or "",
        name=text_or_none(block.get("name")) or "",
        arguments=arguments if isinstance(arguments, str) else json_text({} if arguments is None else arguments),
        signature=json_text(caller) if indirect else None,
        provider=PROVIDER if indirect else None,
    )
