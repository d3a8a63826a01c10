"""The provider end to end over a socket: what goes out, what comes back, and over whose client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import anthropic
import pytest

from penguiflow_llm_anthropic import create
from penguiflow_llm_testing import Answer, FailMidway, Simulator, overloaded
from penguiflow_llm_types import (
    Done,
    LLMAuthError,
    LLMConfigurationError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMMessage,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMRequest,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
    LLMTruncatedError,
    ReasoningConfig,
    Sampling,
    StreamEvent,
    TextDelta,
)
from penguiflow_llm_types.wire import WireProvider

KEY: Final = "sk-ant-SENTINEL-0123456789"
REQUEST: Final = LLMRequest(model="claude-haiku-4-5", messages=(LLMMessage.user("hello"),))
ANSWER: Final = {
    "id": "m1",
    "type": "message",
    "role": "assistant",
    "model": "claude-haiku-4-5",
    "content": [{"type": "text", "text": "hi"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
FIRST: Final = (
    {"type": "message_start", "message": {**ANSWER, "content": [], "stop_reason": None}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}},
)


@pytest.fixture(params=[False, True], ids=["httpx2", "aiohttp"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Callable[..., WireProvider]]:
    """Make providers over one engine, closed after the test."""
    if request.param:
        pytest.importorskip("aiohttp", reason="the aiohttp extra is not installed here")
    made: list[WireProvider] = []

    def provider(url: str, **options: Any) -> WireProvider:
        made.append(create(KEY, url.removesuffix("/v1"), use_aiohttp=request.param, **options))
        return made[-1]

    yield provider
    for one in made:
        await one.aclose()


def _whole(body: Any, **how: Any) -> Any:
    async def script(request: Any) -> None:
        await request.answer(body if isinstance(body, bytes) else json.dumps(body).encode(), **how)

    return script


async def test_a_plain_call(serve: Any, make: Any) -> None:
    """One request, with the credential as the API wants it now, and nothing of the SDK in the answer."""
    wire = await serve(_whole(ANSWER, more="request-id: req_1\r\n"))
    provider = make(wire.url, betas="b1", default_headers={"X-A": "a"}, default_query={"q": "1"})
    response = await provider.complete(REQUEST)
    sent = wire.requests[0]
    assert "POST /v1/messages?q=1 HTTP/1.1" == sent.line
    assert (f"Bearer {KEY}", "2026-10-21", "b1", "a", "application/json") == tuple(
        sent.headers[name] for name in ("authorization", "anthropic-version", "anthropic-beta", "x-a", "content-type")
    )
    assert (
        b'{"model":"claude-haiku-4-5","max_tokens":32000,"messages":[{"role":"user","content":"hello"}]}' == sent.body
    )
    assert ("hi", "req_1") == (response.text, response.request_id)
    assert isinstance(response.raw, dict)


async def test_the_older_version_is_asked_for_by_itself(serve: Any, make: Any) -> None:
    """Only for a request that needs it."""
    wire = await serve(_whole(ANSWER))
    provider = make(wire.url)
    for sampling in (Sampling(temperature=0), Sampling()):
        await provider.complete(LLMRequest(model=REQUEST.model, messages=REQUEST.messages, sampling=sampling))
    assert ["2023-06-01", "2026-10-21"] == [request.headers["anthropic-version"] for request in wire.requests]


async def test_a_bearer_token(serve: Any) -> None:
    """In place of a key."""
    wire = await serve(_whole(ANSWER))
    provider = create(None, wire.url.removesuffix("/v1"), auth_token="token-1")
    await provider.complete(REQUEST)
    await provider.aclose()
    assert "Bearer token-1" == wire.requests[0].headers["authorization"]


def _error(kind: str, message: str, **details: Any) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message, **details}, "request_id": "req_9"}


BALANCE: Final = "Your credit balance is too low to access the Anthropic API."
LIMITS: Final = "You have reached your specified API usage limits."
SPENT: Final = {"details": {"error_code": "enforced_spend_limit_reached"}}


def _invalid(message: str) -> dict[str, Any]:
    return _error("invalid_request_error", message)


REFUSALS: Final = [
    (400, _invalid("prompt is too long: 3 tokens > 2 maximum"), LLMContextLengthError),
    (400, _invalid("output_config.format.schema: Schema type 'oneOf' is not supported"), LLMSchemaRejectedError),
    (400, _invalid("tools.0.custom.input_schema.type: Field required"), LLMSchemaRejectedError),
    (400, _invalid('tool_choice: type "tool" and "any" are not supported for this model.'), LLMSchemaRejectedError),
    (400, _invalid(BALANCE), LLMQuotaError),
    (400, _invalid(LIMITS), LLMQuotaError),
    (400, _invalid("temperature: range: 0..1"), LLMInvalidRequestError),
    (401, _error("authentication_error", "invalid x-api-key"), LLMAuthError),
    (402, _error("billing_error", "Pay."), LLMQuotaError),
    (403, _error("permission_error", "No."), LLMPermissionError),
    (404, _error("not_found_error", "model: claude-x"), LLMNotFoundError),
    (413, _error("request_too_large", "Too large."), LLMInvalidRequestError),
    (429, _error("rate_limit_error", "Slow down."), LLMRateLimitError),
    (429, _error("rate_limit_error", "Spent.", **SPENT), LLMQuotaError),
    (500, _error("api_error", "Internal server error"), LLMServerError),
    (504, _error("timeout_error", "Late."), LLMTimeoutError),
    (529, _error("overloaded_error", "Overloaded"), LLMOverloadedError),
    (429, {"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}, LLMRateLimitError),
    (400, {"message": "Input is too long for requested model."}, LLMContextLengthError),
]


@pytest.mark.parametrize(("status", "body", "error"), REFUSALS)
async def test_refusals(serve: Any, make: Any, status: int, body: Any, error: type[LLMError]) -> None:
    """Each is the type that says what can be done, with the words of whoever refused, and asked once."""
    wire = await serve(_whole(body, status=status, more="request-id: req_1\r\n"))
    with pytest.raises(LLMError) as caught:
        await make(wire.url).complete(REQUEST)
    assert (error, status, "req_1", "anthropic", 1) == (
        type(caught.value),
        caught.value.status,
        caught.value.request_id,
        caught.value.provider,
        len(wire.requests),
    )
    assert (None, None) == (caught.value.__cause__, caught.value.__context__)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (_error("rate_limit_error", "Slow down."), "rate_limit_error"),
        (_error("rate_limit_error", "Spent.", **SPENT), "enforced_spend_limit_reached"),
    ],
)
async def test_what_the_provider_calls_it(serve: Any, make: Any, body: Any, code: str) -> None:
    """The cause where it has a name, else the type: before an answer and inside of it."""
    for status in (429, 200):
        wire = await serve(_whole(body, status=status))
        with pytest.raises(LLMError) as caught:
            await make(wire.url).complete(REQUEST)
        assert code == caught.value.code


async def test_how_long_to_wait(serve: Any, make: Any) -> None:
    """As the server says it."""
    refusal = _whole(_error("rate_limit_error", "Slow down."), status=429, more="retry-after: 7\r\n")
    wire = await serve(refusal)
    with pytest.raises(LLMRateLimitError) as caught:
        await make(wire.url).complete(REQUEST)
    assert 7.0 == caught.value.retry_after_s


async def test_no_error_tells_the_key(serve: Any, make: Any) -> None:
    """A gateway may quote it."""
    wire = await serve(_whole(_error("authentication_error", f"{KEY} is bad"), status=401))
    with pytest.raises(LLMAuthError) as caught:
        await make(wire.url).complete(REQUEST)
    assert "SENTINEL" not in f"{caught.value!r} {caught.value} {caught.value.body_text()}"


@pytest.mark.parametrize("extra", [{"x": {1, 2}}, {"x": float("nan")}, {"x": "\ud800"}])
async def test_a_body_that_is_not_json(serve: Any, make: Any, extra: dict[str, Any]) -> None:
    """Told as a setting to change, before anything is sent."""
    wire = await serve(_whole(ANSWER))
    with pytest.raises(LLMConfigurationError):
        await make(wire.url).complete(LLMRequest(model="m", messages=(), extra=extra))
    assert [] == wire.requests


async def _events(provider: WireProvider, request: LLMRequest = REQUEST) -> list[StreamEvent]:
    return [event async for event in provider.stream(request)]


def _cut(*, reset: bool) -> Any:
    async def script(request: Any) -> None:
        await request.events(*FIRST, end=False)
        request.reset() if reset else request.writer.close()

    return script


def _stream(*events: Any) -> Any:
    async def script(request: Any) -> None:
        await request.events(*events)

    return script


STREAMED: Final = [
    ("reset", _cut(reset=True), LLMStreamInterruptedError, "hi"),
    ("closed", _cut(reset=False), LLMStreamInterruptedError, "hi"),
    ("no terminal", _stream(*FIRST), LLMTruncatedError, "hi"),
    ("error event", _stream(*FIRST, _error("overloaded_error", "Overloaded")), LLMOverloadedError, "hi"),
    ("error body", _whole(_error("rate_limit_error", "Slow down.")), LLMRateLimitError, None),
]


@pytest.mark.parametrize(("script", "error", "text"), [row[1:] for row in STREAMED], ids=[row[0] for row in STREAMED])
async def test_streams_that_fail(serve: Any, make: Any, script: Any, error: type[LLMError], text: str | None) -> None:
    """A stream that breaks says so, and hands over what had arrived."""
    wire = await serve(script)
    with pytest.raises(error) as caught:
        await _events(make(wire.url))
    partial = caught.value.partial()
    assert text == (None if partial is None else partial.text)


async def test_cancelling_closes_the_socket(serve: Any, make: Any) -> None:
    """A cancelled call must not go on costing tokens."""

    async def script(request: Any) -> None:
        await request.events(*FIRST, end=False)
        await request.wait_for_hang_up()

    wire = await serve(script)
    stream = make(wire.url).stream(REQUEST)
    while not isinstance(await anext(stream), TextDelta):
        pass
    await stream.aclose()
    await asyncio.wait_for(wire.requests[0].hung_up.wait(), 5)


VERTEX: Final[dict[str, Any]] = {"access_token": "t", "region": "us-east5", "project_id": "p"}


def _client(host: str, simulator: Simulator) -> Any:
    url = simulator.base_url("anthropic")
    match host:
        case "anthropic":
            return anthropic.AsyncAnthropic(api_key=KEY, base_url=url)
        case "foundry":
            return anthropic.AsyncAnthropicFoundry(api_key=KEY, base_url=url)
        case "vertex":
            return anthropic.AsyncAnthropicVertex(base_url=f"{url}/v1", **VERTEX)
        case _:
            return anthropic.AsyncAnthropicBedrock(api_key=KEY, aws_region="us-east-1", base_url=url)


CLIENTS: Final = [
    ("anthropic", "/v1/messages", "/v1/messages"),
    ("foundry", "/v1/messages", "/v1/messages"),
    (
        "vertex",
        "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-haiku-4-5:rawPredict",
        "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-haiku-4-5:streamRawPredict",
    ),
    ("bedrock", "/model/claude-haiku-4-5/invoke", "/model/claude-haiku-4-5/invoke-with-response-stream"),
]


@pytest.mark.parametrize(("host", "plain", "streamed"), CLIENTS)
async def test_a_client_of_the_callers(llm_simulator: Simulator, host: str, plain: str, streamed: str) -> None:
    """The SDK's client for each host, its URLs and its frames; used as it is, and left open."""
    client = _client(host, llm_simulator)
    provider = create(client=client)
    request = LLMRequest(
        model="claude-haiku-4-5",
        messages=(LLMMessage.user("hello"),),
        sampling=Sampling(temperature=0.5),
    )
    one = await provider.complete(request)
    events = await _events(provider, request)
    await provider.aclose()
    done = events[-1]
    assert isinstance(done, Done)
    assert (one.text, one.usage) == (done.response.text, done.response.usage)
    assert one.text == "".join(event.text for event in events if isinstance(event, TextDelta))
    assert [plain, streamed] == [asked.path for asked in llm_simulator.journal]
    assert not client.is_closed()
    await client.close()


@pytest.mark.parametrize("host", ["anthropic", "vertex", "bedrock"])
async def test_failures_over_every_client(llm_simulator: Simulator, host: str) -> None:
    """Before an answer and in the middle of a stream, whatever frames it has; the SDK does not retry."""
    llm_simulator.script(overloaded(), FailMidway(failure=overloaded(), after_events=4))
    client = _client(host, llm_simulator)
    provider = create(client=client)
    for ask in (provider.complete(REQUEST), _events(provider)):
        with pytest.raises(LLMOverloadedError):
            await ask
    await client.close()
    assert 2 == len(llm_simulator.journal)


async def test_reasoning_over_bedrock(llm_simulator: Simulator) -> None:
    """Seals come through the other framing too."""
    llm_simulator.script(Answer(reasoning="I think."), Answer(reasoning="I think."))
    client = _client("bedrock", llm_simulator)
    provider = create(client=client)
    asked = LLMRequest(
        model="claude-haiku-4-5", messages=REQUEST.messages, reasoning=ReasoningConfig(budget_tokens=2_000)
    )
    done = (await _events(provider, asked))[-1]
    assert isinstance(done, Done)
    again = LLMRequest(
        model=asked.model,
        messages=(*asked.messages, done.response.message, LLMMessage.user("Go on.")),
        reasoning=asked.reasoning,
    )
    assert "I think." == (await provider.complete(again)).reasoning
    await client.close()
