"""What comes back: bodies and streams as our answers, and a stream equal to the body it adds up to."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from penguiflow_llm_anthropic._decode import decode_message
from penguiflow_llm_anthropic._stream import MessagesStreamDecoder
from penguiflow_llm_types import (
    Citation,
    CompletionResponse,
    LLMAuthError,
    LLMError,
    LLMInvalidRequestError,
    LLMOverloadedError,
    LLMProtocolError,
    LLMServerError,
    LLMTruncatedError,
    OpaquePart,
    ReasoningDelta,
    ReasoningPart,
    ServerSentEvent,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallStart,
    Usage,
    UsageUpdate,
)

USAGE: Final = {
    "input_tokens": 10,
    "cache_read_input_tokens": 5,
    "cache_creation_input_tokens": 3,
    "cache_creation": {"ephemeral_1h_input_tokens": 2, "ephemeral_5m_input_tokens": 1},
    "output_tokens": 7,
    "output_tokens_details": {"thinking_tokens": 4},
    "server_tool_use": {"web_search_requests": 1},
    "service_tier": "standard",
}
CITED: Final = {
    "type": "web_search_result_location",
    "url": "u",
    "title": "t",
    "cited_text": "c",
    "encrypted_index": "e",
}
SEARCH: Final = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "é"}}
CONTENT: Final[list[dict[str, Any]]] = [
    {"type": "thinking", "thinking": "hm", "signature": "s"},
    {"type": "redacted_thinking", "data": "d"},
    SEARCH,
    {"type": "text", "text": "Hi", "citations": [CITED]},
    {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
    {"type": "tool_use", "id": "t2", "name": "g", "input": {}, "caller": {"type": "code_execution", "tool_id": "x"}},
    {"type": "tool_use", "id": "t3", "name": "h", "input": {}, "caller": {"type": "direct"}},
    {"type": "tomorrow", "x": 1},
]
BODY: Final = {
    "id": "m1",
    "type": "message",
    "role": "assistant",
    "model": "claude-x",
    "content": CONTENT,
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": USAGE,
}


def body(**changed: Any) -> dict[str, Any]:
    return {**BODY, **changed}


def test_a_whole_answer() -> None:
    """Every block is understood or kept, counts are in our convention."""
    answer = decode_message(BODY)
    assert answer.message.parts == (
        ReasoningPart(text="hm", signature="s", provider="anthropic"),
        ReasoningPart(redacted_data="d", provider="anthropic"),
        OpaquePart(
            provider="anthropic",
            kind="server_tool_use",
            data=json.dumps(SEARCH, ensure_ascii=False, separators=(",", ":")),
        ),
        TextPart(
            text="Hi",
            citations=(Citation(url="u", title="t", cited_text="c"),),
            signature=json.dumps([CITED], separators=(",", ":")),
            provider="anthropic",
        ),
        ToolCallPart(id="t1", name="f", arguments='{"a":1}'),
        ToolCallPart(
            id="t2",
            name="g",
            arguments="{}",
            signature='{"type":"code_execution","tool_id":"x"}',
            provider="anthropic",
        ),
        ToolCallPart(id="t3", name="h", arguments="{}"),
        OpaquePart(provider="anthropic", kind="tomorrow", data='{"type":"tomorrow","x":1}'),
    )
    assert answer.usage == Usage(
        input_tokens=18,
        output_tokens=7,
        cache_read_tokens=5,
        cache_write_tokens=3,
        cache_write_1h_tokens=2,
        reasoning_tokens=4,
        web_searches=1,
    )
    assert ("tool_calls", "tool_use", "m1", "claude-x", "standard") == (
        answer.finish_reason,
        answer.raw_finish_reason,
        answer.response_id,
        answer.model,
        answer.service_tier,
    )


@pytest.mark.parametrize(("speed", "tier"), [("standard", "standard"), ("fast", "fast")])
def test_fast_mode_is_a_tier(speed: str, tier: str) -> None:
    """It costs twice as much; the service tier beside it does not say so."""
    body = {"id": "m1", "content": [], "stop_reason": "end_turn", "usage": {**USAGE, "speed": speed}}
    assert tier == decode_message(body).service_tier


REFUSED: Final = {"type": "refusal", "category": "cyber", "explanation": "No."}


@pytest.mark.parametrize(
    ("changed", "finish", "raw", "refusal"),
    [
        ({"stop_reason": "end_turn"}, "stop", "end_turn", None),
        ({"stop_reason": "max_tokens"}, "length", "max_tokens", None),
        ({"stop_reason": "model_context_window_exceeded"}, "length", "model_context_window_exceeded", None),
        ({"stop_reason": "stop_sequence", "stop_sequence": "END"}, "stop", "stop_sequence:END", None),
        ({"stop_reason": "pause_turn"}, "other", "pause_turn", None),
        ({"stop_reason": "refusal"}, "refusal", "refusal", None),
        ({"stop_reason": "refusal", "stop_details": REFUSED}, "refusal", "refusal:cyber", "No."),
        ({"stop_reason": "tomorrow"}, "other", "tomorrow", None),
    ],
)
def test_finish_reasons(changed: dict[str, Any], finish: str, raw: str, refusal: str | None) -> None:
    """All that there are, and one that there is not yet."""
    answer = decode_message(body(**changed))
    assert (finish, raw, refusal) == (answer.finish_reason, answer.raw_finish_reason, answer.refusal)


def test_a_message_that_says_nothing() -> None:
    """Empty content is an answer; counts nobody gave are not zero."""
    answer = decode_message({"content": [], "stop_reason": "end_turn"})
    assert ("", (), Usage(), None) == (answer.text, answer.message.parts, answer.usage, answer.model)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "text", "text": None},
        {"type": "thinking"},
        {"type": "redacted_thinking", "data": 1},
        {"type": "tool_use", "input": None},
        {},
    ],
)
def test_blocks_of_a_wrong_shape(part: dict[str, Any]) -> None:
    """Kept or read as far as they go; never a crash."""
    assert 1 == len(decode_message(body(content=[part])).message.parts)


@pytest.mark.parametrize(
    ("wrong", "error", "kind"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, LLMOverloadedError, None),
        ({"type": "error", "error": {"type": "authentication_error", "message": "x"}}, LLMAuthError, "invalid"),
        ({"error": {"type": "invalid_request_error", "message": "x"}}, LLMInvalidRequestError, None),
        ({"type": "message", "stop_reason": "end_turn"}, LLMProtocolError, "empty"),
        ({"type": "message", "content": [], "stop_reason": None}, LLMProtocolError, "empty"),
        ({"choices": []}, LLMProtocolError, "empty"),
    ],
)
def test_bodies_that_are_no_answer(wrong: dict[str, Any], error: type[LLMError], kind: str | None) -> None:
    """Each becomes the error that says what to do."""
    with pytest.raises(LLMError) as caught:
        decode_message(wrong)
    assert (error, kind) == (type(caught.value), caught.value.kind)


def stream_of(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The events a stream of `whole` is, after the documentation's examples."""
    usage = whole["usage"]
    begun = {**whole, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    for index, block in enumerate(whole["content"]):
        start, deltas = _split(block)
        events += [
            {"type": "content_block_start", "index": index, "content_block": start},
            *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
            {"type": "content_block_stop", "index": index},
        ]
    stop = {name: whole.get(name) for name in ("stop_reason", "stop_sequence", "stop_details")}
    return [*events, {"type": "message_delta", "delta": stop, "usage": usage}, {"type": "message_stop"}]


def _split(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    match block["type"]:
        case "text":
            said = [{"type": "text_delta", "text": letter} for letter in block["text"]]
            cited = [{"type": "citations_delta", "citation": citation} for citation in block.get("citations", ())]
            return {**block, "text": "", **({"citations": []} if cited else {})}, said + cited
        case "thinking":
            said = [{"type": "thinking_delta", "thinking": letter} for letter in block["thinking"]]
            sealed = [{"type": "signature_delta", "signature": block["signature"]}]
            return {**block, "thinking": "", "signature": ""}, [
                *said,
                {"type": "thinking_delta", "thinking": ""},
                *sealed,
            ]
        case "tool_use" | "server_tool_use":
            text = json.dumps(block["input"], ensure_ascii=False, separators=(",", ":")) if block["input"] else ""
            return {**block, "input": {}}, [
                {"type": "input_json_delta", "partial_json": piece} for piece in ("", *text)
            ]
        case _:
            return block, []


def feed(*events: Any, decoder: MessagesStreamDecoder | None = None) -> list[StreamEvent]:
    decoder = decoder or MessagesStreamDecoder()
    frames = [
        ServerSentEvent(data=event if isinstance(event, bytes) else json.dumps(event).encode()) for event in events
    ]
    return [ours for frame in frames for ours in decoder.feed(frame)]


def finished(*events: Any) -> CompletionResponse:
    decoder = MessagesStreamDecoder()
    feed(*events, decoder=decoder)
    return decoder.finish()


@pytest.mark.parametrize("changed", [{}, {"stop_reason": "refusal", "stop_details": REFUSED}, {"content": []}])
def test_a_stream_is_the_plain_answer(changed: dict[str, Any]) -> None:
    """One decoder reads both, so what it says of them is equal."""
    assert decode_message(body(**changed)) == finished(*stream_of(body(**changed)))


def test_events_of_a_stream() -> None:
    """What is shown on the way: no seals, nothing of tools the provider runs, arguments even where there are none."""
    events = [event for event in feed(*stream_of(BODY)) if not isinstance(event, UsageUpdate)]
    assert events == [
        *(ReasoningDelta(text=letter) for letter in "hm"),
        *(TextDelta(text=letter) for letter in "Hi"),
        ToolCallStart(index=0, id="t1", name="f"),
        *(ToolCallDelta(index=0, arguments=letter) for letter in '{"a":1}'),
        ToolCallStart(index=1, id="t2", name="g"),
        ToolCallDelta(index=1, arguments="{}"),
        ToolCallStart(index=2, id="t3", name="h"),
        ToolCallDelta(index=2, arguments="{}"),
    ]


START: Final = {"type": "message_start", "message": {"id": "m1", "content": [], "usage": {"input_tokens": 3}}}
TEXT: Final = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "a"}}
MORE: Final = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "b"}}
STOP: Final = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}
END: Final = {"type": "message_stop"}


def test_blocks_that_begin_with_something() -> None:
    """Text and thinking may stand in the first event of a block already."""
    thought = {"type": "content_block_start", "index": 1, "content_block": {"type": "thinking", "thinking": "t"}}
    compacted = {"type": "content_block_start", "index": 2, "content_block": {"type": "compaction", "content": None}}
    summary = {"type": "content_block_delta", "index": 2, "delta": {"type": "compaction_delta", "content": "all"}}
    events = feed(TEXT, MORE, thought, compacted, summary)
    answer = finished(START, TEXT, MORE, thought, compacted, summary, STOP)
    assert [TextDelta(text="a"), TextDelta(text="b"), ReasoningDelta(text="t")] == events
    assert ("ab", "t") == (answer.text, answer.reasoning)
    assert OpaquePart(provider="anthropic", kind="compaction", data='{"type":"compaction","content":"all"}') in (
        answer.message.parts
    )


def test_what_is_passed_over() -> None:
    """Pings, comments, events and deltas of tomorrow, and everything behind the end."""
    decoder = MessagesStreamDecoder()
    tomorrow = {"type": "content_block_delta", "index": 0, "delta": {"type": "tomorrow_delta", "x": 1}}
    odd = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": None}}
    feed(b"", b": hi", {"type": "ping"}, {"type": "tomorrow"}, {"x": 1}, START, TEXT, tomorrow, odd, decoder=decoder)
    feed(STOP, END, decoder=decoder)
    assert decoder.finished
    assert [] == feed(MORE, b"not even JSON", decoder=decoder)
    assert "a" == decoder.finish().text


def test_the_finish_counts_not_the_last_marker() -> None:
    """A stop reason that was seen is an answer, whether or not `message_stop` came; without one there is none."""
    assert "a" == finished(START, TEXT, STOP).text
    with pytest.raises(LLMTruncatedError) as caught:
        finished(START, TEXT, MORE, END)
    partial = caught.value.partial()
    assert partial is not None
    assert ("no_terminal", "ab", "error", 3) == (
        caught.value.kind,
        partial.text,
        partial.finish_reason,
        partial.usage.input_tokens,
    )


def test_a_stream_of_nothing() -> None:
    """No bytes are no answer."""
    with pytest.raises(LLMTruncatedError):
        finished()


def test_counts_replace_each_other() -> None:
    """They are cumulative; one that is left out or null stays as it was."""
    events = feed(
        START, STOP, {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 9, "input_tokens": None}}
    )
    usages = [event.usage for event in events if isinstance(event, UsageUpdate)]
    assert [(3, None), (3, 2), (3, 9)] == [(usage.input_tokens, usage.output_tokens) for usage in usages]


@pytest.mark.parametrize(
    ("event", "error", "kind"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, LLMOverloadedError, None),
        ({"error": {"type": "api_error", "message": "Internal"}}, LLMServerError, None),
        ({"type": "error", "error": {"type": "invalid_request_error", "message": "no"}}, LLMInvalidRequestError, None),
        ({"type": "error"}, LLMServerError, None),
        (
            {"type": "content_block_delta", "index": 7, "delta": {"type": "text_delta", "text": "x"}},
            LLMProtocolError,
            "framing",
        ),
        ({"type": "content_block_stop", "index": 7}, LLMProtocolError, "framing"),
        (b'{"type": ', LLMProtocolError, "json"),
    ],
)
def test_streams_that_break(event: Any, error: type[LLMError], kind: str | None) -> None:
    """With what had arrived, where the event could be read at all."""
    with pytest.raises(LLMError) as caught:
        feed(START, TEXT, event)
    partial = caught.value.partial()
    assert (error, kind) == (type(caught.value), caught.value.kind)
    assert kind == "json" or (partial is not None and partial.text == "a")


def test_a_call_that_was_cut() -> None:
    """Arguments stay the text that came; input of a tool the provider runs too."""
    call = {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "t", "name": "f"}}
    own = {"type": "content_block_start", "index": 1, "content_block": {"type": "server_tool_use", "id": "s"}}
    cut = [
        {"type": "content_block_delta", "index": n, "delta": {"type": "input_json_delta", "partial_json": '{"a'}}
        for n in (0, 1)
    ]
    answer = finished(START, call, own, *cut, STOP)
    assert '{"a' == answer.tool_calls[0].arguments
    assert '"input":"{\\"a"' in getattr(answer.message.parts[1], "data", "")


def test_half_a_character_is_told() -> None:
    """It is replaced, and the answer says so."""
    half = rb'{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "\ud83d"}}'
    answer = finished(START, TEXT, half, STOP)
    assert ("a\ufffd", 1) == (answer.text, len(answer.warnings))
