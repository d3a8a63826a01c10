"""Streams received over Chat Completions: cut anywhere, numbered anyhow, broken off, or not JSON at all."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_openai_compat import ChatDialect, ChatStreamDecoder, decode_chat
from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    LLMError,
    LLMParseError,
    LLMProtocolError,
    LLMTruncatedError,
    ReasoningDelta,
    ReasoningPart,
    SSEDecoder,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallStart,
    Usage,
    UsageUpdate,
)
from penguiflow_llm_types.wire import WireJSON

OPENAI: Final = ChatDialect(provider="openai")
USAGE: Final = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}


def _body(message: dict[str, Any], finish: str | None = "stop", **more: Any) -> dict[str, Any]:
    return {"id": "c1", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": finish}]} | more


def _chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"id": "c1", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]} | more


def _sse(*chunks: object) -> bytes:
    texts = [chunk if isinstance(chunk, str) else json.dumps(chunk) for chunk in chunks]
    return b"".join(f"data: {text}\n\n".encode() for text in texts)


def _stream(
    data: bytes, cuts: tuple[int, ...] = (), dialect: ChatDialect = OPENAI
) -> tuple[list[StreamEvent], CompletionResponse]:
    frames, decoder = SSEDecoder(), ChatStreamDecoder(dialect)
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    events: list[StreamEvent] = []
    for start, end in pairwise(edges):
        for frame in frames.feed(data[start:end]):
            events.extend(decoder.feed(frame))
    return events, decoder.finish()


def _decode(body: dict[str, Any], dialect: ChatDialect = OPENAI) -> CompletionResponse:
    return decode_chat(body, dialect)


TEXT: Final = _sse(
    _chunk({"role": "assistant", "content": "", "refusal": None}),
    ": a comment is data to some servers",
    _chunk({"content": "h€"}),
    "",
    _chunk({"content": "llo 😀"}, usage=None),
    _chunk({}, "stop"),
    {"id": "c1", "choices": [], "usage": USAGE, "service_tier": "default"},
    "[DONE]",
)


@given(cuts=st.lists(st.integers(min_value=0, max_value=10_000), max_size=12))
def test_the_split_of_bytes_does_not_matter(cuts: list[int]) -> None:
    """TCP cuts where it likes, also inside a character."""
    events, response = _stream(TEXT, tuple(cuts))
    assert [
        TextDelta(text="h€"),
        TextDelta(text="llo 😀"),
        UsageUpdate(usage=Usage(input_tokens=3, output_tokens=5)),
    ] == events
    assert _decode(_body({"content": "h€llo 😀"}, usage=USAGE, service_tier="default")) == response


def test_nothing_counts_after_the_last_marker() -> None:
    """Else the answer would depend on whether what follows came in the same packet."""
    assert _stream(TEXT) == _stream(TEXT + _sse(_chunk({"content": "x"}), {"error": {"message": "late"}}))


@pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
def test_any_newline(newline: bytes) -> None:
    """All three are legal in an event stream."""
    assert _stream(TEXT) == _stream(TEXT.replace(b"\n", newline))


def _calls(*fragments: dict[str, Any]) -> tuple[list[StreamEvent], CompletionResponse]:
    return _stream(_sse(*(_chunk({"tool_calls": [fragment]}) for fragment in fragments), _chunk({}, "tool_calls")))


def _call(index: int | None, id: str | None, name: str | None, arguments: str | None) -> dict[str, Any]:  # noqa: A002
    fields: dict[str, Any] = {"function": {"name": name, "arguments": arguments}}
    return fields | ({} if index is None else {"index": index}) | ({} if id is None else {"id": id})


IDENTITIES: Final = [
    ("as OpenAI does", [_call(0, "a", "f", ""), _call(0, None, None, "{}"), _call(1, "b", "g", "[]")], "a f {}|b g []"),
    ("gap in the index", [_call(0, "a", "f", "{}"), _call(2, "b", "g", "[]")], "a f {}|b g []"),
    ("interleaved", [_call(0, "a", "f", "{"), _call(1, "b", "g", "["), _call(0, None, None, "}")], "a f {}|b g ["),
    ("no index", [_call(None, "a", "f", "{}"), _call(None, "b", "g", "[]")], "a f {}|b g []"),
    ("no index, id again", [_call(None, "a", "f", "{"), _call(None, "a", None, "}")], "a f {}"),
    ("no index, no id", [_call(None, None, "f", "{}"), _call(None, None, "f", "[]")], "call_0 f {}|call_1 f []"),
    ("no index, rest", [_call(None, "a", "f", "{"), _call(None, None, None, "}")], "a f {}"),
    ("same index, new id", [_call(0, "a", "f", "{}"), _call(0, "b", "f", "[]")], "a f {}|b f []"),
    ("same index, new name", [_call(0, None, "f", "{}"), _call(0, None, "g", "[]")], "call_0 f {}|call_1 g []"),
    ("empty id", [_call(0, "", "f", "{}"), _call(1, "", "g", "[]")], "call_0 f {}|call_1 g []"),
    ("repeated id", [_call(0, "a", "f", "{}"), _call(1, "a", "f", "[]")], "a f {}|a_1 f []"),
    ("name on every chunk", [_call(0, "a", "f", "{"), _call(0, "a", "f", "}")], "a f {}"),
    ("name late", [_call(0, "a", None, "{"), _call(0, None, "f", "}")], "a f {}"),
    ("back to an earlier one", [_call(None, "a", "f", "{"), _call(None, "b", "g", "["), _call(None, "a", None, "}")],
     "a f {}|b g ["),
    ("nulls", [_call(0, "a", "f", None), _call(0, None, None, None)], "a f "),
]  # fmt: skip


@pytest.mark.parametrize(("fragments", "calls"), [row[1:] for row in IDENTITIES], ids=[row[0] for row in IDENTITIES])
def test_tool_call_identity(fragments: list[dict[str, Any]], calls: str) -> None:
    """Two calls stay two calls and one stays one; the events tell the same story as the answer."""
    events, response = _calls(*fragments)
    assert calls == "|".join(f"{call.id} {call.name} {call.arguments}" for call in response.tool_calls)
    told: dict[int, list[str]] = {}
    for event in events:
        match event:
            case ToolCallStart(index=index, id=call_id, name=name):
                told[index] = [call_id, name, ""]
            case ToolCallDelta(index=index, arguments=arguments):
                told[index][2] += arguments
            case _:
                pass
    assert calls == "|".join(" ".join(told[index]) for index in sorted(told))


def test_legacy_function_call_streams() -> None:
    """One call, in pieces, without index or id."""
    fragments = [{"name": "f", "arguments": ""}, {"arguments": "{"}, {"arguments": "}"}]
    data = _sse(*(_chunk({"function_call": fragment}) for fragment in fragments), _chunk({}, "function_call"))
    assert (ToolCallPart(id="call_0", name="f", arguments="{}"),) == _stream(data)[1].tool_calls


def test_reasoning_details_grow() -> None:
    """Fragments of one block are one part; a sealed one beside it stays its own."""
    fragments: list[dict[str, Any]] = [
        {"type": "reasoning.text", "index": 0, "text": "h"},
        {"type": "reasoning.text", "index": 0, "text": "m", "signature": "s"},
        {"type": "reasoning.encrypted", "index": 0, "data": "d", "id": "r"},
        {"type": "reasoning.encrypted", "index": 0, "data": "e", "id": "q"},
    ]
    deltas = [_chunk({"reasoning": "x", "reasoning_details": [fragment]}) for fragment in fragments]
    events, response = _stream(_sse(*deltas, _chunk({}, "stop")))
    assert [ReasoningDelta(text=text) for text in ("h", "m", "x", "x")] == events
    assert response.message.parts == (
        ReasoningPart(text="hm", signature="s", provider="openai"),
        ReasoningPart(encrypted_content="d", id="r", provider="openai"),
        ReasoningPart(encrypted_content="e", id="q", provider="openai"),
    )


def test_usage_on_every_chunk_is_told_when_it_changes() -> None:
    """Gemini's compatible endpoint repeats it."""
    chunks = [_chunk({"content": c}, usage={"prompt_tokens": n}) for c, n in (("a", 1), ("b", 1), ("c", 2))]
    events, response = _stream(_sse(*chunks, _chunk({}, "stop")))
    assert [1, 2] == [event.usage.input_tokens for event in events if isinstance(event, UsageUpdate)]
    assert 2 == response.usage.input_tokens


def test_usage_where_groq_used_to_put_it() -> None:
    """The last chunk's `x_groq`, beside no `usage` at all."""
    last = _chunk({}, "stop", x_groq={"id": "req_1", "usage": {"prompt_tokens": 12, "completion_tokens": 26}})
    events, response = _stream(_sse(_chunk({"content": "a"}, x_groq={"id": "req_1"}), last))
    assert Usage(input_tokens=12, output_tokens=26) == response.usage
    assert UsageUpdate(usage=response.usage) in events


def test_nothing_follows_the_end() -> None:
    """What a server writes after `[DONE]` is not this answer's, wherever the network cuts the bytes."""
    whole = _sse(_chunk({"content": "a"}), _chunk({}, "stop"))
    more = _sse(_chunk({"content": "b"}), _chunk({}, "length"))
    assert _stream(whole + b"data: [DONE]\n\n" + more)[1] == _stream(whole)[1]


def test_perplexity_sources_come_with_the_chunks() -> None:
    """The last list stands."""
    _, response = _stream(_sse(_chunk({"content": "a"}, citations=["u"]), _chunk({}, "stop", citations=["u", "v"])))
    part = response.message.parts[0]
    assert isinstance(part, TextPart)
    assert ("u", "v") == tuple(citation.url for citation in part.citations)


def test_no_finish_is_no_answer() -> None:
    """A clean end in mid-answer looks like success to every SDK."""
    with pytest.raises(LLMTruncatedError) as caught:
        _stream(_sse(_chunk({"content": "a"}, usage=USAGE)))
    partial = caught.value.partial()
    assert partial is not None
    assert ("no_terminal", "a", "error", None) == (
        caught.value.kind,
        partial.text,
        partial.finish_reason,
        partial.raw_finish_reason,
    )
    assert Usage(input_tokens=3, output_tokens=5) == caught.value.usage


def test_an_error_in_the_stream() -> None:
    """Groq's own: the model's call did not fit the tool. What had arrived is kept."""
    error = {"error": {"message": "Tool call validation failed", "code": "tool_use_failed", "status_code": 400}}
    data = _sse(_chunk({"content": "a"})) + b"event: error\n" + _sse(error)
    with pytest.raises(LLMParseError) as caught:
        _stream(data)
    partial = caught.value.partial()
    assert partial is not None
    assert ("tool_args", 400, "a") == (caught.value.kind, caught.value.status, partial.text)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'data: {"id": \n\n', "json"),
        (b"data: [1]\n\n", "json"),
        (b'data: {"id": "\xff"}\n\n', "utf8"),
        (b"data: " + b"[" * 100_000 + b"\n\n", "json"),
        (b'data: {"n": ' + b"9" * 5_000 + b"}\n\n", "json"),
        (b'data: {"a": 1} x\n\n', "json"),
    ],
)
def test_broken_events(data: bytes, kind: str) -> None:
    """Never another exception than ours."""
    with pytest.raises(LLMProtocolError) as caught:
        _stream(data)
    assert (kind, None) == (caught.value.kind, caught.value.__context__)


def test_half_a_character_is_replaced_and_told() -> None:
    """A lone surrogate could not be written to any file."""
    lone, pair = r'"\ud83d!"', r'"\ud83d\ude00"'
    for text, expected, warned in ((lone, "�!", 1), (pair, "😀", 0)):
        data = b'data: {"choices":[{"delta":{"content":' + text.encode() + b'},"finish_reason":"stop"}]}\n\n'
        _, response = _stream(data)
        assert (expected, warned) == (response.text, len(response.warnings))
        reader = WireJSON()
        assert {"a": [expected]} == reader.body(b'{"a":[' + text.encode() + b"]}")
        assert bool(warned) == reader.lossy


@pytest.mark.parametrize(
    ("data", "content_type", "kind"),
    [
        (b"", "application/json", "empty"),
        (b" \n", "application/json", "empty"),
        (b"<!DOCTYPE html>", "application/json", "content_type"),
        (b"{}", "text/html; charset=utf-8", "content_type"),
        (b"{", "", "json"),
        (b"null", "", "json"),
        (b"\xff\xfe", "", "utf8"),
    ],
)
def test_broken_bodies(data: bytes, content_type: str, kind: str) -> None:
    """Each has a kind of its own, because the remedy differs."""
    with pytest.raises(LLMProtocolError) as caught:
        WireJSON().body(data, content_type=content_type)
    assert kind == caught.value.kind


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "choices", "delta", "message", "content", "tool_calls", "function", "index", "usage", "error",
             "text", "finish_reason", "reasoning_details", "annotations", "audio", "refusal", "code"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(value=st.dictionaries(st.sampled_from(["choices", "usage", "error", "model", "id"]), JSON))
def test_any_json_is_an_answer_or_our_error(value: dict[str, Any]) -> None:
    """What comes from outside is kept or named, never a crash."""
    with suppress(LLMError):
        _decode(value)
    try:
        events, response = _stream(_sse(value, _chunk({}, "stop")))
    except LLMError:
        return
    assert not any(isinstance(event, Done) for event in events)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == response.text
