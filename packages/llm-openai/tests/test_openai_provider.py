"""The provider end to end over a socket: what goes out, what comes back, on whose loop."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Final

import openai
import pytest

from penguiflow_llm_openai import create, plugin
from penguiflow_llm_testing import Failure, Replay, Simulator
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


NAMED: Final = (("content-type", "application/json"), ("x-request-id", "q1"))
CHAT_STEP: Final = Replay(body=json.dumps(CHAT).encode(), headers=NAMED)
RESPONSE_STEP: Final = Replay(body=json.dumps(RESPONSE).encode(), headers=NAMED)
STEPS: Final = {"chat": CHAT_STEP, "responses": RESPONSE_STEP}


@pytest.mark.parametrize(("api", "path"), [("chat", "/chat/completions"), ("responses", "/responses")])
async def test_a_plain_call(llm_simulator: Simulator, api: str, path: str) -> None:
    """One request, with the caller's own headers and query, and nothing of the SDK in the answer."""
    llm_simulator.script(STEPS[api])
    provider = create(
        KEY,
        llm_simulator.base_url("openai"),
        api=api,
        organization="org",
        project="proj",
        default_headers={"X-A": "a"},
        default_query={"q": "1"},
    )
    response = await provider.complete(REQUEST)
    await provider.aclose()
    await provider.aclose()
    [sent] = llm_simulator.journal
    assert ("POST", path, "q=1", True) == (sent.method, sent.path, sent.query, sent.was_sent_with(KEY))
    assert ("a", "org", "proj", "0", "gzip, deflate") == tuple(
        sent.header(name)
        for name in ("x-a", "openai-organization", "openai-project", "x-stainless-retry-count", "accept-encoding")
    )
    assert ("hi", "q1") == (response.text, response.request_id)
    assert isinstance(response.raw, dict)
    assert ("openai", SPEC_VERSION) == (provider.name, provider.spec_version)


async def test_bytes_sent(llm_simulator: Simulator) -> None:
    """The body as it goes over the wire."""
    provider = create(KEY, llm_simulator.base_url("openai"))
    await provider.complete(REQUEST)
    await provider.aclose()
    assert b'{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}' == llm_simulator.journal[0].body


async def test_a_server_that_does_not_stream_gives_events(llm_simulator: Simulator) -> None:
    """The events its answer could have been."""
    llm_simulator.script(CHAT_STEP, CHAT_STEP)
    provider = create(KEY, llm_simulator.base_url("openai"))
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


async def test_half_a_character_is_told(llm_simulator: Simulator) -> None:
    """In a plain answer as in a stream."""
    body = rb'{"choices": [{"message": {"content": "\ud83d!"}, "finish_reason": "stop"}]}'
    llm_simulator.script(Replay(body=body, headers=NAMED))
    provider = create(KEY, llm_simulator.base_url("openai"))
    response = await provider.complete(REQUEST)
    await provider.aclose()
    assert ("\ufffd!", 1) == (response.text, len(response.warnings))


@pytest.mark.parametrize(
    ("api", "options", "path"),
    [
        ("chat", {}, "/openai/deployments/gpt-4o/chat/completions"),
        ("chat", {"azure_deployment": "mine"}, "/openai/deployments/mine/chat/completions"),
        ("responses", {}, "/openai/responses"),
        ("responses", {"azure_deployment": "mine"}, "/openai/responses"),
    ],
)
async def test_azure(llm_simulator: Simulator, api: str, options: dict[str, str], path: str) -> None:
    """The SDK's Azure client knows the paths."""
    llm_simulator.script(STEPS[api])
    provider = create("azure-key", api=api, azure_endpoint=llm_simulator.url, api_version="v9", **options)
    await provider.complete(REQUEST)
    await provider.aclose()
    [sent] = llm_simulator.journal
    assert (path, "api-version=v9") == (sent.path, sent.query)
    assert sent.was_sent_with("azure-key")
    assert sent.header("api-key") is not None


async def test_azure_with_entra(llm_simulator: Simulator) -> None:
    """A token is asked for with every request."""
    llm_simulator.script(CHAT_STEP, CHAT_STEP)
    tokens = iter(["t1", "t2"])
    provider = create(azure_endpoint=llm_simulator.url, api_version="v9", azure_ad_token_provider=lambda: next(tokens))
    await provider.complete(REQUEST)
    await provider.complete(REQUEST)
    await provider.aclose()
    first, second = llm_simulator.journal
    assert (True, True) == (first.was_sent_with("t1"), second.was_sent_with("t2"))


async def test_a_client_of_the_callers(llm_simulator: Simulator) -> None:
    """Used as it is, with retries off per request, and left open."""
    refusal = {"error": {"message": "slow"}}
    llm_simulator.script(Failure(status=429, json=refusal, headers=(("retry-after", "9"),)))
    client = openai.AsyncOpenAI(api_key="theirs", base_url=llm_simulator.base_url("openai"))
    provider = create(client=client)
    with pytest.raises(LLMRateLimitError) as caught:
        await provider.complete(REQUEST)
    await provider.aclose()
    assert (9.0, 1, False) == (caught.value.retry_after_s, len(llm_simulator.journal), client.is_closed())
    assert (None, None) == (caught.value.__cause__, caught.value.__context__)
    await client.close()


async def test_aiohttp_asked_for_but_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(LLMConfigurationError, match=r"penguiflow-llm\[aiohttp\]"):
        await create(KEY, use_aiohttp=True).complete(REQUEST)


def _connections(provider: WireProvider) -> int:
    assert isinstance(provider._transport, PerLoop)
    return len(provider._transport)


def test_closing_from_another_thread(llm_simulator: Simulator) -> None:
    """A loop that runs in another thread gets its client closed there."""
    provider = create(KEY, llm_simulator.base_url("openai"))
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
