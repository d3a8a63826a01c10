"""Bedrock's errors by what the caller can do about them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

import pytest

from penguiflow_llm_bedrock._decode import response_from
from penguiflow_llm_bedrock._errors import ERRORS, stream_error
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
    Usage,
)
from penguiflow_llm_types.wire import error_from_response

_NOW: Final = datetime(2026, 11, 26, tzinfo=UTC)
_VALIDATION: Final = "ValidationException"
_MODEL_SAID: Final = "The model returned the following errors: "

# Type, status, message -> class, kind, retry rule.
_CASES: Final[list[tuple[str, int, str, type[LLMError], str | None, str]]] = [
    ("ThrottlingException", 429, "Too many tokens, please wait", LLMRateLimitError, None, "backoff"),
    ("ServiceQuotaExceededException", 400, "Exceeds the quota", LLMQuotaError, "spend_limit", "never"),
    ("ModelNotReadyException", 429, "Not ready", LLMOverloadedError, None, "overload"),
    ("ServiceUnavailableException", 503, "Unable to process", LLMOverloadedError, None, "overload"),
    ("InternalServerException", 500, "Unexpected", LLMServerError, None, "backoff"),
    ("ModelErrorException", 424, "The model failed", LLMServerError, "model", "backoff"),
    ("ModelTimeoutException", 408, "Took too long", LLMTimeoutError, "server", "uncertain"),
    ("AccessDeniedException", 403, "You don't have access", LLMPermissionError, "denied", "never"),
    ("ExpiredTokenException", 403, "The security token included is expired", LLMAuthError, "expired", "refresh"),
    ("UnrecognizedClientException", 403, "The security token is invalid", LLMAuthError, "invalid", "never"),
    ("InvalidSignatureException", 403, "does not match", LLMAuthError, "invalid", "never"),
    ("MissingAuthenticationTokenException", 403, "Missing", LLMAuthError, "invalid", "never"),
    ("ResourceNotFoundException", 404, "reached the end of its life", LLMNotFoundError, None, "never"),
    ("FTUFormNotFilled", 404, "use case details", LLMNotFoundError, None, "never"),
    (_VALIDATION, 400, "The provided model identifier is invalid.", LLMNotFoundError, None, "never"),
    (_VALIDATION, 400, "Malformed input request", LLMInvalidRequestError, None, "never"),
    (_VALIDATION, 400, "Input is too long for requested model.", LLMContextLengthError, None, "never"),
    (_VALIDATION, 400, f"{_MODEL_SAID}Input Tokens Exceeded: too many", LLMContextLengthError, None, "never"),
    (_VALIDATION, 400, f"{_MODEL_SAID}prompt is too long: 9 tokens", LLMContextLengthError, None, "never"),
    (_VALIDATION, 400, f"{_MODEL_SAID}output_config.format.schema: no", LLMSchemaRejectedError, None, "never"),
    (_VALIDATION, 400, f"{_MODEL_SAID}tools.1.custom: no maxItems", LLMSchemaRejectedError, None, "never"),
    (_VALIDATION, 400, "This model doesn't support the outputConfig field.", LLMSchemaRejectedError, None, "never"),
    (_VALIDATION, 400, "toolConfig.tools.0.toolSpec.inputSchema.json.type", LLMSchemaRejectedError, None, "never"),
    (_VALIDATION, 400, f"{_MODEL_SAID}blocked by content filtering policy", LLMContentFilterError, "input", "never"),
    ("SomethingOfTomorrow", 400, "no", LLMInvalidRequestError, None, "never"),
    ("SomethingOfTomorrow", 500, "no", LLMServerError, None, "backoff"),
]


@pytest.mark.parametrize(("name", "status", "message", "cls", "kind", "rule"), _CASES)
def test_an_answer(name: str, status: int, message: str, cls: type[LLMError], kind: str | None, rule: str) -> None:
    """The type stands in a header, with the name of an internal service behind a colon."""
    headers = {"x-amzn-errortype": f"{name}:http://internal.amazon.com/coral/", "x-amzn-requestid": "r1"}
    error = error_from_response(status, json.dumps({"message": message}).encode(), headers, ERRORS, now=_NOW)
    assert (cls, kind, rule) == (type(error), error.kind, error.retry_rule)
    assert (name, "r1", status) == (error.code, error.request_id, error.status)
    assert message in error.message


@pytest.mark.parametrize(
    ("name", "cls", "rule"),
    [
        ("throttlingException", LLMRateLimitError, "backoff"),
        ("modelStreamErrorException", LLMServerError, "backoff"),
        ("internalServerException", LLMServerError, "backoff"),
        ("serviceUnavailableException", LLMOverloadedError, "overload"),
        ("validationException", LLMInvalidRequestError, "never"),
        ("modelTimeoutException", LLMTimeoutError, "uncertain"),
        ("ofTomorrowException", LLMServerError, "backoff"),
    ],
)
def test_in_mid_stream(name: str, cls: type[LLMError], rule: str) -> None:
    """The same types, beginning with a small letter; what had arrived is kept."""
    partial = response_from({"output": {"message": {"content": [{"text": "Hel"}]}}})
    event = ServerSentEvent(data=b'{"message": "sorry"}', event="ignored")
    error = stream_error(event, name, usage=Usage(output_tokens=3), partial=partial)
    assert (cls, rule, name, "yes") == (type(error), error.retry_rule, error.code, error.billed)
    assert error.partial() is partial
    assert "sorry" in error.message


def test_a_header_is_not_needed() -> None:
    """Recordings have lost it; status and words are left."""
    error = error_from_response(400, b'{"message": "This model doesn\'t support video"}', {}, ERRORS, now=_NOW)
    assert (LLMInvalidRequestError, None) == (type(error), error.code)
    body = b'{"message": "The security token included in the request is expired"}'
    error = error_from_response(403, body, {}, ERRORS, now=_NOW)
    assert (LLMAuthError, "refresh") == (type(error), error.retry_rule)
