"""A boto3 client of the caller's: the same answers, in threads that a cancelled call does not keep."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import boto3
import pytest
from botocore.config import Config

from penguiflow_llm_bedrock import create
from penguiflow_llm_testing import (
    Answer,
    Cut,
    FailMidway,
    Failure,
    Faulty,
    Hold,
    ScriptedToolCall,
    Simulator,
    overloaded,
    rate_limited,
    unauthorized,
)
from penguiflow_llm_types import (
    Done,
    ImagePart,
    LLMAuthError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMError,
    LLMMessage,
    LLMOverloadedError,
    LLMProtocolError,
    LLMRateLimitError,
    LLMRequest,
    LLMStreamInterruptedError,
    LLMTruncatedError,
    ReasoningConfig,
    ReasoningPart,
    TextDelta,
    ToolSpec,
)
from penguiflow_llm_types.wire import WireProvider

MODEL: Final = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
REQUEST: Final = LLMRequest(model=MODEL, messages=(LLMMessage.user("hello"),))


def boto_client(url: str, **config: Any) -> Any:
    return boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="SECRET-SENTINEL",
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


@pytest.fixture
def client(llm_simulator: Simulator) -> Iterator[Any]:
    made = boto_client(llm_simulator.base_url("bedrock"))
    yield made
    made.close()


@pytest.fixture
async def provider(client: Any) -> AsyncIterator[WireProvider]:
    made = create(client=client)
    yield made
    await made.aclose()


async def test_the_same_answers_as_without(provider: WireProvider, llm_simulator: Simulator) -> None:
    """Plain and streamed: text, calls, reasoning, usage, and the id for the provider's support."""
    ours = create("key", llm_simulator.base_url("bedrock"))
    request = LLMRequest(
        model=MODEL,
        messages=(LLMMessage.user("How is the weather?", ImagePart(data=b"\x89PNG", media_type="image/png")),),
        tools=(ToolSpec(name="weather", json_schema={"type": "object", "properties": {}}),),
        reasoning=ReasoningConfig(budget_tokens=2000),
    )
    answer = Answer(text="Let me see.", tool_calls=(ScriptedToolCall(name="weather", arguments={"a": [1.5]}),))
    for made in (ours, provider):
        llm_simulator.script(answer, answer)
        plain = await made.complete(request)
        events = [event async for event in made.stream(request)]
        assert [part.__class__.__name__ for part in plain.message.parts] == [
            "ReasoningPart",
            "TextPart",
            "ToolCallPart",
        ]
        assert plain.request_id
        streamed = events[-1]
        assert isinstance(streamed, Done)
        assert streamed.response.usage == plain.usage
        assert streamed.response.text == plain.text
    await ours.aclose()
    first, _, third, _ = (request.json["messages"] for request in llm_simulator.journal)
    assert first == third


async def test_reasoning_goes_back(provider: WireProvider, llm_simulator: Simulator) -> None:
    """Withheld reasoning is bytes to boto3, and must reach the wire as it came."""
    thought = ReasoningPart(redacted_data="AAEC", provider="bedrock")
    talk = (LLMMessage.user("q"), LLMMessage(role="assistant", parts=(thought,)), LLMMessage.user("r"))
    await provider.complete(LLMRequest(model=MODEL, messages=talk))
    sent = llm_simulator.journal[0].json
    assert sent["messages"][1]["content"] == [{"reasoningContent": {"redactedContent": "AAEC"}}]


async def _ask(provider: WireProvider, *, streamed: bool) -> None:
    if streamed:
        [event async for event in provider.stream(REQUEST)]
    else:
        await provider.complete(REQUEST)


_FAILURES: list[tuple[Any, type[LLMError], str | None]] = [
    (rate_limited(), LLMRateLimitError, None),
    (unauthorized(), LLMAuthError, "invalid"),
    (Faulty(faults=(Cut(),)), LLMConnectionError, "no_response"),
    (Faulty(faults=(Cut(after_events=3, how="clean"),)), LLMTruncatedError, "no_terminal"),
    (Faulty(faults=(Cut(after_events=3, how="fin"),)), LLMStreamInterruptedError, None),
    (Faulty(faults=(FailMidway(failure=overloaded(), after_events=3),)), LLMOverloadedError, None),
]


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(("step", "cls", "kind"), _FAILURES)
async def test_failures(
    provider: WireProvider, llm_simulator: Simulator, step: Any, cls: type[LLMError], kind: str | None, streamed: bool
) -> None:
    """Types are those of our own requests, and no exception of botocore's hangs on them."""
    llm_simulator.script(step)
    with pytest.raises(cls) as caught:
        await _ask(provider, streamed=streamed)
    assert kind in (None, caught.value.kind)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "SENTINEL" not in repr(caught.value)


async def test_a_model_that_does_not_stream(provider: WireProvider, llm_simulator: Simulator) -> None:
    """A whole answer is asked for whole, then; a stream stays refused."""
    refusal = Failure(
        status=400,
        json={"message": "This model doesn't support tool use in streaming mode."},
        headers=(("x-amzn-errortype", "ValidationException"),),
    )
    llm_simulator.script(refusal, Answer(text="Whole."))
    assert (await provider.complete(REQUEST)).text == "Whole."
    assert [request.path.rpartition("/")[2] for request in llm_simulator.journal] == ["converse-stream", "converse"]
    llm_simulator.script(refusal)
    with pytest.raises(LLMError, match="streaming mode"):
        [event async for event in provider.stream(REQUEST)]


async def test_no_more_calls_at_once_than_connections(llm_simulator: Simulator) -> None:
    """The pool of the client is the bound; the others wait for a thread."""
    client = boto_client(llm_simulator.base_url("bedrock"), max_pool_connections=3)
    provider = create(client=client)
    llm_simulator.script(*(Faulty(faults=(Hold(for_s=0.05),)) for _ in range(9)))
    assert all(r.text for r in await asyncio.gather(*(provider.complete(REQUEST) for _ in range(9))))
    assert sum(thread.name.startswith("llm-bedrock") for thread in threading.enumerate()) == 3
    assert llm_simulator.connections_opened <= 3
    await provider.aclose()
    client.close()


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_cancelling_closes_the_socket(
    client: Any, provider: WireProvider, llm_simulator: Simulator, streamed: bool
) -> None:
    """Once the headers have come: the thread that waits for more is woken."""
    received = threading.Event()
    client.meta.events.register("after-call.bedrock-runtime.ConverseStream", lambda **_: received.set())
    llm_simulator.script(Faulty(step=Answer(text="one two"), faults=(Hold(after_events=3),)))
    task = asyncio.create_task(_ask(provider, streamed=streamed))
    await asyncio.to_thread(received.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(llm_simulator.wait_for_disconnect)
    assert (await provider.complete(REQUEST)).text


async def test_cancelling_before_the_headers_leaves_at_once(provider: WireProvider, llm_simulator: Simulator) -> None:
    """There is nothing to close yet; what comes late is closed unread."""
    llm_simulator.script(Faulty(faults=(Hold(for_s=0.2),)))
    task = asyncio.create_task(provider.complete(REQUEST))
    await asyncio.to_thread(llm_simulator.wait_for_requests)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(llm_simulator.wait_until_answered)
    assert (await provider.complete(REQUEST)).text


async def test_a_stream_that_is_left(provider: WireProvider, llm_simulator: Simulator) -> None:
    """After its first event."""
    llm_simulator.script(Faulty(step=Answer(text="one two"), faults=(Hold(after_events=3),)))
    stream = provider.stream(REQUEST)
    assert isinstance(await anext(stream), TextDelta)
    await stream.aclose()
    await asyncio.to_thread(llm_simulator.wait_for_disconnect)


async def test_an_answer_that_boto3_cannot_read(provider: WireProvider, llm_simulator: Simulator) -> None:
    """Its parsers raise what an odd body makes them: AttributeError here (botocore 1.44.8)."""
    llm_simulator.script(Failure(status=400, body=b'"a text where an object belongs"'))
    with pytest.raises(LLMProtocolError, match=r"boto3 could not read the answer \(AttributeError\)"):
        await provider.complete(REQUEST)


async def test_credentials_of_the_client_are_masked(provider: WireProvider, llm_simulator: Simulator) -> None:
    """They are not ours, and the provider quotes them all the same; this is where botocore keeps them."""
    llm_simulator.script(Failure(status=403, json={"message": "no SECRET-SENTINEL here"}))
    with pytest.raises(LLMError, match=r"no \[redacted\] here"):
        await provider.complete(REQUEST)


async def test_what_boto3_does_not_take(provider: WireProvider) -> None:
    """It checks parameters by its own model."""
    with pytest.raises(LLMConfigurationError, match="boto3 does not take the request"):
        await provider.complete(LLMRequest(model=MODEL, messages=REQUEST.messages, extra={"ofTomorrow": 1}))


async def test_a_client_without_credentials(llm_simulator: Simulator) -> None:
    """Told as what it is."""
    client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=llm_simulator.base_url("bedrock"))
    provider = create(client=client)
    with pytest.raises(LLMConfigurationError, match="cannot sign"):
        await provider.complete(REQUEST)
    await provider.aclose()
    client.close()


def test_the_client_excludes_what_it_was_made_with(client: Any) -> None:
    """Region, keys and URL are the client's."""
    with pytest.raises(LLMConfigurationError, match="client was passed beside region, api_key"):
        create("key", client=client, region="us-east-1")
    assert "127.0.0.1" in repr(create(client=client, guardrail={"guardrailIdentifier": "g"}))


async def test_the_way_to_the_socket_is_still_there(client: Any) -> None:
    """`_raw_stream` is not public: this fails when an upgrade of botocore takes it away."""
    response = client.converse_stream(modelId=MODEL, messages=[{"role": "user", "content": [{"text": "hello"}]}])
    raw = response["stream"]._raw_stream
    assert callable(raw.stream)
    assert callable(raw.shutdown)
    response["stream"].close()
