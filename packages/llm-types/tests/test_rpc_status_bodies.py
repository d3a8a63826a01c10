"""Errors that are a `google.rpc.Status` as JSON: its words, and its typed details."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from penguiflow_llm_types import LLMRateLimitError, LLMServerError
from penguiflow_llm_types.wire import ErrorTables, error_from_response, in_band_error, read_error_value

_NOW = datetime(2026, 11, 26, tzinfo=UTC)
_TYPE = "type.googleapis.com/google.rpc."
_RETRY = {"@type": f"{_TYPE}RetryInfo", "retryDelay": "34.4s"}
_REASON = {"@type": f"{_TYPE}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}


def _status(*details: Any, code: Any = 429, status: Any = "RESOURCE_EXHAUSTED") -> dict[str, Any]:
    return {"error": {"code": code, "message": "slow down", "status": status, "details": list(details)}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (_status(), "RESOURCE_EXHAUSTED"),
        (_status(_REASON), "API_KEY_INVALID"),
        (_status(_RETRY, _REASON), "API_KEY_INVALID"),
        (_status(status=None), "429"),
        (_status(code="rate_limit", status="failed"), "rate_limit"),
        ([_status(_REASON)], "API_KEY_INVALID"),
    ],
)
def test_the_code_is_a_word(body: Any, code: str) -> None:
    """A number says no more than the HTTP status does; a code that is a word already stays."""
    assert code == read_error_value(body).code


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [("34.4s", 34.4), ("5s", 5.0), ("0.847655010s", 0.84765501), ("soon", None), ("-5s", None), (None, None)],
)
def test_the_delay_of_retry_info(delay: Any, seconds: float | None) -> None:
    """Google says in the body how long to wait, and not in a header."""
    assert seconds == read_error_value(_status({**_RETRY, "retryDelay": delay})).retry_after_s


def test_an_answer_in_place_of_one() -> None:
    """A header goes before the body, the body's detail before its words."""
    body = json.dumps(_status(_RETRY)).encode()
    error = error_from_response(429, body, {}, ErrorTables(), now=_NOW)
    assert (LLMRateLimitError, 34.4, "after") == (type(error), error.retry_after_s, error.retry_rule)
    error = error_from_response(429, body, {"retry-after": "7"}, ErrorTables(), now=_NOW)
    assert 7.0 == error.retry_after_s


def test_an_error_inside_an_answer() -> None:
    """A stream has no status of its own left: the body's counts."""
    error = in_band_error(_status(_RETRY, code=500, status="INTERNAL"), ErrorTables(), phase="stream")
    assert (LLMServerError, 500, "INTERNAL", 34.4) == (type(error), error.status, error.code, error.retry_after_s)
