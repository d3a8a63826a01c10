"""Conversations as callers already have them: strings, our messages, OpenAI's dicts; and tools."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm import ImagePart, LLMClient, LLMConfigurationError, LLMMessage, ToolSpec
from penguiflow_llm_testing import Answer, RecordedRequest, ScriptedToolCall, Simulator

PIXEL = b64encode(b"\x89PNG\r\n\x1a\n").decode()
DATA_URL = f"data:image/png;base64,{PIXEL}"
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "units": {"type": "string", "enum": ["C", "F"]}},
            "required": ["city"],
        },
    },
}


FLAT_WEATHER = WEATHER["function"] | {"type": "function"}  # as the Responses API has it


class Person(BaseModel):
    """Somebody."""

    name: str


def images_of(request: RecordedRequest) -> list[str]:
    """The image URLs of a request, either wire."""
    body: Any = request.json
    found: list[str] = []
    for message in body.get("input", body.get("messages")):
        parts = message.get("content")
        for part in parts if isinstance(parts, list) else []:
            match part:
                case {"type": "input_image", "image_url": str(url)} | {"type": "image_url", "image_url": {"url": url}}:
                    found.append(url)
                case _:
                    pass
    return found


async def test_dicts_as_openai_has_them(
    llm_simulator: Simulator, client: LLMClient, turns_of: Callable[..., Any]
) -> None:
    """Code written for another client passes its messages on as they are."""
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Who is this?"},
        {"role": "assistant", "content": "Show me."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Here she is."},
                {"type": "image_url", "image_url": {"url": DATA_URL, "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://example.com/ada.png"}},
            ],
        },
    ]
    result = await client.generate(messages, Person)
    request = llm_simulator.journal[0]
    assert isinstance(result.data, Person)
    assert images_of(request) == [DATA_URL, "https://example.com/ada.png"]
    assert turns_of(request).pairs == (
        ("system", "Be brief."),
        ("user", "Who is this?"),
        ("assistant", "Show me."),
        ("user", "Here she is."),
    )


@pytest.mark.parametrize(
    "messages",
    [
        "Who is Ada?",
        LLMMessage.user("Who is Ada?"),
        [LLMMessage.user("Who is Ada?")],
        [{"role": "user", "content": "Who is Ada?"}],
        [{"role": "user", "content": [{"type": "text", "text": "Who is Ada?"}]}],
    ],
    ids=["str", "message", "messages", "dict", "parts"],
)
async def test_every_spelling_sends_the_same(llm_simulator: Simulator, client: LLMClient, messages: Any) -> None:
    """The shortest spelling is no lesser one."""
    await client.complete(messages)
    await client.complete("Who is Ada?")
    first, second = llm_simulator.journal
    assert first.json == second.json


async def test_our_parts(llm_simulator: Simulator, client: LLMClient) -> None:
    """Bytes need no encoding by hand."""
    picture = ImagePart(data=b"\x89PNG\r\n\x1a\n", media_type="image/png")
    await client.complete([LLMMessage.user("What is this?", picture)])
    assert images_of(llm_simulator.journal[0]) == [DATA_URL]


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ([], "empty"),
        ([{"role": "robot", "content": "Hi"}], "messages\\[0\\] has role 'robot'"),
        ([{"role": "user", "content": [{"type": "video"}]}], "messages\\[0\\]\\.content\\[0\\]"),
        ([{"role": "tool", "content": "sunny"}], "tool_call_id"),
        (7, "is a int"),
    ],
)
async def test_what_cannot_be_sent(llm_simulator: Simulator, client: LLMClient, messages: Any, problem: str) -> None:
    """The message that is wrong is named; nothing is sent."""
    with pytest.raises(LLMConfigurationError, match=problem):
        await client.complete(messages)
    assert llm_simulator.journal == ()


@pytest.mark.parametrize(
    "tool", [WEATHER, WEATHER["function"] | {"type": "function"}, None], ids=["chat", "responses", "ours"]
)
async def test_a_tool_loop(
    llm_simulator: Simulator, client: LLMClient, turns_of: Callable[..., Any], tool: Any
) -> None:
    """Ask, call, answer the call, and go on: what LiteLLM's `completion` is used for most."""
    function = WEATHER["function"]
    spec = tool or ToolSpec(name="weather", description=function["description"], json_schema=function["parameters"])
    call = ScriptedToolCall(name="weather", arguments={"city": "Oslo"})
    llm_simulator.script(Answer(tool_calls=(call,), reasoning="The tool will know."), Answer(text="It snows."))
    messages = [LLMMessage.user("How is the weather in Oslo?")]
    first = await client.complete(messages, tools=[spec])
    assert first.finish_reason == "tool_calls"
    assert [json.loads(one.arguments) for one in first.tool_calls] == [{"city": "Oslo"}]
    messages += [first.message, LLMMessage.tool_result(first.tool_calls[0].id, "snow, -3 C")]
    second = await client.complete(messages, tools=[spec])
    turns = turns_of(llm_simulator.journal[1])
    assert second.text == "It snows."
    assert turns.text("call") == turns.text("result") == first.tool_calls[0].id
    assert turns.text("result text") == "snow, -3 C"


async def test_sealed_reasoning_goes_back_unchanged(
    llm_simulator: Simulator, open_client: Callable[..., LLMClient]
) -> None:
    """The Responses API wants its own reasoning back in a tool loop, or the model starts thinking again."""
    client = open_client("responses")
    call = ScriptedToolCall(name="weather", arguments={"city": "Oslo"})
    llm_simulator.script(Answer(tool_calls=(call,), reasoning="The tool will know."))
    first = await client.complete("Weather in Oslo?", tools=[WEATHER], reasoning="low")
    await client.complete(
        [LLMMessage.user("Weather in Oslo?"), first.message, LLMMessage.tool_result(first.tool_calls[0].id, "snow")],
        tools=[WEATHER],
        reasoning="low",
    )
    body = llm_simulator.journal[1].json
    assert isinstance(body, dict)
    sealed = [item for item in body["input"] if item.get("type") == "reasoning"]
    assert [item["encrypted_content"] for item in sealed if item["encrypted_content"]] != []


@pytest.mark.parametrize("choice", ["required", "weather", WEATHER | {"function": {"name": "weather"}}])
async def test_a_forced_tool(llm_simulator: Simulator, client: LLMClient, choice: Any) -> None:
    """By name, by OpenAI's dict, or any one at all."""
    response = await client.complete("Is it cold?", tools=[WEATHER], tool_choice=choice)
    assert [call.name for call in response.tool_calls] == ["weather"]
    assert set(json.loads(response.tool_calls[0].arguments)) <= {"city", "units"}
