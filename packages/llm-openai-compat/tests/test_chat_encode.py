"""Goldens for the bytes sent over Chat Completions."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_openai_compat import ChatDialect, encode_chat
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    CacheConfig,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    ModelProfile,
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

OPENAI: Final = ChatDialect(
    provider="openai", cache_breakpoint_families=frozenset({"gpt-5.6"}), stop_refused_by_reasoning=True
)
SCHEMA: Final = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Final = ToolSpec(name="weather", description="Look it up", json_schema=SCHEMA, strict=True)
CALL: Final = ToolCallPart(id="call_1", name="weather", arguments='{"city":"Oslo"}')


def _request(*messages: LLMMessage, **fields: Any) -> LLMRequest:
    return LLMRequest(model="gpt-4o", messages=messages or (LLMMessage.user("hi"),), **fields)


def _user(*parts: Part) -> LLMMessage:
    return LLMMessage(role="user", parts=parts)


def _assistant(*parts: Part) -> LLMMessage:
    return LLMMessage(role="assistant", parts=parts)


EVERYTHING: Final = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Weather?", "name": "ann"},
        {
            "role": "assistant",
            "content": "Looking.",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "weather", "arguments": '{"city":"Oslo"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "weather",
                "description": "Look it up",
                "parameters": SCHEMA,
                "strict": True,
            },
        },
        {"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}},
    ],
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "parallel_tool_calls": False,
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "answer", "description": "The answer", "schema": SCHEMA, "strict": True},
    },
    "max_completion_tokens": 100,
    "temperature": 0.0,
    "top_p": 0.5,
    "seed": 7,
    "presence_penalty": 0.1,
    "frequency_penalty": 0.2,
    "stop": ["END"],
    "prompt_cache_key": "k",
    "prompt_cache_retention": "24h",
    "service_tier": "flex",
    "metadata": {"team": "a"},
    "user": "u",
    "stream": True,
    "stream_options": {"include_usage": True, "include_obfuscation": False},
}


def test_everything_at_once(chatty: ModelProfile) -> None:
    """One request with every setting, as it goes over the wire."""
    request = _request(
        LLMMessage.system("Be brief."),
        LLMMessage(role="user", parts=(TextPart(text="Weather?"),), name="ann"),
        _assistant(TextPart(text="Looking."), CALL),
        LLMMessage.tool_result("call_1", "rain"),
        tools=(WEATHER, ToolSpec(name="now")),
        tool_choice=NamedTool(name="weather"),
        parallel_tool_calls=False,
        structured_output=StructuredOutput(json_schema=SCHEMA, name="answer", description="The answer"),
        sampling=Sampling(temperature=0.0, top_p=0.5, seed=7, presence_penalty=0.1, frequency_penalty=0.2),
        max_tokens=100,
        stop=("END",),
        cache=CacheConfig(key="k", ttl="24h"),
        service_tier="flex",
        metadata={"team": "a"},
        extra={"user": "u"},
    )
    body, warnings = encode_chat(request, chatty, OPENAI, stream=True)
    assert warnings == ()
    assert body == EVERYTHING


PARTS: Final = [
    (_user(), ""),
    (_user(TextPart(text="a"), TextPart(text="b")), [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
    (
        _user(ImagePart(url="https://x/y.png", detail="low")),
        [{"type": "image_url", "image_url": {"url": "https://x/y.png", "detail": "low"}}],
    ),
    (
        _user(ImagePart(data=b"abc", media_type="image/png")),
        [{"type": "image_url", "image_url": {"url": "data:image/png;base64,YWJj"}}],
    ),
    (
        _user(DocumentPart(data=b"abc", media_type="application/pdf")),
        [{"type": "file", "file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,YWJj"}}],
    ),
    (_user(DocumentPart(file_id="file-1")), [{"type": "file", "file": {"file_id": "file-1"}}]),
    (
        _user(AudioPart(data=b"abc", media_type="audio/x-wav")),
        [{"type": "input_audio", "input_audio": {"data": "YWJj", "format": "wav"}}],
    ),
    (_assistant(CALL), None),
    (_assistant(AudioPart(data=b"a", media_type="audio/wav", transcript="said")), "said"),
]


@pytest.mark.parametrize(("message", "content"), PARTS)
def test_parts(chatty: ModelProfile, message: LLMMessage, content: object) -> None:
    """Each kind of part in the one form the API takes it in."""
    body, warnings = encode_chat(_request(message), chatty, OPENAI, stream=False)
    assert (content, ()) == (body["messages"][0]["content"], warnings)


DROPPED: Final = [
    _user(ImagePart(file_id="file-1")),
    _user(DocumentPart(url="https://x/y.pdf")),
    _user(AudioPart(url="https://x/y.wav")),
    _user(AudioPart(data=b"a", media_type="audio/flac")),
    _user(ToolResultPart(tool_call_id="c", content=())),
    _user(ReasoningPart(text="hm")),
    _user(OpaquePart(provider="openai", kind="web_search_call", data="{}")),
    _assistant(ImagePart(url="https://x/y.png")),
    _assistant(ReasoningPart(text="hm", provider="openai")),
    LLMMessage(role="tool", parts=(TextPart(text="no call"),)),
]


@pytest.mark.parametrize("message", DROPPED)
def test_what_the_wire_cannot_carry_is_told(chatty: ModelProfile, message: LLMMessage) -> None:
    """Nothing disappears in silence."""
    _, warnings = encode_chat(_request(message), chatty, OPENAI, stream=False)
    assert ["dropped_part"] == [warning.kind for warning in warnings]


def test_pictures_of_tool_results_follow_the_tool_messages(chatty: ModelProfile) -> None:
    """Tool messages hold text only, and nothing may stand between calls and their results."""
    picture = ImagePart(url="https://x/y.png")
    request = _request(
        _assistant(CALL, ToolCallPart(id="call_2", name="now", arguments="")),
        LLMMessage(
            role="tool",
            parts=(
                ToolResultPart(tool_call_id="call_1", content=(TextPart(text="see"), picture)),
                ToolResultPart(tool_call_id="call_2", content=(TextPart(text="broken"),), is_error=True),
            ),
        ),
        LLMMessage.user("and?"),
    )
    body, _ = encode_chat(request, chatty, OPENAI, stream=False)
    assert body["messages"][1:] == [
        {"role": "tool", "tool_call_id": "call_1", "content": "see"},
        {"role": "tool", "tool_call_id": "call_2", "content": "Error: broken"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Attached to the result of tool call call_1:"},
                {"type": "image_url", "image_url": {"url": "https://x/y.png"}},
            ],
        },
        {"role": "user", "content": "and?"},
    ]
    assert body["messages"][0]["tool_calls"][1]["function"]["arguments"] == "{}"


def test_custom_tool_calls_go_back_as_custom(chatty: ModelProfile) -> None:
    """Their input is text, not JSON."""
    call = ToolCallPart(id="c", name="shell", arguments="ls -l", kind="custom")
    body, _ = encode_chat(_request(_assistant(call)), chatty, OPENAI, stream=False)
    assert [{"id": "c", "type": "custom", "custom": {"name": "shell", "input": "ls -l"}}] == body["messages"][0][
        "tool_calls"
    ]


def test_cache_breakpoints_where_the_model_takes_them(chatty: ModelProfile, thinker: ModelProfile) -> None:
    """gpt-5.6 and later; older models cache by themselves."""
    marked = TextPart(text="long", cache=CacheBreakpoint(ttl="30m"))
    request = _request(
        _user(marked),
        LLMMessage(
            role="tool",
            parts=(ToolResultPart(tool_call_id="c", content=(TextPart(text="r"),), cache=CacheBreakpoint()),),
        ),
        cache=CacheConfig(ttl="30m"),
    )
    body, warnings = encode_chat(request, thinker, OPENAI, stream=False)
    assert body["messages"][0]["content"] == [
        {"type": "text", "text": "long", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}}
    ]
    assert body["messages"][1]["content"][0]["prompt_cache_breakpoint"] == {"mode": "explicit"}
    assert ({"ttl": "30m"}, ()) == (body["prompt_cache_options"], warnings)
    plain, warnings = encode_chat(request, chatty, OPENAI, stream=False)
    assert "long" == plain["messages"][0]["content"]
    assert {"cache", "cache.ttl"} == {warning.setting for warning in warnings}


SETTINGS: Final = [
    ({"sampling": Sampling(temperature=1.0)}, "temperature"),
    ({"sampling": Sampling(top_k=3)}, "top_k"),
    ({"stop": ("x",)}, "stop"),
    ({"cache": CacheConfig(content="name")}, "cache.content"),
    ({"tools": (ToolSpec(name="t", cache=CacheBreakpoint()),)}, "tools.cache"),
    ({"reasoning": ReasoningConfig(effort="max")}, "reasoning.effort"),
    ({"reasoning": ReasoningConfig(budget_tokens=4_000)}, "reasoning.budget_tokens"),
]


@pytest.mark.parametrize(("fields", "setting"), SETTINGS)
def test_settings_a_reasoning_model_refuses(thinker: ModelProfile, fields: dict[str, Any], setting: str) -> None:
    """A 400 for the whole request would be worse than a warning for one setting."""
    _, warnings = encode_chat(_request(**fields), thinker, OPENAI, stream=False)
    assert [setting] == [warning.setting for warning in warnings]


EFFORTS: Final = [
    (ReasoningConfig(effort="high"), "high"),
    (ReasoningConfig(effort="max"), "high"),
    (ReasoningConfig(effort="minimal"), "none"),
    (ReasoningConfig(budget_tokens=0), "none"),
    (ReasoningConfig(budget_tokens=5_000), "medium"),
    (ReasoningConfig(budget_tokens=1_000_000), "high"),
    (ReasoningConfig(), None),
    (None, None),
]


@pytest.mark.parametrize(("config", "effort"), EFFORTS)
def test_effort_is_the_nearest_one_taken(
    thinker: ModelProfile, config: ReasoningConfig | None, effort: str | None
) -> None:
    """Budgets and unknown efforts are translated, not refused."""
    body, _ = encode_chat(_request(reasoning=config), thinker, OPENAI, stream=False)
    assert effort == body.get("reasoning_effort")


def test_effort_none_lets_sampling_through(thinker: ModelProfile) -> None:
    """OpenAI's own exception to its rule."""
    request = _request(sampling=Sampling(temperature=0.5), reasoning=ReasoningConfig(effort="none"))
    body, warnings = encode_chat(request, thinker, OPENAI, stream=False)
    assert (0.5, ()) == (body["temperature"], warnings)


def test_effort_for_models_without_one(chatty: ModelProfile) -> None:
    """Dropped for a known model; for an unknown one the service decides."""
    request = _request(reasoning=ReasoningConfig(effort="low"))
    body, warnings = encode_chat(request, chatty, OPENAI, stream=False)
    assert ("reasoning_effort" in body, ["unsupported_setting"]) == (False, [w.kind for w in warnings])
    unknown = ModelProfile(provider="openai", model="m", family="compatible", known=False)
    body, warnings = encode_chat(request, unknown, OPENAI, stream=False)
    assert ("low", ["assumed_model"]) == (body["reasoning_effort"], [w.kind for w in warnings])


def test_extra_is_merged_last_and_deep(chatty: ModelProfile) -> None:
    """`verbosity` beside a schema must not push the schema out."""
    request = _request(
        structured_output=StructuredOutput(json_schema=SCHEMA),
        extra={"response_format": {"json_schema": {"strict": False}}, "stream_options": {"include_usage": False}},
    )
    body, _ = encode_chat(request, chatty, OPENAI, stream=True)
    assert body["response_format"]["json_schema"] == {"name": "response", "schema": SCHEMA, "strict": False}
    assert {"include_usage": False, "include_obfuscation": False} == body["stream_options"]
