"""Error bodies into the error tree: real ones, nested ones, and anything else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_openai_compat import CHAT_ERRORS
from penguiflow_llm_types import (
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMParseError,
    LLMPermissionError,
    LLMProtocolError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
    Secret,
)
from penguiflow_llm_types.wire import error_from_response, in_band_error

NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)


def _error(status: int, body: object, **headers: str) -> LLMError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_from_response(
        status, data, {name.replace("_", "-"): v for name, v in headers.items()}, CHAT_ERRORS, now=NOW
    )


def _openai(
    message: str, *, code: str | None = None, kind: str = "invalid_request_error", param: str | None = None
) -> Any:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


# Real sentences, from recorded and quoted answers of the services named.
REAL: Final = [
    (401, _openai("Incorrect API key provided: KEY_REDACTED.", code="invalid_api_key"), LLMAuthError, "invalid"),
    (401, {"detail": "Invalid API Key"}, LLMAuthError, "invalid"),
    (401, {"error": {"code": "401", "message": "Access denied"}}, LLMAuthError, "invalid"),
    (400, {"code": "invalid-argument", "error": "Incorrect API key provided."}, LLMAuthError, "invalid"),
    (403, _openai("no", code="unsupported_country_region_territory"), LLMPermissionError, "denied"),
    (404, _openai("The model `x` does not exist", code="model_not_found"), LLMNotFoundError, None),
    (400, _openai("The requested model 'x' does not exist.", code="model_not_found"), LLMNotFoundError, None),
    (400, {"code": "1500", "message": "Invalid model: x", "type": "invalid_model"}, LLMNotFoundError, None),
    (404, {"error": {"code": "404", "message": "Resource not found"}}, LLMNotFoundError, None),
    (404, {"error": "Specified model not found: x"}, LLMNotFoundError, None),
    (400, _openai("too long", code="context_length_exceeded"), LLMContextLengthError, None),
    (400, _openai("This model's maximum context length is 9 tokens."), LLMContextLengthError, None),
    (400, _openai("Your input exceeds the context window of this model."), LLMContextLengthError, None),
    (429, _openai("Rate limit reached", code="rate_limit_exceeded", kind="tokens"), LLMRateLimitError, None),
    (429, _openai("You exceeded your current quota", kind="insufficient_quota"), LLMQuotaError, "billing"),
    (400, _openai("You exceeded your current quota", code="insufficient_quota"), LLMQuotaError, "billing"),
    (402, {"error": {"message": "This request requires more credits", "code": 402}}, LLMQuotaError, "billing"),
    (400, _openai("Invalid schema for response_format 'a': x", param="response_format"), LLMSchemaRejectedError, None),
    (400, _openai("Invalid schema for function 'f'", code="invalid_function_parameters"), LLMSchemaRejectedError, None),
    (400, _openai("bad", code="invalid_json_schema", param="text.format.schema"), LLMSchemaRejectedError, None),
    (400, _openai("'response_format' of type 'json_schema' is not supported"), LLMSchemaRejectedError, None),
    (400, _openai("This response_format type is unavailable now"), LLMSchemaRejectedError, None),
    (400, {"message": '{"message":"tools.0.strict: Extra inputs are not permitted"}'}, LLMSchemaRejectedError, None),
    (400, _openai("The response was filtered", code="content_filter"), LLMContentFilterError, "input"),
    (400, _openai("triggering Azure OpenAI's content management policy"), LLMContentFilterError, "input"),
    (400, _openai("flagged", code="invalid_prompt"), LLMContentFilterError, "input"),
    (400, _openai("Unsupported: 'stop'", code="unsupported_parameter", param="stop"), LLMInvalidRequestError, None),
    (400, _openai("Tool call validation failed", code="tool_use_failed"), LLMParseError, "tool_args"),
    (400, {"message": "Error: Model response did not respect the required format."}, LLMServerError, "model"),
    (407, b"", LLMAuthError, "proxy"),
    (408, b"", LLMTimeoutError, "server"),
    (409, b"", LLMServerError, "conflict"),
    (413, b"<html>", LLMInvalidRequestError, "too_large"),
    (418, b"", LLMInvalidRequestError, None),
    (422, {"detail": [{"msg": "field required"}]}, LLMInvalidRequestError, None),
    (500, _openai("oops", kind="server_error"), LLMServerError, None),
    (503, {"error": {"message": "high demand"}}, LLMOverloadedError, None),
    (503, b"<html>", LLMServerError, None),
    (500, {"error": {"message": "The engine is currently overloaded"}}, LLMOverloadedError, None),
    (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, LLMOverloadedError, None),
    (522, b"<html>", LLMServerError, "edge"),
    (599, b"", LLMServerError, None),
    (302, b"", LLMProtocolError, "redirect"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "error", "kind"), REAL)
def test_real_bodies(status: int, body: object, error: type[LLMError], kind: str | None) -> None:
    """The type says what the caller can do."""
    ours = _error(status, body)
    assert (error, kind, status) == (type(ours), ours.kind, ours.status)


NESTED: Final = [
    ({"error": {"message": json.dumps({"error": {"message": "inner", "code": "c"}})}}, "inner", "c"),
    ({"error": {"message": json.dumps({"message": json.dumps({"message": "deep"})})}}, "deep", None),
    (
        {"error": {"message": "Upstream", "code": 400, "metadata": {"raw": json.dumps(_openai("in", code="c"))}}},
        "in",
        "c",
    ),
    ({"error": {"message": "outer", "metadata": {"raw": "the upstream's words"}}}, "the upstream's words", None),
    ({"external_model_error": {"error_code": "BAD", "message": '{"message": "in"}'}}, "in", "BAD"),
    ({"error": {"message": "{not json"}}, "{not json", None),
    ([{"error": {"message": "in a list"}}], "in a list", None),
    ("just a string", "just a string", None),
    (b"plain text", "plain text", None),
    (b"<html><title> 502 Bad Gateway </title></html>", "a web page titled '502 Bad Gateway'", None),
    (b"<html>", "a web page", None),
    (b"", "it gave no reason", None),
    (None, "it gave no reason", None),
    ([], "it gave no reason", None),
    (7, "it gave no reason", None),
    ({"error": {"message": 3, "code": True}}, "it gave no reason", None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "message", "code"), NESTED)
def test_the_innermost_words_win(body: object, message: str, code: str | None) -> None:
    """Gateways wrap the words that help in words that do not."""
    ours = _error(400, body)
    assert message in ours.message
    assert code == (None if ours.code == "400" else ours.code)


def test_depth_is_capped() -> None:
    """A hostile body must not be followed for ever."""
    body: Any = {"message": "bottom"}
    for _ in range(50):
        body = {"error": body}
    assert "it gave no reason" in _error(400, body).message
    assert isinstance(_error(400, b"[" * 100_000), LLMInvalidRequestError)


WAITS: Final = [
    ({"retry_after": "7"}, "x", 7.0),
    ({"retry_after_ms": "250"}, "x", 0.25),
    ({}, "Please try again in 1.5s.", 1.5),
    ({}, "Please try again in 20ms.", 0.02),
    ({}, "Please try again in 6m0s.", 360.0),
    ({}, "Please retry after 86400 seconds.", 86400.0),
    ({"retry_after": "nonsense"}, "try again later", None),
]


@pytest.mark.parametrize(("headers", "message", "wait"), WAITS)
def test_how_long_to_wait(headers: dict[str, str], message: str, wait: float | None) -> None:
    """Azure and OpenAI say it in the sentence when they do not in a header."""
    assert wait == _error(429, _openai(message), **headers).retry_after_s


def test_quota_that_a_minute_cures_is_a_rate_limit() -> None:
    """Azure's form."""
    body = _openai("quota", code="insufficient_quota")
    assert LLMRateLimitError is type(_error(429, body, retry_after="30"))
    assert LLMQuotaError is type(_error(429, body, retry_after="3600"))


def test_the_key_never_shows() -> None:
    """Providers quote the key they refuse, whole, cut or masked."""
    secret = Secret("sk-proj-abcdefgh12345678")
    message = f"Incorrect API key provided: {secret.reveal()} (sk-proj-********5678)"
    ours = error_from_response(
        401, json.dumps(_openai(message)).encode(), {}, CHAT_ERRORS, now=NOW, redact=secret.redact
    )
    assert secret.reveal() not in f"{ours} {ours!r} {ours.body_text()}"
    masked = _error(401, _openai(message))
    assert "5678" not in f"{masked} {masked!r} {masked.body_text()}"


def test_fields_that_support_asks_for() -> None:
    """Request id, code, the server's own word on retrying, and whether it may have cost."""
    ours = _error(500, _openai("x", code="c"), x_request_id="req_1", x_should_retry="false")
    assert ("req_1", "c", False, "unknown") == (ours.request_id, ours.code, ours.server_should_retry, ours.billed)
    assert "az_1" == _error(400, b"", apim_request_id="az_1").request_id
    assert "no" == _error(429, b"").billed


def test_remedies_are_in_the_message() -> None:
    """A message ends with what to do."""
    assert "add credit" in str(_error(402, b""))


@pytest.mark.parametrize(
    ("payload", "error", "status"),
    [
        ({"error": {"code": 502, "message": "x"}}, LLMServerError, 502),
        ({"error": {"code": 429, "message": "x"}}, LLMRateLimitError, 429),
        ({"error": {"code": "rate_limit_exceeded"}}, LLMRateLimitError, None),
        ({"error": {"type": "overloaded_error", "message": "x"}}, LLMOverloadedError, None),
        ({"error": {"message": "x", "type": "invalid_request_error", "status_code": 400}}, LLMInvalidRequestError, 400),
        ({"error": "boom"}, LLMServerError, None),
        ({"error": 1}, LLMServerError, None),
    ],
)
def test_errors_inside_a_200(payload: dict[str, Any], error: type[LLMError], status: int | None) -> None:
    """OpenRouter, Groq and Responses report failures after the headers went out."""
    ours = in_band_error(payload, CHAT_ERRORS, phase="stream")
    assert (error, status, "stream", "unknown") == (type(ours), ours.status, ours.phase, ours.billed)


def test_words_of_an_error_can_be_written_down() -> None:
    """Half a surrogate pair in a message would make the log entry about the failure a second failure."""
    ours = _error(400, b'{"error": {"message": "bad \\ud83d", "code": "\\ud83d"}}')
    assert "bad \ufffd" in str(ours)
    assert "\ufffd" == ours.code


@given(status=st.integers(300, 599), body=st.binary(max_size=40) | st.text(max_size=20).map(str.encode))
def test_any_body_is_one_of_ours(status: int, body: bytes) -> None:
    """Type by status; never a KeyError."""
    ours = error_from_response(status, body, {}, CHAT_ERRORS, now=NOW)
    assert isinstance(ours, LLMError)
    assert ours.kind is None or ours.kind in ours.kinds
