"""Whole calls against the simulator: tool loops with signatures, pictures, caches, blocked prompts, limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from penguiflow_llm_google import create, plugin
from penguiflow_llm_testing import Answer, ScriptedToolCall, Simulator, content_filtered, rate_limited
from penguiflow_llm_types import (
    CacheConfig,
    CompletionResponse,
    ImagePart,
    LLMContentFilterError,
    LLMInvalidRequestError,
    LLMMessage,
    LLMRateLimitError,
    LLMRequest,
    ReasoningConfig,
    ToolSpec,
)

_KEY = "AIzaSySENTINEL0123456789"
_QUESTION = LLMMessage.user("How is the weather in Oslo and in Rome?")
_WEATHER = ToolSpec(name="weather", json_schema={"type": "object", "properties": {"city": {"type": "string"}}})
_CALLS = tuple(ScriptedToolCall(name="weather", arguments={"city": city}) for city in ("Oslo", "Rome"))
_THINKING = ReasoningConfig(effort="high", include=True)


async def _ask(
    simulator: Simulator, request: LLMRequest, *, stream: bool = False, **options: Any
) -> CompletionResponse:
    provider = create(_KEY, simulator.base_url("google"), **options)
    try:
        if not stream:
            return await provider.complete(request)
        events = [event async for event in provider.stream(request)]
        response: CompletionResponse = events[-1].response  # type: ignore[union-attr]
        return response
    finally:
        await provider.aclose()


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("model", ["gemini-2.5-flash", "gemini-3.8-flash"])
async def test_a_tool_loop(simulator: Simulator, model: str, stream: bool) -> None:
    """Calls and their signatures go back as they came, which the simulator checks; ids only where Google has them."""
    request = LLMRequest(model=model, messages=(_QUESTION,), tools=(_WEATHER,), reasoning=_THINKING)
    simulator.script(Answer(tool_calls=_CALLS, reasoning="Both have to be looked up."))
    asked = await _ask(simulator, request, stream=stream)
    assert "Both have to be looked up." == asked.reasoning
    results = [LLMMessage.tool_result(call.id, f"{n} degrees") for n, call in enumerate(asked.tool_calls)]
    answer = await _ask(simulator, replace(request, messages=(_QUESTION, asked.message, *results)), stream=stream)
    assert ["0 degrees" in answer.text, "1 degrees" in answer.text, answer.finish_reason] == [True, True, "stop"]
    contents = simulator.journal[-1].json["contents"]
    assert [True, False] == ["thoughtSignature" in part for part in contents[1]["parts"] if "functionCall" in part]
    assert {model.startswith("gemini-3")} == {"id" in part["functionResponse"] for part in contents[2]["parts"]}


async def test_a_signature_that_was_touched(simulator: Simulator) -> None:
    """The provider would refuse it; so does the simulator, or the loop above would prove nothing."""
    request = LLMRequest(model="gemini-3.8-flash", messages=(_QUESTION,), tools=(_WEATHER,))
    simulator.script(Answer(tool_calls=_CALLS[:1]))
    asked = await _ask(simulator, request)
    (call,) = asked.tool_calls
    other = replace(call, arguments='{"city":"Bergen"}')
    result = LLMMessage.tool_result(call.id, "rain")
    messages = (_QUESTION, LLMMessage(role="assistant", parts=(other,)), result)
    with pytest.raises(LLMInvalidRequestError, match="Corrupted thought signature"):
        await _ask(simulator, replace(request, messages=messages))


async def test_a_signature_of_text_goes_back(simulator: Simulator) -> None:
    """A stream gives it beside no text; in the answer it is on the text it belongs to, as in a plain one."""
    request = LLMRequest(model="gemini-3.1-pro-preview", messages=(_QUESTION,))
    simulator.script(*[Answer(text="Snow and sun.")] * 2)
    plain, streamed = await _ask(simulator, request), await _ask(simulator, request, stream=True)
    assert plain.message == streamed.message
    await _ask(simulator, replace(request, messages=(_QUESTION, plain.message, LLMMessage.user("And?"))))
    (part,) = simulator.journal[-1].json["contents"][1]["parts"]
    assert {"text", "thoughtSignature"} == part.keys()


async def test_a_picture(simulator: Simulator) -> None:
    """It travels in the request."""
    message = LLMMessage.user("What is this?", ImagePart(data=b"\x89PNG", media_type="image/png"))
    assert (await _ask(simulator, LLMRequest(model="gemini-2.5-flash", messages=(message,)))).text
    part = simulator.journal[-1].json["contents"][0]["parts"][1]
    assert {"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}} == part


async def test_cached_tokens(simulator: Simulator) -> None:
    """A prompt that begins as an earlier one did; cached tokens are part of the input."""
    long = LLMMessage.user("The weather, in every detail. " * 400)
    for _ in range(2):
        usage = (await _ask(simulator, LLMRequest(model="gemini-2.5-flash", messages=(long,)))).usage
    assert usage.cache_read_tokens is not None
    assert usage.input_tokens is not None
    assert 0 < usage.cache_read_tokens <= usage.input_tokens


async def test_a_named_cache(simulator: Simulator) -> None:
    """Made beforehand at Google, used by its name."""
    content = {"model": "models/gemini-2.5-flash", "contents": [{"parts": [{"text": "Oslo. " * 1200}], "role": "user"}]}
    async with httpx2.AsyncClient(headers={"x-goog-api-key": _KEY}) as http:
        made = (await http.post(f"{simulator.base_url('google')}/v1/cachedContents", json=content)).json()
    request = LLMRequest(
        model="gemini-2.5-flash", messages=(LLMMessage.user("Where?"),), cache=CacheConfig(content=made["name"])
    )
    usage = (await _ask(simulator, request)).usage
    assert made["usageMetadata"]["totalTokenCount"] == usage.cache_read_tokens


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
async def test_a_blocked_prompt(simulator: Simulator, stream: bool) -> None:
    """A 200 without an answer."""
    simulator.script(content_filtered())
    with pytest.raises(LLMContentFilterError) as caught:
        await _ask(simulator, LLMRequest(model="gemini-2.5-flash", messages=(_QUESTION,)), stream=stream)
    assert ("input", "google", "gemini-2.5-flash") == (caught.value.kind, caught.value.provider, caught.value.model)


async def test_an_answer_that_was_stopped(simulator: Simulator) -> None:
    """It has a finish, and no text."""
    simulator.script(Answer(text="something bad", finish_reason="content_filter"))
    response = await _ask(simulator, LLMRequest(model="gemini-2.5-flash", messages=(_QUESTION,)))
    assert ("content_filter", "SAFETY", "") == (response.finish_reason, response.raw_finish_reason, response.text)


async def test_how_long_to_wait(simulator: Simulator) -> None:
    """Google says it in the body, not in a header."""
    simulator.script(rate_limited(retry_after_s=0.05))
    with pytest.raises(LLMRateLimitError) as caught:
        await _ask(simulator, LLMRequest(model="gemini-2.5-flash", messages=(_QUESTION,)))
    assert (0.05, "after") == (caught.value.retry_after_s, caught.value.retry_rule)


def test_the_plugin() -> None:
    """What the client finds by the entry point."""
    assert ("google", "google") == (plugin.name, plugin.price_provider)
    assert plugin.profile is not None
    assert plugin.profile("gemini-3.8-flash").known
    assert "<google provider at https://generativelanguage.googleapis.com (generateContent)>" == repr(create(_KEY))
    assert "<google provider at its default address (generateContent at Vertex AI)>" == repr(create(vertexai=True))
