"""What is sent: bodies word for word, and a warning for everything that could not be said."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_anthropic import anthropic_profile
from penguiflow_llm_anthropic._encode import encode_request
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    Citation,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    NamedTool,
    OpaquePart,
    Part,
    ReasoningConfig,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from penguiflow_llm_types.wire import Encoded

USER: Final = LLMMessage.user("Hello.")
TOOL: Final = ToolSpec(name="weather", description="A city's weather.", json_schema={"type": "object"})
PNG: Final = b"\x89PNG"


def encode(
    model: str = "claude-sonnet-5", *messages: LLMMessage, how: dict[str, Any] | None = None, **more: Any
) -> Encoded:
    request = LLMRequest(model=model, messages=messages or (USER,), **more)
    return encode_request(request, anthropic_profile(model), **({"stream": False} | (how or {})))


def told(encoded: Encoded) -> list[tuple[str, str | None]]:
    return [(warning.kind, warning.setting) for warning in encoded.warnings]


def turns(*messages: LLMMessage, model: str = "claude-sonnet-5", **more: Any) -> tuple[Any, Any, list[str | None]]:
    encoded = encode(model, *messages, **more)
    return encoded.body.get("system"), encoded.body["messages"], [warning.setting for warning in encoded.warnings]


def test_a_whole_request() -> None:
    """The fields that every family takes, as they go over the wire."""
    encoded = encode(
        "claude-sonnet-5",
        LLMMessage.system("Be brief."),
        USER,
        tools=(TOOL,),
        tool_choice=NamedTool(name="weather"),
        parallel_tool_calls=False,
        max_tokens=100,
        stop=("END", "  "),
        metadata={"user_id": "u1", "team": "x"},
        service_tier="default",
        how={"stream": True},
    )
    assert encoded.body == {
        "model": "claude-sonnet-5",
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "Hello."}],
        "tools": [{"name": "weather", "description": "A city's weather.", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "tool", "name": "weather", "disable_parallel_tool_use": True},
        "stop_sequences": ["END"],
        "service_tier": "standard_only",
        "metadata": {"user_id": "u1"},
        "stream": True,
    }
    assert ("/v1/messages", {}) == (encoded.path, encoded.headers)
    assert [("unsupported_setting", "stop"), ("unsupported_setting", "metadata.team")] == told(encoded)


@pytest.mark.parametrize(
    ("model", "more", "tokens"),
    [
        ("claude-sonnet-5", {}, 32_000),
        ("claude-sonnet-5", {"max_tokens": 7}, 7),
        ("claude-haiku-4-5", {"reasoning": ReasoningConfig(budget_tokens=10_000)}, 42_000),
        ("claude-haiku-4-5", {"reasoning": ReasoningConfig(budget_tokens=50_000)}, 64_000),
        ("claude-sonnet-4-0", {}, 8_192),
        ("claude-3-haiku-20240307", {}, 4_096),
        ("claude-opus-4-1", {}, 32_000),
        ("claude-tomorrow", {}, 32_000),
    ],
)
def test_max_tokens_nobody_gave(model: str, more: dict[str, Any], tokens: int) -> None:
    """The API requires it: the documented default, never above the model's own limit."""
    assert tokens == encode(model, **more).body["max_tokens"]


PARTS: Final[list[tuple[Part, Any]]] = [
    (TextPart(text="a"), {"type": "text", "text": "a"}),
    (
        TextPart(text="a", cache=CacheBreakpoint(ttl="1h")),
        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ),
    (
        TextPart(text="a", cache=CacheBreakpoint()),
        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
    ),
    (
        ImagePart(data=PNG, media_type="image/png", detail="auto"),
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
    ),
    (ImagePart(url="https://x/y.png"), {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}}),
    (ImagePart(file_id="f1"), {"type": "image", "source": {"type": "file", "file_id": "f1"}}),
    (
        DocumentPart(data=b"%PDF", media_type="application/pdf", name="a.pdf"),
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="},
            "title": "a.pdf",
        },
    ),
    (
        DocumentPart(data=b"a,b", media_type="text/csv; charset=utf-8"),
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a,b"}},
    ),
    (DocumentPart(url="https://x/y.pdf"), {"type": "document", "source": {"type": "url", "url": "https://x/y.pdf"}}),
    (
        OpaquePart(provider="anthropic", kind="search_result", data='{"type":"search_result","title":"t"}'),
        {"type": "search_result", "title": "t"},
    ),
]


@pytest.mark.parametrize(("part", "block"), PARTS)
def test_parts_of_a_users_turn(part: Part, block: Any) -> None:
    """Each in the block the API has for it."""
    sent = encode("claude-sonnet-5", LLMMessage(role="user", parts=(TextPart(text="x"), part))).body["messages"]
    assert sent == [{"role": "user", "content": [{"type": "text", "text": "x"}, block]}]


DROPPED: Final[list[tuple[str, Part]]] = [
    ("user", TextPart(text=" \n")),
    ("user", AudioPart(data=b"x", media_type="audio/wav")),
    ("user", DocumentPart(data=b"x", media_type="application/zip")),
    ("user", ReasoningPart(text="x", provider="anthropic", signature="s")),
    ("user", OpaquePart(provider="openai", kind="web_search_call", data="{}")),
    ("user", OpaquePart(provider="anthropic", kind="x", data="no JSON")),
    ("assistant", ReasoningPart(text="x", provider="openai")),
    ("assistant", ReasoningPart(text="x", provider="anthropic")),
    ("assistant", ImagePart(url="https://x")),
    ("assistant", AudioPart(file_id="f")),
    ("system", ImagePart(url="https://x")),
]


@pytest.mark.parametrize(("role", "part"), DROPPED)
def test_parts_that_have_no_place(role: Any, part: Part) -> None:
    """Left out, and said so."""
    encoded = encode("claude-sonnet-5", USER, LLMMessage(role=role, parts=(TextPart(text="x"), part)))
    assert ("dropped_part", "messages") in told(encoded)
    assert type(part).__name__ in encoded.warnings[0].message


def test_what_a_model_said_goes_back_as_it_came() -> None:
    """Seals, withheld thinking, citations and callers included; blocks of Anthropic's own tools word for word."""
    parts = (
        ReasoningPart(text="hm", signature="s1", provider="anthropic"),
        ReasoningPart(redacted_data="d1", provider="anthropic"),
        TextPart(text=""),
        TextPart(text="a", citations=(Citation(url="u"),), signature='[{"url":"u","index":1}]', provider="anthropic"),
        OpaquePart(provider="anthropic", kind="server_tool_use", data='{"type":"server_tool_use","id":"x"}'),
        ToolCallPart(id="t1", name="f", arguments='{"a": 1}'),
        ToolCallPart(id="t2", name="f", arguments="", signature='{"type":"code"}', provider="anthropic"),
        AudioPart(file_id="f", transcript="spoken"),
    )
    _, sent, warnings = turns(USER, LLMMessage(role="assistant", parts=parts))
    assert sent[1]["content"] == [
        {"type": "thinking", "thinking": "hm", "signature": "s1"},
        {"type": "redacted_thinking", "data": "d1"},
        {"type": "text", "text": "a", "citations": [{"url": "u", "index": 1}]},
        {"type": "server_tool_use", "id": "x"},
        {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
        {"type": "tool_use", "id": "t2", "name": "f", "input": {}, "caller": {"type": "code"}},
        {"type": "text", "text": "spoken"},
    ]
    assert [] == warnings


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        (ToolCallPart(id="fc_1|call.2", name="f", arguments="{}"), ("fc_1_call_2", {})),
        (ToolCallPart(id="", name="f", arguments="{"), ("_", {"INVALID_JSON": "{"})),
        (ToolCallPart(id="a", name="f", arguments="[1]"), ("a", {"INVALID_JSON": "[1]"})),
        (ToolCallPart(id="a", name="f", arguments="free", kind="custom"), ("a", {"input": "free"})),
    ],
)
def test_calls_of_other_providers_are_taken(call: ToolCallPart, sent: tuple[str, Any]) -> None:
    """Ids in the alphabet the API has, the same in call and result; arguments that are none in an object."""
    result = LLMMessage.tool_result(call.id, "ok")
    _, messages, _ = turns(USER, LLMMessage(role="assistant", parts=(call,)), result)
    block = messages[1]["content"][0]
    assert sent == (block["id"], block["input"])
    assert sent[0] == messages[2]["content"][0]["tool_use_id"]


def test_results_stand_first_in_the_users_turn() -> None:
    """Whatever order they were given in; turns of one role are one."""
    call = LLMMessage(role="assistant", parts=(ToolCallPart(id="a", name="f", arguments="{}"),))
    image = ToolResultPart(
        tool_call_id="a",
        content=(TextPart(text="seen"), ImagePart(data=PNG, media_type="image/png")),
        is_error=True,
        cache=CacheBreakpoint(),
    )
    _, sent, warnings = turns(USER, call, LLMMessage.user("Go on."), LLMMessage(role="tool", parts=(image,)))
    assert ["user", "assistant", "user"] == [message["role"] for message in sent]
    assert sent[2]["content"] == [
        {
            "type": "tool_result",
            "tool_use_id": "a",
            "content": [
                {"type": "text", "text": "seen"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
            ],
            "is_error": True,
            "cache_control": {"type": "ephemeral"},
        },
        {"type": "text", "text": "Go on."},
    ]
    assert [] == warnings


@pytest.mark.parametrize(
    ("content", "sent"), [((), ""), ((TextPart(text=""),), ""), ((TextPart(text="a"), TextPart(text="b")), 2)]
)
def test_results_of_text(content: Any, sent: Any) -> None:
    """A text alone is a string."""
    result = LLMMessage(role="tool", parts=(ToolResultPart(tool_call_id="a", content=content),))
    block = encode("claude-sonnet-5", USER, result).body["messages"][0]["content"][0]
    assert sent == (block["content"] if isinstance(sent, str) else len(block["content"]))


INNER: Final = (LLMMessage.system("First."), USER, LLMMessage.assistant("Hi."), LLMMessage.system("Now in French."))


@pytest.mark.parametrize(
    ("model", "system", "roles", "warnings"),
    [
        ("claude-opus-4-8", "First.", ["user", "assistant", "user", "system"], []),
        ("claude-sonnet-5", 2, ["user", "assistant", "user"], ["messages"]),
    ],
)
def test_a_system_message_inside(model: str, system: Any, roles: list[str], warnings: list[str]) -> None:
    """Behind the user's turn it stands at, for models that follow it there; else at the start, and said so."""
    first, sent, told_of = turns(*INNER, LLMMessage.user("Again."), model=model)
    assert roles == [message["role"] for message in sent]
    assert system == (first if isinstance(system, str) else len(first))
    assert warnings == told_of


def test_blocks_of_its_own_in_a_system_message() -> None:
    """Such as tools that become available in the middle of a conversation."""
    added = OpaquePart(provider="anthropic", kind="tool_addition", data='{"type":"tool_addition"}')
    _, sent, _ = turns(USER, LLMMessage(role="system", parts=(added,)), model="claude-opus-5")
    assert {"role": "system", "content": [{"type": "tool_addition"}]} == sent[1]


def test_messages_that_say_nothing() -> None:
    """The API refuses an empty turn; an empty word of the model's is nothing to tell of."""
    empty = LLMMessage(role="assistant", parts=(TextPart(text=""),))
    _, sent, warnings = turns(USER, empty, LLMMessage.user(""), LLMMessage(role="assistant", parts=()))
    assert [{"role": "user", "content": "Hello."}] == sent
    assert ["messages", "messages"] == warnings
