"""The provider end to end over a socket: what goes out, what comes back, and over whose client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import anthropic
import pytest

from penguiflow_llm_anthropic import create
from penguiflow_llm_testing import (
    END_CHUNKS,
    Answer,
    ConnectionAct,
    Disconnect,
    FailMidway,
    Failure,
    Pause,
    ReadRequest,
    SendChunk,
    SendHead,
    Simulator,
    overloaded,
)
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
        made.append(create(KEY, url, use_aiohttp=request.param, **options))
        return made[-1]

    yield provider
    for one in made:
        await one.aclose()


def _whole(body: Any, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Failure:
    return Failure(status=status, json=body, headers=headers)


async def test_a_plain_call(llm_simulator: Simulator, make: Any) -> None:
    """One request, with the credential as the API wants it now, and nothing of the SDK in the answer."""
    llm_simulator.script(_whole(ANSWER, headers=(("request-id", "req_1"),)))
    provider = make(
        llm_simulator.base_url("anthropic"), betas="b1", default_headers={"X-A": "a"}, default_query={"q": "1"}
    )
    response = await provider.complete(REQUEST)
    [sent] = llm_simulator.journal
    assert ("POST", "/v1/messages", "q=1", True) == (sent.method, sent.path, sent.query, sent.was_sent_with(KEY))
    assert (sent.header("authorization") or "").startswith("Bearer ")
    assert ("2026-10-21", "b1", "a", "application/json") == tuple(
        sent.header(name) for name in ("anthropic-version", "anthropic-beta", "x-a", "content-type")
    )
    assert (
        b'{"model":"claude-haiku-4-5","max_tokens":32000,"messages":[{"role":"user","content":"hello"}]}' == sent.body
    )
    assert ("hi", "req_1") == (response.text, response.request_id)
    assert isinstance(response.raw, dict)


async def test_the_older_version_is_asked_for_by_itself(llm_simulator: Simulator, make: Any) -> None:
    """Only for a request that needs it."""
    llm_simulator.script(_whole(ANSWER), _whole(ANSWER))
    provider = make(llm_simulator.base_url("anthropic"))
    for sampling in (Sampling(temperature=0), Sampling()):
        await provider.complete(LLMRequest(model=REQUEST.model, messages=REQUEST.messages, sampling=sampling))
    assert ["2023-06-01", "2026-10-21"] == [request.header("anthropic-version") for request in llm_simulator.journal]


async def test_a_bearer_token(llm_simulator: Simulator) -> None:
    """In place of a key."""
    provider = create(None, llm_simulator.base_url("anthropic"), auth_token="token-1")
    await provider.complete(REQUEST)
    await provider.aclose()
    [sent] = llm_simulator.journal
    assert sent.was_sent_with("token-1")
    assert (sent.header("authorization") or "").startswith("Bearer ")


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
async def test_refusals(llm_simulator: Simulator, make: Any, status: int, body: Any, error: type[LLMError]) -> None:
    """Each is the type that says what can be done, with the words of whoever refused, and asked once."""
    llm_simulator.script(_whole(body, status=status, headers=(("request-id", "req_1"),)))
    with pytest.raises(LLMError) as caught:
        await make(llm_simulator.base_url("anthropic")).complete(REQUEST)
    assert (error, status, "req_1", "anthropic", 1) == (
        type(caught.value),
        caught.value.status,
        caught.value.request_id,
        caught.value.provider,
        len(llm_simulator.journal),
    )
    assert (None, None) == (caught.value.__cause__, caught.value.__context__)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (_error("rate_limit_error", "Slow down."), "rate_limit_error"),
        (_error("rate_limit_error", "Spent.", **SPENT), "enforced_spend_limit_reached"),
    ],
)
async def test_what_the_provider_calls_it(llm_simulator: Simulator, make: Any, body: Any, code: str) -> None:
    """The cause where it has a name, else the type: before an answer and inside of it."""
    for status in (429, 200):
        llm_simulator.script(_whole(body, status=status))
        with pytest.raises(LLMError) as caught:
            await make(llm_simulator.base_url("anthropic")).complete(REQUEST)
        assert code == caught.value.code


async def test_how_long_to_wait(llm_simulator: Simulator, make: Any) -> None:
    """As the server says it."""
    llm_simulator.script(_whole(_error("rate_limit_error", "Slow down."), status=429, headers=(("retry-after", "7"),)))
    with pytest.raises(LLMRateLimitError) as caught:
        await make(llm_simulator.base_url("anthropic")).complete(REQUEST)
    assert 7.0 == caught.value.retry_after_s


async def test_no_error_tells_the_key(llm_simulator: Simulator, make: Any) -> None:
    """A gateway may quote it."""
    llm_simulator.script(_whole(_error("authentication_error", f"{KEY} is bad"), status=401))
    with pytest.raises(LLMAuthError) as caught:
        await make(llm_simulator.base_url("anthropic")).complete(REQUEST)
    assert "SENTINEL" not in f"{caught.value!r} {caught.value} {caught.value.body_text()}"


@pytest.mark.parametrize("extra", [{"x": {1, 2}}, {"x": float("nan")}, {"x": "\ud800"}])
async def test_a_body_that_is_not_json(llm_simulator: Simulator, make: Any, extra: dict[str, Any]) -> None:
    """Told as a setting to change, before anything is sent."""
    with pytest.raises(LLMConfigurationError):
        await make(llm_simulator.base_url("anthropic")).complete(LLMRequest(model="m", messages=(), extra=extra))
    assert () == llm_simulator.journal


async def _events(provider: WireProvider, request: LLMRequest = REQUEST) -> list[StreamEvent]:
    return [event async for event in provider.stream(request)]


def _begun(*acts: ConnectionAct) -> tuple[ConnectionAct, ...]:
    """A connection on which the beginning of an answer is followed by `acts`."""
    head = SendHead(headers={"content-type": "text/event-stream", "transfer-encoding": "chunked"})
    return (ReadRequest(), head, *(SendChunk(_event(event)) for event in FIRST), *acts)


def _event(payload: Any) -> bytes:
    return f"data: {json.dumps(payload)}\n\n".encode()


BROKEN: Final = [
    ("reset", _begun(Disconnect(how="rst")), LLMStreamInterruptedError),
    ("closed", _begun(Disconnect()), LLMStreamInterruptedError),
    ("no terminal", _begun(END_CHUNKS), LLMTruncatedError),
    (
        "error event",
        _begun(SendChunk(_event(_error("overloaded_error", "Overloaded"))), END_CHUNKS),
        LLMOverloadedError,
    ),
]


@pytest.mark.parametrize(("acts", "error"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
async def test_streams_that_fail(llm_simulator: Simulator, make: Any, acts: Any, error: type[LLMError]) -> None:
    """A stream that breaks says so, and hands over what had arrived."""
    llm_simulator.script_connection(*acts)
    with pytest.raises(error) as caught:
        await _events(make(llm_simulator.base_url("anthropic")))
    partial = caught.value.partial()
    assert partial is not None
    assert "hi" == partial.text


async def test_an_error_in_place_of_a_stream(llm_simulator: Simulator, make: Any) -> None:
    """As one body, under a status that says nothing of it; nothing had arrived."""
    llm_simulator.script(_whole(_error("rate_limit_error", "Slow down.")))
    with pytest.raises(LLMRateLimitError) as caught:
        await _events(make(llm_simulator.base_url("anthropic")))
    assert caught.value.partial() is None


async def test_leaving_a_stream_closes_the_socket(llm_simulator: Simulator, make: Any) -> None:
    """A call that was left must not go on costing tokens."""
    llm_simulator.script_connection(*_begun(Pause()))
    stream = make(llm_simulator.base_url("anthropic")).stream(REQUEST)
    while not isinstance(await anext(stream), TextDelta):
        pass
    await stream.aclose()
    await asyncio.to_thread(llm_simulator.wait_until_idle)
    assert 0 == llm_simulator.open_connections


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
