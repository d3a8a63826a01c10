"""What an error body says, whatever shape it has: objects in objects, JSON in strings, lists, plain text, web pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from penguiflow_llm_types.wire._json import count, encodable, objects, text_or_none

_MAX_DEPTH: Final = 8  # objects in objects and JSON in strings: four errors, each wrapped in the next
_MAX_MESSAGE: Final = 1_000
_MAX_NESTED_MESSAGE: Final = 4_000  # where it is said to be the message, and is no stranger's text
_MAX_WORD: Final = 200
# Fields that hold another error, the more telling one first: OpenRouter, Databricks, everyone else.
_INNER: Final = ("metadata", "raw", "external_model_error", "error")
_MESSAGES: Final = ("message", "detail", "msg", "error_message", "error_description")
_DURATION: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")
_TITLE: Final = re.compile(r"<title>([^<]{1,200})</title>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBody:
    """The telling fields of an error body; None where it does not say."""

    message: str | None = None
    code: str | None = None
    type: str | None = None
    param: str | None = None
    status: int | None = None
    """An HTTP status the body claims, which counts where the real one is 200."""
    retry_after_s: float | None = None
    """Seconds to wait, where the body says so (google.rpc.RetryInfo)."""


def read_error(body: bytes) -> ErrorBody:
    """The error in `body`; never raises."""
    text = body.decode("utf-8", "replace").strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ErrorBody(message=_plain(text))
    return read_error_value(value)


def read_error_value(value: object) -> ErrorBody:
    """The error in a parsed JSON value: of nested ones, the innermost fields win."""
    found = _read(value, _MAX_DEPTH)
    return replace(
        found,
        message=_bounded(found.message, _MAX_NESTED_MESSAGE),
        code=_bounded(found.code, _MAX_WORD),
        type=_bounded(found.type, _MAX_WORD),
        param=_bounded(found.param, _MAX_WORD),
    )


def _bounded(text: str | None, size: int) -> str | None:
    return encodable((text or "")[:size]) or None


def _read(value: object, depth: int) -> ErrorBody:
    match value:
        case str():
            return _read_text(value, depth)
        case dict():
            return _read_object(value, depth)
        case [first, *_]:
            return _read(first, depth - 1) if depth > 1 else ErrorBody()
        case _:
            return ErrorBody()


def _read_text(text: str, depth: int) -> ErrorBody:
    stripped = text.strip()
    if depth > 1 and stripped[:1] in ("{", "["):
        try:
            inner = _read(json.loads(stripped), depth - 1)
        except (ValueError, RecursionError):
            inner = ErrorBody()
        if inner.message is not None:
            return inner
    return ErrorBody(message=_plain(stripped))


def _read_object(value: Mapping[str, Any], depth: int) -> ErrorBody:
    own = ErrorBody(
        message=next((text for name in _MESSAGES if (text := text_or_none(value.get(name)))), None),
        code=_reason(value) or _cause(value) or _code(value.get("code", value.get("error_code"))),
        type=text_or_none(value.get("type", value.get("error_type"))),
        param=text_or_none(value.get("param")),
        status=_status(value),
        retry_after_s=_retry_delay_s(value),
    )
    if own.message is not None and own.message.lstrip()[:1] in ("{", "["):
        own = _over(own, _read_text(own.message, depth))
    if depth > 1:
        for name in _INNER:
            if name in value:
                own = _over(own, _read(value[name], depth - 1))
    return own


def _over(outer: ErrorBody, inner: ErrorBody) -> ErrorBody:
    return ErrorBody(
        message=inner.message or outer.message,
        code=inner.code or outer.code,
        type=inner.type or outer.type,
        param=inner.param or outer.param,
        status=inner.status or outer.status,
        retry_after_s=outer.retry_after_s if inner.retry_after_s is None else inner.retry_after_s,
    )


def _reason(value: Mapping[str, Any]) -> str | None:
    """The word for a `google.rpc.Status`, whose code is a number: the reason in its `ErrorInfo`, else its status."""
    if not isinstance(value.get("code"), int):
        return None
    reasons = (text_or_none(detail.get("reason")) for detail in _details(value, "ErrorInfo"))
    return next((reason for reason in reasons if reason is not None), text_or_none(value.get("status")))


def _cause(value: Mapping[str, Any]) -> str | None:
    """The word in Anthropic's `details`, which says more than the error's type."""
    details = value.get("details")
    return text_or_none(details.get("error_code")) if isinstance(details, dict) else None


def _retry_delay_s(value: Mapping[str, Any]) -> float | None:
    """The delay of a `google.rpc.RetryInfo`: a protobuf duration as JSON, "34.4s"."""
    for detail in _details(value, "RetryInfo"):
        found = _DURATION.fullmatch(str(detail.get("retryDelay")))
        if found is not None:
            return float(found[1])
    return None


def _details(value: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The details of a `google.rpc.Status` that are of `kind`."""
    return [detail for detail in objects(value.get("details")) if str(detail.get("@type")).endswith(f"rpc.{kind}")]


def _code(value: object) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text_or_none(value)


def _status(value: Mapping[str, Any]) -> int | None:
    candidates = (count(value.get(name)) for name in ("status_code", "status", "raw_status_code", "code"))
    return next((number for number in candidates if number is not None and 400 <= number <= 599), None)


def _plain(text: str) -> str | None:
    if text.startswith("<"):
        title = _TITLE.search(text[:20_000])
        return f"a web page titled {title[1].strip()!r}" if title else "a web page"
    return text[:_MAX_MESSAGE] or None
