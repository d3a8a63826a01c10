"""The provider end to end over a socket: what goes out, what comes back, on whose loop."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any, Final, Self

import openai
import pytest

from penguiflow_llm_openai import create, plugin
from penguiflow_llm_types import (
    SPEC_VERSION,
    Done,
    LLMConfigurationError,
    LLMMessage,
    LLMRateLimitError,
    LLMRequest,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageUpdate,
)
from penguiflow_llm_types.wire import PerLoop, WireProvider

KEY: Final = "sk-SENTINEL-0123456789"
REQUEST: Final = LLMRequest(model="gpt-4o", messages=(LLMMessage.user("hello"),))
CHAT: Final = {
    "id": "c1",
    "model": "gpt-4o",
    "choices": [
        {
            "index": 0,
            "message": {
                "content": "hi",
                "reasoning": "hm",
                "tool_calls": [
                    {"id": "a", "function": {"name": "f", "arguments": "{}"}},
                    {"id": "b", "function": {"name": "g"}},
                ],
            },
            "finish_reason": "stop",
        }
    ],
}
RESPONSE: Final = {
    "id": "r1",
    "status": "completed",
    "output": [{"type": "message", "content": [{"type": "output_text", "text": "hi"}]}],
}


async def _answer(request: Any) -> None:
    await request.answer(json.dumps(CHAT if "chat" in request.line else RESPONSE).encode(), more="x-request-id: q1\r\n")


@pytest.mark.parametrize(("api", "path"), [("chat", "/v1/chat/completions"), ("responses", "/v1/responses")])
async def test_a_plain_call(serve: Any, api: str, path: str) -> None:
    """One request, with the caller's own headers and query, and nothing of the SDK in the answer."""
    wire = await serve(_answer)
    provider = create(
        KEY,
        wire.url,
        api=api,
        organization="org",
        project="proj",
        default_headers={"X-A": "a"},
        default_query={"q": "1"},
    )
    response = await provider.complete(REQUEST)
    await provider.aclose()
    await provider.aclose()
    sent = wire.requests[0]
    assert (f"POST {path}?q=1 HTTP/1.1", f"Bearer {KEY}", "a") == (
        sent.line,
        sent.headers["authorization"],
        sent.headers["x-a"],
    )
    assert ("org", "proj", "0") == (
        sent.headers["openai-organization"],
        sent.headers["openai-project"],
        sent.headers["x-stainless-retry-count"],
    )
    assert "gzip, deflate" == sent.headers["accept-encoding"]
    assert ("hi", "q1") == (response.text, response.request_id)
    assert isinstance(response.raw, dict)
    assert ("openai", SPEC_VERSION) == (provider.name, provider.spec_version)


async def test_bytes_sent(serve: Any) -> None:
    """The body as it goes over the wire."""
    wire = await serve(_answer)
    provider = create(KEY, wire.url)
    await provider.complete(REQUEST)
    await provider.aclose()
    assert b'{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}' == wire.requests[0].body


async def test_a_server_that_does_not_stream_gives_events(serve: Any) -> None:
    """The events its answer could have been."""
    wire = await serve(_answer)
    provider = create(KEY, wire.url)
    events = [event async for event in provider.stream(REQUEST)]
    response = await provider.complete(REQUEST)
    await provider.aclose()
    assert events == [
        ReasoningDelta(text="hm"),
        TextDelta(text="hi"),
        ToolCallStart(index=0, id="a", name="f"),
        ToolCallDelta(index=0, arguments="{}"),
        ToolCallStart(index=1, id="b", name="g"),
        UsageUpdate(usage=response.usage),
        Done(response=response),
    ]


async def test_half_a_character_is_told(serve: Any) -> None:
    """In a plain answer as in a stream."""

    async def script(request: Any) -> None:
        await request.answer(rb'{"choices": [{"message": {"content": "\ud83d!"}, "finish_reason": "stop"}]}')

    wire = await serve(script)
    provider = create(KEY, wire.url)
    response = await provider.complete(REQUEST)
    await provider.aclose()
    assert ("\ufffd!", 1) == (response.text, len(response.warnings))


@pytest.mark.parametrize(
    ("api", "options", "path"),
    [
        ("chat", {}, "/openai/deployments/gpt-4o/chat/completions?api-version=v9"),
        ("chat", {"azure_deployment": "mine"}, "/openai/deployments/mine/chat/completions?api-version=v9"),
        ("responses", {}, "/openai/responses?api-version=v9"),
        ("responses", {"azure_deployment": "mine"}, "/openai/responses?api-version=v9"),
    ],
)
async def test_azure(serve: Any, api: str, options: dict[str, str], path: str) -> None:
    """The SDK's Azure client knows the paths."""
    wire = await serve(_answer)
    endpoint = wire.url.removesuffix("/v1")
    provider = create("azure-key", api=api, azure_endpoint=endpoint, api_version="v9", **options)
    await provider.complete(REQUEST)
    await provider.aclose()
    assert (f"POST {path} HTTP/1.1", "azure-key") == (wire.requests[0].line, wire.requests[0].headers["api-key"])


async def test_azure_with_entra(serve: Any) -> None:
    """A token is asked for with every request."""
    wire = await serve(_answer)
    tokens = iter(["t1", "t2"])
    endpoint = wire.url.removesuffix("/v1")
    provider = create(azure_endpoint=endpoint, api_version="v9", azure_ad_token_provider=lambda: next(tokens))
    await provider.complete(REQUEST)
    await provider.complete(REQUEST)
    await provider.aclose()
    assert ["Bearer t1", "Bearer t2"] == [request.headers["authorization"] for request in wire.requests]


async def test_a_client_of_the_callers(serve: Any) -> None:
    """Used as it is, with retries off per request, and left open."""

    async def script(request: Any) -> None:
        await request.answer(b'{"error": {"message": "slow"}}', status=429, more="retry-after: 9\r\n")

    wire = await serve(script)
    client = openai.AsyncOpenAI(api_key="theirs", base_url=wire.url)
    provider = create(client=client)
    with pytest.raises(LLMRateLimitError) as caught:
        await provider.complete(REQUEST)
    await provider.aclose()
    assert (9.0, 1, False) == (caught.value.retry_after_s, len(wire.requests), client.is_closed())
    assert (None, None) == (caught.value.__cause__, caught.value.__context__)
    await client.close()


async def test_aiohttp_asked_for_but_missing(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(LLMConfigurationError, match=r"penguiflow-llm\[aiohttp\]"):
        await create(KEY, use_aiohttp=True).complete(REQUEST)


class _Threaded:
    """The same server on a loop of its own, so that the client's loops may come and go."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        body = json.dumps(CHAT).encode()
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
                await reader.readexactly(int(length.split(b":")[1]))
                writer.write(b"HTTP/1.1 200 X\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def _connections(provider: WireProvider) -> int:
    assert isinstance(provider._transport, PerLoop)
    return len(provider._transport)


def test_closing_from_another_thread() -> None:
    """A loop that runs in another thread gets its client closed there."""
    with _Threaded() as server:
        provider = create(KEY, f"http://127.0.0.1:{server.port}/v1")
        started, finish = threading.Event(), threading.Event()

        async def other() -> None:
            await provider.complete(REQUEST)
            started.set()
            await asyncio.to_thread(finish.wait, 5)

        thread = threading.Thread(target=lambda: asyncio.run(other()))
        thread.start()
        assert started.wait(5)
        asyncio.run(provider.aclose())
        assert 0 == _connections(provider)
        finish.set()
        thread.join(5)


def test_facts_are_told_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a schema fits a model can be asked in CI, where there is no key; the facts are those of a call."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert plugin.profile is not None
    assert plugin.profile("gpt-5.4-mini") == create(api_key=KEY).profile("gpt-5.4-mini")
