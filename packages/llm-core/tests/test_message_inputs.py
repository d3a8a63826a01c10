"""The messages, tools, tool choices and reasoning settings a caller may write, and how wrong ones are told."""

import base64
from typing import Any

import pytest

from penguiflow_llm_core._inputs import to_messages, to_reasoning, to_tool_choice, to_tools
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    DocumentPart,
    ImagePart,
    LLMConfigurationError,
    LLMMessage,
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

ROLES = "use one of system, developer, user, assistant, tool, function"
NO_TOOL = "is not a tool; pass a ToolSpec or an OpenAI-style function tool"
NOT_JSON = "is not JSON: Object of type bytes is not JSON serializable; pass JSON text or JSON values"
PIXEL = b"\x89PNG"
PIXEL_64 = base64.b64encode(PIXEL).decode()


def _user(*parts: Part) -> tuple[LLMMessage, ...]:
    return (LLMMessage(role="user", parts=parts),)


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        pytest.param("hello", _user(TextPart(text="hello")), id="a string"),
        pytest.param(LLMMessage.system("be brief"), (LLMMessage.system("be brief"),), id="one message"),
        pytest.param([LLMMessage.user("a")], (LLMMessage.user("a"),), id="our messages"),
        pytest.param(({"role": "user", "content": n} for n in "ab"), (*map(LLMMessage.user, "ab"),), id="a generator"),
        pytest.param([{"role": "system", "content": "x"}], (LLMMessage.system("x"),), id="system"),
        pytest.param([{"role": "developer", "content": "x"}], (LLMMessage.system("x"),), id="developer"),
        pytest.param(
            [LLMMessage.user("a"), {"role": "assistant", "content": "b"}],
            (LLMMessage.user("a"), LLMMessage.assistant("b")),
            id="both kinds",
        ),
        pytest.param(
            [{"role": "user", "content": "x", "name": "Ada"}],
            (LLMMessage(role="user", parts=(TextPart(text="x"),), name="Ada"),),
            id="named participant",
        ),
        pytest.param([{"role": "assistant"}], (LLMMessage(role="assistant", parts=()),), id="empty turn"),
        pytest.param(
            [{"role": "assistant", "content": ""}], (LLMMessage(role="assistant", parts=()),), id="empty text"
        ),
        pytest.param(
            [{"role": "assistant", "content": "b", "reasoning_content": "hm"}],
            (LLMMessage(role="assistant", parts=(ReasoningPart(text="hm"), TextPart(text="b"))),),
            id="reasoning of chat wires",
        ),
        pytest.param(
            [
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}},
                        {"id": "c2", "type": "function", "function": {"name": "g", "arguments": {"b": [2]}}},
                    ],
                }
            ],
            (
                LLMMessage(
                    role="assistant",
                    parts=(
                        ToolCallPart(id="c1", name="f", arguments='{"a": 1}'),
                        ToolCallPart(id="c2", name="g", arguments='{"b": [2]}'),
                    ),
                ),
            ),
            id="tool calls",
        ),
        pytest.param(
            [{"role": "tool", "tool_call_id": "c1", "content": "42"}],
            (LLMMessage.tool_result("c1", "42"),),
            id="tool result",
        ),
        pytest.param(
            [{"role": "tool", "tool_call_id": "c1"}],
            (LLMMessage(role="tool", parts=(ToolResultPart(tool_call_id="c1", content=()),)),),
            id="empty tool result",
        ),
        pytest.param(
            [{"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "x"}, ImagePart(url="u")]}],
            (
                LLMMessage(
                    role="tool",
                    parts=(ToolResultPart(tool_call_id="c1", content=(TextPart(text="x"), ImagePart(url="u"))),),
                ),
            ),
            id="tool result of parts",
        ),
        pytest.param(
            [{"role": "function", "name": "f", "content": "42"}],
            (LLMMessage.tool_result("f", "42", name="f"),),
            id="function result of old",
        ),
    ],
)
def test_messages(messages: Any, expected: tuple[LLMMessage, ...]) -> None:
    """What people already have in hand, from other clients too, is taken as it is."""
    assert expected == to_messages(messages)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("x", TextPart(text="x"), id="a string"),
        pytest.param({"type": "text", "text": "x"}, TextPart(text="x"), id="text"),
        pytest.param({"type": "input_text", "text": "x"}, TextPart(text="x"), id="input_text"),
        pytest.param({"type": "output_text", "text": "x"}, TextPart(text="x"), id="output_text"),
        pytest.param({"type": "refusal", "refusal": "no"}, TextPart(text="no"), id="refusal"),
        pytest.param(
            {"type": "image_url", "image_url": {"url": "https://e.org/a.png", "detail": "low"}},
            ImagePart(url="https://e.org/a.png", detail="low"),
            id="image by url",
        ),
        pytest.param(
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL_64}"}},
            ImagePart(data=PIXEL, media_type="image/png"),
            id="image in a data url",
        ),
        pytest.param(
            {"type": "image_url", "image_url": "https://e.org/a.png"}, ImagePart(url="https://e.org/a.png"), id="flat"
        ),
        pytest.param(
            {"type": "input_image", "image_url": "https://e.org/a.png", "detail": "high"},
            ImagePart(url="https://e.org/a.png", detail="high"),
            id="input_image",
        ),
        pytest.param(
            {"type": "input_audio", "input_audio": {"data": PIXEL_64, "format": "wav"}},
            AudioPart(data=PIXEL, media_type="audio/wav"),
            id="audio",
        ),
        pytest.param(
            {"type": "file", "file": {"file_id": "file-1", "filename": "a.pdf"}},
            DocumentPart(file_id="file-1", name="a.pdf"),
            id="uploaded file",
        ),
        pytest.param(
            {"type": "file", "file": {"file_data": f"data:application/pdf;base64,{PIXEL_64}", "filename": "a.pdf"}},
            DocumentPart(data=PIXEL, media_type="application/pdf", name="a.pdf"),
            id="file in a data url",
        ),
        pytest.param(
            {"type": "input_file", "file_url": "https://e.org/a.pdf"},
            DocumentPart(url="https://e.org/a.pdf"),
            id="file by url",
        ),
        *(
            pytest.param(part, part, id=type(part).__name__)
            for part in (
                TextPart(text="x", cache=CacheBreakpoint()),
                ImagePart(url="u"),
                AudioPart(url="u"),
                DocumentPart(url="u"),
                ReasoningPart(text="hm"),
                ToolCallPart(id="c", name="f", arguments="{}"),
                ToolResultPart(tool_call_id="c", content=()),
                OpaquePart(provider="openai", kind="web_search_call", data="{}"),
            )
        ),
    ],
)
def test_content_parts(content: Any, expected: Part) -> None:
    """Parts of Chat Completions, of Responses and our own mean the same, and may be mixed."""
    assert _user(expected) == to_messages([{"role": "user", "content": [content]}])


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        (5, "messages is a int; pass a string, an LLMMessage or a list of messages"),
        (None, "messages is a NoneType; pass a string, an LLMMessage or a list of messages"),
        ({"role": "user", "content": "x"}, "messages is a dict; pass a string, an LLMMessage or a list of messages"),
        ([], "messages is empty; pass at least one message"),
        (["x"], "messages[0] is a str; pass an LLMMessage or a dict with role and content"),
        (
            [LLMMessage.user("x"), {"role": "bot"}],
            f"messages[1] has role 'bot'; {ROLES}",
        ),
        (
            [{"content": "x"}],
            f"messages[0] has role None; {ROLES}",
        ),
        ([{"role": "user", "content": []}], "messages[0] has no content; give it some text"),
        ([{"role": "system"}], "messages[0] has no content; give it some text"),
        (
            [{"role": "user", "content": {"type": "text"}}],
            "messages[0].content is a dict; pass a string or a list of content parts",
        ),
        (
            [{"role": "tool", "content": "x"}],
            "messages[0] is a tool result without tool_call_id; give the id of the call it answers",
        ),
        (
            [{"role": "tool", "tool_call_id": "c", "content": [AudioPart(url="u")]}],
            "messages[0].content holds something that is no tool result; use text, images and documents",
        ),
        (
            [{"role": "assistant", "tool_calls": [{"id": "c"}]}],
            "messages[0].tool_calls[0] is not a tool call; give it id, function.name and function.arguments",
        ),
        ([{"role": "assistant", "tool_calls": 5}], "messages[0].tool_calls is a int; pass a list of tool calls"),
        (
            [{"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {"a": b""}}}]}],
            f"messages[0].tool_calls[0].function.arguments {NOT_JSON}",
        ),
    ],
)
def test_refused_messages(messages: Any, problem: str) -> None:
    """Which of two hundred messages is wrong, and what to write instead, before anything is sent."""
    with pytest.raises(LLMConfigurationError) as caught:
        to_messages(messages)
    assert (problem, "local") == (caught.value.message, caught.value.phase)


UNKNOWN = "is not a content part we know; use type text, image_url, input_audio or file, or our own parts"
NOT_BASE64 = "holds data that is not base64; encode it"
NOT_A_DATA_URL = "holds a data: URL that is not base64 with a media type; write data:image/png;base64,..."
NO_FILE = "is a file without file_id, file_url or a data: URL in file_data; give one"


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (5, UNKNOWN),
        ({}, UNKNOWN),
        ({"type": "video_url", "video_url": {"url": "u"}}, UNKNOWN),
        ({"type": "text", "text": None}, UNKNOWN),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,?"}}, NOT_BASE64),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,é"}}, NOT_BASE64),
        ({"type": "image_url", "image_url": {"url": "data:image/png,abc"}}, NOT_A_DATA_URL),
        ({"type": "image_url", "image_url": {"url": "data:;base64,QUJD"}}, NOT_A_DATA_URL),
        ({"type": "input_audio", "input_audio": {"data": "a", "format": "mp3"}}, NOT_BASE64),
        ({"type": "file", "file": {}}, NO_FILE),
        ({"type": "file", "file": {"file_data": "QUJD"}}, NO_FILE),
        ({"type": "input_file"}, NO_FILE),
    ],
)
def test_refused_parts(part: Any, problem: str) -> None:
    """The message and the part are named by their places."""
    with pytest.raises(LLMConfigurationError) as caught:
        to_messages([LLMMessage.user("x"), {"role": "user", "content": ["ok", part]}])
    assert f"messages[1].content[1] {problem}" == caught.value.message


SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = {"name": "weather", "description": "Looks it up.", "parameters": SCHEMA, "strict": True}


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        pytest.param(ToolSpec(name="f"), ToolSpec(name="f"), id="our own"),
        pytest.param(
            {"type": "function", "function": WEATHER},
            ToolSpec(name="weather", description="Looks it up.", json_schema=SCHEMA, strict=True),
            id="of Chat Completions",
        ),
        pytest.param(
            {"type": "function", **WEATHER},
            ToolSpec(name="weather", description="Looks it up.", json_schema=SCHEMA, strict=True),
            id="of Responses",
        ),
        pytest.param({"type": "function", "function": {"name": "now"}}, ToolSpec(name="now"), id="without parameters"),
    ],
)
def test_tools(tool: Any, expected: ToolSpec) -> None:
    """Tools of either OpenAI API are taken as they are."""
    assert (expected,) == to_tools([tool])


@pytest.mark.parametrize(
    ("tools", "problem"),
    [
        (5, "tools is a int; pass a list of tools"),
        ("weather", "tools is a str; pass a list of tools"),
        ({"type": "function", "function": WEATHER}, "tools is a dict; pass a list of tools"),
        ([5], f"tools[0] {NO_TOOL}"),
        (
            [ToolSpec(name="f"), {"name": "g"}],
            f"tools[1] {NO_TOOL}",
        ),
        ([{"type": "function"}], f"tools[0] {NO_TOOL}"),
        (
            [{"type": "function", "function": {"name": "f", "parameters": "text"}}],
            "tools[0]: tool 'f' has parameters that are not a JSON Schema object; pass one",
        ),
    ],
)
def test_refused_tools(tools: Any, problem: str) -> None:
    """The place says which of many tools it is."""
    with pytest.raises(LLMConfigurationError) as caught:
        to_tools(tools)
    assert problem == caught.value.message


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, None),
        ("auto", "auto"),
        ("none", "none"),
        ("required", "required"),
        ("weather", NamedTool(name="weather")),
        (NamedTool(name="weather"), NamedTool(name="weather")),
        ({"type": "function", "function": {"name": "weather"}}, NamedTool(name="weather")),
        ({"type": "function", "name": "weather"}, NamedTool(name="weather")),
    ],
)
def test_tool_choice(choice: Any, expected: Any) -> None:
    """Any other string is the name of a tool."""
    assert expected == to_tool_choice(choice)


def test_refused_tool_choice() -> None:
    """A choice nobody could follow is not sent."""
    with pytest.raises(LLMConfigurationError) as caught:
        to_tool_choice({"type": "any"})
    assert caught.value.message == "tool_choice is {'type': 'any'}; use 'auto', 'none', 'required' or a tool's name"


@pytest.mark.parametrize(
    ("reasoning", "expected"),
    [
        (None, None),
        (ReasoningConfig(budget_tokens=100), ReasoningConfig(budget_tokens=100)),
        ("low", ReasoningConfig(effort="low")),
        ("none", ReasoningConfig(effort="none")),
        ("max", ReasoningConfig(effort="max")),
    ],
)
def test_reasoning(reasoning: Any, expected: Any) -> None:
    """A bare string is an effort."""
    assert expected == to_reasoning(reasoning)


def test_refused_reasoning() -> None:
    """The efforts there are come with the refusal."""
    with pytest.raises(LLMConfigurationError) as caught:
        to_reasoning("harder")
    assert (
        caught.value.message
        == "reasoning is 'harder'; use a ReasoningConfig or one of none, minimal, low, medium, high, xhigh, max"
    )
