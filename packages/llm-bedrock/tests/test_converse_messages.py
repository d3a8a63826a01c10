"""Messages into Converse blocks, and what is said about parts that could not be sent."""

from __future__ import annotations

import base64
import re
from typing import Any, Final

import pytest

from penguiflow_llm_bedrock._encode import encode_converse
from penguiflow_llm_bedrock._message_encode import use_id
from penguiflow_llm_bedrock._profiles import bedrock_profile
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    CallWarning,
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

CLAUDE: Final = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA: Final = "amazon.nova-lite-v1:0"
MISTRAL: Final = "mistral.mistral-large-2402-v1:0"
B64: Final = base64.b64encode(b"data").decode()
HELLO: Final = (LLMMessage.user("hello"),)


def encode(model: str = CLAUDE, **fields: Any) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    fields.setdefault("messages", HELLO)
    return encode_converse(LLMRequest(model=model, **fields), bedrock_profile(model), defaults={})


def messages(*given: LLMMessage, model: str = CLAUDE) -> tuple[list[dict[str, Any]], list[str]]:
    body, warnings = encode(model, messages=given)
    return body["messages"], [warning.message for warning in warnings]


def user(*parts: Part) -> LLMMessage:
    return LLMMessage(role="user", parts=parts)


def result(*content: Any, call: str = "t", **more: Any) -> LLMMessage:
    return LLMMessage(role="tool", parts=(ToolResultPart(tool_call_id=call, content=content, **more),))


_CALL = ToolCallPart(id="tooluse_1", name="f", arguments='{"a":1}')

_PARTS: list[tuple[Part, list[dict[str, Any]]]] = [
    (TextPart(text="x"), [{"text": "x"}]),
    (TextPart(text=""), []),
    (
        ImagePart(data=b"data", media_type="image/png"),
        [{"image": {"format": "png", "source": {"bytes": B64}}}],
    ),
    (
        ImagePart(url=f"data:image/jpeg;base64,{B64}"),
        [{"image": {"format": "jpeg", "source": {"bytes": B64}}}],
    ),
    (
        ImagePart(url="s3://bucket/picture.webp"),
        [{"image": {"format": "webp", "source": {"s3Location": {"uri": "s3://bucket/picture.webp"}}}}],
    ),
    (
        DocumentPart(data=b"data", media_type="application/pdf", name="Report: 2026/Q3.pdf"),
        [{"document": {"format": "pdf", "name": "Report 2026 Q3 pdf", "source": {"bytes": B64}}}],
    ),
    (
        DocumentPart(data=b"data", media_type="text/plain; charset=utf-8"),
        [{"document": {"format": "txt", "name": "Document 1", "source": {"bytes": B64}}}],
    ),
    (
        DocumentPart(url="data:text/markdown,%23%20x"),
        [
            {
                "document": {
                    "format": "md",
                    "name": "Document 1",
                    "source": {"bytes": base64.b64encode(b"# x").decode()},
                }
            }
        ],
    ),
    (
        DocumentPart(data=b"data", media_type="video/mp4"),
        [{"video": {"format": "mp4", "source": {"bytes": B64}}}],
    ),
    (
        DocumentPart(url="s3://bucket/film.mov"),
        [{"video": {"format": "mov", "source": {"s3Location": {"uri": "s3://bucket/film.mov"}}}}],
    ),
    (AudioPart(data=b"data", media_type="audio/wav"), [{"audio": {"format": "wav", "source": {"bytes": B64}}}]),
    (
        OpaquePart(provider="bedrock", kind="guardContent", data='{"guardContent":{"text":{"text":"q"}}}'),
        [{"guardContent": {"text": {"text": "q"}}}],
    ),
]


@pytest.mark.parametrize(("part", "blocks"), _PARTS)
def test_a_part_of_a_user(part: Part, blocks: list[dict[str, Any]]) -> None:
    """Each in the block Bedrock has for it."""
    sent, warnings = messages(user(TextPart(text="look"), part))
    assert [{"role": "user", "content": [{"text": "look"}, *blocks]}] == sent
    assert warnings == []


_OF_ASSISTANT: list[tuple[Part, list[dict[str, Any]]]] = [
    (TextPart(text="x"), [{"text": "x"}]),
    (_CALL, [{"toolUse": {"toolUseId": "tooluse_1", "name": "f", "input": {"a": 1}}}]),
    (
        ReasoningPart(text="Hm.", signature="EqQB", provider="bedrock"),
        [{"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "EqQB"}}}],
    ),
    (
        ReasoningPart(redacted_data="AAAA", provider="bedrock"),
        [{"reasoningContent": {"redactedContent": "AAAA"}}],
    ),
    (
        TextPart(text="Matz.", signature='[{"title":"facts"}]', provider="bedrock"),
        [{"citationsContent": {"content": [{"text": "Matz."}], "citations": [{"title": "facts"}]}}],
    ),
    (TextPart(text="x", signature="of another", provider="google"), [{"text": "x"}]),
    (OpaquePart(provider="bedrock", kind="hologram", data='{"hologram":{"a":1}}'), [{"hologram": {"a": 1}}]),
    (AudioPart(data=b"data", media_type="audio/wav", transcript="said"), [{"text": "said"}]),
]


@pytest.mark.parametrize(("part", "blocks"), _OF_ASSISTANT)
def test_a_part_of_the_assistant(part: Part, blocks: list[dict[str, Any]]) -> None:
    """What came from Bedrock goes back as it came."""
    answered = [result(TextPart(text="ok"), call=part.id)] if isinstance(part, ToolCallPart) else []
    sent, _ = messages(LLMMessage.user("q"), LLMMessage(role="assistant", parts=(part,)), *answered)
    assert {"role": "assistant", "content": blocks} == sent[1]


_DROPPED: list[tuple[LLMMessage, str]] = [
    (user(ImagePart(url="https://example.org/a.png")), "Bedrock does not fetch a URL"),
    (user(ImagePart(file_id="file_1", media_type="image/png")), "an uploaded file's id"),
    (user(ImagePart(data=b"x", media_type="image/tiff")), "does not take image/tiff; it takes gif, jpeg"),
    (user(DocumentPart(data=b"x", media_type="application/zip")), "does not take application/zip"),
    (user(TextPart(text=" \n")), "refuses text that is blank"),
    (user(_CALL), "belongs in an assistant or tool message"),
    (user(OpaquePart(provider="openai", kind="x", data="{}")), "only 'openai' understands it"),
    (user(OpaquePart(provider="bedrock", kind="x", data="{half")), "only 'bedrock' understands it"),
    (LLMMessage(role="assistant", parts=(ImagePart(data=b"x", media_type="image/png"),)), "no place in an assistant"),
    (LLMMessage(role="assistant", parts=(ReasoningPart(text="x", provider="anthropic"),)), "it came from 'anthropic'"),
    (LLMMessage(role="assistant", parts=(ReasoningPart(text="x", provider="bedrock"),)), "without its signature"),
    (LLMMessage(role="assistant", parts=(OpaquePart(provider="google", kind="x", data="{}"),)), "only 'google'"),
    (LLMMessage(role="tool", parts=(TextPart(text="x"),)), "only results go in a tool message"),
    (LLMMessage(role="system", parts=(ImagePart(data=b"x", media_type="image/png"),)), "only text goes in a system"),
]


@pytest.mark.parametrize(("message", "why"), _DROPPED)
def test_what_cannot_be_sent_is_told(message: LLMMessage, why: str) -> None:
    """A part is never lost in silence, and leaves no empty turn behind, which would be refused."""
    sent, warnings = messages(LLMMessage.user("q"), message)
    assert [{"role": "user", "content": [{"text": "q"}]}] == sent
    assert len(warnings) == 1
    assert why in warnings[0]


def test_turns_of_one_role_become_one() -> None:
    """Results of parallel calls and the words after them are one turn of the user's."""
    other = ToolCallPart(id="tooluse_2", name="g", arguments="")
    sent, warnings = messages(
        LLMMessage.user("q"),
        LLMMessage.assistant("Let me see.", _CALL, other),
        result(TextPart(text="1"), call="tooluse_1"),
        result(TextPart(text="2"), call="tooluse_2"),
        LLMMessage.user("Go on."),
    )
    assert ["user", "assistant", "user"] == [turn["role"] for turn in sent]
    assert [
        {"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "1"}]}},
        {"toolResult": {"toolUseId": "tooluse_2", "content": [{"text": "2"}]}},
        {"text": "Go on."},
    ] == sent[2]["content"]
    assert sent[1]["content"][2]["toolUse"]["input"] == {}
    assert ["calls in the messages need tools: f, g were declared" in warning for warning in warnings] == [True]


@pytest.mark.parametrize(
    ("model", "text", "expected"),
    [
        (CLAUDE, "no such city", {"content": [{"text": "no such city"}], "status": "error"}),
        (NOVA, "no such city", {"content": [{"text": "no such city"}], "status": "error"}),
        (MISTRAL, "no such city", {"content": [{"text": "Error:"}, {"text": "no such city"}]}),
        (MISTRAL, "Error: none", {"content": [{"text": "Error: none"}]}),
    ],
)
def test_an_error_of_a_tool(model: str, text: str, expected: dict[str, Any]) -> None:
    """A flag where the model takes it, else words."""
    sent, _ = messages(
        LLMMessage.user("q"),
        LLMMessage.assistant("", _CALL),
        result(TextPart(text=text), call="tooluse_1", is_error=True),
        model=model,
    )
    assert {"toolUseId": "tooluse_1", **expected} == sent[2]["content"][0]["toolResult"]


def test_results_hold_pictures_documents_and_blanks() -> None:
    """Inside of a result nothing but the block counts: no name is lost, no blank refused."""
    sent, _ = messages(
        LLMMessage.user("q"),
        LLMMessage.assistant("", _CALL),
        result(
            TextPart(text=""),
            ImagePart(data=b"data", media_type="image/png", cache=CacheBreakpoint()),
            DocumentPart(data=b"data", media_type="text/csv", name="Sales"),
            call="tooluse_1",
            cache=CacheBreakpoint(ttl="1h"),
        ),
    )
    assert sent[2]["content"] == [
        {
            "toolResult": {
                "toolUseId": "tooluse_1",
                "content": [
                    {"text": ""},
                    {"image": {"format": "png", "source": {"bytes": B64}}},
                    {"document": {"format": "csv", "name": "Sales", "source": {"bytes": B64}}},
                ],
            }
        },
        {"cachePoint": {"type": "default", "ttl": "1h"}},
    ]


def test_documents_have_names_of_their_own_and_words_beside_them() -> None:
    """Bedrock refuses a document without a name, two of one name, and one without text."""
    part = DocumentPart(data=b"data", media_type="application/pdf", name="[Q3]  report.pdf")
    sent, warnings = messages(user(part, part, DocumentPart(data=b"data", media_type="text/html", name="日本")))
    names = [block["document"]["name"] for block in sent[0]["content"] if "document" in block]
    assert names == ["[Q3] report pdf", "[Q3] report pdf 2", "Document 1"]
    assert sent[0]["content"][-1] == {"text": "See the document."}
    assert len(warnings) == 1
    long = messages(user(TextPart(text="x"), *(DocumentPart(data=b"d", media_type="text/html", name="n" * 300),) * 2))
    assert [len(block["document"]["name"]) for block in long[0][0]["content"][1:]] == [200, 194]


@pytest.mark.parametrize("own", ["tooluse_AbC-1.2:3", "call 1", "call/1", "x" * 70, "x" * 71, "日本", ""])
def test_ids_of_other_providers_fit(own: str) -> None:
    """64 characters of Bedrock's alphabet, the same in the call and in its result, and different for different ids."""
    call = ToolCallPart(id=own, name="f", arguments="{}")
    turns, _ = messages(LLMMessage.user("q"), LLMMessage.assistant("", call), result(TextPart(text="1"), call=own))
    found = turns[1]["content"][0]["toolUse"]["toolUseId"]
    assert found == turns[2]["content"][0]["toolResult"]["toolUseId"]
    assert re.fullmatch(r"[a-zA-Z0-9_.:-]{1,64}", found)
    assert (found == own) == (own == "tooluse_AbC-1.2:3")
    assert found != use_id(f"{own} ")


@pytest.mark.parametrize("arguments", ["{half", "[1]", '"x"'])
def test_arguments_that_are_no_object(arguments: str) -> None:
    """The wire takes an object only; what the model wrote is kept in one, for it to see its mistake."""
    call = ToolCallPart(id="t", name="f", arguments=arguments)
    turns, warnings = messages(LLMMessage.user("q"), LLMMessage.assistant("", call), result(TextPart(text="no")))
    assert turns[1]["content"][0]["toolUse"]["input"] == {"arguments": arguments}
    assert any("no JSON object" in warning for warning in warnings)


def test_instructions_in_mid_conversation_move_to_its_beginning() -> None:
    """There is one place for them; guarded text has its own block."""
    guarded = OpaquePart(provider="bedrock", kind="guardContent", data='{"guardContent":{}}')
    body, warnings = encode(
        messages=(
            LLMMessage(role="system", parts=(TextPart(text="a", cache=CacheBreakpoint()), guarded)),
            LLMMessage.user("q"),
            LLMMessage.system("b"),
        )
    )
    assert body["system"] == [{"text": "a"}, {"cachePoint": {"type": "default"}}, {"guardContent": {}}, {"text": "b"}]
    assert [warning.kind for warning in warnings] == ["adapted_setting"]


def test_names_of_participants_are_told() -> None:
    """There is no place for them."""
    assert len(messages(LLMMessage(role="user", parts=(TextPart(text="x"),), name="ada"))[1]) == 1
