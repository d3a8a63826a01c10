"""Error bodies of any provider into the error tree, by the provider's tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from penguiflow_llm_types._errors import (
    Billed,
    LLMError,
    LLMOverloadedError,
    LLMProtocolError,
    LLMQuotaError,
    LLMRateLimitError,
    Phase,
)
from penguiflow_llm_types._headers import first_header, retry_after_s, server_should_retry
from penguiflow_llm_types._response import CompletionResponse, Usage
from penguiflow_llm_types._secret import redact_key_like
from penguiflow_llm_types.wire._error_body import ErrorBody, read_error, read_error_value
from penguiflow_llm_types.wire._error_tables import BILLED, BY_STATUS, REMEDIES, ErrorTables, Verdict

_MAX_BODY: Final = 4_000
_SHORT_WAIT_S: Final = 60.0
_WAIT: Final = re.compile(
    r"(?:try again|retry) (?:in|after) (?:(\d{1,6})m(?!s))?(?:(\d{1,9}(?:\.\d{1,6})?) ?(ms|s)\w*)?"
)


def error_from_response(
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    tables: ErrorTables,
    *,
    now: datetime,
    redact: Callable[[str], str] = redact_key_like,
) -> LLMError:
    """The error that an answer with a status other than 200 means. `headers` has lower-case names.

    Never raises, whatever the body is. The provider's own sentence becomes the message, after `redact`.
    """
    said = _named(read_error(body), headers, tables)
    wait = retry_after_s(headers, now=now)
    if wait is None:
        wait = _wait_in_body(said)
    meant = said.status if tables.hands_on and status in (400, 500) and said.status is not None else status
    verdict = _short_wait(_verdict(meant, said, tables, is_page=body.lstrip()[:1] == b"<"), wait)
    return verdict.error(
        _sentence(verdict, said, f"HTTP {status}", redact),
        kind=verdict.kind,
        status=status,
        code=_redacted(_code(said, tables), redact),
        request_id=_redacted(first_header(headers, tables.request_id_headers), redact),
        phase="headers",
        retry_after_s=wait,
        billed=BILLED.get(status, "no"),
        body=redact(body[: 2 * _MAX_BODY].decode("utf-8", "replace"))[:_MAX_BODY] or None,
        server_should_retry=server_should_retry(headers),
    )


def in_band_error(
    payload: Mapping[str, Any],
    tables: ErrorTables,
    *,
    phase: Phase,
    usage: Usage | None = None,
    partial: CompletionResponse | None = None,
) -> LLMError:
    """The error that an error object inside a 200 means, in a body or in the middle of a stream.

    Its words are the provider's own: who reads the answer, as `WireProvider` does, takes credentials out of them.
    """
    said = read_error_value(dict(payload))
    verdict = _verdict(said.status or 200, said, tables, is_page=False)
    billed: Billed = "yes" if usage is not None and usage.output_tokens else "unknown"
    return verdict.error(
        _sentence(verdict, said, "an error inside its answer", str),
        kind=verdict.kind,
        status=said.status,
        code=_code(said, tables),
        phase=phase,
        retry_after_s=_wait_in_body(said),
        billed=billed,
        usage=usage,
        partial=partial,
    )


def _named(said: ErrorBody, headers: Mapping[str, str], tables: ErrorTables) -> ErrorBody:
    """A header's name of the error, as AWS has it: "ThrottlingException:http://..."."""
    code = first_header(headers, tables.code_headers)
    return said if code is None else replace(said, code=code.partition(":")[0])


def _code(said: ErrorBody, tables: ErrorTables) -> str | None:
    return said.code or (said.type if tables.type_is_code else None)


def _redacted(text: str | None, redact: Callable[[str], str]) -> str | None:
    return None if text is None else redact(text)


def _verdict(status: int, said: ErrorBody, tables: ErrorTables, *, is_page: bool) -> Verdict:
    if is_page:  # from something in between: its words are not the provider's
        return BY_STATUS.get(status) or _by_class(status)
    text = f"{said.message or ''} {said.param or ''}".lower()
    if (verdict := _by_words(text, tables.by_status_text.get(status, ()))) is not None:
        return verdict
    for key in (said.code, said.type):
        if key is not None and (verdict := tables.by_code.get(key)) is not None:
            return verdict
    if status < 500 and status not in (401, 403, 429) and (verdict := _by_words(text, tables.by_text)) is not None:
        return verdict
    if status in tables.by_status:
        return tables.by_status[status]
    if status == 503 or "overloaded" in text:
        return Verdict(LLMOverloadedError)
    return BY_STATUS.get(status) or _by_class(status)


def _by_words(text: str, table: tuple[tuple[tuple[str, ...], Verdict], ...]) -> Verdict | None:
    return next((verdict for words, verdict in table if all(word in text for word in words)), None)


def _by_class(status: int) -> Verdict:
    if 300 <= status < 400:
        return Verdict(LLMProtocolError, "redirect")
    return BY_STATUS[400] if 400 <= status < 500 else BY_STATUS[500]


def _short_wait(verdict: Verdict, wait: float | None) -> Verdict:
    """Azure says "quota" for what a minute's wait cures."""
    if verdict.error is LLMQuotaError and not verdict.holds and wait is not None and wait <= _SHORT_WAIT_S:
        return Verdict(LLMRateLimitError)
    return verdict


def _wait_in_body(said: ErrorBody) -> float | None:
    return _wait_in_text(said.message) if said.retry_after_s is None else said.retry_after_s


def _wait_in_text(message: str | None) -> float | None:
    found = _WAIT.search((message or "").lower())
    if found is None or not (found[1] or found[2]):
        return None
    minutes, number, unit = found.groups()
    seconds = float(number or 0)
    return float(minutes or 0) * 60 + (seconds / 1000 if unit == "ms" else seconds)


def _sentence(verdict: Verdict, said: ErrorBody, where: str, redact: Callable[[str], str]) -> str:
    message = redact(said.message).strip() if said.message else "it gave no reason"
    remedy = REMEDIES.get(verdict.error, "")
    return f"the provider answered {where}: {message}" + (f" [{remedy}]" if remedy else "")
