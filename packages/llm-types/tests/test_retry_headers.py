"""What response headers say about retrying: never believed further than they can be read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_types import retry_after_s, server_should_retry

_NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
_WAITS: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"retry-after": "1"}, 1.0),
    ({"retry-after": "0"}, 0.0),
    ({"retry-after": "2.5"}, 2.5),
    ({"retry-after": " 7 "}, 7.0),
    ({"retry-after": "3600"}, 3600.0),
    ({"retry-after-ms": "250"}, 0.25),
    ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
    ({"retry-after-ms": "junk", "retry-after": "9"}, 9.0),
    ({"x-amz-retry-after": "1500"}, 1.5),
    ({"x-amz-retry-after": "soon", "retry-after": "9"}, 9.0),
    ({"retry-after-ms": "-1", "retry-after": "9"}, 9.0),
    ({"retry-after-ms": "1e309"}, None),
    ({"retry-after": "Mon, 23 Nov 2026 12:00:02 GMT"}, 2.0),
    ({"retry-after": "Mon, 23 Nov 2026 11:59:00 GMT"}, 0.0),
    ({"retry-after": "Mon, 23 Nov 2026 13:00:00 +0100"}, 0.0),
    ({"retry-after": "Mon, 23 Nov 2026 12:00:05 -0000"}, 5.0),
    ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 251606865599.0),
    ({"retry-after": "-1"}, None),
    ({"retry-after": "NaN"}, None),
    ({"retry-after": "inf"}, None),
    ({"retry-after": "1e309"}, None),
    ({"retry-after": "soon"}, None),
    ({"retry-after": ""}, None),
    ({"retry-after": "1, 2"}, None),
    ({"retry-after": "Mon, 99 Nov 2026 12:00:02 GMT"}, None),
]


@pytest.mark.parametrize(("headers", "expected"), _WAITS)
def test_retry_after(headers: dict[str, str], expected: float | None) -> None:
    """A hint that cannot be used is no hint; acting on it would sleep for ever, or raise from the error handling."""
    assert expected == retry_after_s(headers, now=_NOW)


@given(st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms"]), st.text(max_size=40)))
def test_no_header_value_raises(headers: dict[str, str]) -> None:
    """Headers come from whoever answered: a proxy, an attacker, a broken server."""
    wait_s = retry_after_s(headers, now=_NOW)
    assert wait_s is None or 0 <= wait_s < float("inf")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("true", True), ("false", False), (" True ", True), ("FALSE", False), ("1", None), ("", None), (None, None)],
)
def test_server_should_retry(value: str | None, expected: bool | None) -> None:
    """Only the two words count."""
    assert expected == server_should_retry({} if value is None else {"x-should-retry": value})
