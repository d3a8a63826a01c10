"""Answers that fail and quote a credential while they do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from hostile_input import WIRES, Spoken, seeds_of
from hostile_input._json_mutation import mutated_json
from hostile_input._stream_mutation import Event

from ._values import echo

_STATUSES: Final = (400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 502, 503, 529, 301)
_HEADERS: Final = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-generation-id",
    "cf-ray",
    "www-authenticate",
)
_TELLING: Final = ("message", "code", "type", "param", "detail", "reason", "status", "error", "metadata", "raw")
_DELTAS: Final = ("delta", "parts")
_APART: Final = ("summary", "thinking")
"""Texts that do not go on in the next one: what is cut in two there stays so, and no half but the first is known."""
_TEXTS: Final = ("text", "content", "delta", "thinking", "partial_json", "arguments", "input")


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One answer: a refusal, a body or a stream."""

    kind: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: bool = False
    """Whether the connection breaks at the end of the body, before the message does."""


def injected(spoken: Spoken, secrets: tuple[str, ...], rng: Random, *, streamed: bool) -> Injection:
    """An answer of `spoken`'s that fails, with echoes of `secrets`."""
    kinds = (
        (refused, refused, refused, page, in_band)
        if not streamed
        else (refused, page, streamed_error, streamed_error, cut)
    )
    kind: Callable[..., Injection] = rng.choice(kinds)
    return kind(spoken, secrets, rng)


def refused(spoken: Spoken, secrets: tuple[str, ...], rng: Random) -> Injection:
    """A status that says so, and an error body."""
    status, headers, body = rng.choice(seeds_of(spoken.name, recorded=False).errors)
    status = rng.choice(_STATUSES) if rng.random() < 0.5 else status
    kept = {
        name.lower(): value
        for name, value in headers
        if not name.lower().startswith(("retry-after", "x-should", "location"))
    }
    if rng.random() < 0.3:
        kept[rng.choice(_HEADERS)] = _header(rng.choice(secrets), rng)
    return Injection(kind="refusal", status=status, headers=tuple(kept.items()), body=_error(body, secrets, rng))


def page(spoken: Spoken, secrets: tuple[str, ...], rng: Random) -> Injection:
    """What a proxy says: no JSON at all, or half of it."""
    said = echo(rng.choice(secrets), rng)
    body = rng.choice(
        (
            f"<html><head><title>403 {said}</title></head><body>{said}</body></html>",
            f"upstream said: Authorization: Bearer {said}\n",
            '{"error": {"message": "' + "x" * rng.randrange(900, 1_000) + said,
            " " * rng.randrange(7_950, 8_000) + said,
            f"{'y' * rng.randrange(3_950, 4_000)}{said}{'z' * 50}",
        )
    )
    status = rng.choice((*_STATUSES, 200))
    kind = rng.choice(("text/html", "text/plain", "application/json"))
    return Injection(kind="page", status=status, headers=(("content-type", kind),), body=body.encode())


def in_band(spoken: Spoken, secrets: tuple[str, ...], rng: Random) -> Injection:
    """An error inside a 200."""
    _, _, body = rng.choice(seeds_of(spoken.name, recorded=False).errors)
    headers = (("content-type", "application/json"), ("x-request-id", _header(rng.choice(secrets), rng)))
    return Injection(kind="in band", status=200, headers=headers, body=_error(body, secrets, rng))


def streamed_error(spoken: Spoken, secrets: tuple[str, ...], rng: Random) -> Injection:
    """A stream that reports a failure after some events, the text of which may quote a credential too."""
    events = _begun(spoken, secrets, rng)
    _, _, body = rng.choice(seeds_of(spoken.name, recorded=False).errors)
    error = _error(body, secrets, rng)
    name = "exception:validationException" if spoken.name == "bedrock" else "error"
    if spoken.name == "anthropic":
        error = _as_object(error, {"type": "error"})
    events.append(Event(None if spoken.name in ("google", "openai-chat", "openrouter") else name, error))
    return _stream(spoken, events, "streamed error")


def cut(spoken: Spoken, secrets: tuple[str, ...], rng: Random) -> Injection:
    """A stream that breaks off after it has quoted a credential."""
    injection = _stream(spoken, _begun(spoken, secrets, rng), "cut stream")
    return Injection(kind=injection.kind, status=200, headers=injection.headers, body=injection.body, cut=True)


def spoken_by(model: str, settings: dict[str, Any]) -> Spoken:
    """The wire that a client speaks."""
    provider = model.partition("/")[0]
    name = {"openai": "openai-responses" if settings.get("api") == "responses" else "openai-chat"}.get(
        provider, provider
    )
    return next(found for found in WIRES if found.name == name)


def _stream(spoken: Spoken, events: list[Event], kind: str) -> Injection:
    media = "application/vnd.amazon.eventstream" if spoken.name == "bedrock" else "text/event-stream"
    return Injection(kind=kind, status=200, headers=(("content-type", media),), body=spoken.write(events))


def _begun(spoken: Spoken, secrets: tuple[str, ...], rng: Random) -> list[Event]:
    """The start of a stream, a credential in one of its texts, or cut in two where texts follow each other."""
    events = list(spoken.read(rng.choice(seeds_of(spoken.name, recorded=False).streams)))
    events = events[: rng.randrange(1, len(events) + 1)]
    at = rng.randrange(len(events))
    value, secret = events[at].value, rng.choice(secrets)
    if isinstance(value, dict) and rng.random() < 0.7:
        goes_on = b"thoughtSignature" not in events[at].data  # which ends a text
        pieces = [secret[:10], secret[10:]] if goes_on and rng.random() < 0.5 else [secret]
        place = rng.random()
        beside = () if len(pieces) == 1 else _APART
        told = [_replaced(value, _TEXTS, piece, Random(place), within=_DELTAS, not_in=beside) for piece in pieces]
        events[at : at + 1] = [Event(events[at].name, json.dumps(one).encode(), one) for one in told]
    return events


def _error(body: bytes, secrets: tuple[str, ...], rng: Random) -> bytes:
    """An error body that quotes a credential in one of its texts."""
    said = f"Incorrect key {echo(rng.choice(secrets), rng)} given, {echo(rng.choice(secrets), rng)}."
    if rng.random() < 0.2:
        said = echo(rng.choice(secrets), rng)
    try:
        value = json.loads(body)
    except ValueError:
        return body + said.encode()
    if rng.random() < 0.1:
        value = _mutated(value, rng)
    value = _replaced(value, _TELLING, said, rng)
    if rng.random() < 0.2:  # handed on by another, which quotes what it was told
        value = {"error": {"message": json.dumps(value), "code": rng.choice((400, 401, said))}}
    return json.dumps(value, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _as_object(data: bytes, fields: dict[str, Any]) -> bytes:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return data
    return json.dumps({**value, **fields}).encode() if isinstance(value, dict) else data


def _mutated(value: Any, rng: Random) -> Any:
    """`value` made hostile, where it can still be read: what quotes a credential does not break it."""
    try:
        return json.loads(mutated_json(value, rng))
    except (ValueError, RecursionError):
        return value


def _replaced(
    value: Any,
    names: tuple[str, ...],
    text: str,
    rng: Random,
    *,
    within: tuple[str, ...] = (),
    not_in: tuple[str, ...] = (),
) -> Any:
    """`value` with `text` in place of one of its texts under `names`, below one of `within` and none of `not_in`."""
    places = [
        path
        for path in _places(value, names, ())
        if (not within or not set(within).isdisjoint(path)) and set(not_in).isdisjoint(path)
    ]
    return _put(value, rng.choice(places), text) if places else value


def _places(value: Any, names: tuple[str, ...], path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [found for name in value for found in _places(value[name], names, (*path, name))]
    if isinstance(value, list):
        return [found for at, item in enumerate(value) for found in _places(item, names, (*path, at))]
    return [path] if path and isinstance(value, str) and path[-1] in names else []


def _put(value: Any, path: tuple[Any, ...], text: str) -> Any:
    if not path:
        return text
    if isinstance(value, dict):
        return {**value, path[0]: _put(value[path[0]], path[1:], text)}
    return [_put(item, path[1:], text) if at == path[0] else item for at, item in enumerate(value)]


def _header(secret: str, rng: Random) -> str:
    return "".join(char for char in echo(secret, rng) if " " <= char <= "~")[:2_000]
