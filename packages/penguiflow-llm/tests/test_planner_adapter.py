"""The adapter for penguiflow's planner, over a provider whose answers are written beforehand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from penguiflow_llm import (
    CompletionResponse,
    JSONLLMClient,
    LLMConfigurationError,
    LLMInvalidRequestError,
    LLMMessage,
    LLMSchemaRejectedError,
    ModelProfile,
    NativeLLMAdapter,
    NativeStreamEvent,
    ReasoningConfig,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    Usage,
    create_native_adapter,
)

pytest.importorskip("penguiflow_llm_testing", reason="the provider of these tests comes with the extra cli")

from penguiflow_llm_testing import ScriptedProvider

ACTION = {"next_node": "search", "args": {"question": "Who?", "limit": 3}}
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "planner action",
        "schema": {
            "type": "object",
            "properties": {"next_node": {"type": "string"}, "args": {"type": "object"}},
            "required": ["next_node", "args"],
        },
    },
}
ASKED = [{"role": "system", "content": "Plan."}, {"role": "user", "content": "Who wrote it?"}]


def adapter(*steps: Any, **settings: Any) -> tuple[NativeLLMAdapter, ScriptedProvider]:
    """An adapter, and the provider that plays the steps."""
    provider = ScriptedProvider(*steps, usage=Usage(reported_cost_usd=Decimal("0.25")))
    return NativeLLMAdapter("scripted/any", provider=provider, **settings), provider


@dataclass
class Chunks:
    """What a callback was called with."""

    seen: list[tuple[str, bool]]

    def __call__(self, text: str, done: bool) -> None:
        self.seen.append((text, done))

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.seen)


@pytest.mark.parametrize("response_format", [SCHEMA, {"type": "json_object"}])
@pytest.mark.parametrize("stream", [False, True])
async def test_json_comes_in_the_shape_that_was_asked_for(response_format: Any, stream: bool) -> None:
    """Streamed it is the same text, in pieces, with an end."""
    made, provider = adapter(ACTION)
    chunks = Chunks([])
    content, cost = await made.complete(
        messages=ASKED, response_format=response_format, stream=stream, on_stream_chunk=chunks
    )
    assert content == '{"next_node": "search", "args": {"question": "Who?", "limit": 3}}'
    assert cost == 0.25
    assert (chunks.text, [done for _, done in chunks.seen[-1:]]) == ((content, [True]) if stream else ("", []))
    assert provider.requests[0].structured_output is not None


@pytest.mark.parametrize("response_format", [None, {}, {"type": "text"}])
async def test_text_is_the_models_own(response_format: Any) -> None:
    """Nothing is asked for, and nothing is read out of it."""
    made, provider = adapter("```json\n{}\n```")
    assert await made.complete(messages=ASKED, response_format=response_format) == ("```json\n{}\n```", 0.25)
    assert provider.requests[0].structured_output is None


async def test_without_json_schema_mode_a_response_format_is_ignored() -> None:
    """As in penguiflow, whose planner then reads the JSON out of the text."""
    made, provider = adapter("text", json_schema_mode=False)
    assert await made.complete(messages=ASKED, response_format=SCHEMA) == ("text", 0.25)
    assert provider.requests[0].structured_output is None


async def test_words_that_are_no_json_go_to_the_planner_at_last() -> None:
    """It has a way of its own to repair them; every attempt is paid for."""
    made, provider = adapter("Sorry,", "what", "exactly?")
    assert await made.complete(messages=ASKED, response_format=SCHEMA) == ("exactly?", 0.75)
    assert len(provider.requests) == 3


async def test_json_that_does_not_fit_is_the_planners_to_repair() -> None:
    """It is neither validated nor asked for again."""
    made, provider = adapter({"next_node": 7})
    assert await made.complete(messages=ASKED, response_format=SCHEMA) == ('{"next_node": 7}', 0.25)
    assert len(provider.requests) == 1


async def test_a_refused_schema_becomes_any_object_and_then_text() -> None:
    """Without attempts left to step down in, each kind is a call of its own."""
    refused = LLMSchemaRejectedError("no such keyword", usage=Usage(reported_cost_usd=Decimal("0.5")))
    made, provider = adapter(refused, LLMSchemaRejectedError("no objects"), "words", max_retries=1)
    assert await made.complete(messages=ASKED, response_format=SCHEMA) == ("words", 0.75)
    schemas = [one.structured_output and one.structured_output.name for one in provider.requests]
    assert schemas == ["planner_action", "json_response", None]


async def test_a_schema_that_is_none_becomes_any_object() -> None:
    """It cannot be sent to anybody."""
    strict = ModelProfile(provider="scripted", model="any", family="any", native_dialect="openai/strict@2026-11")
    provider = ScriptedProvider(ACTION, profile=strict)
    made = NativeLLMAdapter("scripted/any", provider=provider)
    broken = {"type": "json_schema", "json_schema": {"schema": {"type": 5}}}
    content, _ = await made.complete(messages=ASKED, response_format=broken)
    assert content.startswith('{"next_node"')
    assert [one.structured_output and one.structured_output.name for one in provider.requests] == ["json_response"]


async def test_what_text_cannot_cure_is_raised() -> None:
    """The last way's error is the call's."""
    made, provider = adapter()
    with pytest.raises(LLMConfigurationError, match=r"messages\[0\] has role 'wizard'"):
        await made.complete(messages=[{"role": "wizard", "content": "x"}], response_format=SCHEMA)
    with pytest.raises(LLMConfigurationError, match="no type that is known"):
        await made.complete(messages=ASKED, response_format={"type": "yaml"})
    with pytest.raises(LLMConfigurationError, match="not plain JSON"):
        await made.complete(
            messages=ASKED, response_format={"type": "json_schema", "json_schema": {"schema": {"enum": [object()]}}}
        )
    assert provider.requests == ()


async def test_a_provider_that_refuses_the_request_is_not_asked_again() -> None:
    """Only a refused schema has another way."""
    made, provider = adapter(LLMInvalidRequestError("bad"))
    with pytest.raises(LLMInvalidRequestError, match="bad"):
        await made.complete(messages=ASKED, response_format=SCHEMA)
    assert len(provider.requests) == 1


REASONED = (ReasoningPart(text="Let me think."), TextPart(text="Jane."))


@pytest.mark.parametrize("stream", [False, True])
async def test_reasoning_is_shown_either_way(stream: bool) -> None:
    """A plain answer's comes in one piece; both have an end."""
    made, _ = adapter(REASONED)
    reasoning, text = Chunks([]), Chunks([])
    await made.complete(messages=ASKED, stream=stream, on_stream_chunk=text, on_reasoning_chunk=reasoning)
    assert (reasoning.text, reasoning.seen[-1]) == ("Let me think.", ("", True))
    assert text.text == ("Jane." if stream else "")


async def test_streaming_can_be_switched_off() -> None:
    """The callback of the text is then not called at all; without reasoning the other one neither."""
    made, _ = adapter("Jane.", streaming_enabled=False)
    chunks = Chunks([])
    await made.complete(messages=ASKED, stream=True, on_stream_chunk=chunks, on_reasoning_chunk=chunks)
    assert chunks.seen == []
    with pytest.raises(LLMConfigurationError, match="streaming_enabled is off"):
        async for _ in made.stream_events(messages=ASKED):
            pass


async def test_a_second_attempt_does_not_garble_what_was_shown() -> None:
    """Text that is out cannot be taken back: the rest of the answer is not shown behind it."""
    made, _ = adapter('{"next_node": "lost', ACTION)
    chunks = Chunks([])
    content, _ = await made.complete(messages=ASKED, response_format=SCHEMA, stream=True, on_stream_chunk=chunks)
    assert content == '{"next_node": "search", "args": {"question": "Who?", "limit": 3}}'
    assert (chunks.text, chunks.seen[-1]) == ('{"next_node": "lost', ("", True))


async def test_a_callbacks_exception_ends_the_call() -> None:
    """It is the caller's own."""

    def fail(text: str, done: bool) -> None:
        raise LookupError(text)

    made, _ = adapter("Jane.")
    with pytest.raises(LookupError):
        await made.complete(messages=ASKED, stream=True, on_stream_chunk=fail)


@pytest.mark.parametrize("stream", [False, True])
async def test_tools_are_called(stream: bool) -> None:
    """Penguiflow's tool specs and OpenAI-style dicts are both taken; calls come whole."""
    said = (TextPart(text="I will look."), ToolCallPart(id="c1", name="search", arguments='{"q":"Jane"}'))
    made, provider = adapter(said)
    tools = [
        SimpleNamespace(name="search", description="Looks.", json_schema={"type": "object", "properties": {}}),
        {"type": "function", "function": {"name": "other"}},
    ]
    chunks = Chunks([])
    result = await made.complete_with_tools(messages=ASKED, tools=tools, stream=stream, on_stream_chunk=chunks)
    assert (result.content, result.cost, result.reasoning_content) == ("I will look.", 0.25, None)
    assert [(call.name, call.arguments_json, call.call_id) for call in result.tool_calls] == [
        ("search", '{"q":"Jane"}', "c1")
    ]
    assert [tool.name for tool in provider.requests[0].tools] == ["search", "other"]
    assert chunks.text == ("I will look." if stream else "")


async def test_events_can_be_pulled() -> None:
    """The last one says how it ended; a deadline may be the call's own."""
    made, provider = adapter(REASONED, ACTION)
    events = [event async for event in made.stream_events(messages=ASKED, timeout_s=5)]
    assert "".join(event.delta_text or "" for event in events) == "Jane."
    assert "".join(event.delta_reasoning or "" for event in events) == "Let me think."
    assert events[-1] == NativeStreamEvent(
        done=True, finish_reason="stop", usage=Usage(reported_cost_usd=Decimal("0.25"))
    )
    events = [event async for event in made.stream_events(messages=ASKED, response_format=SCHEMA)]
    assert "".join(event.delta_text or "" for event in events) == (
        '{"next_node": "search", "args": {"question": "Who?", "limit": 3}}'
    )
    assert len(provider.requests) == 2


async def test_a_tool_call_without_text_is_the_text() -> None:
    """Some models answer so though no tool was offered, and a planner reads JSON."""
    call = ToolCallPart(id="c1", name="answer", arguments='{"a":1}')
    message = LLMMessage(role="assistant", parts=(call,))
    made, _ = adapter(CompletionResponse(message=message, finish_reason="tool_calls"))
    assert await made.complete(messages=ASKED) == ('{"a":1}', 0.0)


@pytest.mark.parametrize(
    ("settings", "reasoning"),
    [
        ({}, None),
        ({"reasoning_effort": "low"}, ReasoningConfig(effort="low")),
        ({"reasoning_effort": " Off "}, ReasoningConfig(effort="none")),
        ({"reasoning_display": "summarized"}, ReasoningConfig(include=True)),
        (
            {"reasoning_effort": "high", "reasoning_display": "omitted"},
            ReasoningConfig(effort="high", include=False),
        ),
        ({"reasoning_effort": "high", "use_native_reasoning": False}, None),
    ],
    ids=str,
)
async def test_reasoning_settings(settings: dict[str, Any], reasoning: ReasoningConfig | None) -> None:
    """Penguiflow's words for them, as ours."""
    made, provider = adapter("x", temperature=0.5, **settings)
    await made.complete(messages=ASKED)
    assert (provider.requests[0].reasoning, provider.requests[0].sampling.temperature) == (reasoning, 0.5)


@pytest.mark.parametrize(
    "settings",
    [
        {"retry_rate_limit_errors": False},
        {"trace_sink": object()},
        {"transport": "pydantic-ai"},
        {"cooldown_store": object()},
        {"reasoning_display": "loud"},
    ],
    ids=str,
)
def test_settings_that_would_have_no_effect_are_refused(settings: dict[str, Any]) -> None:
    """Silence would be taken for consent."""
    with pytest.raises(LLMConfigurationError, match=next(iter(settings))):
        create_native_adapter("scripted/any", provider=ScriptedProvider(), **settings)


def test_settings_may_come_with_the_model() -> None:
    """Penguiflow's configuration is one mapping."""
    made = create_native_adapter({"model": "scripted/any", "temperature": 0.5, "provider": ScriptedProvider()})
    assert (made.model, made.client.model, repr(made)) == (
        "scripted/any",
        "scripted/any",
        "NativeLLMAdapter('scripted/any')",
    )
    with pytest.raises(LLMConfigurationError, match="base_url"):  # read from its other name
        create_native_adapter({"model": "scripted/any", "api_base": "http://x", "provider": ScriptedProvider()})


def test_a_fallback_is_further_models_of_the_same_client() -> None:
    """Each model with each key, in order, and the first not twice; penguiflow's object is read by its fields."""
    pytest.importorskip("penguiflow_llm_openai", reason="the extra openai is not installed")
    fallback = SimpleNamespace(models=["openai/a", "openai/b"], api_keys=["one", "two"], cooldown_s=7.0)
    made = create_native_adapter("openai/a", fallback=fallback, base_url="http://127.0.0.1:9/v1")
    assert made.client.models == ("openai/a", "openai/a", "openai/b", "openai/b")
    assert made.client._defaults.cooldown_s == 7.0
    plain = create_native_adapter("openai/a", fallback=SimpleNamespace(models=["openai/b"]), api_key="one")
    assert plain.client.models == ("openai/a", "openai/b")


def test_a_planner_takes_it_for_a_client() -> None:
    """And reads what it needs to know of it."""
    made, _ = adapter()
    assert isinstance(made, JSONLLMClient)
    assert (made._model, made.expects_json_schema) == ("scripted/any", False)


async def test_it_is_closed_with_its_client() -> None:
    """Twice does no harm."""
    made, provider = adapter("x")
    async with made:
        await asyncio.gather(made.complete(messages=ASKED))
    await made.aclose()
    assert provider.steps_left == 0
