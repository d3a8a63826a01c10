"""The provider end to end over a socket: what goes out, what comes back, and how a call is left."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from penguiflow_llm_bedrock import create
from penguiflow_llm_testing import (
    Answer,
    Cut,
    FailMidway,
    Failure,
    Faulty,
    Hold,
    Raw,
    Replay,
    Simulator,
    Split,
    overloaded,
    rate_limited,
)
from penguiflow_llm_types import (
    Done,
    LLMConfigurationError,
    LLMConnectionError,
    LLMError,
    LLMInvalidRequestError,
    LLMMessage,
    LLMOverloadedError,
    LLMPermissionError,
    LLMProtocolError,
    LLMRateLimitError,
    LLMRequest,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTruncatedError,
    TextDelta,
)
from penguiflow_llm_types.wire import WireProvider

KEY: Final = "bedrock-api-key-SENTINEL"
MODEL: Final = "us.amazon.nova-2-lite-v1:0"
REQUEST: Final = LLMRequest(model=MODEL, messages=(LLMMessage.user("hello"),))
STREAM: Final = (("content-type", "application/vnd.amazon.eventstream"),)


@pytest.fixture
async def provider(llm_simulator: Simulator) -> AsyncIterator[WireProvider]:
    made = create(KEY, llm_simulator.base_url("bedrock"), default_headers={"x-team": "a"})
    yield made
    await made.aclose()


async def test_a_plain_call(provider: WireProvider, llm_simulator: Simulator) -> None:
    """One request, with the token, the caller's own headers, and nothing that the answer could be compressed with."""
    llm_simulator.script(Answer(text="Hello."))
    response = await provider.complete(REQUEST)
    (sent,) = llm_simulator.journal
    assert (sent.method, sent.path) == ("POST", "/model/us.amazon.nova-2-lite-v1%3A0/converse")
    assert sent.was_sent_with(KEY)
    assert (sent.header("x-team"), sent.header("accept-encoding")) == ("a", "identity")
    assert sent.body == b'{"messages":[{"role":"user","content":[{"text":"hello"}]}]}'
    assert (response.text, response.finish_reason, response.raw_finish_reason) == ("Hello.", "stop", "end_turn")
    assert response.request_id
    assert isinstance(response.raw, dict)


async def test_a_stream_is_the_plain_answer(provider: WireProvider, llm_simulator: Simulator) -> None:
    """Whatever pieces it comes in."""
    answer = Answer(text="Hello, world; how are you?")
    llm_simulator.script(answer, Faulty(step=answer, faults=(Split(sizes=(1, 7, 3)),)))
    plain = await provider.complete(REQUEST)
    events = [event async for event in provider.stream(REQUEST)]
    assert events[-1] == Done(response=plain)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == plain.text
    assert llm_simulator.journal[1].path.endswith("/converse-stream")


async def test_connections_are_used_again(provider: WireProvider, llm_simulator: Simulator) -> None:
    """After a plain answer, a stream read to its end, and a refusal."""
    llm_simulator.script(Answer(), Answer(), rate_limited())
    await provider.complete(REQUEST)
    [event async for event in provider.stream(REQUEST)]
    with pytest.raises(LLMRateLimitError):
        await provider.complete(REQUEST)
    await provider.complete(REQUEST)
    assert llm_simulator.connections_opened == 1


async def test_many_at_once(provider: WireProvider, llm_simulator: Simulator) -> None:
    """None waits for another: there are as many connections as calls."""
    llm_simulator.script(*(Faulty(faults=(Hold(for_s=0.2),)) for _ in range(150)))
    responses = await asyncio.gather(*(provider.complete(REQUEST) for _ in range(150)))
    assert len({response.text for response in responses}) == 1
    assert llm_simulator.connections_opened == 150


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("hold", [Hold(), Hold(after_bytes=0), Hold(after_bytes=30)], ids=["headers", "body", "middle"])
async def test_cancelling_closes_the_socket(
    provider: WireProvider, llm_simulator: Simulator, hold: Hold, streamed: bool
) -> None:
    """Wherever the call is; it stays a cancellation, and no task is left."""
    llm_simulator.script(Faulty(faults=(hold,)))
    before = asyncio.all_tasks()

    async def call() -> None:
        if streamed:
            [event async for event in provider.stream(REQUEST)]
        else:
            await provider.complete(REQUEST)

    task = asyncio.create_task(call())
    await asyncio.to_thread(llm_simulator.wait_for_requests)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(llm_simulator.wait_for_disconnect)
    assert asyncio.all_tasks() == before


async def test_a_stream_that_is_left_closes_the_socket(provider: WireProvider, llm_simulator: Simulator) -> None:
    """After its first event."""
    llm_simulator.script(Faulty(step=Answer(text="one two three"), faults=(Hold(after_events=3),)))
    stream = provider.stream(REQUEST)
    assert isinstance(await anext(stream), TextDelta)
    await stream.aclose()
    await asyncio.to_thread(llm_simulator.wait_for_disconnect)


async def test_a_connection_held_open_after_the_end(provider: WireProvider, llm_simulator: Simulator) -> None:
    """The closing event is the end, whatever the server does then."""
    llm_simulator.script(Faulty(step=Answer(text="Hi"), faults=(Hold(after_events=99),)))
    async with asyncio.timeout(2):
        events = [event async for event in provider.stream(REQUEST)]
    assert isinstance(events[-1], Done)


_BROKEN: list[tuple[Any, type[LLMError], str | None]] = [
    (Faulty(faults=(Cut(),)), LLMConnectionError, "no_response"),
    (Faulty(faults=(Cut(how="rst"),)), LLMConnectionError, "reset"),
    (Raw(data=b"not http at all\r\n\r\n"), LLMProtocolError, "framing"),
    (Replay(headers=(("content-type", "text/html"),), body=b"<html>hi</html>"), LLMProtocolError, "content_type"),
    (Replay(headers=(("content-type", "application/json"),), body=b""), LLMProtocolError, "empty"),
    (Replay(headers=(("content-type", "application/json"),), body=b'{"output":'), LLMProtocolError, "json"),
    (Replay(headers=(("content-type", "application/json"),), body=b'{"message":"?"}'), LLMProtocolError, "empty"),
    (Failure(status=307, headers=(("location", "http://127.0.0.1:9/"),)), LLMProtocolError, "redirect"),
    (Failure(status=502, body=b"<html>bad</html>"), LLMServerError, None),
    (Failure(status=400, body=b"x" * 3_000_000), LLMInvalidRequestError, None),
    (Failure(status=403, json=["odd"]), LLMPermissionError, "denied"),
    (Faulty(faults=(Cut(after_bytes=20),)), LLMStreamInterruptedError, "body"),
]


@pytest.mark.parametrize(("step", "cls", "kind"), _BROKEN)
async def test_a_broken_answer(
    provider: WireProvider, llm_simulator: Simulator, step: Any, cls: type[LLMError], kind: str | None
) -> None:
    """Each is told by what can be done about it, with nothing of the engine hanging on it."""
    llm_simulator.script(step)
    with pytest.raises(cls) as caught:
        await provider.complete(REQUEST)
    error = caught.value
    assert (type(error), error.kind) == (cls, kind)
    assert (error.provider, error.model) == ("bedrock", MODEL)
    assert (error.__cause__, error.__context__) == (None, None)
    assert KEY not in f"{error!r} {error.body_text()}"


_BROKEN_STREAMS: list[tuple[Any, type[LLMError], str | None]] = [
    (Cut(after_events=2, how="clean"), LLMTruncatedError, "no_terminal"),
    (Cut(after_events=2, how="fin"), LLMStreamInterruptedError, "stream"),
    (Cut(after_events=2, how="rst"), LLMStreamInterruptedError, "stream"),
    (Cut(after_bytes=300, how="clean"), LLMTruncatedError, "no_terminal"),
    (FailMidway(failure=rate_limited(), after_events=2), LLMRateLimitError, None),
    (FailMidway(failure=overloaded(), after_events=2), LLMOverloadedError, None),
]


@pytest.mark.parametrize(("fault", "cls", "kind"), _BROKEN_STREAMS)
async def test_a_broken_stream(
    provider: WireProvider, llm_simulator: Simulator, fault: Any, cls: type[LLMError], kind: str | None
) -> None:
    """Never a short answer; what had arrived is kept."""
    llm_simulator.script(Faulty(step=Answer(text="one two three four"), faults=(fault,)))
    seen: list[object] = []
    with pytest.raises(cls) as caught:
        seen.extend([event async for event in provider.stream(REQUEST)])
    partial = caught.value.partial()
    assert partial is not None
    assert (caught.value.kind, caught.value.phase, partial.finish_reason) == (kind, "stream", "error")
    assert "one two three four".startswith(partial.text)
    assert caught.value.request_id


async def test_a_cut_after_the_stop_reason_is_an_answer(provider: WireProvider, llm_simulator: Simulator) -> None:
    """Only its usage is not known."""
    whole = Faulty(step=Answer(text="Hi"), faults=(Cut(after_events=4, how="clean"),))
    llm_simulator.script(whole)
    events = [event async for event in provider.stream(REQUEST)]
    assert isinstance(events[-1], Done)
    assert (events[-1].response.text, events[-1].response.usage.input_tokens) == ("Hi", None)


async def test_a_flipped_bit(provider: WireProvider, llm_simulator: Simulator, text_stream: list[bytes]) -> None:
    """The checksum notices what nobody else would."""
    body = b"".join(text_stream).replace(b"Hel", b"Hal")
    llm_simulator.script(Replay(headers=STREAM, body=body))
    with pytest.raises(LLMProtocolError) as caught:
        [event async for event in provider.stream(REQUEST)]
    assert caught.value.kind == "crc"


async def test_a_stream_answered_with_a_plain_body(provider: WireProvider, llm_simulator: Simulator) -> None:
    """By a gateway that does not stream: the events it could have been."""
    body = {"output": {"message": {"content": [{"text": "Hi"}]}}, "stopReason": "end_turn"}
    llm_simulator.script(Replay(headers=(("content-type", "application/json"),), body=json.dumps(body).encode()))
    events = [event async for event in provider.stream(REQUEST)]
    assert [type(event).__name__ for event in events] == ["TextDelta", "UsageUpdate", "Done"]


@pytest.mark.parametrize(
    ("extra", "why"),
    [({"a": {1, 2}}, "TypeError"), ({"a": float("nan")}, "ValueError"), ({"a": "\ud800"}, "UnicodeEncodeError")],
)
async def test_a_body_that_is_no_json(provider: WireProvider, extra: dict[str, Any], why: str) -> None:
    """Nothing is sent."""
    with pytest.raises(LLMConfigurationError, match=why):
        await provider.complete(LLMRequest(model=MODEL, messages=REQUEST.messages, extra=extra))


async def test_nobody_listens() -> None:
    """Provably not processed, so it may be sent again at once."""
    provider = create(KEY, "http://127.0.0.1:9")
    with pytest.raises(LLMConnectionError) as caught:
        await provider.complete(REQUEST)
    await provider.aclose()
    assert (caught.value.kind, caught.value.billed, caught.value.retry_rule) == ("connect", "no", "connect")


async def test_a_proxy_of_the_environment(llm_simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests go through it; the simulator, taken for one, sees the whole URL."""
    monkeypatch.setenv("http_proxy", llm_simulator.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.warns(UserWarning, match="in the clear"):
        provider = create(KEY, "http://bedrock.example.org", allow_insecure_http=True)
    with pytest.raises(LLMError):
        await provider.complete(REQUEST)
    await provider.aclose()
    assert llm_simulator.journal[0].path.startswith("http://bedrock.example.org/model/")
    assert llm_simulator.journal[0].header("host") == "bedrock.example.org"


def test_several_event_loops(llm_simulator: Simulator) -> None:
    """One provider serves them one after the other; connections close with their loop."""
    provider = create(KEY, llm_simulator.base_url("bedrock"))
    for _ in range(3):
        assert asyncio.run(provider.complete(REQUEST)).text
        llm_simulator.wait_until_idle()
