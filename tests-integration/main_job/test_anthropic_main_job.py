"""The main job over a socket and the real SDK: a typed value in every mode every family has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from penguiflow_llm_core import create_client
from penguiflow_llm_testing import Answer, ScriptedToolCall, Simulator
from penguiflow_llm_types import (
    CacheConfig,
    ImagePart,
    LLMMessage,
    OutputMode,
    ReasoningPart,
    TextPart,
    ToolSpec,
)

KEY: Final = "sk-ant-test-0123456789abcdefghij"
PROMPT: Final = "Maria Silva <maria@example.org> ordered 3 lamps at 12.50 on 14 March 2026."
WITH_NATIVE: Final = (
    "claude-fable-5-2", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5", "claude-sonnet-5",
    "claude-opus-4-8", "claude-opus-4-7", "claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-1", "claude-opus-7",
)  # fmt: skip
WITHOUT_NATIVE: Final = ("claude-sonnet-4-0", "claude-3-7-sonnet-latest", "claude-3-haiku-20240307")
MODES: Final = [(model, mode) for model in WITH_NATIVE for mode in OutputMode] + [
    (model, mode) for model in WITHOUT_NATIVE for mode in (OutputMode.TOOLS, OutputMode.PROMPTED)
]
WEATHER: Final = ToolSpec(
    name="weather",
    description="The weather of a city.",
    json_schema={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)


@dataclass
class Order:
    """Something with what Anthropic has to be told in another shape: a map, and an optional field."""

    customer: str
    quantity: int
    prices: dict[str, float] = field(default_factory=dict)
    note: str | None = None


def _client(simulator: Simulator, model: str) -> Any:
    return create_client(f"anthropic/{model}", base_url=simulator.base_url("anthropic"), api_key=KEY)


@pytest.mark.parametrize("reasoning", [None, "none", "high"])
@pytest.mark.parametrize(("model", "mode"), MODES)
async def test_a_typed_value(llm_simulator: Simulator, model: str, mode: OutputMode, reasoning: str | None) -> None:
    """In one attempt, the same plain and streamed: what a family refuses is known before it is asked."""
    async with _client(llm_simulator, model) as client:
        plain = await client.generate(PROMPT, Order, mode=mode, reasoning=reasoning)
        async with client.stream(PROMPT, Order, mode=mode, reasoning=reasoning) as stream:
            async for _ in stream:
                pass
            streamed = await stream.result()
    assert isinstance(plain.data, Order)
    assert (plain.data, mode, 1, 1) == (streamed.data, plain.mode_used, plain.attempts, streamed.attempts)


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-sonnet-4-6", "claude-haiku-4-5"])
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_tool_loop_sends_reasoning_back(llm_simulator: Simulator, model: str, streamed: bool) -> None:
    """The API refuses a thought whose seal was lost or altered on the way; two calls at once get two results."""
    llm_simulator.script(
        Answer(tool_calls=(ScriptedToolCall(name="weather", arguments={"city": "Oslo"}),) * 2), Answer(text="Snow.")
    )
    messages: list[LLMMessage] = [LLMMessage.user("How is the weather in Oslo?")]
    async with _client(llm_simulator, model) as client:
        first = await _ask(client, messages, streamed=streamed)
        messages += [first.message, *(LLMMessage.tool_result(call.id, "snow, -3 C") for call in first.tool_calls)]
        last = await _ask(client, messages, streamed=streamed)
    thoughts = [part for part in first.message.parts if isinstance(part, ReasoningPart)]
    assert (2, 1, "Snow.") == (len(first.tool_calls), len(thoughts), last.text)
    sent = llm_simulator.journal[1].json["messages"]
    assert ["user", "assistant", "user"] == [message["role"] for message in sent]
    assert thoughts[0].signature == sent[1]["content"][0]["signature"]
    assert ["tool_result", "tool_result"] == [block["type"] for block in sent[2]["content"]]


async def _ask(client: Any, messages: list[LLMMessage], *, streamed: bool) -> Any:
    options = {"tools": [WEATHER], "reasoning": "high"}
    if not streamed:
        return await client.complete(messages, **options)
    async with client.stream(messages, **options) as stream:
        async for _ in stream:
            pass
        return await stream.result()


async def test_withheld_thinking_goes_back(llm_simulator: Simulator) -> None:
    """A block nobody can read is still wanted back as it came."""
    trigger = (
        "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_"
        "46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"
    )
    messages = [LLMMessage.user(trigger)]
    async with _client(llm_simulator, "claude-opus-5-5") as client:
        first = await client.complete(messages)
        await client.complete([*messages, first.message, LLMMessage.user("Go on.")])
    withheld = [part.redacted_data for part in first.message.parts if isinstance(part, ReasoningPart)]
    assert withheld == [llm_simulator.journal[1].json["messages"][1]["content"][0]["data"]]
    assert all(withheld)


async def test_a_picture_is_taken(llm_simulator: Simulator) -> None:
    """As bytes, beside text."""
    picture = ImagePart(data=b"\x89PNG\r\n\x1a\n" + bytes(40), media_type="image/png")
    async with _client(llm_simulator, "claude-sonnet-5-5") as client:
        result = await client.generate([LLMMessage.user(PROMPT, picture)], Order)
    assert isinstance(result.data, Order)
    assert "base64" == llm_simulator.journal[0].json["messages"][0]["content"][1]["source"]["type"]


async def test_cached_tokens_are_counted(llm_simulator: Simulator) -> None:
    """Written first, read then; input counts both in."""
    long = LLMMessage(role="system", parts=(TextPart(text="Be brief. " * 800),))
    cache = CacheConfig(ttl="1h")
    async with _client(llm_simulator, "claude-sonnet-4-6") as client:
        first, second = [await client.complete([long, LLMMessage.user("Hello.")], cache=cache) for _ in range(2)]
    written, read = first.usage, second.usage
    assert written.cache_write_1h_tokens == written.cache_write_tokens == written.input_tokens
    assert (0, 0, written.input_tokens) == (read.cache_write_tokens, written.cache_read_tokens, read.cache_read_tokens)
    assert read.input_tokens == written.input_tokens
