"""Ways an answer can fail, over real sockets, through both engines of the SDK; the common ones are the suite's."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from typing import Any, Final

import pytest

from penguiflow_llm_openai import create
from penguiflow_llm_testing import Failure, Pause, Raw, ReadRequest, Replay, SendChunk, SendHead, Simulator
from penguiflow_llm_types import (
    LLMError,
    LLMMessage,
    LLMProtocolError,
    LLMRateLimitError,
    LLMRequest,
    LLMServerError,
    LLMTimeoutError,
    LLMTruncatedError,
    TextDelta,
)
from penguiflow_llm_types.wire import WireProvider

REQUEST: Final = LLMRequest(model="gpt-4o", messages=(LLMMessage.user("hello"),))
KEY: Final = "sk-SENTINEL-0123456789"
ANSWER: Final = {
    "id": "c1",
    "model": "gpt-4o",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
}
FIRST: Final = {"id": "c1", "model": "gpt-4o", "choices": [{"index": 0, "delta": {"content": "he"}}]}
LAST: Final = {"id": "c1", "choices": [{"index": 0, "delta": {"content": "y"}, "finish_reason": "stop"}]}


@pytest.fixture(params=[False, True], ids=["httpx2", "aiohttp"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Callable[..., WireProvider]]:
    """Make providers over one engine, closed after the test."""
    if request.param:
        pytest.importorskip("aiohttp", reason="the aiohttp extra is not installed here")
    made: list[WireProvider] = []

    def provider(url: str, key: str = KEY, **options: Any) -> WireProvider:
        made.append(create(key, url, use_aiohttp=request.param, **options))
        return made[-1]

    yield provider
    for one in made:
        await one.aclose()


def _whole(body: bytes, *, status: int = 200, kind: str = "application/json", coding: str | None = None) -> Failure:
    coded = () if coding is None else (("content-encoding", coding),)
    return Failure(status=status, body=body, headers=(("content-type", kind), *coded))


def _error(message: str, code: str | None = None) -> bytes:
    return json.dumps({"error": {"message": message, "code": code}}).encode()


TWO_LENGTHS: Final = Raw(data=b"HTTP/1.1 200 X\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}")
BOMB: Final = gzip.compress(b'{"a":"' + b" " * (40 * 1024 * 1024) + b'"}')

PLAIN: Final = [
    ("F19 edge", _whole(b"<html>bad</html>", status=522, kind="text/html"), LLMServerError, {"edge"}),
    ("F21 bomb", _whole(BOMB, coding="gzip"), LLMProtocolError, {"too_large"}),
    ("F23 no gzip", _whole(b"garbage", coding="gzip"), LLMProtocolError, {"encoding"}),
    ("F23 unknown coding", _whole(b"x", coding="zstd"), LLMProtocolError, {"encoding"}),
    (
        "F24 two lengths",
        Raw(data=b"HTTP/1.1 200 X\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}"),
        LLMProtocolError,
        {"framing"},
    ),
    ("F31 408", _whole(b"", status=408), LLMTimeoutError, {"server"}),
    ("F20 long refusal", _whole(b"x" * 3_000_000, status=500), LLMServerError, {None}),
    ("F23 refusal in an unknown coding", _whole(b"x", status=500, coding="zstd"), LLMServerError, {None}),
    ("F23 refusal", _whole(b"x", status=500, coding="gzip"), LLMServerError, {None}),
    ("F44 a list", _whole(b"[1]", status=500), LLMServerError, {None}),
    ("F45 error in a 200", _whole(_error("Internal", "server_error")), LLMServerError, {None}),
    ("F46 no choices", _whole(b'{"choices": []}'), LLMProtocolError, {"empty"}),
    ("F60 not UTF-8", _whole(b'{"id": "\xff"}'), LLMProtocolError, {"utf8"}),
]


@pytest.mark.parametrize(("step", "error", "kinds"), [row[1:] for row in PLAIN], ids=[row[0] for row in PLAIN])
async def test_plain_failures(
    llm_simulator: Simulator, make: Any, step: Any, error: type[LLMError], kinds: set[str | None]
) -> None:
    """Each failure is one type and kind, whichever engine met it, and none tells the key."""
    llm_simulator.script(step)
    with pytest.raises(error) as caught:
        await make(llm_simulator.base_url("openai")).complete(REQUEST)
    assert caught.value.kind in kinds
    assert (caught.value.provider, caught.value.model) == ("openai", "gpt-4o")
    assert "SENTINEL" not in f"{caught.value!r} {caught.value} {caught.value.body_text()}"
    assert len(llm_simulator.journal) == 1  # nothing below retries


@pytest.mark.parametrize(("status", "error"), [(200, LLMProtocolError), (500, LLMServerError)])
async def test_a_coding_nobody_asked_for_ends_the_connection(
    llm_simulator: Simulator, make: Any, status: int, error: type[LLMError]
) -> None:
    """It is seen in the head; what is still to come must not hold the connection."""
    head = SendHead(status=status, headers={"content-encoding": "zstd", "transfer-encoding": "chunked"})
    llm_simulator.script_connection(ReadRequest(), head, SendChunk(b"x"), Pause())
    provider = make(llm_simulator.base_url("openai"))
    with pytest.raises(error):
        await provider.complete(REQUEST)
    await asyncio.to_thread(llm_simulator.wait_until_idle)
    assert 0 == llm_simulator.open_connections


async def test_compressed_answers_are_read(llm_simulator: Simulator, make: Any) -> None:
    """Both codings that are asked for."""
    body = json.dumps(ANSWER).encode()
    for coding, data in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        llm_simulator.script(_whole(data, coding=coding))
        assert "hi" == (await make(llm_simulator.base_url("openai")).complete(REQUEST)).text


async def test_broken_gzip_end_is_noticed(llm_simulator: Simulator, make: Any) -> None:
    """A compressed body that breaks off may still look whole to a JSON reader."""
    llm_simulator.script(_whole(gzip.compress(json.dumps(ANSWER).encode())[:-6], coding="gzip"))
    with pytest.raises(LLMProtocolError) as caught:
        await make(llm_simulator.base_url("openai")).complete(REQUEST)
    assert "encoding" == caught.value.kind


async def _events(provider: WireProvider) -> list[Any]:
    return [event async for event in provider.stream(REQUEST)]


def _stream(*payloads: Any) -> Replay:
    return Replay(headers=(("content-type", "text/event-stream"),), body=b"".join(map(_event, payloads)))


def _event(payload: Any) -> bytes:
    return f"data: {payload if isinstance(payload, str) else json.dumps(payload)}\n\n".encode()


STREAMED: Final = [
    ("F59 broken JSON", _stream(FIRST, '{"id": '), LLMProtocolError, "json", None),
    ("F45 error in JSON", _whole(_error("x", "rate_limit_exceeded")), LLMRateLimitError, None, None),
    ("nothing at all", _whole(b"", kind="text/event-stream"), LLMTruncatedError, "no_terminal", ""),
]


@pytest.mark.parametrize(
    ("step", "error", "kind", "text"), [row[1:] for row in STREAMED], ids=[row[0] for row in STREAMED]
)
async def test_stream_failures(
    llm_simulator: Simulator, make: Any, step: Any, error: type[LLMError], kind: str | None, text: str | None
) -> None:
    """A stream that breaks says so, and hands over what had arrived."""
    llm_simulator.script(step)
    with pytest.raises(error) as caught:
        await _events(make(llm_simulator.base_url("openai")))
    partial = caught.value.partial()
    assert (kind, text) == (caught.value.kind, None if partial is None else partial.text)


async def test_finish_without_last_marker_is_whole(llm_simulator: Simulator, make: Any) -> None:
    """Many compatible servers end without [DONE]: the finish reason is what counts."""
    llm_simulator.script(_stream(FIRST, LAST))
    assert "hey" == (await _events(make(llm_simulator.base_url("openai"))))[-1].response.text


@pytest.mark.parametrize("step", [_whole(_error(f"{KEY[3:]} is bad")), _stream(FIRST, {"error": f"{KEY[3:]} is bad"})])
async def test_no_error_inside_an_answer_tells_the_key(llm_simulator: Simulator, make: Any, step: Any) -> None:
    """A gateway may quote it there too, and it need not look like a key."""
    llm_simulator.script(step)
    with pytest.raises(LLMServerError) as caught:
        await _events(make(llm_simulator.base_url("openai"), key=KEY[3:]))
    assert "SENTINEL" not in f"{caught.value} {caught.value!r}"
    assert "is bad" in str(caught.value)


async def test_events_under_a_wrong_name(llm_simulator: Simulator, make: Any) -> None:
    """OpenAI itself once called its streams application/json."""
    body = b"".join(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in (FIRST, LAST)) + b"data: [DONE]\n\n"
    llm_simulator.script(_whole(body))
    events = await _events(make(llm_simulator.base_url("openai")))
    assert ([TextDelta(text="he"), TextDelta(text="y")], "hey") == (events[:-1], events[-1].response.text)


async def test_a_server_that_does_not_stream(llm_simulator: Simulator, make: Any) -> None:
    """Asked for a stream, some answer in one piece; the caller sees events all the same."""
    llm_simulator.script(_whole(json.dumps(ANSWER).encode()))
    events = await _events(make(llm_simulator.base_url("openai")))
    assert TextDelta(text="hi") == events[0]
    assert "hi" == events[-1].response.text


async def test_stream_ends_at_its_terminal(llm_simulator: Simulator, make: Any) -> None:
    """A connection held open after the end must not hold the caller."""
    chunks = [SendChunk(_event(payload)) for payload in (FIRST, LAST, "[DONE]")]
    head = SendHead(headers={"content-type": "text/event-stream", "transfer-encoding": "chunked"})
    llm_simulator.script_connection(ReadRequest(), head, *chunks, Pause())
    async with asyncio.timeout(2):
        events = await _events(make(llm_simulator.base_url("openai")))
    assert "hey" == events[-1].response.text
    await asyncio.to_thread(llm_simulator.wait_until_idle)
    assert 0 == llm_simulator.open_connections


async def test_connection_is_kept_when_the_stream_ends_cleanly(llm_simulator: Simulator, make: Any) -> None:
    """A new TLS handshake per stream would cost more than the stream."""
    whole = _stream(FIRST, LAST, "[DONE]")
    llm_simulator.script(whole, whole)
    provider = make(llm_simulator.base_url("openai"))
    await _events(provider)
    await _events(provider)
    assert (1, 2) == (llm_simulator.connections_opened, len(llm_simulator.journal))


async def test_blackhole_meets_the_connect_clock(make: Any) -> None:
    """The one clock the transport owns: a connection that never comes."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):  # fill the queue of a server that accepts nobody
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)  # noqa: FBT003
            filler.connect_ex(full.getsockname())
        with pytest.raises(LLMTimeoutError) as caught:
            await make(f"http://127.0.0.1:{full.getsockname()[1]}/v1", connect_timeout_s=0.3).complete(REQUEST)
    assert (caught.value.kind, caught.value.billed) == ("connect", "no")
