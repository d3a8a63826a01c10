"""What Databricks' errors become: its own codes, and errors of models elsewhere, however deeply wrapped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from penguiflow_llm_databricks._decode import decode_databricks
from penguiflow_llm_databricks._errors import DATABRICKS_ERRORS
from penguiflow_llm_databricks._stream import databricks_stream
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
)
from penguiflow_llm_types.wire import error_from_response

NOW: Final = datetime(2026, 11, 26, tzinfo=UTC)


def _own(code: str | int, message: str) -> dict[str, Any]:
    return {"error_code": code, "message": message}


def _handed_on(**error: Any) -> dict[str, Any]:
    """Another service's error as JSON in the message."""
    return _own("BAD_REQUEST", json.dumps(error))


# Status, body, the error and its kind, whether a retry may help. Bodies as quoted in public issues, or in their form.
ERRORS: Final[list[tuple[int, dict[str, Any], type[LLMError], str | None, bool]]] = [
    (401, _own(401, "Credential was not sent or was of an unsupported type"), LLMAuthError, "expired", True),
    (403, _own(403, "Invalid access token."), LLMAuthError, "expired", True),
    (403, _own(403, "Token is expiring within 30 seconds. (token expired)"), LLMAuthError, "expired", True),
    (403, _own("PERMISSION_DENIED", "You do not have permission to query"), LLMPermissionError, "denied", False),
    (403, _own("PERMISSION_DENIED", "The budget of the endpoint is exhausted"), LLMQuotaError, "spend_limit", False),
    (403, _own("PERMISSION_DENIED", "A payment method is missing"), LLMQuotaError, "billing", False),
    (429, _own("REQUEST_LIMIT_EXCEEDED", "Exceeded workspace limit"), LLMRateLimitError, None, True),
    (429, _own("RESOURCE_EXHAUSTED", "The budget is exhausted"), LLMQuotaError, "spend_limit", False),
    (404, _own("RESOURCE_DOES_NOT_EXIST", "Endpoint with name 'x' does not exist."), LLMNotFoundError, None, False),
    (404, _own("ENDPOINT_NOT_FOUND", "No API found"), LLMNotFoundError, None, False),
    (500, _own("INTERNAL_ERROR", "Internal error"), LLMServerError, None, True),
    (503, _own("TEMPORARILY_UNAVAILABLE", "Cold start"), LLMOverloadedError, None, True),
    (504, _own("DEADLINE_EXCEEDED", "Took too long"), LLMTimeoutError, "server", True),
    (413, _own("REQUEST_TOO_LARGE", "More than 16 MB"), LLMInvalidRequestError, "too_large", False),
    (400, _own("BAD_REQUEST", 'Bad request: json: unknown field "inputs"'), LLMInvalidRequestError, None, False),
    (400, _own("BAD_REQUEST", "flagged by the guardrail"), LLMContentFilterError, "input", False),
    (400, _own("BAD_REQUEST", "Model response did not respect the required format."), LLMServerError, "model", True),
    (400, _own("BAD_REQUEST", "response_format is not supported"), LLMSchemaRejectedError, None, False),
    (400, _handed_on(message="prompt is too long: 250021 tokens > 200000 maximum"), LLMContextLengthError, None, False),
    (
        400,
        _handed_on(message="tools.0.custom.strict: Extra inputs are not permitted"),
        LLMSchemaRejectedError,
        None,
        False,
    ),
    (400, _handed_on(message="Too many tokens, please wait before trying again."), LLMRateLimitError, None, True),
    (400, _handed_on(status_code=429, message="slow down"), LLMRateLimitError, None, True),
    (400, _handed_on(error={"code": 503, "message": "no capacity"}), LLMOverloadedError, None, True),
    (500, _handed_on(error={"status": 400, "message": "wrong"}), LLMInvalidRequestError, None, False),
    (
        400,
        {
            "external_model_provider": "anthropic",
            "external_model_error": {"type": "error", "error": {"type": "rate_limit_error", "message": "limit"}},
        },
        LLMRateLimitError,
        None,
        True,
    ),
    (
        400,
        {
            "external_model_provider": "databricks-model-serving",
            "external_model_error": _handed_on(message="no result"),
        },
        LLMInvalidRequestError,
        None,
        False,
    ),
]


@pytest.mark.parametrize(
    ("status", "body", "cls", "kind", "retryable"), ERRORS, ids=[f"{row[0]} {row[2].__name__}" for row in ERRORS]
)
def test_an_error_with_a_status(
    status: int, body: dict[str, Any], cls: type[LLMError], kind: str | None, retryable: bool
) -> None:
    """The innermost words and status count: a limit inside a 400 is a limit."""
    headers = {"x-request-id": "r-1"}
    found = error_from_response(status, json.dumps(body).encode(), headers, DATABRICKS_ERRORS, now=NOW)
    assert (cls, kind, retryable) == (type(found), found.kind, found.retryable)
    assert (status, "r-1", False) == (found.status, found.request_id, "{" in found.message)


def test_a_status_of_the_services_own_is_not_overruled() -> None:
    """Only what wraps, a 400 or a 500, makes room for what it wraps."""
    body = json.dumps(_handed_on(status_code=400, message="x")).encode()
    assert isinstance(error_from_response(429, body, {}, DATABRICKS_ERRORS, now=NOW), LLMRateLimitError)


@pytest.mark.parametrize(
    ("error", "cls"),
    [
        (_own("TEMPORARILY_UNAVAILABLE", "gone"), LLMOverloadedError),
        (_own("REQUEST_LIMIT_EXCEEDED", "slow down"), LLMRateLimitError),
        ({"error": {"message": "x", "code": "INTERNAL_ERROR"}}, LLMServerError),
    ],
)
def test_an_error_inside_a_200(error: dict[str, Any], cls: type[LLMError]) -> None:
    """In a body, and in the middle of a stream, with and without an envelope."""
    with pytest.raises(cls):
        decode_databricks(error)
    decoder = databricks_stream()
    decoder.feed(ServerSentEvent(data=b'{"choices":[{"index":0,"delta":{"content":"Once"}}]}'))
    with pytest.raises(cls) as raised:
        decoder.feed(ServerSentEvent(data=json.dumps(error).encode()))
    partial = raised.value.partial()
    assert partial is not None
    assert "Once" == partial.text
