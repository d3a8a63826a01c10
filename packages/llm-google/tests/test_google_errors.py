"""Google's errors: recorded and publicly quoted bodies, and what each means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from penguiflow_llm_google._errors import ERRORS
from penguiflow_llm_types import (
    LLMAuthError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMProtocolError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
)
from penguiflow_llm_types.wire import error_from_response

_TYPE = "type.googleapis.com/google.rpc."


def _info(reason: str) -> dict[str, Any]:
    return {"@type": f"{_TYPE}ErrorInfo", "reason": reason, "domain": "googleapis.com"}


_BAD = "INVALID_ARGUMENT"
_BODIES: list[tuple[int, str, str, list[Any], type[LLMError], str | None, str]] = [
    # status, word, message, details, error, kind, code
    (
        400,
        _BAD,
        "API key not valid. Please pass a valid API key.",
        [_info("API_KEY_INVALID")],
        LLMAuthError,
        "invalid",
        "API_KEY_INVALID",
    ),
    (400, _BAD, "API key not valid. Please pass a valid API key.", [], LLMAuthError, "invalid", _BAD),
    (400, _BAD, "API key expired. Please renew the API key.", [], LLMAuthError, "invalid", _BAD),
    (
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials.",
        [],
        LLMAuthError,
        "invalid",
        "UNAUTHENTICATED",
    ),
    (
        401,
        "UNAUTHENTICATED",
        "expired",
        [_info("ACCESS_TOKEN_EXPIRED")],
        LLMAuthError,
        "expired",
        "ACCESS_TOKEN_EXPIRED",
    ),
    (
        403,
        "PERMISSION_DENIED",
        "The caller does not have permission",
        [],
        LLMPermissionError,
        "denied",
        "PERMISSION_DENIED",
    ),
    (
        403,
        "PERMISSION_DENIED",
        "This API method requires billing",
        [_info("BILLING_DISABLED")],
        LLMQuotaError,
        "billing",
        "BILLING_DISABLED",
    ),
    (
        403,
        "PERMISSION_DENIED",
        "CachedContent not found (or permission denied)",
        [],
        LLMPermissionError,
        "denied",
        "PERMISSION_DENIED",
    ),
    (404, "NOT_FOUND", "models/x is not found for API version v1", [], LLMNotFoundError, None, "NOT_FOUND"),
    (
        429,
        "RESOURCE_EXHAUSTED",
        "Resource has been exhausted (e.g. check quota).",
        [],
        LLMRateLimitError,
        None,
        "RESOURCE_EXHAUSTED",
    ),
    (
        429,
        "RESOURCE_EXHAUSTED",
        "Your prepayment credits are depleted.",
        [],
        LLMQuotaError,
        "billing",
        "RESOURCE_EXHAUSTED",
    ),
    (
        429,
        "RESOURCE_EXHAUSTED",
        "Your project has exceeded its monthly spending cap.",
        [],
        LLMQuotaError,
        "spend_limit",
        "RESOURCE_EXHAUSTED",
    ),
    (500, "INTERNAL", "An internal error has occurred.", [], LLMServerError, None, "INTERNAL"),
    (
        503,
        "UNAVAILABLE",
        "The model is overloaded. Please try again later.",
        [],
        LLMOverloadedError,
        None,
        "UNAVAILABLE",
    ),
    (
        504,
        "DEADLINE_EXCEEDED",
        "Deadline expired before operation could complete.",
        [],
        LLMTimeoutError,
        "server",
        "DEADLINE_EXCEEDED",
    ),
    (
        400,
        _BAD,
        "The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).",
        [],
        LLMContextLengthError,
        None,
        _BAD,
    ),
    (400, _BAD, "Request contains an invalid argument.", [], LLMInvalidRequestError, None, _BAD),
    (400, _BAD, "Please use a valid role: user, model.", [], LLMInvalidRequestError, None, _BAD),
]


@pytest.mark.parametrize(("status", "word", "message", "details", "expected", "kind", "code"), _BODIES)
@pytest.mark.parametrize("in_list", [False, True], ids=["object", "list"])
def test_an_error(
    status: int,
    word: str,
    message: str,
    details: list[Any],
    expected: type[LLMError],
    kind: str | None,
    code: str,
    in_list: bool,
) -> None:
    """By reason, status word, and words; a stream that is no SSE has its error in a list."""
    body: Any = {"error": {"code": status, "message": message, "status": word, "details": details}}
    error = _error(status, [body] if in_list else body)
    assert (expected, kind, code, status) == (type(error), error.kind, error.code, error.status)
    assert message in str(error)


# Section 6 of the project's dialect notes: what a schema can cause, verbatim from public issues.
_SCHEMAS = [
    (
        'Invalid JSON payload received. Unknown name "const" at '
        "'request.tools[0].function_declarations[10].parameters. properties[0].value.any_of[0]': Cannot find field."
    ),
    "Unknown name \"$defs\" at 'tools.function_declarations[0].parameters': Cannot find field.",
    "Unknown name \"additional_properties\" at 'generation_config.response_schema': Cannot find field.",
    (
        '* GenerateContentRequest.generation_config.response_schema.properties["x"].properties: should be non-empty '
        "for OBJECT type"
    ),
    (
        "* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[a].enum: only allowed for "
        "STRING type"
    ),
    "Invalid value at 'tools[0].function_declarations[0].parameters.properties[2].value.enum[1]' (TYPE_STRING), 2",
    "* GenerateContentRequest.tools[0].function_declarations[27].parameters.properties[tables].items: missing field.",
    "* GenerateContentRequest.generation_config.response_schema.required[0]: property is not defined",
    "The specified schema produces a constraint that has too many states for serving. Typical causes of this error are",
    "A schema in GenerationConfig in the request exceeds the maximum allowed nesting depth.",
    "A FunctionDeclaration in the request exceeds the maximum allowed nesting depth.",
    (
        "Unable to submit request because `X` functionDeclaration `parameters.Y` schema specified other fields "
        "alongside any_of. When using any_of, it must be the only field set."
    ),
    (
        "Schema.ref 'QuestionOption' was set alongside unsupported fields. If a schema node has Schema.ref set, then "
        "only description and default can be set alongside it"
    ),
    (
        "ref loops are only supported if they include optional or nullable property values, or a "
        "potentially-zero-length array items, but a ref loop of required fields was found at $defs.AndFilter"
    ),
    (
        "$ref 'QuestionOption' was set alongside unsupported fields. If a schema node has $ref set, then only "
        "description and default can be set alongside it"
    ),
    "reference to undefined schema at properties.target_object.anyOf.1",
    "Function calling with a response mime type: 'application/json' is unsupported",
    "JSON mode is not enabled for models/gemma-3-27b-it",
    "Function calling is not enabled for models/gemma-3-27b-it",
]


@pytest.mark.parametrize("message", _SCHEMAS)
def test_a_refused_schema(message: str) -> None:
    """The client then asks in another mode, so it must not be taken for a bad request."""
    error = _error(400, {"error": {"code": 400, "message": message, "status": _BAD}})
    assert LLMSchemaRejectedError is type(error)


@pytest.mark.parametrize("limit", ["0, model: gemini-3-pro", "0\nPlease retry in 22s."])
def test_a_limit_of_nothing(limit: str) -> None:
    """A model without a free tier is not had by waiting, whatever `RetryInfo` says."""
    message = f"You exceeded your current quota.\n* Quota exceeded for metric: free_tier_requests, limit: {limit}"
    retry = {"@type": f"{_TYPE}RetryInfo", "retryDelay": "22s"}
    body = {"error": {"code": 429, "message": message, "status": "RESOURCE_EXHAUSTED", "details": [retry]}}
    error = _error(429, body)
    assert (LLMQuotaError, "never") == (type(error), error.retry_rule)
    body["error"]["message"] = message.replace("limit: 0", "limit: 20")
    error = _error(429, body)
    assert (LLMRateLimitError, 22.0) == (type(error), error.retry_after_s)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, b"<!DOCTYPE html>\n<title>Error 404 (Not Found)!!1</title>", LLMNotFoundError),
        (502, b"<html>Bad gateway</html>", LLMServerError),
        (429, b"", LLMRateLimitError),
        (307, b"", LLMProtocolError),
        (400, b"[]", LLMInvalidRequestError),
    ],
)
def test_answers_of_something_in_between(status: int, body: bytes, expected: type[LLMError]) -> None:
    """A page or nothing: the status is all there is."""
    assert expected is type(error_from_response(status, body, {}, ERRORS, now=datetime.now(UTC)))


def _error(status: int, body: Any) -> LLMError:
    return error_from_response(status, json.dumps(body).encode(), {}, ERRORS, now=datetime.now(UTC))
