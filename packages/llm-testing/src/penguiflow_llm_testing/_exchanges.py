"""Recorded exchanges: a request by its shape, the response by its pieces, and the file they are kept in."""

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ._exchange import Json, Reply, WireRequest, load_json

_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request without what changes from run to run: no headers, no credentials, members of JSON in any order."""

    method: str
    path: str
    query: str
    body: Json
    """Parsed where it is JSON, else its bytes as base64."""

    @classmethod
    def of(cls, request: WireRequest, *, query: str, body: bytes) -> "Asked":
        """The shape of a request whose query and body are already scrubbed."""
        parsed = load_json(body)
        kept = parsed if parsed is not None or not body else {"base64": base64.b64encode(body).decode()}
        return cls(method=request.method, path=request.path, query=query, body=kept)

    def key(self, ignored: Collection[str]) -> str:
        """Equal for requests that get the same answer; `ignored` are members of a JSON body that do not count."""
        body = self.body
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in ignored}
        return json.dumps([self.method, self.path, self.query, body], sort_keys=True)

    def difference(self, other: "Asked") -> str:
        """Where `other` first differs, for the message that no such request was recorded."""
        if self.query != other.query:
            return f"the query is {other.query!r} and not {self.query!r}"
        return f"the body differs at {_first_difference(self.body, other.body) or '/'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedExchange:
    """One request and its response."""

    asked: Asked
    reply: Reply


def _first_difference(left: Any, right: Any) -> str | None:
    """JSON pointer of the first place where two values differ; None where they are equal, "" for the whole."""
    if isinstance(left, dict) and isinstance(right, dict):
        keys: list[Any] = sorted({*left, *right})
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        keys = list(range(len(left)))
    else:
        return None if left == right else ""
    for key in keys:
        if isinstance(key, str) and not (key in left and key in right):
            return f"/{key}"
        if (inner := _first_difference(left[key], right[key])) is not None:
            return f"/{key}{inner}"
    return None


def write_exchanges(path: Path, exchanges: Collection[RecordedExchange]) -> None:
    """Keep the exchanges as JSON that people can read and compare."""
    kept = {"version": _VERSION, "exchanges": [_to_json(exchange) for exchange in exchanges]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{json.dumps(kept, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


def read_exchanges(path: Path) -> list[RecordedExchange]:
    """The exchanges of a file.

    Raises:
        ValueError: it is no such file, or of a later version.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["version"] != _VERSION:
            raise ValueError(f"version {kept['version']!r}")
        return [_of_json(one) for one in kept["exchanges"]]
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{path} is no tape that this version reads ({error}); record it anew") from error


def _to_json(exchange: RecordedExchange) -> dict[str, Json]:
    asked, reply = exchange.asked, exchange.reply
    return {
        "request": {"method": asked.method, "path": asked.path, "query": asked.query, "body": asked.body},
        "response": {
            "status": reply.status,
            "headers": [list(header) for header in reply.headers],
            "streamed": reply.streamed,
            **_pieces_to_json(reply.pieces),
        },
    }


def _pieces_to_json(pieces: Collection[bytes]) -> dict[str, list[str]]:
    try:
        return {"pieces": [piece.decode() for piece in pieces]}
    except UnicodeDecodeError:  # not text, or a character that arrived in two pieces
        return {"base64_pieces": [base64.b64encode(piece).decode() for piece in pieces]}


def _of_json(kept: Any) -> RecordedExchange:
    asked, response = kept["request"], kept["response"]
    texts = response.get("pieces")
    if texts is None:
        pieces = tuple(base64.b64decode(piece) for piece in response["base64_pieces"])
    else:
        pieces = tuple(str(piece).encode() for piece in texts)
    return RecordedExchange(
        asked=Asked(method=asked["method"], path=asked["path"], query=asked["query"], body=asked["body"]),
        reply=Reply(
            status=response["status"],
            headers=tuple((name, value) for name, value in response["headers"]),
            pieces=pieces,
            streamed=response["streamed"],
        ),
    )
