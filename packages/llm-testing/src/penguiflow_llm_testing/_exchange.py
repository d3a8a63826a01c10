"""What passes between the socket and a personality: one request in, one reply out. No I/O here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = Any  # whatever `json.loads` can give
JsonObject: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """One whole HTTP request, its path relative to the personality's prefix and header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One whole HTTP response; `pieces` joined are its body.

    A streamed reply is sent with chunked transfer encoding, one chunk for each piece (for SSE: one event each);
    any other carries a `Content-Length`.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    pieces: tuple[bytes, ...] = ()
    streamed: bool = False


def dump_json(value: Json) -> bytes:
    """Compact UTF-8 JSON; a lone surrogate, which UTF-8 cannot hold, leaves as its JSON escape."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def load_json(body: bytes) -> Json | None:
    """The parsed body, or None where it is not JSON at all."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
