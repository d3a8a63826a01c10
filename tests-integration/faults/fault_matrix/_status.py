"""F25 to F46: what a provider says when it refuses, is busy, or fails, in its own words and in odd ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from fault_matrix._bench import Bench, as_json
from fault_matrix._body import script
from fault_matrix._expect import healed, never
from fault_matrix._values import ANY, Expected, Fault
from penguiflow_llm_testing import (
    Failure,
    bad_request,
    context_too_long,
    forbidden,
    model_not_found,
    overloaded,
    quota_exceeded,
    rate_limited,
    server_error,
    unauthorized,
)

_JSON: Final = (("content-type", "application/json"),)


def _status(status: int, *headers: tuple[str, str], code: str | None = None) -> Callable[[Bench], None]:
    """An error of this status in the provider's own shape, with a neutral sentence in it."""

    def inject(bench: Bench) -> None:
        body, own = bench.error_body(status, "Something about this request.", code)
        bench.simulator.script(Failure(status=status, json=body, headers=(*own, *headers)))

    return inject


def _date(bench: Bench) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=1)
    _status(429, ("retry-after", format_datetime(moment, usegmt=True)), code=_BUSY.get(bench.provider))(bench)


_BUSY: Final = {"bedrock": "ThrottlingException", "google": "RESOURCE_EXHAUSTED", "anthropic": "rate_limit_error"}


def _busy(*headers: tuple[str, str]) -> Callable[[Bench], None]:
    return lambda bench: _status(429, *headers, code=_BUSY.get(bench.provider))(bench)


def _some_ms(bench: Bench) -> int:
    return bench.draw("wait_ms", 150, 350)


def _busy_for_ms(bench: Bench) -> None:
    _busy(("retry-after-ms", str(_some_ms(bench))))(bench)


def _waited(bench: Bench) -> Expected:
    wait_s = _some_ms(bench) / 1000
    return Expected(error="LLMRateLimitError", healed=True, requests=2, retry_after_s=wait_s, least_s=wait_s)


def _hours_s(bench: Bench) -> float:
    return float(bench.draw("wait_s", 1_000, 10_000))


def _busy_for_hours(bench: Bench) -> None:
    bench.simulator.script(rate_limited(_hours_s(bench)))


def _too_long(bench: Bench) -> Expected:
    return Expected(error="LLMRateLimitError", retry_after_s=_hours_s(bench))


def _nested(bench: Bench) -> None:
    """An error whose message is the text of another error, and that of a third."""
    inner = as_json({"error": {"message": "the real reason", "code": "context_length_exceeded"}}).decode()
    outer, headers = bench.error_body(400, as_json({"error": {"message": inner}}).decode())
    bench.simulator.script(Failure(status=400, json=outer, headers=headers))


def _in_200(bench: Bench) -> None:
    body, _ = bench.error_body(429, "Slow down.", _BUSY.get(bench.provider) or "rate_limit_exceeded")
    bench.simulator.script(Failure(status=200, json=body))


_NO_ANSWER: Final[dict[str, Any]] = {
    "openai": {"id": "r", "object": "response", "status": "completed", "output": None, "usage": {"input_tokens": 3}},
    "anthropic": {"id": "m", "type": "message", "role": "assistant", "stop_reason": "end_turn", "usage": {}},
    "google": {"candidates": [], "usageMetadata": {"promptTokenCount": 3}},
    "bedrock": {"stopReason": "end_turn", "usage": {"inputTokens": 3, "outputTokens": 0, "totalTokens": 3}},
    "databricks": {"id": "c", "choices": [], "usage": {"prompt_tokens": 3}},
    "openrouter": {"id": "c", "choices": None, "usage": {"prompt_tokens": 3}},
}


def _no_answer(bench: Bench) -> None:
    bench.simulator.script(Failure(status=200, json=_NO_ANSWER[bench.provider]))


def _odd_bodies() -> Iterator[Fault]:
    bodies = {"nothing": b"", "a list": b"[]", "a string": b'"no"', "null": b"null", "a page": b"<html></html>"}
    for number, (name, body) in enumerate(bodies.items()):
        for status, expect in ((400, never("LLMInvalidRequestError")), (500, healed("LLMServerError"))):
            yield Fault(
                id=f"F44-{status}{'abcde'[number]}",
                title=f"{status} whose body is {name}",
                inject=script(Failure(status=status, body=body, headers=_JSON)),
                expect=expect,
                streamed=number == 0,
            )


def _junk_hints() -> Iterator[Fault]:
    for number, value in enumerate(("-1", "NaN", "1e309", "soon")):
        yield Fault(
            id=f"F38{'abcd'[number]}",
            title=f"Retry-After: {value}",
            inject=_busy(("retry-after", value)),
            expect=healed("LLMRateLimitError"),
            streamed=False,
        )


def _rate_limited_in_200(bench: Bench) -> Expected | str:
    if bench.provider == "bedrock":
        return "Converse has no error inside a 200 but in its event stream (F57)"
    kinds = {"databricks": "LLMRateLimitError", "openrouter": "LLMRateLimitError"}
    return Expected(error=kinds.get(bench.provider, "LLMRateLimitError"), healed=True, requests=2)


def _nested_expected(bench: Bench) -> Expected:
    """The innermost code counts, where it is one of the provider's own."""
    speaks_openai = bench.provider in ("openai", "databricks", "openrouter")
    return Expected(error="LLMContextLengthError" if speaks_openai else "LLMInvalidRequestError")


STATUS: Final = (
    Fault(id="F25", title="400", inject=script(bad_request()), expect=never("LLMInvalidRequestError", billed="no")),
    Fault(id="F26", title="context too long", inject=script(context_too_long()), expect=never("LLMContextLengthError")),
    Fault(
        id="F27", title="wrong key", inject=script(unauthorized()), expect=never("LLMAuthError", "invalid", billed="no")
    ),
    Fault(id="F28", title="may not", inject=script(forbidden()), expect=never("LLMPermissionError", "denied")),
    Fault(id="F29", title="no such model", inject=script(model_not_found()), expect=never("LLMNotFoundError")),
    Fault(id="F30", title="no credit", inject=script(quota_exceeded()), expect=never("LLMQuotaError", ANY)),
    Fault(
        id="F31a",
        title="408",
        inject=_status(408),
        expect=healed("LLMTimeoutError", "server", billed="unknown"),
    ),
    Fault(id="F31b", title="409", inject=_status(409), expect=healed("LLMServerError", "conflict")),
    Fault(id="F32", title="413", inject=_status(413), expect=never("LLMInvalidRequestError", "too_large")),
    Fault(id="F33", title="422", inject=_status(422), expect=never("LLMInvalidRequestError")),
    Fault(
        id="F34",
        title="429, wait 1 s",
        inject=script(rate_limited(1.0)),
        expect=healed("LLMRateLimitError", retry_after_s=1.0, least_s=1.0),
    ),
    Fault(
        id="F35",
        title="429, wait until a moment",
        inject=_date,
        expect=healed("LLMRateLimitError"),
    ),
    Fault(
        id="F36",
        title="429, retry-after-ms",
        inject=_busy_for_ms,
        expect=_waited,
    ),
    Fault(
        id="F37",
        title="429, wait an hour",
        inject=_busy_for_hours,
        expect=_too_long,
    ),
    *_junk_hints(),
    Fault(
        id="F39",
        title="429 without a hint",
        inject=script(rate_limited()),
        expect=healed("LLMRateLimitError", billed="no"),
    ),
    Fault(
        id="F40a",
        title="503, x-should-retry: false",
        inject=_status(503, ("x-should-retry", "false")),
        expect=never("LLMOverloadedError"),
    ),
    Fault(
        id="F40b",
        title="400, x-should-retry: true",
        inject=_status(400, ("x-should-retry", "true")),
        expect=never("LLMInvalidRequestError"),
    ),
    Fault(id="F41", title="500", inject=script(server_error()), expect=healed("LLMServerError", billed="unknown")),
    Fault(id="F42", title="overloaded", inject=script(overloaded()), expect=healed("LLMOverloadedError")),
    Fault(id="F43", title="errors in errors", inject=_nested, expect=_nested_expected),
    *_odd_bodies(),
    Fault(id="F45", title="an error inside a 200", inject=_in_200, streamed=False, expect=_rate_limited_in_200),
    Fault(
        id="F46",
        title="200 without an answer",
        inject=_no_answer,
        streamed=False,
        expect=healed("LLMProtocolError", "empty"),
    ),
)
