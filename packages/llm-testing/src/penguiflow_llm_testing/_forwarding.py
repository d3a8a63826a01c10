"""Passing a request on to a real server, with the standard library alone: used only where somebody records."""

import http.client
import ssl
from typing import Final
from urllib.parse import urlsplit

from ._exchange import Reply, WireRequest

TIMEOUT_S: Final = 600.0
_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "keep-alive"})
_READ_BYTES: Final = 64 * 1024


def check_upstream(upstream: str) -> str:
    """The address without a trailing slash.

    Raises:
        ValueError: it is not https, nor http on this machine: a key would travel in the open.
    """
    parts = urlsplit(upstream)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        raise ValueError(f"upstream is {upstream!r}; give an https address, or http on this machine")
    return upstream.rstrip("/")


def forward(upstream: str, request: WireRequest) -> Reply:
    """The answer of `upstream`, read to its end; a chunked one keeps its chunks as pieces.

    Raises:
        OSError: no connection, or it broke.
        http.client.HTTPException: the answer is not whole, or not HTTP.
    """
    parts = urlsplit(upstream)
    connection = _connection(parts.scheme, str(parts.hostname), parts.port)
    headers = {name: value for name, value in request.headers.items() if name not in _OURS}
    target = f"{parts.path}{request.path}{'?' if request.query else ''}{request.query}"
    try:
        connection.request(request.method, target, request.body, {**headers, "accept-encoding": "identity"})
        answer = connection.getresponse()
        pieces = []
        while piece := answer.read1(_READ_BYTES):
            pieces.append(piece)
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
    finally:
        connection.close()
    streamed = answer.getheader("content-length") is None
    whole = tuple(pieces) if streamed else (b"".join(pieces),)
    return Reply(status=answer.status, headers=tuple(answer.getheaders()), pieces=whole, streamed=streamed)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
