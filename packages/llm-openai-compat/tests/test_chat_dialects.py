"""Goldens for the bytes sent to services that differ from OpenAI."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_openai_compat import ChatDialect, encode_chat
from penguiflow_llm_types import (
    LLMMessage,
    LLMRequest,
    ModelProfile,
    Part,
    ReasoningConfig,
    ReasoningPart,
    Sampling,
    StructuredOutput,
    ToolCallPart,
    ToolSpec,
)

SCHEMA: Final = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Final = ToolSpec(name="weather", description="Look it up", json_schema=SCHEMA, strict=True)
CALL: Final = ToolCallPart(id="call_1", name="weather", arguments='{"city":"Oslo"}')


def _request(*messages: LLMMessage, **fields: Any) -> LLMRequest:
    return LLMRequest(model="gpt-4o", messages=messages or (LLMMessage.user("hi"),), **fields)


def _assistant(*parts: Part) -> LLMMessage:
    return LLMMessage(role="assistant", parts=parts)


QUIRKY: Final = {
    "model": "gpt-4o",
    "messages": [
        {
            "role": "assistant",
            "content": " ",
            "reasoning_details": [
                {
                    "type": "reasoning.encrypted",
                    "index": 0,
                    "summary": "s",
                    "data": "e",
                    "signature": "sig",
                    "id": "r1",
                    "format": "f",
                },
                {"type": "reasoning.text", "index": 1, "text": "t"},
            ],
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": CALL.arguments}}
            ],
        }
    ],
    "tools": [
        {
            "type": "function",
            "function": {"name": "weather", "description": "Look it up", "parameters": SCHEMA},
        }
    ],
    "tool_choice": "required",
    "response_format": {"type": "json_object"},
    "max_tokens": 9,
    "stream": True,
}


def test_a_dialect_with_every_quirk(chatty: ModelProfile) -> None:
    """Databricks and OpenRouter are values of this type, not code."""
    dialect = ChatDialect(
        provider="other",
        max_tokens_field="max_tokens",
        stream_options=None,
        reasoning_replay="reasoning_details",
        reasoning_settings="reasoning",
        strict_tools=False,
        refused_settings=frozenset({"seed", "metadata"}),
        empty_assistant_content=" ",
    )
    sealed = ReasoningPart(
        summary=("s",), encrypted_content="e", id="r1", format="f", provider="other", signature="sig"
    )
    request = _request(
        _assistant(sealed, ReasoningPart(text="t", provider="other"), ReasoningPart(text="x", provider="openai"), CALL),
        tools=(WEATHER,),
        tool_choice="required",
        structured_output=StructuredOutput(json_schema=None),
        max_tokens=9,
        sampling=Sampling(seed=1),
        metadata={"a": "b"},
    )
    body, warnings = encode_chat(request, chatty, dialect, stream=True)
    assert body == QUIRKY
    assert [("unsupported_setting", "tools.strict")] == [
        (w.kind, w.setting) for w in warnings if w.setting == "tools.strict"
    ]
    assert {"messages", "tools.strict", "seed", "metadata"} == {w.setting for w in warnings}


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_text_goes_back_in_its_field(chatty: ModelProfile, field: Any) -> None:
    """DeepSeek wants it back inside a tool loop."""
    dialect = ChatDialect(provider="other", reasoning_replay=field)
    body, warnings = encode_chat(
        _request(_assistant(ReasoningPart(text="hm", provider="other"), CALL)), chatty, dialect, stream=False
    )
    assert ("hm", ()) == (body["messages"][0][field], warnings)
    body, _ = encode_chat(_request(LLMMessage.assistant("x")), chatty, dialect, stream=False)
    assert {"role": "assistant", "content": "x"} == body["messages"][0]


def test_models_that_reason_take_max_completion_tokens_anywhere(thinker: ModelProfile) -> None:
    """They refuse max_tokens whoever serves them."""
    dialect = ChatDialect(provider="other", max_tokens_field="max_tokens")
    body, _ = encode_chat(_request(max_tokens=5), thinker, dialect, stream=False)
    assert 5 == body["max_completion_tokens"]


def test_effort_in_an_object(thinker: ModelProfile) -> None:
    """OpenRouter's form of it."""
    dialect = ChatDialect(provider="other", reasoning_settings="reasoning")
    body, _ = encode_chat(_request(reasoning=ReasoningConfig(effort="low")), thinker, dialect, stream=False)
    assert {"effort": "low"} == body["reasoning"]
