"""Converse bodies into responses: every block, stop reason and count there is."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from penguiflow_llm_bedrock._decode import decode_converse
from penguiflow_llm_types import (
    AudioPart,
    Citation,
    FinishReason,
    ImagePart,
    LLMParseError,
    LLMProtocolError,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    Usage,
)


def body(*content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"output": {"message": {"role": "assistant", "content": list(content)}}, "stopReason": "end_turn"} | more


_SOURCES = [
    {"title": "facts", "sourceContent": [{"text": "Ruby, "}, {"text": "1993"}], "location": {"documentChar": {}}},
    {"source": "a page", "location": {"web": {"url": "https://example.org"}}},
]
_PNG = base64.b64encode(b"\x89PNG").decode()

_BLOCKS: list[tuple[dict[str, Any], Part]] = [
    ({"text": "Hello"}, TextPart(text="Hello")),
    (
        {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": {"city": "Oslo"}, "type": "tool_use"}},
        ToolCallPart(id="tooluse_1", name="weather", arguments='{"city":"Oslo"}'),
    ),
    ({"toolUse": {"toolUseId": "t", "name": "now"}}, ToolCallPart(id="t", name="now", arguments="{}")),
    (
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "EqQB"}}},
        ReasoningPart(text="Hm.", signature="EqQB", provider="bedrock"),
    ),
    (
        {"reasoningContent": {"reasoningText": {"text": "", "signature": "EqQB"}}},
        ReasoningPart(signature="EqQB", provider="bedrock"),
    ),
    ({"reasoningContent": {"redactedContent": "AAAA"}}, ReasoningPart(redacted_data="AAAA", provider="bedrock")),
    (
        {"citationsContent": {"content": [{"text": "Matz "}, {"text": "did."}], "citations": _SOURCES}},
        TextPart(
            text="Matz did.",
            citations=(
                Citation(title="facts", cited_text="Ruby, 1993"),
                Citation(title="a page", url="https://example.org"),
            ),
            signature=json.dumps(_SOURCES, separators=(",", ":")),
            provider="bedrock",
        ),
    ),
    (
        {"image": {"format": "png", "source": {"bytes": _PNG}}},
        ImagePart(data=b"\x89PNG", media_type="image/png"),
    ),
    (
        {"audio": {"format": "mp3", "source": {"bytes": _PNG}}},
        AudioPart(data=b"\x89PNG", media_type="audio/mp3"),
    ),
    (
        {"toolUse": {"toolUseId": "t", "name": "nova_code_interpreter", "input": {}, "type": "server_tool_use"}},
        OpaquePart(
            provider="bedrock",
            kind="toolUse",
            data='{"toolUse":{"toolUseId":"t","name":"nova_code_interpreter","input":{},"type":"server_tool_use"}}',
        ),
    ),
    (
        {"ofTomorrow": {"a": 1}},
        OpaquePart(provider="bedrock", kind="ofTomorrow", data='{"ofTomorrow":{"a":1}}'),
    ),
    (
        {"image": {"format": "png", "error": {"message": "blocked"}}},
        OpaquePart(provider="bedrock", kind="image", data='{"image":{"format":"png","error":{"message":"blocked"}}}'),
    ),
]


@pytest.mark.parametrize(("block", "part"), _BLOCKS)
def test_a_block(block: dict[str, Any], part: Part) -> None:
    """What is not understood is kept as it came, so that it can be sent back."""
    assert (part,) == decode_converse(body(block)).message.parts


@pytest.mark.parametrize(
    ("raw", "ours"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("tool_use", "tool_calls"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("content_filtered", "content_filter"),
        ("guardrail_intervened", "content_filter"),
        ("of_tomorrow", "other"),
        (None, "error"),
    ],
)
def test_finish_reason(raw: str | None, ours: FinishReason) -> None:
    """A stop reason of tomorrow must not raise; its word is kept."""
    response = decode_converse(body({"text": "x"}, stopReason=raw))
    assert (ours, raw) == (response.finish_reason, response.raw_finish_reason)


@pytest.mark.parametrize(("raw", "kind"), [("malformed_tool_use", "tool_args"), ("malformed_model_output", "json")])
def test_what_bedrock_could_not_read(raw: str, kind: str) -> None:
    """The model botched its output: it may be asked again."""
    with pytest.raises(LLMParseError) as caught:
        decode_converse(body({"text": "x"}, stopReason=raw, usage={"outputTokens": 4}))
    assert (kind, "reask", "yes") == (caught.value.kind, caught.value.retry_rule, caught.value.billed)
    assert caught.value.usage == Usage(output_tokens=4)


_CACHED = {
    "inputTokens": 10,
    "outputTokens": 4,
    "totalTokens": 7365,
    "cacheReadInputTokens": 0,
    "cacheWriteInputTokens": 7351,
    "cacheDetails": [{"ttl": "1h", "inputTokens": 7000}, {"ttl": "5m", "inputTokens": 351}],
}


@pytest.mark.parametrize(
    ("usage", "ours"),
    [
        ({"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}, Usage(input_tokens=3, output_tokens=2)),
        (
            _CACHED,
            Usage(
                input_tokens=7361,
                output_tokens=4,
                cache_read_tokens=0,
                cache_write_tokens=7351,
                cache_write_1h_tokens=7000,
            ),
        ),
        ({}, Usage()),
        (None, Usage()),
        ({"inputTokens": None, "outputTokens": "many", "cacheDetails": [1]}, Usage()),
    ],
)
def test_usage(usage: object, ours: Usage) -> None:
    """Bedrock counts the cache beside the input; ours includes it."""
    assert ours == decode_converse(body({"text": "x"}, usage=usage)).usage


def test_what_else_an_answer_says() -> None:
    """The tier it was served at, and the model a router chose."""
    router = {"promptRouter": {"invokedModelId": "arn:aws:bedrock:us-east-1::foundation-model/a.b"}}
    response = decode_converse(body({"text": "x"}, serviceTier={"type": "flex"}, trace=router))
    assert ("flex", "arn:aws:bedrock:us-east-1::foundation-model/a.b") == (response.service_tier, response.model)


@pytest.mark.parametrize("wrong", [{}, {"output": None}, {"output": {"message": "x"}}, {"message": "gone"}])
def test_no_message(wrong: dict[str, Any]) -> None:
    """A body that is no answer is never an empty one."""
    with pytest.raises(LLMProtocolError) as caught:
        decode_converse(wrong)
    assert caught.value.kind == "empty"


@pytest.mark.parametrize("bad", ["not base64 at all!", "A"])
def test_broken_base64_does_not_crash(bad: str) -> None:
    """A picture that cannot be read is an empty one."""
    part = decode_converse(body({"image": {"format": "png", "source": {"bytes": bad}}})).message.parts[0]
    assert isinstance(part, ImagePart)
