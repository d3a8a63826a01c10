"""What OpenRouter's errors become: its own words, a provider's in `metadata.raw`, inside a 200, inside a stream."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from penguiflow_llm_openrouter._decode import decode_openrouter
from penguiflow_llm_openrouter._errors import OPENROUTER_ERRORS
from penguiflow_llm_openrouter._stream import openrouter_stream
from penguiflow_llm_types import (
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
    ServerSentEvent,
    TextDelta,
)
from penguiflow_llm_types.wire import error_from_response

NOW: Final = datetime(2026, 11, 26, tzinfo=UTC)


def _raw(error: Any) -> dict[str, Any]:
    """A provider's body, handed on."""
    raw = error if isinstance(error, str) else json.dumps(error)
    return {"message": "Provider returned error", "metadata": {"raw": raw, "provider_name": "Someone"}}


ANTHROPIC: Final = {"type": "error", "error": {"type": "invalid_request_error", "message": "MESSAGE"}}
GOOGLE: Final = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "MESSAGE"}}


def _said(envelope: dict[str, Any], message: str) -> dict[str, Any]:
    return _raw(json.loads(json.dumps(envelope).replace("MESSAGE", message)))


# Status, error object, the error and its kind, whether a retry may help.
ERRORS: Final[list[tuple[int, dict[str, Any], type[LLMError], str | None, bool]]] = [
    (401, {"message": "User not found."}, LLMAuthError, "invalid", False),
    (402, {"message": "This request requires more credits"}, LLMQuotaError, "billing", False),
    (403, {"message": "openai/o1 requires moderation. Your input was flagged"}, LLMContentFilterError, "input", False),
    (403, {"message": "Blocked by a guardrail"}, LLMContentFilterError, "input", False),
    (403, {"message": "Key limit exceeded (total limit)"}, LLMQuotaError, "spend_limit", False),
    (403, {"message": "Not for you"}, LLMPermissionError, "denied", False),
    (400, {"message": "acme/x is not a valid model ID"}, LLMNotFoundError, None, False),
    (404, {"message": "No endpoints found for acme/x."}, LLMNotFoundError, None, False),
    (
        404,
        {"message": "No endpoints found that can handle the requested parameters."},
        LLMSchemaRejectedError,
        None,
        False,
    ),
    (404, {"message": "No endpoints found that support tool use."}, LLMSchemaRejectedError, None, False),
    (
        404,
        {"message": "No endpoints found that support the provided 'tool_choice' value."},
        LLMSchemaRejectedError,
        None,
        False,
    ),
    (408, {"message": "timed out"}, LLMTimeoutError, "server", True),
    (429, _raw("z-ai/glm is temporarily rate-limited upstream"), LLMRateLimitError, None, True),
    (500, {"message": "Internal Server Error"}, LLMServerError, None, True),
    (502, {"message": "Provider returned error"}, LLMOverloadedError, None, True),
    (503, {"message": "There is no available model provider"}, LLMOverloadedError, None, True),
    (529, {"message": "Provider returned error"}, LLMOverloadedError, None, True),
    (400, {"message": "x", "metadata": {"error_type": "context_length_exceeded"}}, LLMContextLengthError, None, False),
    (
        400,
        {"message": "x", "metadata": {"error_type": "payload_too_large"}},
        LLMInvalidRequestError,
        "too_large",
        False,
    ),
    (400, {"message": "x", "metadata": {"error_type": "unmapped"}}, LLMInvalidRequestError, None, False),
    (
        400,
        _said(ANTHROPIC, "output_config.format.schema: Schema type 'oneOf' is not supported"),
        LLMSchemaRejectedError,
        None,
        False,
    ),
    (400, _said(ANTHROPIC, "prompt is too long: 250021 tokens > 200000 maximum"), LLMContextLengthError, None, False),
    (
        400,
        _said(GOOGLE, "produces a constraint that has too many states for serving"),
        LLMSchemaRejectedError,
        None,
        False,
    ),
    (
        400,
        _said(GOOGLE, "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576)."),
        LLMContextLengthError,
        None,
        False,
    ),
]


@pytest.mark.parametrize(
    ("status", "error", "cls", "kind", "retryable"), ERRORS, ids=[f"{row[0]} {row[2].__name__}" for row in ERRORS]
)
def test_an_error_with_a_status(
    status: int, error: dict[str, Any], cls: type[LLMError], kind: str | None, retryable: bool
) -> None:
    """The class says what to do; the words are the innermost ones."""
    body = json.dumps({"error": {"code": status, **error}}).encode()
    found = error_from_response(status, body, {"cf-ray": "ray-1"}, OPENROUTER_ERRORS, now=NOW)
    assert (cls, kind, retryable) == (type(found), found.kind, found.retryable)
    assert "Provider returned error" not in found.message or "raw" not in error.get("metadata", {})
    assert (status, "ray-1") == (found.status, found.request_id)


def test_no_money_for_now() -> None:
    """A 402 that a short wait cures is a limit: other requests of the account are under way."""
    body = b'{"error": {"code": 402, "message": "Insufficient credits for in-flight requests"}}'
    found = error_from_response(402, body, {"retry-after": "5"}, OPENROUTER_ERRORS, now=NOW)
    assert (LLMRateLimitError, 5.0) == (type(found), found.retry_after_s)


IN_BAND: Final[list[tuple[dict[str, Any], type[LLMError]]]] = [
    ({"code": 502, "message": "Provider disconnected"}, LLMOverloadedError),
    ({"code": 429, "message": "Rate limited"}, LLMRateLimitError),
    ({"code": "server_error", "message": "Provider disconnected unexpectedly"}, LLMServerError),
    ({"code": 400, "message": "x", "metadata": {"error_type": "refusal"}}, LLMError),
    ({"code": 403, "message": "flagged", "metadata": {"reasons": ["violence"]}}, LLMContentFilterError),
]


@pytest.mark.parametrize(("error", "cls"), IN_BAND)
def test_an_error_inside_a_200(error: dict[str, Any], cls: type[LLMError]) -> None:
    """Generation had begun, so the status was sent already. The SDK itself would see no error."""
    with pytest.raises(cls) as raised:
        decode_openrouter({"id": "gen-1", "error": error})
    assert ("body", "unknown") == (raised.value.phase, raised.value.billed)


@pytest.mark.parametrize(("error", "cls"), IN_BAND)
def test_an_error_inside_a_stream(error: dict[str, Any], cls: type[LLMError]) -> None:
    """A chunk with an error and the finish reason "error"; what had come is kept."""
    decoder = openrouter_stream()
    first = {"id": "gen-1", "provider": "Azure", "choices": [{"index": 0, "delta": {"content": "Once"}}]}
    assert [TextDelta(text="Once")] == decoder.feed(ServerSentEvent(data=json.dumps(first).encode()))
    broken = {**first, "error": error, "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}
    with pytest.raises(cls) as raised:
        decoder.feed(ServerSentEvent(data=json.dumps(broken).encode()))
    partial = raised.value.partial()
    assert partial is not None
    assert ("Once", "Azure", "stream") == (partial.text, partial.provider_name, raised.value.phase)
