"""Messages in `generateContent` bodies: what is sent, and what is told where it could not be said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from penguiflow_llm_google._encode import encode_generate
from penguiflow_llm_google._profiles import google_profile
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

_HELLO = LLMMessage.user("Hello")
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
