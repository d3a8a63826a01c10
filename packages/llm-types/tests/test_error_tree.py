"""The error tree: which types and kinds there are, and what may be done about each."""

import copy
import pickle
from decimal import Decimal
from typing import Any

import pytest

import penguiflow_llm_types
from penguiflow_llm_types import (
    CompletionResponse,
    LLMAuthError,
    LLMCancelledError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMMessage,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMParseError,
    LLMPermissionError,
    LLMProtocolError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMRefusalError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
    LLMTruncatedError,
    LLMValidationError,
    RetryRule,
    Usage,
)

# The retry law, one row per type and kind; None is an error of that type without a kind.
_LAW: list[tuple[type[LLMError], str | None, RetryRule]] = [
    (LLMConfigurationError, None, "never"),
    (LLMTimeoutError, "connect", "backoff"),
    (LLMTimeoutError, "pool", "backoff"),
    (LLMTimeoutError, "headers", "uncertain"),
    (LLMTimeoutError, "progress", "uncertain"),
    (LLMTimeoutError, "server", "uncertain"),
    (LLMTimeoutError, "total", "never"),
    (LLMConnectionError, "connect", "connect"),
    (LLMConnectionError, "reset", "connect"),
    (LLMConnectionError, "dns", "backoff"),
    (LLMConnectionError, "proxy", "backoff"),
    (LLMConnectionError, "no_response", "uncertain"),
    (LLMConnectionError, "tls", "never"),
    (LLMStreamInterruptedError, "body", "uncertain"),
    (LLMStreamInterruptedError, "stream", "uncertain"),
    (LLMTruncatedError, "no_terminal", "uncertain"),
    (LLMTruncatedError, "max_tokens", "never"),
    (LLMRateLimitError, None, "backoff"),
    (LLMOverloadedError, None, "overload"),
    (LLMOverloadedError, "circuit_open", "never"),
    (LLMServerError, None, "backoff"),
    (LLMServerError, "edge", "backoff"),
    (LLMServerError, "model", "backoff"),
    (LLMServerError, "conflict", "backoff"),
    (LLMProtocolError, None, "once"),
    (LLMProtocolError, "json", "uncertain"),
    (LLMProtocolError, "utf8", "uncertain"),
    (LLMProtocolError, "crc", "uncertain"),
    (LLMProtocolError, "empty", "once"),
    (LLMProtocolError, "content_type", "once"),
    (LLMProtocolError, "framing", "once"),
    (LLMProtocolError, "encoding", "once"),
    (LLMProtocolError, "too_large", "never"),
    (LLMProtocolError, "redirect", "never"),
    (LLMQuotaError, "billing", "never"),
    (LLMQuotaError, "spend_limit", "never"),
    (LLMInvalidRequestError, None, "never"),
    (LLMInvalidRequestError, "too_large", "never"),
    (LLMContextLengthError, None, "never"),
    (LLMNotFoundError, None, "never"),
    (LLMSchemaRejectedError, None, "never"),
    (LLMAuthError, "expired", "refresh"),
    (LLMAuthError, "invalid", "never"),
    (LLMAuthError, "proxy", "never"),
    (LLMPermissionError, "denied", "never"),
    (LLMContentFilterError, "input", "never"),
    (LLMContentFilterError, "output", "never"),
    (LLMRefusalError, "input", "never"),
    (LLMRefusalError, "output", "never"),
    (LLMParseError, None, "reask"),
    (LLMParseError, "json", "reask"),
    (LLMParseError, "tool_args", "reask"),
    (LLMParseError, "tool_name", "reask"),
    (LLMParseError, "tool_identity", "reask"),
    (LLMParseError, "ambiguous", "reask"),
    (LLMParseError, "number", "reask"),
    (LLMParseError, "duplicate_key", "reask"),
    (LLMParseError, "missing", "reask"),
    (LLMParseError, "depth", "never"),
    (LLMValidationError, None, "reask"),
    (LLMCancelledError, None, "never"),
]
_PARENTS: list[tuple[type[Exception], type[Exception]]] = [
    (LLMProtocolError, LLMServerError),
    (LLMContextLengthError, LLMInvalidRequestError),
    (LLMNotFoundError, LLMInvalidRequestError),
    (LLMSchemaRejectedError, LLMInvalidRequestError),
    (LLMValidationError, LLMParseError),
    (LLMTimeoutError, TimeoutError),
    (LLMConnectionError, ConnectionError),
    (LLMPermissionError, PermissionError),
]
_EVERY_TYPE = sorted({row[0] for row in _LAW}, key=lambda cls: cls.__name__)


def _answer(text: str = "half an ans") -> CompletionResponse:
    return CompletionResponse(message=LLMMessage.assistant(text), finish_reason="error")


def _travel(error: LLMError) -> Any:
    """`error` as another process receives it."""
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes


def _full(cls: type[LLMError] = LLMServerError) -> LLMError:
    """An error with every field set."""
    error = cls(
        "it broke; try again",
        provider="openai",
        model="gpt-5.4-mini",
        kind="model",
        status=500,
        code="server_error",
        request_id="req_1",
        phase="stream",
        retry_after_s=1.5,
        billed="yes",
        usage=Usage(input_tokens=7),
        partial=_answer(),
        body='{"error": "payload"}',
        server_should_retry=True,
    )
    error.attempt, error.attempts, error.committed, error.cost_usd = 1, 2, True, Decimal("0.01")
    return error


@pytest.mark.parametrize(("cls", "kind", "rule"), _LAW, ids=lambda value: getattr(value, "__name__", value))
def test_retry_law(cls: type[LLMError], kind: str | None, rule: RetryRule) -> None:
    """A wrong row turns an outage into a storm, or a passing fault into a failure."""
    error = cls("x", kind=kind)
    assert rule == error.retry_rule
    assert (rule not in ("never", "reask")) == error.retryable


def test_the_law_is_whole() -> None:
    """A type or kind that is not in the table above would be retried by a rule that nobody decided."""
    exported = {getattr(penguiflow_llm_types, name) for name in penguiflow_llm_types.__all__}
    types = {thing for thing in exported if isinstance(thing, type) and issubclass(thing, LLMError)}
    assert types - {LLMError} == set(_EVERY_TYPE)
    kinds = {(cls, kind) for cls in _EVERY_TYPE if "kinds" in vars(cls) for kind in cls.kinds}
    assert kinds == {(cls, kind) for cls, kind, _ in _LAW if kind is not None}


@pytest.mark.parametrize(("cls", "parent"), _PARENTS)
def test_subclasses(cls: type[Exception], parent: type[Exception]) -> None:
    """Callers catch by what they can do, and by the standard library's own words for it."""
    assert issubclass(cls, parent)


@pytest.mark.parametrize(("cls", "kind"), [(cls, kind) for cls, kind, _ in _LAW])
def test_committed_is_never_retried(cls: type[LLMError], kind: str | None) -> None:
    """A second attempt would repeat text that the caller has already shown."""
    error = cls("x", kind=kind, retry_after_s=0.0, status=503, server_should_retry=True)
    error.committed = True
    assert (error.retry_rule, error.retryable) == ("never", False)


_HINTS: list[tuple[type[LLMError], int | None, bool | None, float | None, RetryRule]] = [
    (LLMRateLimitError, 429, False, None, "never"),
    (LLMRateLimitError, 429, True, None, "backoff"),
    (LLMRateLimitError, 429, None, 2.0, "after"),
    (LLMRateLimitError, 429, None, 0.0, "after"),
    (LLMRateLimitError, 429, False, 2.0, "never"),
    (LLMOverloadedError, 503, None, 2.0, "after"),
    (LLMServerError, 500, None, 2.0, "after"),
    (LLMServerError, 500, False, None, "never"),
    (LLMQuotaError, 429, True, None, "backoff"),
    (LLMInvalidRequestError, 408, True, None, "backoff"),
    (LLMInvalidRequestError, 409, True, None, "backoff"),
    (LLMInvalidRequestError, 400, True, None, "never"),
    (LLMAuthError, 401, True, None, "never"),
    (LLMConfigurationError, None, True, None, "never"),
    (LLMInvalidRequestError, 400, None, 2.0, "never"),
]


@pytest.mark.parametrize(("cls", "status", "word", "wait_s", "rule"), _HINTS)
def test_the_servers_own_word(
    cls: type[LLMError], status: int | None, word: bool | None, wait_s: float | None, rule: RetryRule
) -> None:
    """`x-should-retry: false` always holds; `true` only where the status allows a retry; a wait replaces backoff."""
    assert rule == cls("x", status=status, server_should_retry=word, retry_after_s=wait_s).retry_rule


def test_a_wait_does_not_make_an_uncertain_failure_certain() -> None:
    """At most one retry of a request that may have been billed, whatever the server suggests."""
    assert LLMTimeoutError("x", kind="server", retry_after_s=1.0).retry_rule == "uncertain"


@pytest.mark.parametrize("cls", _EVERY_TYPE)
def test_errors_keep_every_field_through_pickle_and_copy(cls: type[LLMError]) -> None:
    """Errors travel between worker processes; one that cannot be rebuilt hides the failure behind a pickle error."""
    error = _full(cls)
    for twin in (_travel(error), copy.copy(error)):
        assert type(twin) is cls
        assert (twin.__dict__, twin.args, str(twin)) == (error.__dict__, error.args, "it broke; try again")
        assert (twin.partial(), twin.body_text()) == (error.partial(), error.body_text())


def test_validation_errors_keep_where_they_are() -> None:
    """The list of places is what feedback to the model is made of."""
    error = LLMValidationError("x")
    assert error.errors == ()
    error.errors = ({"loc": ("items", 0), "msg": "bad", "type": "int"},)
    assert _travel(error).errors == error.errors


@pytest.mark.parametrize("cls", _EVERY_TYPE)
def test_errors_are_hashable_and_equal_only_to_themselves(cls: type[LLMError]) -> None:
    """Reporters keep errors in sets, and two failures with one text are still two failures."""
    one, other = cls("x"), cls("x")
    assert len({one, other, one}) == 2
    assert one != other


def test_repr_and_details_carry_no_payload() -> None:
    """What an error prints ends up in logs; prompts, answers and bodies must not."""
    error = _full()
    shown = f"{error!r} {error} {error.details()}"
    assert "payload" not in shown
    assert "half an ans" not in shown
    assert error.partial() == _answer()
    assert error.body_text() == '{"error": "payload"}'


def test_repr_says_what_is_known() -> None:
    """One line that tells which request failed and how, without the fields that are not set."""
    expected = (
        "LLMServerError('it broke; try again', kind='model', status=500, code='server_error', provider='openai', "
        "model='gpt-5.4-mini', request_id='req_1')"
    )
    assert expected == repr(_full())
    assert repr(LLMQuotaError("x")) == "LLMQuotaError('x')"


def test_details_are_the_fields_that_are_set() -> None:
    """A structured log takes this dict as it is."""
    assert _full().details() == {
        "type": "LLMServerError",
        "message": "it broke; try again",
        "provider": "openai",
        "model": "gpt-5.4-mini",
        "kind": "model",
        "status": 500,
        "code": "server_error",
        "request_id": "req_1",
        "attempt": 1,
        "attempts": 2,
        "phase": "stream",
        "retry_after_s": 1.5,
        "committed": True,
        "billed": "yes",
        "usage": Usage(input_tokens=7),
        "cost_usd": Decimal("0.01"),
        "server_should_retry": True,
    }
    assert LLMError("x").details() == {"type": "LLMError", "message": "x", "committed": False, "billed": "no"}


def test_a_copy_drops_the_cause() -> None:
    """Causes belong to a library and may hold requests with keys; they stay in the process where they happened."""
    try:
        raise LLMServerError("x") from ValueError("a library's own words")
    except LLMServerError as error:
        twin = _travel(error)
    assert (twin.__cause__, twin.__context__) == (None, None)
