"""Reading response headers; their names are in lower case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds the server asks to wait; None if it does not, or unusably.

    `retry-after-ms` counts first, then AWS's `x-amz-retry-after` (milliseconds too), then `retry-after` in seconds or
    as a date.

    Header names are lower case. A date in the past is 0. Negative, infinite and unreadable values are as if absent.
    """
    for name in ("retry-after-ms", "x-amz-retry-after"):
        milliseconds = _number(headers.get(name))
        if milliseconds is not None:
            return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())


def server_should_retry(headers: Mapping[str, str]) -> bool | None:
    """The server's `x-should-retry`; None when it does not say."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


def first_header(headers: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """The first of the headers `names` that is there and not empty."""
    return next((value for name in names if (value := headers.get(name))), None)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
