"""A `GenerateContentResponse` into ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_google._citations import with_citations
from penguiflow_llm_google._errors import ERRORS, blocked_prompt
from penguiflow_llm_google._parts import read_parts
from penguiflow_llm_google._usage import google_usage
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    FinishReason,
    LLMMessage,
    LLMProtocolError,
    ToolCallPart,
)
from penguiflow_llm_types.wire import in_band_error, mapping, objects, text_or_none

# google-genai 3.6.1, `types.FinishReason`, read 2026-11. "error" where the model, or the service, broke off.
_FINISH: Final[Mapping[str, FinishReason]] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",  # the limit of one request, not of the answer: Gemini 4 wants it continued
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "ESCALATION": "content_filter",
    "PUP_LIMITED_DISABLED": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
    "MALFORMED_FUNCTION_CALL": "error",
    "MALFORMED_RESPONSE": "error",
    "UNEXPECTED_TOOL_CALL": "error",
    "TOO_MANY_TOOL_CALLS": "error",
    "MISSING_THOUGHT_SIGNATURE": "error",
    "LANGUAGE": "other",
    "NO_IMAGE": "other",
    "IMAGE_OTHER": "other",
    "OTHER": "other",
}


def finish_reason(raw: str | None, *, calls: bool) -> FinishReason:
    """Ours for a `finishReason`; unknown ones are "other". A stop with function calls waits for their results."""
    if raw == "STOP" and calls:
        return "tool_calls"
    return _FINISH.get(raw or "", "other")


def decode_generate(body: Mapping[str, Any], *, warnings: Sequence[CallWarning] = ()) -> CompletionResponse:
    """The first candidate of a whole body.

    Raises:
        LLMContentFilterError: kind "input", the prompt was blocked.
        LLMProtocolError: kind "empty", there is no candidate, or one without a finish; `usage` is kept.
        LLMError: the body is an error object in a 200, of the type its status says.
    """
    if body.get("error"):
        raise in_band_error(body, ERRORS, phase="body")
    usage = google_usage(body.get("usageMetadata"))
    blocked = blocked_prompt(body, usage)
    if blocked is not None:
        raise blocked
    candidate = first_candidate(body)
    if candidate is None or text_or_none(candidate.get("finishReason")) is None:
        raise LLMProtocolError(
            "the provider answered without a finished candidate; try again, or check the request if it always does",
            kind="empty",
            phase="parse",
            billed="unknown",
            usage=usage,
        )
    return response_from(body, candidate, objects(mapping(candidate.get("content")).get("parts")), warnings=warnings)


def first_candidate(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The candidate of index 0 in a body or a chunk."""
    return next((found for found in objects(body.get("candidates")) if found.get("index") in (0, None)), None)


def response_from(
    body: Mapping[str, Any],
    candidate: Mapping[str, Any],
    fragments: Sequence[Mapping[str, Any]],
    *,
    warnings: Sequence[CallWarning] = (),
) -> CompletionResponse:
    """A candidate, whose content is `fragments`, with the facts of the `body` around it, whether or not it finished."""
    response_id = text_or_none(body.get("responseId"))
    parts = with_citations(read_parts(fragments, response_id), candidate)
    raw = text_or_none(candidate.get("finishReason"))
    metadata = mapping(body.get("usageMetadata"))
    calls = any(isinstance(part, ToolCallPart) for part in parts)
    return CompletionResponse(
        message=LLMMessage(role="assistant", parts=parts),
        finish_reason="error" if raw is None else finish_reason(raw, calls=calls),
        raw_finish_reason=raw,
        usage=google_usage(metadata),
        model=text_or_none(body.get("modelVersion")),
        response_id=response_id,
        service_tier=text_or_none(metadata.get("serviceTier")) or text_or_none(metadata.get("trafficType")),
        warnings=(*warnings, *_finish_warnings(candidate, raw)),
    )


def _finish_warnings(candidate: Mapping[str, Any], raw: str | None) -> tuple[CallWarning, ...]:
    """What the provider says of an answer that did not end as it should."""
    said = text_or_none(candidate.get("finishMessage"))
    if said is None or raw in (None, "STOP", "MAX_TOKENS"):
        return ()
    return (CallWarning(kind="other", message=f"the provider ended the answer with {raw}: {said}"),)
