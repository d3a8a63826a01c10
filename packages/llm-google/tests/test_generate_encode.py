"""Requests into `generateContent` bodies: what is sent, and what is told where it could not be said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from penguiflow_llm_google._encode import encode_generate
from penguiflow_llm_google._profiles import google_profile
from penguiflow_llm_google._wire import GenerateWire
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    CacheConfig,
    DocumentPart,
    ImagePart,
    LLMConfigurationError,
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
    ToolChoice,
    ToolResultPart,
    ToolSpec,
)

_HELLO = LLMMessage.user("Hello")
_OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
_WEATHER = ToolSpec(name="weather", description="The weather.", json_schema=_OBJECT)
_CLOCK = ToolSpec(name="clock")
_MARK = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="


def _encode(
    *messages: LLMMessage, model: str = "gemini-2.5-flash", **fields: Any
) -> tuple[dict[str, Any], list[str | None]]:
    request = LLMRequest(model=model, messages=messages or (_HELLO,), **fields)
    body, warnings = encode_generate(request, google_profile(model))
    return body, [warning.setting for warning in warnings]


def _contents(*messages: LLMMessage, model: str = "gemini-2.5-flash") -> list[dict[str, Any]]:
    contents: list[dict[str, Any]] = _encode(*messages, model=model)[0]["contents"]
    return contents


def test_a_conversation() -> None:
    """System messages stand apart, the model's turns are its own, several parts stay several."""
    body, warnings = _encode(
        LLMMessage.system("Be brief."),
        LLMMessage.user("Hello", TextPart(text="there")),
        LLMMessage.assistant("Hi."),
        LLMMessage.user("Bye"),
    )
    assert {
        "contents": [
            {"role": "user", "parts": [{"text": "Hello"}, {"text": "there"}]},
            {"role": "model", "parts": [{"text": "Hi."}]},
            {"role": "user", "parts": [{"text": "Bye"}]},
        ],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
    } == body
    assert [] == warnings


def test_a_late_system_message_goes_first() -> None:
    """Gemini has one system instruction; that the order changed is told."""
    body, warnings = _encode(LLMMessage.system("a"), _HELLO, LLMMessage.system("b"))
    assert [{"text": "a"}, {"text": "b"}] == body["systemInstruction"]["parts"]
    assert ["messages"] == warnings


def test_a_model_without_system_role() -> None:
    """Gemma 3 refuses a system instruction; the words are said by the user."""
    body, warnings = _encode(LLMMessage.system("Be brief."), _HELLO, model="gemma-3-27b-it")
    assert ["Be brief.", "Hello"] == [content["parts"][0]["text"] for content in body["contents"]]
    assert ("systemInstruction" in body, warnings) == (False, ["messages"])


def test_empty_messages_and_names_are_told() -> None:
    """Gemini refuses an empty content and has no names."""
    body, warnings = _encode(replace(_HELLO, name="Ada"), LLMMessage(role="assistant", parts=()))
    assert 1 == len(body["contents"])
    assert ["messages.name", "messages"] == warnings


_MEDIA: list[tuple[Part, dict[str, Any], list[str | None]]] = [
    (
        ImagePart(data=b"hi", media_type="image/png"),
        {"inlineData": {"mimeType": "image/png", "data": "aGk="}},
        [],
    ),
    (
        ImagePart(data=b"hi", media_type="image/png", signature="s", provider="google"),
        {"inlineData": {"mimeType": "image/png", "data": "aGk="}, "thoughtSignature": "s"},
        [],
    ),
    (ImagePart(url="https://x/a.webp"), {"fileData": {"fileUri": "https://x/a.webp", "mimeType": "image/webp"}}, []),
    (
        ImagePart(url="https://x/a"),
        {"fileData": {"fileUri": "https://x/a", "mimeType": "image/jpeg"}},
        ["media_type"],
    ),
    (
        ImagePart(url="data:image/gif;base64,aGk="),
        {"inlineData": {"mimeType": "image/gif", "data": "aGk="}},
        [],
    ),
    (DocumentPart(url="data:,hi"), {"inlineData": {"mimeType": "application/pdf", "data": "aGk="}}, []),
    (
        DocumentPart(url="gs://bucket/a.pdf"),
        {"fileData": {"fileUri": "gs://bucket/a.pdf", "mimeType": "application/pdf"}},
        [],
    ),
    (
        DocumentPart(file_id="files/abc"),
        {"fileData": {"fileUri": "https://generativelanguage.googleapis.com/v1beta/files/abc"}},
        [],
    ),
    (
        AudioPart(file_id="https://g/v1beta/files/abc", media_type="audio/wav"),
        {"fileData": {"fileUri": "https://g/v1beta/files/abc", "mimeType": "audio/wav"}},
        [],
    ),
    (
        ImagePart(data=b"hi", media_type="image/png", detail="high"),
        {"inlineData": {"mimeType": "image/png", "data": "aGk="}},
        ["detail"],
    ),
    (
        ImagePart(data=b"hi", media_type="image/png", cache=CacheBreakpoint()),
        {"inlineData": {"mimeType": "image/png", "data": "aGk="}},
        ["cache"],
    ),
]


@pytest.mark.parametrize(("part", "sent", "told"), _MEDIA)
def test_media(part: Part, sent: dict[str, Any], told: list[str | None]) -> None:
    """Bytes travel in the request, everything else Google fetches."""
    body, warnings = _encode(LLMMessage(role="user", parts=(part,)))
    assert ([sent], told) == (body["contents"][0]["parts"], warnings)


_ANSWERS: list[tuple[Part, dict[str, Any]]] = [
    (TextPart(text="a", signature="s", provider="google"), {"text": "a", "thoughtSignature": "s"}),
    (TextPart(text="a", signature="s", provider="openai"), {"text": "a"}),
    (TextPart(text="", signature="s", provider="google"), {"text": "", "thoughtSignature": "s"}),
    (ReasoningPart(text="hm", provider="google"), {"text": "hm", "thought": True}),
    (ReasoningPart(provider="google", signature="s"), {"thought": True, "thoughtSignature": "s"}),
    (
        ToolCallPart(id="x", name="f", arguments='{"a":1.0}', signature="s", provider="google"),
        {"functionCall": {"id": "x", "name": "f", "args": {"a": 1.0}}, "thoughtSignature": "s"},
    ),
    (ToolCallPart(id="google-call-r1-0", name="f", arguments=""), {"functionCall": {"name": "f", "args": {}}}),
    (
        OpaquePart(
            provider="google", kind="executableCode", data='{"executableCode":{"code":"1"},"thoughtSignature":"s"}'
        ),
        {"executableCode": {"code": "1"}, "thoughtSignature": "s"},
    ),
]


@pytest.mark.parametrize(("part", "sent"), _ANSWERS)
def test_an_answer_goes_back_as_it_came(part: Part, sent: dict[str, Any]) -> None:
    """Signatures of Google's own stay on their part; an id made here is not sent."""
    (content,) = _contents(LLMMessage(role="assistant", parts=(part,)))
    assert {"role": "model", "parts": [sent]} == content


_DROPPED: list[tuple[str, Part]] = [
    ("assistant", ReasoningPart(text="hm", provider="anthropic", signature="s")),
    ("assistant", OpaquePart(provider="openai", kind="web_search", data="{}")),
    ("assistant", OpaquePart(provider="google", kind="toolCall", data="not JSON")),
    ("assistant", OpaquePart(provider="google", kind="toolCall", data="[]")),
    ("user", ToolCallPart(id="x", name="f", arguments="{}")),
    ("user", ToolResultPart(tool_call_id="x", content=())),
    ("tool", TextPart(text="x")),
]


@pytest.mark.parametrize(("role", "part"), _DROPPED)
def test_what_has_no_place_is_dropped_and_told(role: Any, part: Part) -> None:
    """Of another provider, altered, or in the wrong message."""
    body, warnings = _encode(_HELLO, LLMMessage(role=role, parts=(part,)))
    assert 1 == len(body["contents"])
    assert set(warnings) == {"messages"}


@pytest.mark.parametrize("arguments", ["no JSON", "[1]", '"x"'])
def test_arguments_that_are_no_object(arguments: str) -> None:
    """The wire takes objects alone: a custom tool's text, or a model's slip, goes under one name."""
    body, warnings = _encode(LLMMessage(role="assistant", parts=(ToolCallPart(id="x", name="f", arguments=arguments),)))
    assert {"input": arguments} == body["contents"][0]["parts"][0]["functionCall"]["args"]
    assert ["messages"] == warnings


_CALLS = LLMMessage(
    role="assistant",
    parts=(
        ToolCallPart(id="x1", name="weather", arguments="{}", signature="s", provider="google"),
        ToolCallPart(id="google-call-r1-1", name="clock", arguments="{}"),
    ),
)


def test_results_of_one_turn_go_together() -> None:
    """One content for all results, each with the name of its call, and the id if Google gave one."""
    contents = _contents(
        _HELLO,
        _CALLS,
        LLMMessage.tool_result("x1", '{"sky": "grey"}'),
        LLMMessage.tool_result("google-call-r1-1", "half past nine"),
        LLMMessage.user("And?"),
    )
    assert [
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "x1", "name": "weather", "response": {"sky": "grey"}}},
                {"functionResponse": {"name": "clock", "response": {"output": "half past nine"}}},
            ],
        },
        {"role": "user", "parts": [{"text": "And?"}]},
    ] == contents[2:]


_RESULTS: list[tuple[ToolResultPart, dict[str, Any]]] = [
    (ToolResultPart(tool_call_id="x", content=(TextPart(text="[1]"),)), {"output": "[1]"}),
    (ToolResultPart(tool_call_id="x", content=()), {"output": ""}),
    (ToolResultPart(tool_call_id="x", content=(TextPart(text="no"),), is_error=True), {"error": "no"}),
    (
        ToolResultPart(tool_call_id="x", content=(TextPart(text='{"code":5}'),), is_error=True),
        {"error": {"code": 5}},
    ),
]


@pytest.mark.parametrize(("part", "response"), _RESULTS)
def test_a_result_is_an_object(part: ToolResultPart, response: dict[str, Any]) -> None:
    """FunctionResponse docs: "output" and "error" are the names the model knows."""
    (content,) = _contents(LLMMessage(role="tool", parts=(part,)))
    assert {"id": "x", "name": "x", "response": response} == content["parts"][0]["functionResponse"]


_PICTURE = ToolResultPart(
    tool_call_id="x",
    name="camera",
    content=(TextPart(text="seen"), ImagePart(data=b"hi", media_type="image/png")),
    cache=CacheBreakpoint(),
)


def test_a_picture_in_a_result() -> None:
    """Inside it from Gemini 3 on, beside it before."""
    inline = {"inlineData": {"mimeType": "image/png", "data": "aGk="}}
    message = LLMMessage(role="tool", parts=(_PICTURE,))
    body, warnings = _encode(message, model="gemini-3.5-flash")
    assert [inline] == body["contents"][0]["parts"][0]["functionResponse"]["parts"]
    assert ["cache"] == warnings
    body, warnings = _encode(message, model="gemini-2.5-flash")
    assert inline == body["contents"][0]["parts"][1]
    assert ["cache", "messages"] == warnings


def test_a_call_from_elsewhere_is_marked() -> None:
    """Gemini 3 refuses an unsigned call in the current turn, so one that another provider made says what it is."""
    foreign = LLMMessage(role="assistant", parts=(ToolCallPart(id="x", name="f", arguments="{}"),))
    earlier = (_HELLO, foreign, LLMMessage.tool_result("x", "1"))
    body, warnings = _encode(*earlier, LLMMessage.user("And?"), foreign, model="gemini-3.5-flash")
    calls = [part for content in body["contents"] for part in content["parts"] if "functionCall" in part]
    assert [None, _MARK] == [call.get("thoughtSignature") for call in calls]
    assert ["messages"] == warnings
    assert [] == _encode(_HELLO, foreign, model="gemini-2.5-flash")[1]
    signed = _contents(_HELLO, _CALLS, model="gemini-3.5-flash")[1]["parts"]
    assert ["s", None] == [part.get("thoughtSignature") for part in signed]


def test_tools() -> None:
    """One tool of all declarations; JSON Schema where the model takes it; no parameters for a function without."""
    body, warnings = _encode(tools=(_WEATHER, _CLOCK))
    assert [
        {
            "functionDeclarations": [
                {"name": "weather", "description": "The weather.", "parametersJsonSchema": _OBJECT},
                {"name": "clock"},
            ]
        }
    ] == body["tools"]
    assert ("toolConfig" in body, warnings) == (False, [])
    body, _ = _encode(tools=(_WEATHER,), model="gemini-1.5-pro")
    assert _OBJECT == body["tools"][0]["functionDeclarations"][0]["parameters"]


_CHOICES: list[tuple[ToolChoice | None, bool, dict[str, Any] | None]] = [
    (None, False, None),
    (None, True, {"mode": "VALIDATED"}),
    ("auto", False, {"mode": "AUTO"}),
    ("auto", True, {"mode": "VALIDATED"}),
    ("none", True, {"mode": "NONE"}),
    ("required", False, {"mode": "ANY"}),
    (NamedTool(name="weather"), True, {"mode": "ANY", "allowedFunctionNames": ["weather"]}),
]


@pytest.mark.parametrize(("choice", "strict", "config"), _CHOICES)
def test_tool_choice(choice: ToolChoice | None, strict: bool, config: dict[str, Any] | None) -> None:
    """VALIDATED and ANY hold the model to the schemas."""
    body, _ = _encode(tools=(replace(_WEATHER, strict=strict or None), _CLOCK), tool_choice=choice)
    assert (None if config is None else {"functionCallingConfig": config}) == body.get("toolConfig")


def test_tools_that_cannot_be_held() -> None:
    """What the wire or the model has no word for is told."""
    tool = replace(_WEATHER, strict=True, cache=CacheBreakpoint())
    body, warnings = _encode(tools=(tool,), parallel_tool_calls=False, model="gemini-2.0-flash")
    assert ("toolConfig" in body, warnings) == (False, ["parallel_tool_calls", "tools.cache", "tools.strict"])


def test_structured_output() -> None:
    """JSON Schema or the older message, by the model; JSON mode without a schema."""
    output = StructuredOutput(json_schema=_OBJECT)
    config = _encode(structured_output=output)[0]["generationConfig"]
    assert {"responseMimeType": "application/json", "responseJsonSchema": _OBJECT} == config
    config = _encode(structured_output=output, model="gemini-1.5-flash")[0]["generationConfig"]
    assert {"responseMimeType": "application/json", "responseSchema": _OBJECT} == config
    config = _encode(structured_output=StructuredOutput(json_schema=None))[0]["generationConfig"]
    assert {"responseMimeType": "application/json"} == config


def test_settings() -> None:
    """Every setting in its place."""
    sampling = Sampling(temperature=0.5, top_p=0.9, top_k=40, seed=7, presence_penalty=0.1, frequency_penalty=0.2)
    body, warnings = _encode(
        sampling=sampling,
        max_tokens=100,
        stop=tuple("abcdef"),
        service_tier="flex",
        metadata={"team": "x"},
        cache=CacheConfig(content="abc", key="k", ttl="1h"),
        extra={"safetySettings": [], "generationConfig": {"topK": 3}},
    )
    assert {
        "temperature": 0.5,
        "topP": 0.9,
        "topK": 3,
        "seed": 7,
        "presencePenalty": 0.1,
        "frequencyPenalty": 0.2,
        "maxOutputTokens": 100,
        "stopSequences": list("abcde"),
    } == body["generationConfig"]
    assert ("flex", {"team": "x"}, "cachedContents/abc", []) == (
        body["serviceTier"],
        body["labels"],
        body["cachedContent"],
        body["safetySettings"],
    )
    assert ["stop", "cache.key", "cache.ttl"] == warnings
    assert (
        "projects/p/cachedContents/x"
        == _encode(cache=CacheConfig(content="projects/p/cachedContents/x"))[0]["cachedContent"]
    )


def test_sampling_is_not_sent_to_new_models() -> None:
    """From Gemini 3.6 on it is refused or ignored; the seed stays."""
    body, warnings = _encode(sampling=Sampling(temperature=0.0, seed=1), model="gemini-3.8-flash")
    assert ({"seed": 1}, ["temperature"]) == (body["generationConfig"], warnings)


_THINKING: list[tuple[str, ReasoningConfig, dict[str, Any] | None, list[str | None]]] = [
    ("gemini-3.8-flash", ReasoningConfig(effort="high"), {"thinkingLevel": "HIGH"}, []),
    ("gemini-3.8-flash", ReasoningConfig(effort="minimal"), {"thinkingLevel": "LOW"}, ["reasoning.effort"]),
    ("gemini-3.5-flash", ReasoningConfig(effort="none"), {"thinkingLevel": "MINIMAL"}, ["reasoning.effort"]),
    ("gemini-3.5-flash", ReasoningConfig(effort="max"), {"thinkingLevel": "HIGH"}, ["reasoning.effort"]),
    (
        "gemini-3-pro-preview",
        ReasoningConfig(effort="high", include=True),
        {"includeThoughts": True, "thinkingLevel": "HIGH"},
        [],
    ),
    ("gemini-4-argon", ReasoningConfig(budget_tokens=5000), {"thinkingLevel": "MEDIUM"}, ["reasoning.budget_tokens"]),
    ("gemini-2.5-flash", ReasoningConfig(budget_tokens=5000), {"thinkingBudget": 5000}, []),
    ("gemini-2.5-flash", ReasoningConfig(budget_tokens=0), {"thinkingBudget": 0}, []),
    ("gemini-2.5-flash", ReasoningConfig(budget_tokens=-1), {"thinkingBudget": -1}, []),
    ("gemini-2.5-pro", ReasoningConfig(budget_tokens=0), {"thinkingBudget": 128}, ["reasoning.budget_tokens"]),
    (
        "gemini-2.5-flash",
        ReasoningConfig(budget_tokens=99_999),
        {"thinkingBudget": 24_576},
        ["reasoning.budget_tokens"],
    ),
    ("gemini-2.5-flash", ReasoningConfig(effort="low"), {"thinkingBudget": 1024}, ["reasoning.effort"]),
    ("gemini-2.5-pro", ReasoningConfig(effort="max"), {"thinkingBudget": 32_768}, ["reasoning.effort"]),
    ("gemini-2.5-flash", ReasoningConfig(effort="low", budget_tokens=9), {"thinkingBudget": 9}, ["reasoning.effort"]),
    ("gemini-2.5-flash", ReasoningConfig(include=False), {"includeThoughts": False}, []),
    ("gemini-2.0-flash", ReasoningConfig(effort="low"), None, ["reasoning"]),
    ("gemini-2.0-flash", ReasoningConfig(effort="none"), None, []),
    ("gemini-2.5-flash", ReasoningConfig(), None, []),
]


@pytest.mark.parametrize(("model", "config", "sent", "told"), _THINKING)
def test_thinking(model: str, config: ReasoningConfig, sent: dict[str, Any] | None, told: list[str | None]) -> None:
    """A level from Gemini 3 on, a budget before; each is translated into the other, and it is told."""
    body, warnings = _encode(reasoning=config, model=model)
    assert (sent, told) == (body.get("generationConfig", {}).get("thinkingConfig"), warnings)


_PATHS = [
    ("gemini-x", False, False, "/models/gemini-x:generateContent"),
    ("gemini-x", False, True, "/models/gemini-x:streamGenerateContent?alt=sse"),
    ("models/gemini-x", False, False, "/models/gemini-x:generateContent"),
    ("tunedModels/mine", False, False, "/tunedModels/mine:generateContent"),
    ("gemini-x", True, False, "/publishers/google/models/gemini-x:generateContent"),
    ("meta/llama-4", True, False, "/publishers/meta/models/llama-4:generateContent"),
    (
        "projects/p/locations/l/endpoints/5",
        True,
        True,
        "/projects/p/locations/l/endpoints/5:streamGenerateContent?alt=sse",
    ),
]


@pytest.mark.parametrize(("model", "vertex", "stream", "path"), _PATHS)
def test_paths(model: str, vertex: bool, stream: bool, path: str) -> None:
    """A model's name is part of the URL, by the SDK's own rules."""
    request = LLMRequest(model=model, messages=(_HELLO,))
    assert path == GenerateWire(vertex=vertex).encode(request, google_profile(model), stream=stream).path


@pytest.mark.parametrize("model", ["", "a b", "../x", "x?alt=y", "x#y", "x/../y", "models/", "x%2fy", "x\r\ny"])
def test_names_that_cannot_stand_in_a_url(model: str) -> None:
    """They would lead elsewhere."""
    with pytest.raises(LLMConfigurationError):
        GenerateWire().encode(LLMRequest(model=model, messages=(_HELLO,)), google_profile(model), stream=False)
