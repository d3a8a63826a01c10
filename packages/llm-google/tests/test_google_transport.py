"""The transport over sockets: what goes out, with whose credentials, over whose engine, and every way it fails."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import threading
from typing import Any

import httpx2
import pytest
from google import genai
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from penguiflow_llm_google import create
from penguiflow_llm_google._options import read_settings
from penguiflow_llm_google._transport import load
from penguiflow_llm_google._transport._sdk import auth_error, make_client
from penguiflow_llm_google._transport._seam import GenaiClient
from penguiflow_llm_testing import Answer, Failure, Replay, Simulator
from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    LLMAuthError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMError,
    LLMMessage,
    LLMProtocolError,
    LLMRequest,
    LLMServerError,
    TextDelta,
)
from penguiflow_llm_types.wire import WireProvider

_KEY = "AIzaSySENTINEL0123456789"
_REQUEST = LLMRequest(model="gemini-2.5-flash", messages=(LLMMessage.user("hello"),))
_BODY = b'{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}'
_HAS_AIOHTTP = importlib.util.find_spec("aiohttp") is not None
_AIOHTTP = pytest.mark.skipif(not _HAS_AIOHTTP, reason="aiohttp is an extra, and not installed")
_ENGINES = pytest.mark.parametrize(
    "use_aiohttp", [False, pytest.param(True, marks=_AIOHTTP)], ids=["httpx2", "aiohttp"]
)


async def _complete(provider: WireProvider) -> CompletionResponse:
    try:
        return await provider.complete(_REQUEST)
    finally:
        await provider.aclose()


@_ENGINES
async def test_bytes_sent(simulator: Simulator, use_aiohttp: bool) -> None:
    """The body as it goes over the wire, the SDK's path and headers, and the caller's own."""
    provider = create(_KEY, simulator.base_url("google"), use_aiohttp=use_aiohttp, default_headers={"x-a": "a"})
    simulator.script(Answer(text="hi"))
    response = await _complete(provider)
    (sent,) = simulator.journal
    assert (_BODY, "/v1/models/gemini-2.5-flash:generateContent", "") == (sent.body, sent.path, sent.query)
    headers = dict(sent.headers)
    assert ("application/json", "gzip, deflate", "a") == (
        headers["content-type"],
        headers["accept-encoding"],
        headers["x-a"],
    )
    assert "google-genai-sdk" in headers["x-goog-api-client"]
    assert "x-goog-api-key" in headers
    assert _KEY not in str(headers)
    assert "hi" == response.text


@_ENGINES
async def test_a_stream(simulator: Simulator, use_aiohttp: bool) -> None:
    """Server-sent events, asked for uncompressed, so that each arrives when it is sent."""
    provider = create(_KEY, simulator.base_url("google"), use_aiohttp=use_aiohttp)
    simulator.script(Answer(text="one two three"))
    events = [event async for event in provider.stream(_REQUEST)]
    await provider.aclose()
    (sent,) = simulator.journal
    assert ("alt=sse", "identity") == (sent.query, dict(sent.headers)["accept-encoding"])
    assert "one two three" == "".join(event.text for event in events if isinstance(event, TextDelta))
    assert isinstance(events[-1], Done)


async def test_the_version_of_the_api(simulator: Simulator) -> None:
    """The SDK's own by default; v1beta1 at Vertex AI, where a key alone needs no project."""
    url = simulator.base_url("google")
    await _complete(create(_KEY, url, api_version="v1beta"))
    await _complete(create(_KEY, url, vertexai=True))
    assert [
        "/v1beta/models/gemini-2.5-flash:generateContent",
        "/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent",
    ] == [request.path for request in simulator.journal]


class _Tokens(Credentials):
    """Credentials that count how often they were refreshed, and where."""

    def __init__(self, *failures: Exception) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.refreshed = 0
        self.threads: set[str] = set()
        self._failures = list(failures)

    def refresh(self, _: Any) -> None:
        self.threads.add(threading.current_thread().name)
        if self._failures:
            raise self._failures.pop(0)
        self.refreshed += 1
        self.token = f"ya29.token-number-{self.refreshed}"


def _vertex(simulator: Simulator, credentials: Credentials) -> WireProvider:
    url = simulator.base_url("google")
    return create(None, url, vertexai=True, project="p", location="global", credentials=credentials)


async def test_access_tokens(simulator: Simulator) -> None:
    """Fetched once for all who wait, in a thread, and sent with the project's path."""
    credentials = _Tokens()
    provider = _vertex(simulator, credentials)
    await asyncio.gather(*(provider.complete(_REQUEST) for _ in range(5)))
    await provider.aclose()
    assert (1, False) == (credentials.refreshed, threading.main_thread().name in credentials.threads)
    sent = simulator.journal[0]
    assert "/v1beta1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:generateContent" == sent.path
    assert {"authorization"} <= dict(sent.headers).keys()


async def test_a_token_that_is_refused_is_replaced(simulator: Simulator) -> None:
    """The error says that a new credential may help, and the next request has one."""
    credentials = _Tokens()
    provider = _vertex(simulator, credentials)
    simulator.script(Failure(status=401, json={"error": {"code": 401, "message": "no", "status": "UNAUTHENTICATED"}}))
    with pytest.raises(LLMAuthError) as caught:
        await provider.complete(_REQUEST)
    assert ("expired", "refresh") == (caught.value.kind, caught.value.retry_rule)
    await provider.complete(_REQUEST)
    await provider.aclose()
    assert 2 == credentials.refreshed


async def test_a_key_that_is_refused_is_not(simulator: Simulator) -> None:
    """A key is what it is."""
    simulator.script(Failure(status=401, json={"error": {"code": 401, "message": "no", "status": "UNAUTHENTICATED"}}))
    with pytest.raises(LLMAuthError) as caught:
        await _complete(create(_KEY, simulator.base_url("google")))
    assert ("invalid", "never") == (caught.value.kind, caught.value.retry_rule)


_AUTH_ERRORS: list[tuple[Exception, type[LLMError], str | None]] = [
    (TransportError("metadata is down"), LLMConnectionError, "connect"),  # type: ignore[no-untyped-call]
    (RefreshError("revoked"), LLMAuthError, "invalid"),  # type: ignore[no-untyped-call]
    (RefreshError("busy", retryable=True), LLMConnectionError, "connect"),  # type: ignore[no-untyped-call]
    (DefaultCredentialsError("none"), LLMConfigurationError, None),  # type: ignore[no-untyped-call]
    (ValueError(f"bad project, and a key {_KEY}"), LLMConfigurationError, None),
]


@pytest.mark.parametrize(("error", "expected", "kind"), _AUTH_ERRORS, ids=lambda value: str(value)[:20])
def test_errors_of_google_auth(error: Exception, expected: type[LLMError], kind: str | None) -> None:
    """Each says what can be done, and none shows a credential."""
    ours = auth_error(error, read_settings(_KEY, None, {}, {}).redactor())
    assert (expected, kind) == (type(ours), ours.kind)
    assert _KEY not in str(ours)


async def test_a_token_that_cannot_be_fetched(simulator: Simulator) -> None:
    """Nothing was sent."""
    provider = _vertex(simulator, _Tokens(RefreshError("revoked")))  # type: ignore[no-untyped-call]
    with pytest.raises(LLMAuthError) as caught:
        await _complete(provider)
    assert (None, 0) == (caught.value.__context__, len(simulator.journal))


async def test_no_credentials_on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Told by the first call: looking for them takes files, and the machine's metadata server."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    with pytest.raises(LLMConfigurationError, match="application-default login"):
        await _complete(create(vertexai=True))


def test_what_the_sdk_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting only the SDK knows to be wrong is a configuration error too."""
    settings = read_settings(_KEY, "https://example.org", {"api_version": 5}, {})
    with pytest.raises(LLMConfigurationError):
        make_client(settings)


async def test_a_client_of_the_callers_with_its_own_engine(simulator: Simulator) -> None:
    """Its address, its key, its HTTP client; it stays open."""
    async with httpx2.AsyncClient(headers={"x-mine": "1"}) as engine:
        options = genai.types.HttpOptions(base_url=simulator.base_url("google"), httpx_async_client=engine)
        client = genai.Client(api_key=_KEY, vertexai=False, http_options=options)
        provider = create(client=client)
        assert (await _complete(provider)).text
        assert not engine.is_closed
    assert "1" == dict(simulator.journal[0].headers)["x-mine"]


async def test_a_client_of_the_callers_over_aiohttp(simulator: Simulator) -> None:
    """A session that was given to the SDK is used here too."""
    aiohttp = pytest.importorskip("aiohttp")
    async with aiohttp.ClientSession(headers={"x-mine": "1"}) as session:
        options = genai.types.HttpOptions(base_url=simulator.base_url("google"), aiohttp_client=session)
        client = genai.Client(api_key=_KEY, vertexai=False, http_options=options)
        assert (await _complete(create(client=client))).text
        assert not session.closed
    headers = dict(simulator.journal[0].headers)
    assert ("1", "identity") == (headers["x-mine"], headers["accept-encoding"])


async def test_a_client_of_the_callers_as_the_sdk_makes_it(simulator: Simulator) -> None:
    """Without an engine of the caller's, the SDK's own is used; a redirect is not followed, as it would by default."""
    options = genai.types.HttpOptions(base_url=simulator.base_url("google"))
    client = genai.Client(api_key=_KEY, vertexai=False, http_options=options)
    provider = create(client=client)
    simulator.script(Failure(status=307, headers=(("location", f"{simulator.url}/elsewhere"),)), Answer(text="hi"))
    with pytest.raises(LLMProtocolError):
        await provider.complete(_REQUEST)
    assert "hi" == (await _complete(provider)).text
    await client.aio.aclose()
    client.close()
    assert [307, 200] == [request.status for request in simulator.journal]


@_ENGINES
async def test_a_coding_nobody_asked_for(simulator: Simulator, use_aiohttp: bool) -> None:
    """Refused before a byte of it is expanded, and the connection is not left behind."""
    headers = (("content-type", "application/json"), ("content-encoding", "br"))
    provider = create(_KEY, simulator.base_url("google"), use_aiohttp=use_aiohttp)
    simulator.script(Failure(status=200, body=b"x", headers=headers), Failure(status=500, body=b"x", headers=headers))
    with pytest.raises(LLMProtocolError) as caught:
        await provider.complete(_REQUEST)
    assert "encoding" == caught.value.kind
    with pytest.raises(LLMServerError) as refused:
        await provider.complete(_REQUEST)
    assert (LLMServerError, 500) == (type(refused.value), refused.value.status)
    await provider.aclose()
    await asyncio.to_thread(simulator.wait_until_idle)


@_ENGINES
async def test_a_refusal_without_end(simulator: Simulator, use_aiohttp: bool) -> None:
    """The start of it says enough."""
    provider = create(_KEY, simulator.base_url("google"), use_aiohttp=use_aiohttp)
    simulator.script(Failure(status=500, body=b"x" * 3_000_000), Failure(status=503, body=b"{" * 3_000_000))
    for _ in range(2):
        with pytest.raises(LLMError) as caught:
            await provider.complete(_REQUEST)
        assert len(caught.value.body_text() or "") <= 4_000
    await provider.aclose()


@_ENGINES
async def test_a_proxy_of_the_environment(
    simulator: Simulator, use_aiohttp: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """It is used, unless the host is excepted; a .netrc file adds no credential."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine gemini.test login me password SENTINEL\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", simulator.url)
    with pytest.warns(UserWarning, match="in the clear"):
        provider = create(_KEY, "http://gemini.test/google", use_aiohttp=use_aiohttp, allow_insecure_http=True)
    with pytest.raises(LLMError):
        await provider.complete(_REQUEST)
    (seen,) = simulator.journal
    assert "http://gemini.test/google/v1/models/gemini-2.5-flash:generateContent" in f"{seen.path}"
    assert "authorization" not in dict(seen.headers)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    excepted = create(_KEY, simulator.base_url("google"), use_aiohttp=use_aiohttp)
    assert (await _complete(excepted)).text
    await provider.aclose()


async def test_a_body_that_comes_as_events_unasked(simulator: Simulator) -> None:
    """A stream that is named JSON, as some proxies do, and one that is a whole body."""
    event = b'data: {"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]}\n\n'
    kind = (("content-type", "application/json"),)
    provider = create(_KEY, simulator.base_url("google"))
    simulator.script(Replay(body=event, headers=kind), Replay(body=event[6:], headers=kind))
    for _ in range(2):
        done = [event async for event in provider.stream(_REQUEST)][-1]
        assert isinstance(done, Done)
        assert "hi" == done.response.text
    await provider.aclose()


def test_aiohttp_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for by name it must be installed; else httpx2 does."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    async def connected(**options: Any) -> None:
        settings = read_settings(_KEY, None, options, {})
        connection = load(settings, settings.redactor())()
        await connection.aclose()

    with pytest.raises(LLMConfigurationError, match=r"penguiflow-llm-google\[aiohttp\]"):
        asyncio.run(connected(use_aiohttp=True))
    asyncio.run(connected())


def test_the_private_part_of_the_sdk() -> None:
    """What `GenaiClient` uses: when an upgrade of google-genai fails here, that one module is to be read again."""
    client = genai.Client(api_key=_KEY, vertexai=False)
    api = client._api_client
    assert ["http_method", "path", "request_dict", "http_options"] == [
        *inspect.signature(api._build_request).parameters
    ]
    assert inspect.iscoroutinefunction(api._async_access_token)
    names = ("vertexai", "project", "location", "api_key", "_credentials", "_http_options", "_async_httpx_client")
    assert [] == [name for name in names if not hasattr(api, name)]
    url, headers = GenaiClient(client).address("/models/gemini-x:generateContent")
    assert "https://generativelanguage.googleapis.com/v1/models/gemini-x:generateContent" == url
    assert _KEY == headers["x-goog-api-key"]
    client.close()


def test_addresses_are_remembered_within_bounds() -> None:
    """A path is built once, and names that never come again do not pile up."""
    client = genai.Client(api_key=_KEY, vertexai=False)
    seam = GenaiClient(client)
    addresses = [seam.address(f"/models/m{number}:generateContent")[0] for number in range(600)]
    assert 600 == len(set(addresses))
    assert seam.address("/models/m0:generateContent") == seam.address("/models/m0:generateContent")
    assert len(seam._known) <= 257
    client.close()
