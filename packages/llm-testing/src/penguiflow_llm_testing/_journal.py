"""The record of what reached the simulator and how each exchange ended, with waiting instead of polling."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Condition
from typing import Final, Literal, TypeAlias

from ._exchange import Json

# "open" while the answer is being sent; "cut" where a script ended it early; "disconnected" where the client left first
Outcome: TypeAlias = Literal["open", "answered", "cut", "disconnected"]

SECRET_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "x-amz-security-token", "cookie"}
)
_SECRET_QUERY: Final = re.compile(r"(?i)(?<![^&])((?:api[-_]?key|key|access_token|X-Amz-Security-Token)=)[^&]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """One request as it arrived, without its secrets: a key is kept only as a short digest.

    `path` is relative to the personality's prefix, `json` is None for a body that is not JSON, `at_s` counts seconds
    from the simulator's start, `connection_id` numbers connections from 1, `status` is None until an answer begins.
    """

    number: int
    personality: str | None
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    json: Json
    at_s: float
    connection_id: int
    status: int | None = None
    outcome: Outcome = "open"

    def header(self, name: str) -> str | None:
        """The value of the first header called `name`, in any case; None where there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)

    def was_sent_with(self, secret: str) -> bool:
        """Whether a header that carries credentials carried exactly `secret`."""
        digest = _digest(secret)
        return any(
            hmac.compare_digest(value.rpartition(" ")[2], digest)
            for key, value in self.headers
            if key in SECRET_HEADERS
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedConnection:
    """One connection: its number, from 1, and when it was accepted and gone, in seconds from the simulator's start.

    `closed_at_s` is None while it is open.
    """

    number: int
    opened_at_s: float
    closed_at_s: float | None = None


def redact_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Headers with every credential replaced by a digest; an authorization scheme stays readable."""
    return tuple((name, _redact(value) if name in SECRET_HEADERS else value) for name, value in headers)


def redact_query(query: str) -> str:
    """A query string with the values of key parameters replaced."""
    return _SECRET_QUERY.sub(r"\1REDACTED", query)


def _redact(value: str) -> str:
    scheme, blank, secret = value.partition(" ")
    return f"{scheme} {_digest(secret)}" if blank else _digest(value)


def _digest(secret: str) -> str:
    return f"sha256:{hashlib.sha256(secret.encode()).hexdigest()[:12]}"


class Journal:
    """Requests and connections seen so far; written by the server thread, read and waited on from any other."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._requests: list[RecordedRequest] = []
        self._connections: list[RecordedConnection] = []
        self._open = 0
        self._started_at = time.monotonic()

    def now_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started_at

    def requests(self) -> tuple[RecordedRequest, ...]:
        """Every request so far, oldest first."""
        with self._changed:
            return tuple(self._requests)

    @property
    def open_connections(self) -> int:
        """Connections that are open now."""
        with self._changed:
            return self._open

    @property
    def connections_opened(self) -> int:
        """Connections accepted since the start."""
        with self._changed:
            return len(self._connections)

    def connections(self) -> tuple[RecordedConnection, ...]:
        """Every connection so far, oldest first."""
        with self._changed:
            return tuple(self._connections)

    def connection_opened(self) -> int:
        """Note a new connection and return its number."""
        with self._changed:
            number = len(self._connections) + 1
            self._connections.append(RecordedConnection(number=number, opened_at_s=self.now_s()))
            self._open += 1
            self._changed.notify_all()
            return number

    def connection_closed(self, connection_id: int) -> None:
        """Note that a connection is gone."""
        with self._changed:
            opened = self._connections[connection_id - 1]
            self._connections[connection_id - 1] = replace(opened, closed_at_s=self.now_s())
            self._open -= 1
            self._changed.notify_all()

    def next_number(self) -> int:
        """The number the next request will have; the first is 1. Only the server thread adds requests."""
        with self._changed:
            return len(self._requests) + 1

    def add(self, request: RecordedRequest) -> None:
        """Note a request that arrived whole."""
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()

    def amend(self, number: int, *, status: int | None, outcome: Outcome) -> None:
        """Note how the answer to request `number` goes."""
        with self._changed:
            self._requests[number - 1] = replace(self._requests[number - 1], status=status, outcome=outcome)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[["Journal"], bool], timeout_s: float, what: str) -> None:
        """Block until `condition` holds.

        Raises:
            TimeoutError: it did not within `timeout_s` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self), timeout_s):
                raise TimeoutError(f"{what} did not happen within {timeout_s} s; requests seen: {len(self._requests)}")
