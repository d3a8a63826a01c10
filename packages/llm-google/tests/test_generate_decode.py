"""`GenerateContentResponse` bodies into answers."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from penguiflow_llm_google._decode import decode_generate, finish_reason
from penguiflow_llm_google._parts import read_parts
from penguiflow_llm_google._usage import google_usage
from penguiflow_llm_types import (
    AudioPart,
    Citation,
    DocumentPart,
    FinishReason,
    ImagePart,
    LLMContentFilterError,
    LLMOverloadedError,
    LLMProtocolError,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    Usage,
)

_SIGNED = {"thoughtSignature": "c2ln"}
_OWN: dict[str, Any] = {"provider": "google", "signature": "c2ln"}


def _body(*parts: Any, finish: str | None = "STOP", **around: Any) -> dict[str, Any]:
    candidate = {"content": {"parts": list(parts), "role": "model"}, "index": 0} | around.pop("candidate", {})
    reason = {} if finish is None else {"finishReason": finish}
    return {"candidates": [candidate | reason], "responseId": "r1", "modelVersion": "gemini-x"} | around


_PARTS: list[tuple[str, list[dict[str, Any]], list[Part]]] = [
    ("text", [{"text": "Hello."}], [TextPart(text="Hello.")]),
    ("text that goes on", [{"text": "Hel"}, {"text": "lo."}], [TextPart(text="Hello.")]),
    ("text that repeats itself", [{"text": "ha"}, {"text": "ha"}, {"text": "haha"}], [TextPart(text="hahahaha")]),
    ("signed text", [{"text": "Hi", **_SIGNED}], [TextPart(text="Hi", **_OWN)]),
    ("a signature after its text", [{"text": "Hi"}, {"text": "", **_SIGNED}], [TextPart(text="Hi", **_OWN)]),
    (
        "text after signed text",
        [{"text": "a", **_SIGNED}, {"text": "b"}],
        [TextPart(text="a", **_OWN), TextPart(text="b")],
    ),
    (
        "signed text after text",
        [{"text": "a"}, {"text": "b", **_SIGNED}],
        [TextPart(text="a"), TextPart(text="b", **_OWN)],
    ),
    ("a signature alone", [{"text": "", **_SIGNED}], [TextPart(text="", **_OWN)]),
    ("nothing", [{"text": ""}], []),
    (
        "a thought, then text",
        [{"text": "Hm", "thought": True}, {"text": "m.", "thought": True}, {"text": "Yes."}],
        [ReasoningPart(text="Hmm.", provider="google"), TextPart(text="Yes.")],
    ),
    ("a sealed thought", [{"thought": True, **_SIGNED}], [ReasoningPart(text="", **_OWN)]),
    ("text that says it is no thought", [{"text": "Yes.", "thought": False}], [TextPart(text="Yes.")]),
    (
        "calls without ids",
        [{"functionCall": {"name": "f", "args": {"a": 1.5}}, **_SIGNED}, {"functionCall": {"name": "g"}}],
        [
            ToolCallPart(id="google-call-r1-0", name="f", arguments='{"a":1.5}', **_OWN),
            ToolCallPart(id="google-call-r1-1", name="g", arguments="{}"),
        ],
    ),
    (
        "a call with an id",
        [{"functionCall": {"id": "x1", "name": "f", "args": {}}}],
        [ToolCallPart(id="x1", name="f", arguments="{}")],
    ),
    (
        "a picture",
        [{"inlineData": {"mimeType": "image/png", "data": "aGk="}, **_SIGNED}],
        [ImagePart(data=b"hi", media_type="image/png", **_OWN)],
    ),
    (
        "sound and a document",
        [{"inlineData": {"mimeType": kind, "data": "aGk="}} for kind in ("audio/L16", "application/pdf")],
        [
            AudioPart(data=b"hi", media_type="audio/L16"),
            DocumentPart(data=b"hi", media_type="application/pdf"),
        ],
    ),
    (
        "data that is none",
        [{"inlineData": {"mimeType": "image/png", "data": "!"}}],
        [OpaquePart(provider="google", kind="inlineData", data='{"inlineData":{"mimeType":"image/png","data":"!"}}')],
    ),
    (
        "code that was run",
        [{"executableCode": {"language": "PYTHON", "code": "1+1"}, **_SIGNED}],
        [
            OpaquePart(
                provider="google",
                kind="executableCode",
                data='{"executableCode":{"language":"PYTHON","code":"1+1"},"thoughtSignature":"c2ln"}',
            )
        ],
    ),
    ("a part without a field", [{}, {"text": "a"}], [TextPart(text="a")]),
]


@pytest.mark.parametrize(("fragments", "parts"), [row[1:] for row in _PARTS], ids=[row[0] for row in _PARTS])
def test_parts(fragments: list[dict[str, Any]], parts: list[Part]) -> None:
    """Every kind of part; signatures stay where they were, and text is put together only where one goes on."""
    assert tuple(parts) == read_parts(fragments, "r1")


def test_an_answer() -> None:
    """Every fact of a body has its place."""
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 7, "serviceTier": "flex"}
    response = decode_generate(_body({"text": "Hi"}, usageMetadata=usage))
    assert ("Hi", "stop", "STOP", "r1", "gemini-x", "flex") == (
        response.text,
        response.finish_reason,
        response.raw_finish_reason,
        response.response_id,
        response.model,
        response.service_tier,
    )
    assert Usage(input_tokens=5, output_tokens=2) == response.usage
    assert () == response.warnings


def test_the_first_candidate_counts() -> None:
    """Others are alternatives nobody asked for here."""
    body = _body({"text": "one"})
    body["candidates"].insert(0, {"index": 1, "content": {"parts": [{"text": "two"}]}, "finishReason": "STOP"})
    assert "one" == decode_generate(body).text


_FINISHES = [
    ("STOP", "stop"),
    ("MAX_TOKENS", "length"),
    ("CONTINUATION", "length"),
    *((raw, "content_filter") for raw in ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")),
    *((raw, "content_filter") for raw in ("MODEL_ARMOR", "IMAGE_SAFETY", "ESCALATION", "PUP_LIMITED_DISABLED")),
    *((raw, "error") for raw in ("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MISSING_THOUGHT_SIGNATURE")),
    *((raw, "other") for raw in ("LANGUAGE", "OTHER", "NO_IMAGE", "A_NEW_ONE")),
]


@pytest.mark.parametrize(("raw", "ours"), _FINISHES)
def test_finish_reason(raw: str, ours: FinishReason) -> None:
    """Google's own word is kept beside ours; one that is new must not raise."""
    response = decode_generate(_body({"text": "x"}, finish=raw))
    assert (ours, raw) == (response.finish_reason, response.raw_finish_reason)


def test_every_finish_of_the_sdk_is_known() -> None:
    """A reason that an upgrade of the SDK brings is to be decided, not to fall under "other"."""
    from google.genai.types import FinishReason as SDKFinishReason  # the SDK is for this test alone

    unspecified = {"FINISH_REASON_UNSPECIFIED", "LANGUAGE", "OTHER", "NO_IMAGE", "IMAGE_OTHER"}
    assert unspecified == {raw.value for raw in SDKFinishReason if finish_reason(raw.value, calls=False) == "other"}
    assert {finish_reason(raw.value, calls=False) for raw in SDKFinishReason} <= set(get_args(FinishReason))


def test_calls_wait_for_their_results() -> None:
    """Gemini ends with STOP whether or not it called."""
    assert "tool_calls" == decode_generate(_body({"functionCall": {"name": "f"}})).finish_reason


def test_an_answer_that_was_stopped_says_why() -> None:
    """The provider's sentence is in a warning: the finish alone is one word."""
    body = _body({"functionCall": {"name": "f"}}, finish="UNEXPECTED_TOOL_CALL", candidate={"finishMessage": "no f"})
    response = decode_generate(body)
    assert "error" == response.finish_reason
    assert ["the provider ended the answer with UNEXPECTED_TOOL_CALL: no f"] == [w.message for w in response.warnings]
    assert () == decode_generate(_body({"text": "x"}, candidate={"finishMessage": "fine"})).warnings


_USAGES: list[tuple[dict[str, Any] | None, Usage]] = [
    (None, Usage()),
    ({}, Usage()),
    ({"trafficType": "ON_DEMAND"}, Usage()),
    ({"promptTokenCount": 10, "totalTokenCount": 10}, Usage(input_tokens=10, output_tokens=0)),
    (
        {
            "promptTokenCount": 10,
            "toolUsePromptTokenCount": 5,
            "cachedContentTokenCount": 8,
            "candidatesTokenCount": 3,
            "thoughtsTokenCount": 4,
            "totalTokenCount": 22,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1}, {"modality": "IMAGE", "tokenCount": 9}],
            "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 2}, {"modality": "IMAGE", "tokenCount": 1}],
            "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 8}],
        },
        Usage(
            input_tokens=15,
            output_tokens=7,
            cache_read_tokens=8,
            cache_read_audio_tokens=0,
            reasoning_tokens=4,
            input_image_tokens=9,
            output_audio_tokens=2,
            output_image_tokens=1,
        ),
    ),
    (
        {
            "promptTokenCount": 9,
            "cachedContentTokenCount": 8,
            "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 6}, {"modality": "TEXT", "tokenCount": 2}],
        },
        Usage(input_tokens=9, cache_read_tokens=8, cache_read_audio_tokens=6),
    ),
    ({"candidatesTokenCount": 3, "thoughtsTokenCount": None}, Usage(output_tokens=3)),
    ({"thoughtsTokenCount": 3}, Usage(output_tokens=3, reasoning_tokens=3)),
]


@pytest.mark.parametrize(("metadata", "usage"), _USAGES)
def test_usage(metadata: dict[str, Any] | None, usage: Usage) -> None:
    """Input with cached tokens and what built-in tools read, output with thoughts, and no count made up."""
    assert usage == google_usage(metadata)


def test_a_blocked_prompt() -> None:
    """No candidate, and a reason."""
    feedback = {"blockReason": "MODEL_ARMOR", "blockReasonMessage": "The prompt violated filters."}
    counts = {"promptTokenCount": 3, "totalTokenCount": 3}
    with pytest.raises(LLMContentFilterError) as caught:
        decode_generate({"promptFeedback": feedback, "usageMetadata": counts})
    error = caught.value
    assert ("input", "MODEL_ARMOR", "never", 3) == (error.kind, error.code, error.retry_rule, error.usage.input_tokens)  # type: ignore[union-attr]
    assert "The prompt violated filters." in str(error)


@pytest.mark.parametrize("body", [{}, {"candidates": []}, {"candidates": [{"index": 0, "content": {}}]}])
def test_no_answer(body: dict[str, Any]) -> None:
    """A 200 without a finished candidate is not what the API promises."""
    with pytest.raises(LLMProtocolError) as caught:
        decode_generate(body)
    assert ("empty", "once") == (caught.value.kind, caught.value.retry_rule)


def test_an_error_in_a_200() -> None:
    """As proxies send it."""
    with pytest.raises(LLMOverloadedError) as caught:
        decode_generate({"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}})
    assert ("UNAVAILABLE", 503, "body") == (caught.value.code, caught.value.status, caught.value.phase)


_WEB = {"groundingChunks": [{"web": {"uri": "https://a", "title": "A"}}, {"web": {"uri": "https://b", "title": "B"}}]}


def _support(start: int, end: int, text: str, *chunks: int) -> dict[str, Any]:
    segment = {"startIndex": start, "endIndex": end, "text": text}
    return {"segment": segment, "groundingChunkIndices": list(chunks)}


_CITATIONS: list[tuple[str, dict[str, Any], list[Citation]]] = [
    (
        "bytes are counted, not characters",
        {"groundingMetadata": _WEB | {"groundingSupports": [_support(7, 12, "snows", 1, 0, 9)]}},
        [
            Citation(url="https://b", title="B", start_index=6, end_index=11),
            Citation(url="https://a", title="A", start_index=6, end_index=11),
        ],
    ),
    (
        "a stretch that is not there",
        {"groundingMetadata": _WEB | {"groundingSupports": [_support(0, 999, "else", 0)]}},
        [Citation(url="https://a", title="A")],
    ),
    (
        "sources that support nothing by name",
        {"groundingMetadata": {"groundingChunks": [{"retrievedContext": {"text": "It snows.", "title": "T"}}]}},
        [Citation(title="T", cited_text="It snows.")],
    ),
    (
        "a support of no source",
        {"groundingMetadata": _WEB | {"groundingSupports": [{"groundingChunkIndices": 0}]}},
        [],
    ),
    (
        "a passage that was recited",
        {"citationMetadata": {"citations": [{"startIndex": 0, "endIndex": 3, "uri": "https://c"}]}},
        [Citation(url="https://c", start_index=0, end_index=2)],
    ),
]


@pytest.mark.parametrize(("around", "cited"), [row[1:] for row in _CITATIONS], ids=[row[0] for row in _CITATIONS])
def test_citations(around: dict[str, Any], cited: list[Citation]) -> None:
    """Sources stand on the text they support."""
    (part,) = decode_generate(_body({"text": "Hé it snows."}, candidate=around)).message.parts
    assert isinstance(part, TextPart)
    assert tuple(cited) == part.citations


def test_citations_without_text() -> None:
    """There is nothing they could stand on."""
    body = _body({"functionCall": {"name": "f"}}, candidate={"groundingMetadata": _WEB})
    assert [ToolCallPart] == [type(part) for part in decode_generate(body).message.parts]


def test_the_second_text_is_cited() -> None:
    """Each stretch is looked for in each text."""
    around = {"groundingMetadata": _WEB | {"groundingSupports": [_support(0, 2, "no", 0)]}}
    first, second = decode_generate(_body({"text": "yes", **_SIGNED}, {"text": "no"}, candidate=around)).message.parts
    assert isinstance(first, TextPart)
    assert isinstance(second, TextPart)
    assert ((), "https://a") == (first.citations, second.citations[0].url)


def test_json_of_a_call_is_compact() -> None:
    """A value of any kind, keys in their order, text as it is."""
    arguments = {"b": [1, 2.5, None, True], "a": {"é": "ß"}}
    (part,) = read_parts([{"functionCall": {"name": "f", "args": arguments}}], None)
    assert isinstance(part, ToolCallPart)
    assert '{"b":[1,2.5,null,true],"a":{"é":"ß"}}' == part.arguments
    assert arguments == json.loads(part.arguments)
    assert "google-call-unnamed-0" == part.id
