"""Reasoning: how each service is asked for it, and what goes back with the next turn."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from penguiflow_llm_openai_compat import ChatDialect, ChatStreamDecoder, decode_chat, encode_chat
from penguiflow_llm_types import (
    LLMMessage,
    LLMRequest,
    ModelProfile,
    OpaquePart,
    Part,
    ReasoningConfig,
    ReasoningDelta,
    ReasoningPart,
    Sampling,
    ServerSentEvent,
    StreamEvent,
    TextPart,
    ToolCallPart,
)

WORD: Final = ChatDialect(provider="x")
OBJECT: Final = ChatDialect(provider="x", reasoning_settings="reasoning", reasoning_replay="reasoning_details")
THINKING: Final = ChatDialect(provider="x", reasoning_settings="thinking", reasoning_replay="content")
PLAIN: Final = ModelProfile(provider="x", model="m", family="m")
REASONS: Final = replace(PLAIN, reasoning=True, efforts=("none", "low", "medium", "high"))
BUDGETED: Final = replace(PLAIN, reasoning=True, reasoning_budget=True)
SETTINGS: Final = ("reasoning_effort", "reasoning", "thinking", "temperature")

# What is asked of which model, what the body then says, and which settings were told to have been left out or changed.
ASKED: Final[list[tuple[str, ChatDialect, ModelProfile, dict[str, Any], dict[str, Any], list[str]]]] = [
    ("a word", WORD, REASONS, {"effort": "low"}, {"reasoning_effort": "low"}, []),
    ("a word for a budget", WORD, REASONS, {"budget_tokens": 2000}, {"reasoning_effort": "low"}, ["budget_tokens"]),
    ("shown or not, by a word", WORD, REASONS, {"include": True}, {}, ["include"]),
    ("a word to who does not reason", WORD, PLAIN, {"effort": "low"}, {}, ["effort"]),
    ("an object", OBJECT, REASONS, {"effort": "high"}, {"reasoning": {"effort": "high"}}, []),
    ("a budget in it", OBJECT, REASONS, {"budget_tokens": 99}, {"reasoning": {"max_tokens": 99}}, []),
    (
        "hidden",
        OBJECT,
        REASONS,
        {"effort": "low", "include": False},
        {"reasoning": {"effort": "low", "exclude": True}},
        [],
    ),
    ("only shown", OBJECT, REASONS, {"include": True}, {"reasoning": {"enabled": True}}, []),
    (
        "both",
        OBJECT,
        REASONS,
        {"effort": "low", "budget_tokens": 9},
        {"reasoning": {"effort": "low"}},
        ["budget_tokens"],
    ),
    ("an object to who does not reason", OBJECT, PLAIN, {"effort": "low"}, {}, [""]),
    ("hidden where there is none", OBJECT, PLAIN, {"include": False}, {}, []),
    ("nothing in particular", OBJECT, REASONS, {}, {}, []),
    (
        "a budget",
        THINKING,
        BUDGETED,
        {"budget_tokens": 5000},
        {"thinking": {"type": "enabled", "budget_tokens": 5000}},
        [],
    ),
    (
        "a budget for a word",
        THINKING,
        BUDGETED,
        {"effort": "low"},
        {"thinking": {"type": "enabled", "budget_tokens": 2048}},
        ["effort"],
    ),
    (
        "too small a budget",
        THINKING,
        BUDGETED,
        {"budget_tokens": 10},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        ["budget_tokens"],
    ),
    ("off", THINKING, BUDGETED, {"effort": "none"}, {"thinking": {"type": "disabled"}}, []),
    ("off by budget", THINKING, BUDGETED, {"budget_tokens": 0}, {"thinking": {"type": "disabled"}}, []),
    ("as it likes", THINKING, REASONS, {"effort": "high"}, {"thinking": {"type": "adaptive"}}, ["effort"]),
    ("off, who cannot", THINKING, REASONS, {"effort": "none"}, {}, ["effort"]),
    ("thinking of who does not", THINKING, PLAIN, {"effort": "low"}, {}, [""]),
    ("thinking, shown", THINKING, BUDGETED, {"include": True}, {}, ["include"]),
]


@pytest.mark.parametrize(
    ("dialect", "profile", "asked", "fields", "told"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED]
)
def test_how_reasoning_is_asked_for(
    dialect: ChatDialect, profile: ModelProfile, asked: dict[str, Any], fields: dict[str, Any], told: list[str]
) -> None:
    """One setting, three spellings; what a service or a model cannot do is told, never silent."""
    request = LLMRequest(model="m", messages=(LLMMessage.user("hi"),), reasoning=ReasoningConfig(**asked))
    body, warnings = encode_chat(request, profile, dialect, stream=False)
    assert fields == {name: body[name] for name in SETTINGS if name in body}
    assert [f"reasoning.{name}".rstrip(".") for name in told] == [warning.setting for warning in warnings]


@pytest.mark.parametrize(
    ("max_tokens", "budget", "told"), [(5000, 4999, True), (1024, None, True), (9000, 8192, False), (None, 8192, False)]
)
def test_a_budget_stays_below_max_tokens(max_tokens: int | None, budget: int | None, told: bool) -> None:
    """Claude refuses a budget that leaves no room for an answer."""
    config = ReasoningConfig(budget_tokens=8192)
    request = LLMRequest(model="m", messages=(LLMMessage.user("hi"),), reasoning=config, max_tokens=max_tokens)
    body, warnings = encode_chat(request, BUDGETED, THINKING, stream=False)
    assert budget == body.get("thinking", {}).get("budget_tokens")
    assert told == bool(warnings)


def test_a_temperature_does_not_go_with_thinking() -> None:
    """Claude takes only 1 while it thinks."""
    request = LLMRequest(
        model="m",
        messages=(LLMMessage.user("hi"),),
        reasoning=ReasoningConfig(budget_tokens=2048),
        sampling=Sampling(temperature=0.5),
    )
    body, warnings = encode_chat(request, BUDGETED, THINKING, stream=False)
    assert ("temperature" in body, ["temperature"]) == (False, [warning.setting for warning in warnings])


SEALED: Final = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm", "signature": "s1"}]}
MORE: Final = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "so", "signature": "s2"}]}
TEXT: Final = {"type": "text", "text": "Oslo"}
SEARCH: Final = {"type": "server_tool_call", "name": "web_search", "index": 1}
THOUGHT: Final = {
    "type": "reasoning.text",
    "text": "hm",
    "signature": "s1",
    "format": "anthropic-claude-v1",
    "index": 0,
}
CALL: Final = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}

# The message as a service sends it, the parts it is read as, and the message that goes back.
ROUND: Final[list[tuple[str, ChatDialect, dict[str, Any], tuple[Part, ...], dict[str, Any]]]] = [
    (
        "blocks of the content",
        THINKING,
        {"content": [SEALED, TEXT]},
        (ReasoningPart(text="hm", signature="s1", provider="x"), TextPart(text="Oslo")),
        {"role": "assistant", "content": [SEALED, TEXT]},
    ),
    (
        "two thoughts before a call",
        THINKING,
        {"content": [SEALED, MORE], "tool_calls": [CALL]},
        (
            ReasoningPart(text="hm", signature="s1", provider="x"),
            ReasoningPart(text="so", signature="s2", provider="x"),
            ToolCallPart(id="c", name="f", arguments="{}"),
        ),
        {"role": "assistant", "content": [SEALED, MORE], "tool_calls": [CALL]},
    ),
    (
        "details, and what is no reasoning among them",
        OBJECT,
        {"content": "Oslo", "reasoning": "hm", "reasoning_details": [THOUGHT, SEARCH]},
        (
            ReasoningPart(text="hm", signature="s1", format="anthropic-claude-v1", provider="x"),
            OpaquePart(
                provider="x",
                kind="reasoning_details",
                data='{"type":"server_tool_call","name":"web_search","index":1}',
            ),
            TextPart(text="Oslo"),
        ),
        {"role": "assistant", "content": "Oslo", "reasoning_details": [THOUGHT, SEARCH]},
    ),
    (
        "details that are all sealed, and the words beside them",
        OBJECT,
        {
            "content": "Oslo",
            "reasoning": "hm",
            "reasoning_details": [{"type": "reasoning.encrypted", "data": "e", "index": 0}],
        },
        (
            ReasoningPart(text="hm", provider="x"),
            ReasoningPart(encrypted_content="e", provider="x"),
            TextPart(text="Oslo"),
        ),
        {
            "role": "assistant",
            "content": "Oslo",
            "reasoning_details": [
                {"type": "reasoning.text", "index": 0, "text": "hm"},
                {"type": "reasoning.encrypted", "index": 1, "data": "e"},
            ],
        },
    ),
]


@pytest.mark.parametrize(
    ("dialect", "message", "parts", "sent"), [row[1:] for row in ROUND], ids=[row[0] for row in ROUND]
)
def test_reasoning_there_and_back(
    dialect: ChatDialect, message: dict[str, Any], parts: tuple[Part, ...], sent: dict[str, Any]
) -> None:
    """What a service seals it wants back as it was."""
    answer = decode_chat({"choices": [{"message": message, "finish_reason": "stop"}]}, dialect)
    assert parts == answer.message.parts
    request = LLMRequest(model="m", messages=(LLMMessage.user("hi"), answer.message, LLMMessage.user("and now?")))
    body, warnings = encode_chat(request, REASONS, dialect, stream=False)
    assert sent == body["messages"][1]
    assert () == warnings


def _streamed(dialect: ChatDialect, *deltas: dict[str, Any]) -> tuple[Any, list[StreamEvent]]:
    decoder = ChatStreamDecoder(dialect)
    chunks = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "native_finish_reason": "end_turn"}]})
    events = [event for chunk in chunks for event in decoder.feed(ServerSentEvent(data=json.dumps(chunk).encode()))]
    return decoder.finish(), events


def _thinks(**fields: str) -> dict[str, Any]:
    return {"content": [{"type": "reasoning", "summary": [{"type": "summary_text", **fields}]}]}


def test_thoughts_in_fragments_are_the_thoughts_of_the_whole() -> None:
    """A seal comes with or after the text it seals; what follows is another thought."""
    answer, events = _streamed(
        THINKING,
        _thinks(text="h"),
        _thinks(text="m"),
        _thinks(text="", signature="s1"),
        _thinks(text="so", signature="s2"),
        {"content": [TEXT]},
    )
    plain = {"content": [SEALED, MORE, TEXT]}
    choice = {"message": plain, "finish_reason": "stop", "native_finish_reason": "end_turn"}
    assert decode_chat({"choices": [choice]}, THINKING) == answer
    assert ["h", "m", "so"] == [event.text for event in events if isinstance(event, ReasoningDelta)]


def test_blocks_of_other_services_without_seals() -> None:
    """Mistral's `thinking` blocks: one thought, however many pieces it comes in."""
    pieces = [{"content": [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]} for text in ("a", "b")]
    answer, _ = _streamed(WORD, *pieces, {"content": "c"})
    assert (ReasoningPart(text="ab", provider="x"), TextPart(text="c")) == answer.message.parts


def test_the_routed_providers_own_word_for_the_finish() -> None:
    """A router tells both; the reason is its own."""
    answer, _ = _streamed(OBJECT, {"content": "hi"})
    assert ("stop", "stop:end_turn") == (answer.finish_reason, answer.raw_finish_reason)


@pytest.mark.parametrize("dialect", [WORD, THINKING])
def test_blocks_that_a_service_does_not_take_back_are_told(dialect: ChatDialect) -> None:
    """Opaque blocks of another field, reasoning of another provider."""
    turn = LLMMessage(
        role="assistant",
        parts=(
            OpaquePart(provider="x", kind="reasoning_details", data="{}"),
            ReasoningPart(text="hm", provider="other"),
            TextPart(text="hi"),
        ),
    )
    request = LLMRequest(model="m", messages=(LLMMessage.user("hi"), turn))
    body, warnings = encode_chat(request, REASONS, dialect, stream=False)
    assert {"role": "assistant", "content": "hi"} == body["messages"][1]
    assert ["dropped_part", "dropped_part"] == [warning.kind for warning in warnings]
