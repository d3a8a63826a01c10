"""Targets below the wires: framings, compression, JSON of the wire, error bodies, headers."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any, Final
from urllib.parse import quote

from penguiflow_llm_anthropic._frames import AwsEventStreamDecoder
from penguiflow_llm_bedrock._event_stream import EventStreamDecoder
from penguiflow_llm_testing._personalities.bedrock._event_stream import message
from penguiflow_llm_types import LLMError, LLMProtocolError, Secret, ServerSentEvent, SSEDecoder, redact_key_like
from penguiflow_llm_types.wire import ContentDecoder, WireJSON, json_text, read_error, read_rate_limits

from ._byte_mutation import mutated_bytes
from ._json_mutation import mutated_json
from ._seeds import seeds_of
from ._stream_mutation import mutated_stream, write_aws_chunks
from ._target import BrokenPromiseError, Target, ended
from ._wires import WIRES

_SMALL: Final = 1_000  # a limit that inputs do reach
_HEADER_NAMES: Final = (
    ":message-type", ":event-type", ":exception-type", ":error-code", ":error-message", ":content-type", "x", "",
)  # fmt: skip
_HEADER_VALUES: Final = ("event", "exception", "error", "chunk", "metadata", "throttlingException", "", "é", "x" * 300)
_PAYLOADS: Final = (
    b"", b"{}", b"[]", b"null", b'{"bytes": "e30="}', b'{"bytes": 1}', b'{"bytes": "!"}', b'{"message": "no"}',
    b'{"message": 1}', b"\xff", b'{"bytes": "\xc3\xa9"}', b"[" * 3_000,
)  # fmt: skip
_SECRET_LETTERS: Final = "abAB01+/=-_.%\\&\"'~"
_CUTS: Final = (1, 2, 7, 64, 1 << 20)


def framing_targets(*, recorded: bool) -> Iterator[Target]:
    """Framings get the streams of the wires, mutated as bytes; the readers of JSON their bodies."""
    yield Target(name="SSE framing", make=_streams("openai-chat", recorded=recorded), run=_framing(SSEDecoder))
    small = lambda: SSEDecoder(max_event_bytes=_SMALL)  # noqa: E731
    yield Target(name="SSE framing, small limit", make=_streams("google", recorded=recorded), run=_framing(small))
    yield Target(name="AWS framing", make=_streams("bedrock", recorded=recorded), run=_framing(EventStreamDecoder))
    yield Target(
        name="AWS framing of chunks",
        make=_streams("anthropic", recorded=recorded, write=write_aws_chunks),
        run=_framing(AwsEventStreamDecoder),
    )
    yield Target(name="AWS headers", make=_headers, run=_framing(EventStreamDecoder))
    yield Target(name="AWS headers of chunks", make=_headers, run=_framing(AwsEventStreamDecoder))
    yield Target(name="compression", make=_compressed(recorded=recorded), run=_decompress)
    yield Target(name="JSON of the wire", make=_json(recorded=recorded), run=_read_json)
    yield Target(name="redaction", make=_quoting(recorded=recorded), run=_redact)
    yield Target(name="error bodies", make=_json(recorded=recorded), run=_read_error)


def _streams(name: str, *, recorded: bool, write: Callable[..., bytes] | None = None) -> Callable[[Random], bytes]:
    spoken = next(found for found in WIRES if found.name == name)
    seeds: list[Any] = []

    def make(rng: Random) -> bytes:
        if not seeds:
            seeds.extend(spoken.read(body)[:12] for body in seeds_of(name, recorded=recorded).streams)
        events = list(rng.choice(seeds))
        if rng.random() < 0.3:
            events = mutated_stream(tuple(events), rng.choice(seeds), rng)
        body = (write or spoken.write)(events)
        return bytes([rng.randrange(len(_CUTS))]) + (mutated_bytes(body, rng) if rng.random() < 0.9 else body)

    return make


def _headers(rng: Random) -> bytes:
    """Messages whose checksums hold, whatever stands in them."""
    messages = []
    for _ in range(rng.choice((1, 1, 2))):
        names = {name: rng.choice(_HEADER_VALUES) for name in rng.sample(_HEADER_NAMES, rng.randrange(5))}
        data = message(names, rng.choice(_PAYLOADS))
        size = int.from_bytes(data[4:8], "big")
        block = mutated_bytes(data[12 : 12 + size], rng) if rng.random() < 0.7 else data[12 : 12 + size]
        payload = data[12 + size : -4]
        claimed = rng.choice((len(block), len(block), len(block), len(block) + 3, 2**31, 0))
        whole = rng.choice((16 + len(block) + len(payload),) * 4 + (15, 0, 2**24 + 1, 2**32 - 1))
        lengths = struct.pack(">II", whole, claimed)
        checked = lengths + struct.pack(">I", zlib.crc32(lengths)) + block + payload
        messages.append(checked + struct.pack(">I", zlib.crc32(checked)))
    return bytes([rng.randrange(len(_CUTS))]) + b"".join(messages)


def _framing(make: Callable[[], Any]) -> Callable[[bytes], str]:
    """However the bytes are cut, the events are the same, and so is the way they end. The first byte says how to cut.

    What came before an event that cannot be read may be lost with it, where it came in the same chunk.
    """

    def run(data: bytes) -> str:
        if not data:
            return "nothing"
        size, body = _CUTS[data[0] % len(_CUTS)], data[1:]
        whole, how = _all(make(), [body])
        if size < len(body) < 3_000 or size > 10:
            pieces, ended_so = _all(make(), [body[at : at + size] for at in range(0, len(body), size)])
            before = pieces if how == "read" else pieces[: len(whole)]
            if before != whole or ended_so != how:
                raise BrokenPromiseError(f"{len(pieces)} events, {ended_so}, in pieces; {len(whole)}, {how}, whole")
        return how

    return run


def _all(decoder: Any, pieces: Iterable[bytes]) -> tuple[list[ServerSentEvent], str]:
    events: list[ServerSentEvent] = []
    try:
        for piece in pieces:
            for event in decoder.feed(piece):
                events.append(event)
    except LLMProtocolError as error:
        return events, ended(error)
    return events, "read"


def _compressed(*, recorded: bool) -> Callable[[Random], bytes]:
    def make(rng: Random) -> bytes:
        body = rng.choice(seeds_of("openai-chat", recorded=recorded).plain)[:2_000]
        body *= rng.choice((1, 1, 1, 1, 3_000 if len(body) < 400 else 1))
        kind = rng.randrange(3)
        data = gzip.compress(body, 1) if kind == 0 else zlib.compress(body, 1)
        data = data * rng.choice((1, 1, 2))
        return bytes([kind]) + (mutated_bytes(data, rng) if rng.random() < 0.9 else data)

    return make


def _decompress(data: bytes) -> str:
    try:
        decoder = ContentDecoder(("gzip", "deflate", "")[data[0] % 3] if data else "br", max_bytes=1 << 20)
        size = sum(len(decoder.feed(data[at : at + 500])) for at in range(1, len(data), 500))
        decoder.end()
    except LLMError as error:
        return ended(error)
    return "read" if size else "nothing"


def _json(*, recorded: bool) -> Callable[[Random], bytes]:
    seeds: list[tuple[bytes, Any]] = []

    def make(rng: Random) -> bytes:
        if not seeds:
            for spoken in WIRES:
                found = seeds_of(spoken.name, recorded=recorded)
                bodies = [*found.plain[:60], *(body for _, _, body in found.errors)]
                seeds.extend((body, json.loads(body)) for body in bodies if body[:1] in (b"{", b"["))
        body, value = rng.choice(seeds)
        return mutated_bytes(body, rng) if rng.random() < 0.3 else mutated_json(value, rng)

    return make


def _quoting(*, recorded: bool) -> Callable[[Random], bytes]:
    """A secret of any length, and a body that is strewn with the pieces of it."""
    bodies = _json(recorded=recorded)

    def make(rng: Random) -> bytes:
        secret = "".join(rng.choices(_SECRET_LETTERS, k=rng.choice((1, 2, 3, 7, 8, 9, 20, 40, 300))))
        body = bodies(rng).decode("utf-8", "replace")
        for _ in range(rng.choice((0, 1, 3))):
            at = rng.randrange(len(body) + 1)
            piece = rng.choice((secret, secret[:8], secret[:1], quote(secret, safe=""), json.dumps(secret), "\\" * 50))
            body = body[:at] + piece * rng.choice((1, 1, 2, 200)) + body[at:]
        return f"{secret}\n{body}".encode()

    return make


def _redact(data: bytes) -> str:
    """Soon over, whatever the secret is; and none is left. Errors are cut to this size before."""
    head, _, body = data.decode("utf-8", "replace").partition("\n")
    body = body[:8_000]
    try:
        secret = Secret(head)
    except ValueError:
        return "no secret"
    clean = secret.redact(body)
    if len(head) >= 12 and head in clean:
        raise BrokenPromiseError("a secret is left")
    redact_key_like(clean)
    return "masked" if clean != body else "as it was"


def _read_json(data: bytes) -> str:
    """What is read can be written again."""
    try:
        value = WireJSON().event(data) if len(data) % 2 else WireJSON().body(data)
    except LLMError as error:
        return ended(error)
    json_text(value).encode()
    return "read"


def _read_error(data: bytes) -> str:
    said = read_error(data)
    repr(said).encode()
    for text in (said.message, said.code, said.type, said.param):
        (text or "").encode()
    headers = {
        "x-ratelimit-remaining-requests": data[:20].decode("latin-1"),
        "x-ratelimit-reset-requests": data[:9].decode("latin-1"),
    }
    repr(read_rate_limits(headers, now=datetime(2026, 1, 1, tzinfo=UTC)))
    return "said" if said.message else "nothing said"
