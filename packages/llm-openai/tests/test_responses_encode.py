"""Goldens for the bytes sent over the Responses API, and over Chat Completions where OpenAI's models have rules."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_openai import openai_profile
from penguiflow_llm_openai._encode import encode_response_request
from penguiflow_llm_openai._wires import ChatWire, ResponsesWire
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    CacheConfig,
    CallWarning,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    NamedTool,
    OpaquePart,
    Part,
    ReasoningConfig,
    ReasoningPart,
    Sampling,
    StructuredOutput,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)

SCHEMA: Final = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Final = ToolSpec(name="weather", description="Look it up", json_schema=SCHEMA, strict=True)
CALL: Final = ToolCallPart(id="call_1", name="weather", arguments='{"city":"Oslo"}')
SEALED: Final = ReasoningPart(summary=("s",), provider="openai", id="rs_1", encrypted_content="e")


def _encode(
    *messages: LLMMessage, model: str = "gpt-5.6-sol", stream: bool = False, **fields: Any
) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    request = LLMRequest(model=model, messages=messages or (LLMMessage.user("hi"),), **fields)
    return encode_response_request(request, openai_profile(model), stream=stream)


def _user(*parts: Part) -> LLMMessage:
    return LLMMessage(role="user", parts=parts)


def _assistant(*parts: Part) -> LLMMessage:
    return LLMMessage(role="assistant", parts=parts)


EVERYTHING: Final = {
    "model": "gpt-5.6-sol",
    "input": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Weather?"},
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "s"}],
            "encrypted_content": "e",
        },
        {"role": "assistant", "content": [{"type": "output_text", "text": "Looking."}], "phase": "commentary"},
        {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"city":"Oslo"}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "rain"},
    ],
    "store": False,
    "include": ["reasoning.encrypted_content"],
    "tools": [
        {"type": "function", "name": "weather", "description": "Look it up", "parameters": SCHEMA, "strict": True},
        {"type": "function", "name": "now", "parameters": {"type": "object", "properties": {}}},
    ],
    "tool_choice": {"type": "function", "name": "weather"},
    "parallel_tool_calls": True,
    "text": {
        "format": {
            "type": "json_schema",
            "name": "answer",
            "description": "The answer",
            "schema": SCHEMA,
            "strict": True,
        },
        "verbosity": "low",
    },
    "max_output_tokens": 100,
    "reasoning": {"effort": "high", "summary": "auto"},
    "prompt_cache_key": "k",
    "prompt_cache_options": {"ttl": "12h"},
    "service_tier": "flex",
    "metadata": {"team": "a"},
    "stream": True,
    "stream_options": {"include_obfuscation": False},
}


def test_everything_at_once() -> None:
    """One request with every setting, as it goes over the wire: a tool loop on a model that reasons."""
    body, warnings = _encode(
        LLMMessage.system("Be brief."),
        LLMMessage.user("Weather?"),
        _assistant(SEALED, TextPart(text="Looking.", signature="commentary", provider="openai"), CALL),
        LLMMessage.tool_result("call_1", "rain"),
        tools=(
            ToolSpec(name="weather", description="Look it up", json_schema=SCHEMA, strict=True),
            ToolSpec(name="now"),
        ),
        tool_choice=NamedTool(name="weather"),
        parallel_tool_calls=True,
        structured_output=StructuredOutput(json_schema=SCHEMA, name="answer", description="The answer"),
        max_tokens=100,
        reasoning=ReasoningConfig(effort="high", include=True),
        cache=CacheConfig(key="k", ttl="12h"),
        service_tier="flex",
        metadata={"team": "a"},
        extra={"text": {"verbosity": "low"}},
        stream=True,
    )
    assert warnings == ()
    assert body == EVERYTHING


ITEMS: Final = [
    (_user(), [{"role": "user", "content": ""}]),
    (
        _user(TextPart(text="a"), ImagePart(url="https://x/y.png", detail="low")),
        [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "a"},
                    {"type": "input_image", "image_url": "https://x/y.png", "detail": "low"},
                ],
            }
        ],
    ),
    (
        _user(ImagePart(data=b"abc", media_type="image/png"), ImagePart(file_id="file-1")),
        [
            {
                "role": "user",
                "content": [
                    {"type": "input_image", "image_url": "data:image/png;base64,YWJj", "detail": "auto"},
                    {"type": "input_image", "file_id": "file-1", "detail": "auto"},
                ],
            }
        ],
    ),
    (
        _user(
            DocumentPart(data=b"abc", media_type="application/pdf", name="a.pdf"),
            DocumentPart(url="https://x/y.pdf"),
            DocumentPart(file_id="file-2"),
        ),
        [
            {
                "role": "user",
                "content": [
                    {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,YWJj"},
                    {"type": "input_file", "file_url": "https://x/y.pdf"},
                    {"type": "input_file", "file_id": "file-2"},
                ],
            }
        ],
    ),
    (
        _assistant(TextPart(text="a"), TextPart(text="b"), TextPart(text="c", signature="p", provider="openai")),
        [
            {
                "role": "assistant",
                "content": [{"type": "output_text", "text": "a"}, {"type": "output_text", "text": "b"}],
            },
            {"role": "assistant", "content": [{"type": "output_text", "text": "c"}], "phase": "p"},
        ],
    ),
    (
        _assistant(TextPart(text="a", signature="sig", provider="google")),
        [{"role": "assistant", "content": [{"type": "output_text", "text": "a"}]}],
    ),
    (
        _assistant(AudioPart(data=b"a", media_type="audio/wav", transcript="said")),
        [{"role": "assistant", "content": [{"type": "output_text", "text": "said"}]}],
    ),
    (
        _assistant(ReasoningPart(text="t", provider="openai")),
        [{"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "t"}]}],
    ),
    (
        _assistant(ToolCallPart(id="c", name="f", arguments="", signature="ns", provider="openai")),
        [{"type": "function_call", "call_id": "c", "name": "f", "namespace": "ns", "arguments": "{}"}],
    ),
    (
        _assistant(OpaquePart(provider="openai", kind="web_search_call", data='{"type":"web_search_call","id":"w"}')),
        [{"type": "web_search_call", "id": "w"}],
    ),
    (
        LLMMessage(role="tool", parts=(ToolResultPart(tool_call_id="c", content=(ImagePart(url="u"),)),)),
        [
            {
                "type": "function_call_output",
                "call_id": "c",
                "output": [{"type": "input_image", "image_url": "u", "detail": "auto"}],
            }
        ],
    ),
    (
        LLMMessage.tool_result("c", "no such city", is_error=True),
        [{"type": "function_call_output", "call_id": "c", "output": "Error: no such city"}],
    ),
    (
        LLMMessage.tool_result("c", "Error 5", is_error=True),
        [{"type": "function_call_output", "call_id": "c", "output": "Error 5"}],
    ),
    (
        LLMMessage(
            role="tool",
            parts=(ToolResultPart(tool_call_id="c", content=(TextPart(text="x"),), cache=CacheBreakpoint()),),
        ),
        [
            {
                "type": "function_call_output",
                "call_id": "c",
                "output": [{"type": "input_text", "text": "x", "prompt_cache_breakpoint": {"mode": "explicit"}}],
            }
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("message", "items"), ITEMS)
def test_items(message: LLMMessage, items: list[dict[str, Any]]) -> None:
    """Each kind of part in the one form the API takes it in."""
    body, warnings = _encode(message)
    assert (items, ()) == (body["input"], warnings)


def test_custom_tools_get_custom_outputs() -> None:
    """The API ties an output to a call by its type as well."""
    body, _ = _encode(
        _assistant(ToolCallPart(id="c", name="sh", arguments="ls", kind="custom")), LLMMessage.tool_result("c", "ok")
    )
    assert body["input"] == [
        {"type": "custom_tool_call", "call_id": "c", "name": "sh", "input": "ls"},
        {"type": "custom_tool_call_output", "call_id": "c", "output": "ok"},
    ]


DROPPED: Final = [
    _user(AudioPart(data=b"a", media_type="audio/wav")),
    _user(OpaquePart(provider="openai", kind="x", data="{}")),
    _user(ToolResultPart(tool_call_id="c", content=())),
    _assistant(OpaquePart(provider="anthropic", kind="x", data="{}")),
    _assistant(OpaquePart(provider="openai", kind="x", data="{")),
    _assistant(OpaquePart(provider="openai", kind="x", data="[]")),
    _assistant(ReasoningPart(text="t", provider="anthropic")),
    _assistant(ReasoningPart(summary=("s",), provider="openai", id="rs_1")),
    _assistant(ImagePart(url="u")),
    LLMMessage(role="tool", parts=(TextPart(text="t"),)),
]


@pytest.mark.parametrize("message", DROPPED)
def test_what_the_wire_cannot_carry_is_told(message: LLMMessage) -> None:
    """Nothing disappears in silence."""
    assert ["dropped_part"] == [warning.kind for warning in _encode(message)[1]]


SETTINGS: Final = [
    ("gpt-5.6-sol", {"sampling": Sampling(temperature=1.0)}, ["temperature"]),
    ("gpt-5.6-sol", {"sampling": Sampling(temperature=1.0), "reasoning": ReasoningConfig(effort="none")}, []),
    ("gpt-4o", {"sampling": Sampling(temperature=1.0, top_p=0.5)}, []),
    ("gpt-4o", {"sampling": Sampling(seed=1, top_k=2)}, ["top_k", "seed"]),
    ("gpt-4o", {"stop": ("x",)}, ["stop"]),
    ("gpt-4o", {"reasoning": ReasoningConfig(include=True)}, ["reasoning.include"]),
    ("gpt-4o", {"messages": (LLMMessage(role="user", parts=(), name="ann"),)}, ["messages.name"]),
    ("gpt-4o", {"messages": (_user(TextPart(text="a", cache=CacheBreakpoint())),)}, ["cache"]),
    ("gpt-9-nova", {}, ["model"]),
]


@pytest.mark.parametrize(("model", "fields", "settings"), SETTINGS)
def test_settings_that_cannot_be_sent(model: str, fields: dict[str, Any], settings: list[str]) -> None:
    """A 400 for the whole request would be worse than a warning for one setting."""
    request = LLMRequest(model=model, **{"messages": (LLMMessage.user("hi"),)} | fields)
    _, warnings = encode_response_request(request, openai_profile(model), stream=False)
    assert settings == [warning.setting for warning in warnings]


def test_reasoning_is_sealed_only_when_nothing_is_stored() -> None:
    """Stored responses are found again by id."""
    request = LLMRequest(model="o3", messages=(LLMMessage.user("hi"),))
    kept = ResponsesWire(store=True).encode(request, openai_profile("o3"), stream=False).body
    assert {"model": "o3", "input": [{"role": "user", "content": "hi"}], "store": True} == kept
    plain, _ = _encode(model="gpt-4o")
    assert "include" not in plain


def test_json_mode_and_plain_choices() -> None:
    """The older JSON mode, and the choices that are words."""
    tools = (ToolSpec(name="f"),)
    body, _ = _encode(structured_output=StructuredOutput(json_schema=None), tools=tools, tool_choice="required")
    assert ({"format": {"type": "json_object"}}, "required") == (body["text"], body["tool_choice"])


def test_chat_takes_tools_of_some_models_only_without_reasoning() -> None:
    """gpt-5.6 in Chat Completions answers 400 to tools beside an effort."""
    request = LLMRequest(
        model="gpt-5.6-sol",
        messages=(LLMMessage.user("hi"),),
        tools=(ToolSpec(name="f"),),
        reasoning=ReasoningConfig(effort="high"),
    )
    encoded = ChatWire.of("openai", store=False).encode(request, openai_profile("gpt-5.6-sol"), stream=False)
    assert ("none", False, ["reasoning.effort"]) == (
        encoded.body["reasoning_effort"],
        encoded.body["store"],
        [w.setting for w in encoded.warnings],
    )


def test_compatible_servers_get_the_older_fields() -> None:
    """They know max_tokens, and refuse options they never heard of."""
    request = LLMRequest(model="llama", messages=(LLMMessage.user("hi"),), max_tokens=5)
    profile = openai_profile("llama", endpoint="compatible")
    body = ChatWire.of("compatible").encode(request, profile, stream=True).body
    assert (5, {"include_usage": True}) == (body["max_tokens"], body["stream_options"])
