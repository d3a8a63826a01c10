"""How a Responses object or event says that it failed. Refusals with an HTTP status are read by the shared wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from penguiflow_llm_openai_compat import CHAT_ERRORS
from penguiflow_llm_types import CompletionResponse, LLMError, LLMProtocolError, LLMServerError, Phase, Usage
from penguiflow_llm_types.wire import in_band_error, mapping


def check_status(
    body: Mapping[str, Any], *, phase: Phase = "body", usage: Usage, partial: CompletionResponse | None
) -> None:
    """Raise for a response object that is not an answer; see `decode_response`."""
    status = body.get("status")
    if status in ("completed", "incomplete"):
        return
    if body.get("error") or status == "failed":
        raise failed(body, phase=phase, usage=usage, partial=partial)
    if status == "cancelled":
        raise LLMServerError(
            "the provider cancelled the response; ask again",
            phase=phase,
            billed="unknown",
            usage=usage,
            partial=partial,
        )
    if status in ("queued", "in_progress"):
        what = f"a response that is still {status!r}; background responses are not polled, so leave background out"
    else:
        what = "an object that is no response; check base_url, or pass api='chat' if the server has no Responses API"
    raise LLMProtocolError(
        f"the provider answered with {what}", kind="empty", phase="parse", billed="unknown", usage=usage
    )


def check_output(body: Mapping[str, Any], *, usage: Usage) -> None:
    """Raise for a plain response object that says it is completed and holds no answer."""
    if body.get("status") == "completed" and not body.get("output"):
        raise LLMProtocolError(
            "the provider says that it answered, and there is no answer; ask again",
            kind="empty",
            phase="body",
            billed="unknown",
            usage=usage,
        )


def failed(body: Mapping[str, Any], *, phase: Phase, usage: Usage, partial: CompletionResponse | None) -> LLMError:
    """The error a failed response object, or an `error` event, carries."""
    error = mapping(body.get("error")) or {"message": body.get("message"), "code": body.get("code")}
    return in_band_error({"error": error}, CHAT_ERRORS, phase=phase, usage=usage, partial=partial)
