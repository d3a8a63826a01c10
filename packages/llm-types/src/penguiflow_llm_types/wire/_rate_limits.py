"""What is left of a provider's rate limits, as its headers have it.

Sources, read 2026-11: OpenAI, "Rate limits" (`x-ratelimit-*`, durations such as "6m0s"; Groq and others copy it);
Anthropic, "Rate limits" (`anthropic-ratelimit-*`, RFC 3339 moments).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from penguiflow_llm_types._response import RateLimits

_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|h|m|s)")
_DURATION: Final = re.compile(r"(?:\d{1,9}(?:\.\d{1,9})?(?:ms|h|m|s)){1,4}")
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
# Names of what is left and of its return: requests, then tokens.
_STYLES: Final = (
    (
        ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
        ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ),
    (
        ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
        ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
    ),
)


def read_rate_limits(headers: Mapping[str, str], *, now: datetime) -> RateLimits | None:
    """What `headers` say is left; None where they say nothing. Unreadable values are as if absent."""
    for (requests, requests_reset), (tokens, tokens_reset) in _STYLES:
        if requests in headers or tokens in headers:
            return RateLimits(
                remaining_requests=_count(headers.get(requests)),
                reset_requests_s=_reset_s(headers.get(requests_reset), now),
                remaining_tokens=_count(headers.get(tokens)),
                reset_tokens_s=_reset_s(headers.get(tokens_reset), now),
            )
    return None


def _count(value: str | None) -> int | None:
    return int(value) if value is not None and len(value) < 19 and value.isascii() and value.isdigit() else None


def _reset_s(value: str | None, now: datetime) -> float | None:
    if not value:
        return None
    if _DURATION.fullmatch(value):
        return sum(float(number) * _UNIT_S[unit] for number, unit in _PART.findall(value))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
