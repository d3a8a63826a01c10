"""Responses bodies and streams received, and the law that both give equal values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_openai._decode import decode_response
from penguiflow_llm_openai._stream import ResponsesStreamDecoder
from penguiflow_llm_types import (
    Citation,
    CompletionResponse,
    LLMContentFilterError,
    LLMError,
    LLMMessage,
    LLMProtocolError,
    LLMRateLimitError,
    LLMServerError,
    LLMTruncatedError,
    OpaquePart,
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

USAGE: Final = {
    "input_tokens": 10,
    "output_tokens": 9,
    "total_tokens": 19,
    "input_tokens_details": {
        "cached_tokens": 4,
        "cache_write_tokens": 3,
        "cache_write_tokens_details": {"ttl_30m": 1, "ttl_12h": 2},
    },
    "output_tokens_details": {"reasoning_tokens": 5},
}
OURS: Final = Usage(
    input_tokens=10,
    output_tokens=9,
    cache_read_tokens=4,
    cache_write_tokens=3,
    cache_write_1h_tokens=2,
    reasoning_tokens=5,
    web_searches=1,
)


def _message(*content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": list(content)} | more


def _text(text: str, *annotations: dict[str, Any]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": list(annotations)}


CALL: Final = {"type": "function_call", "id": "fc1", "call_id": "call_1", "name": "f", "arguments": '{"a":1}'}
CUSTOM: Final = {"type": "custom_tool_call", "id": "ct1", "call_id": "call_2", "name": "sh", "input": "ls"}
REASONING: Final = {
    "type": "reasoning",
    "id": "rs1",
    "summary": [{"type": "summary_text", "text": "one"}, {"type": "summary_text", "text": "two"}],
    "encrypted_content": "e",
}
SEARCH: Final = {"type": "web_search_call", "id": "ws1", "status": "completed"}


def _body(*output: dict[str, Any], status: str = "completed", **more: Any) -> dict[str, Any]:
    return {
        "id": "r1",
        "object": "response",
        "status": status,
        "model": "m",
        "output": list(output),
        "usage": USAGE,
        "tool_usage": {"web_search": {"num_requests": 1}},
        "service_tier": "default",
    } | more


def test_a_whole_answer() -> None:
    """Every kind of item at once, in order."""
    note = {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 2}
    file = {"type": "file_citation", "file_id": "f1", "filename": "a.pdf"}
    body = _body(REASONING, SEARCH, _message(_text("hi", note, file), phase="final_answer"), CALL, CUSTOM)
    assert decode_response(body) == CompletionResponse(
        message=LLMMessage(
            role="assistant",
            parts=(
                ReasoningPart(summary=("one", "two"), provider="openai", id="rs1", encrypted_content="e"),
                OpaquePart(
                    provider="openai",
                    kind="web_search_call",
                    data='{"type":"web_search_call","id":"ws1","status":"completed"}',
                ),
                TextPart(
                    text="hi",
                    citations=(
                        Citation(url="u", title="t", start_index=0, end_index=2),
                        Citation(title="a.pdf", file_id="f1"),
                    ),
                    signature="final_answer",
                    provider="openai",
                ),
                ToolCallPart(id="call_1", name="f", arguments='{"a":1}'),
                ToolCallPart(id="call_2", name="sh", arguments="ls", kind="custom"),
            ),
        ),
        finish_reason="tool_calls",
        raw_finish_reason="completed",
        usage=OURS,
        model="m",
        response_id="r1",
        service_tier="default",
    )


FINISHES: Final = [
    ({}, "stop", "completed"),
    ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length",
     "incomplete:max_output_tokens"),
    ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "content_filter",
     "incomplete:content_filter"),
    ({"status": "incomplete", "incomplete_details": {"reason": "steered"}}, "other", "incomplete:steered"),
    ({"status": "incomplete", "incomplete_details": None}, "other", "incomplete"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "finish", "raw"), FINISHES)
def test_finish_reasons(more: dict[str, Any], finish: str, raw: str) -> None:
    """The API says it in two fields."""
    response = decode_response(_body(_message(_text("hi")), **more))
    assert (finish, raw) == (response.finish_reason, response.raw_finish_reason)


def test_a_refusal_is_a_finish_of_its_own() -> None:
    """The status says "completed"; the caller must not take it for an answer."""
    response = decode_response(_body(_message({"type": "refusal", "refusal": "I cannot."})))
    assert ("refusal", "I cannot.", ()) == (response.finish_reason, response.refusal, response.message.parts)


def test_odd_items_do_not_crash() -> None:
    """A namespace goes back; what is missing is empty."""
    response = decode_response(
        _body(
            CALL | {"namespace": "ns", "call_id": None, "arguments": None},
            {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hm"}]},
            _message(_text("")),
            {"no": "type"},
        )
    )
    assert response.message.parts == (
        ToolCallPart(id="fc1", name="f", arguments="", signature="ns", provider="openai"),
        ReasoningPart(text="hm", provider="openai"),
        OpaquePart(provider="openai", kind="None", data='{"no":"type"}'),
    )


FAILURES: Final = [
    ({"status": "failed", "error": {"code": "server_error", "message": "boom"}}, LLMServerError, None),
    ({"status": "failed", "error": {"code": "rate_limit_exceeded", "message": "slow"}}, LLMRateLimitError, None),
    ({"status": "failed", "error": {"code": "invalid_prompt", "message": "no"}}, LLMContentFilterError, "input"),
    ({"status": "failed", "error": None}, LLMServerError, None),
    ({"status": "cancelled"}, LLMServerError, None),
    ({"status": "queued"}, LLMProtocolError, "empty"),
    ({"status": "in_progress"}, LLMProtocolError, "empty"),
    ({"status": None}, LLMProtocolError, "empty"),
]


@pytest.mark.parametrize(("more", "error", "kind"), FAILURES)
def test_what_is_no_answer(more: dict[str, Any], error: type[LLMError], kind: str | None) -> None:
    """A 200 alone is no success, plain or streamed; usage is kept."""
    body = _body(_message(_text("half")), **more)
    with pytest.raises(error) as caught:
        decode_response(body)
    assert (error, kind, OURS) == (type(caught.value), caught.value.kind, caught.value.usage)
    with pytest.raises(error):
        _stream(_sse({"type": "response.failed", "response": body}))


def test_an_error_object_in_a_200() -> None:
    """As gateways answer."""
    with pytest.raises(LLMServerError):
        decode_response({"error": {"message": "boom", "code": "server_error"}})


def _sse(*events: object) -> bytes:
    texts = [event if isinstance(event, str) else json.dumps(event) for event in events]
    return b"".join(f"data: {text}\n\n".encode() for text in texts)


def _stream(data: bytes, cuts: Sequence[int] = ()) -> tuple[list[StreamEvent], CompletionResponse]:
    frames, decoder = SSEDecoder(), ResponsesStreamDecoder()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    events: list[StreamEvent] = []
    for start, end in pairwise(edges):
        for frame in frames.feed(data[start:end]):
            events.extend(decoder.feed(frame))
    return events, decoder.finish()


def _item(place: int, item: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    blank: dict[str, Any] = {"arguments": "", "input": "", "content": []}
    empty = item | {name: blank[name] for name in item if name in blank}
    return [
        {"type": "response.output_item.added", "output_index": place, "item": empty},
        *({"output_index": place, "item_id": item.get("id")} | delta for delta in deltas),
        {"type": "response.output_item.done", "output_index": place, "item": item},
    ]


WHOLE: Final = _body(REASONING, SEARCH, _message(_text("hé😀")), CALL, CUSTOM)
EVENTS: Final = [
    {"type": "response.created", "response": {"id": "r1", "status": "in_progress", "model": "m", "output": []}},
    {"type": "response.in_progress", "response": {"id": "r1"}},
    *_item(
        0,
        REASONING,
        {"type": "response.reasoning_summary_part.added", "summary_index": 0},
        {"type": "response.reasoning_summary_text.delta", "delta": "one"},
        {"type": "response.reasoning_summary_part.added", "summary_index": 1},
        {"type": "response.reasoning_summary_text.delta", "delta": "two"},
    ),
    *_item(1, SEARCH, {"type": "response.web_search_call.searching"}),
    *_item(
        2,
        _message(_text("hé😀")),
        {"type": "response.output_text.delta", "delta": "hé"},
        {"type": "response.output_text.delta", "delta": ""},
        {"type": "response.output_text.delta", "delta": "😀"},
        {"type": "response.output_text.done", "text": "hé😀"},
    ),
    *_item(
        3,
        CALL,
        {"type": "response.function_call_arguments.delta", "delta": '{"a"'},
        {"type": "response.function_call_arguments.delta", "delta": ":1}"},
    ),
    *_item(4, CUSTOM, {"type": "response.custom_tool_call_input.delta", "delta": "ls"}),
    {"type": "keepalive"},
    {"type": "response.something.new", "delta": "x"},
    {"type": "response.completed", "response": WHOLE},
]


@given(cuts=st.lists(st.integers(min_value=0, max_value=20_000), max_size=12))
def test_the_stream_of_an_answer_equals_the_answer(cuts: list[int]) -> None:
    """However TCP cuts it."""
    events, response = _stream(_sse(*EVENTS), cuts)
    assert decode_response(WHOLE) == response
    assert events == [
        ReasoningDelta(text="one"),
        ReasoningDelta(text="\n\n"),
        ReasoningDelta(text="two"),
        TextDelta(text="hé"),
        TextDelta(text="😀"),
        ToolCallStart(index=0, id="call_1", name="f"),
        ToolCallDelta(index=0, arguments='{"a"'),
        ToolCallDelta(index=0, arguments=":1}"),
        ToolCallStart(index=1, id="call_2", name="sh"),
        ToolCallDelta(index=1, arguments="ls"),
        UsageUpdate(usage=OURS),
    ]


def test_reasoning_deltas_say_what_the_answer_says() -> None:
    """Paragraphs included."""
    events, response = _stream(_sse(*EVENTS))
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == response.reasoning


def test_a_terminal_event_that_leaves_items_out() -> None:
    """The items that were seen are the answer."""
    _, response = _stream(_sse(*EVENTS[:-1], {"type": "response.completed", "response": WHOLE | {"output": []}}))
    assert decode_response(WHOLE) == response


def test_a_call_in_one_piece() -> None:
    """No deltas, no index: some servers send only whole items."""
    done = {"type": "response.output_item.done", "item": CALL}
    events, response = _stream(_sse(done, {"type": "response.completed", "response": _body(CALL)}))
    expected = [ToolCallStart(index=0, id="call_1", name="f"), ToolCallDelta(index=0, arguments='{"a":1}')]
    assert expected == events[:2]
    assert 1 == len(response.tool_calls)


@pytest.mark.parametrize("length", range(1, len(EVENTS)))
def test_a_stream_that_breaks_off(length: int) -> None:
    """Never a short answer; what had arrived is in the partial, text and arguments included."""
    seen: list[StreamEvent] = []
    frames, decoder = SSEDecoder(), ResponsesStreamDecoder()
    for frame in frames.feed(_sse(*EVENTS[:length])):
        seen.extend(decoder.feed(frame))
    with pytest.raises(LLMTruncatedError) as caught:
        decoder.finish()
    partial = caught.value.partial()
    assert partial is not None
    assert ("no_terminal", "error", None) == (caught.value.kind, partial.finish_reason, partial.raw_finish_reason)
    assert "".join(event.text for event in seen if isinstance(event, TextDelta)) == partial.text
    told = "".join(event.arguments for event in seen if isinstance(event, ToolCallDelta))
    assert told == "".join(call.arguments for call in partial.tool_calls)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "code": "rate_limit_exceeded", "message": "slow"},
        {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "slow"}},
        {"error": {"code": "rate_limit_exceeded", "message": "slow"}},
    ],
)
def test_error_events(event: dict[str, Any]) -> None:
    """The SDK yields them as if they were content."""
    with pytest.raises(LLMRateLimitError) as caught:
        _stream(_sse(*EVENTS[:13], event))
    partial = caught.value.partial()
    assert partial is not None
    assert ("hé", "slow" in caught.value.message) == (partial.text, True)


def test_done_markers_and_keep_alives_are_ignored() -> None:
    """Compatible servers add them."""
    assert _stream(_sse(*EVENTS)) == _stream(_sse("", ": ping", *EVENTS, "[DONE]"))


def test_nothing_counts_after_the_terminal_event() -> None:
    """Else the answer would depend on whether what follows came in the same packet."""
    more = [{"type": "response.output_text.delta", "delta": "x"}, {"type": "error", "message": "late"}]
    assert _stream(_sse(*EVENTS)) == _stream(_sse(*EVENTS, *more, EVENTS[0]))


def test_half_a_character_is_told() -> None:
    """A lone surrogate could not be written to any file."""
    text = r'{"type":"response.completed","response":{"status":"completed","model":"\ud83d"}}'
    assert 1 == len(_stream(_sse(text))[1].warnings)


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["type", "content", "text", "summary", "status", "usage", "output", "arguments", "call_id", "name", "error",
             "annotations", "incomplete_details", "encrypted_content", "refusal", "input_tokens_details", "code"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    kind=st.sampled_from(sorted({event["type"] for event in EVENTS} | {"error", "response.failed"})),
    fields=st.dictionaries(st.sampled_from(["item", "delta", "response", "output_index", "item_id", "error"]), JSON),
)
def test_any_json_is_an_answer_or_our_error(kind: str, fields: dict[str, Any]) -> None:
    """What comes from outside is kept or named, never a crash."""
    with suppress(LLMError):
        decode_response(fields | {"status": "completed", "output": [fields.get("item")]})
    with suppress(LLMError):
        _stream(_sse({"type": kind} | fields, {"type": kind} | fields))
