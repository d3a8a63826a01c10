"""Bodies received over Chat Completions, and the law that a stream of the same answer is the same value."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from time import process_time
from typing import Any, Final

import pytest

from penguiflow_llm_openai_compat import ChatDialect, ChatStreamDecoder, decode_chat, finish_reason
from penguiflow_llm_types import (
    AudioPart,
    Citation,
    CompletionResponse,
    FinishReason,
    LLMMessage,
    LLMProtocolError,
    LLMServerError,
    ReasoningPart,
    SSEDecoder,
    StreamEvent,
    TextPart,
    ToolCallPart,
    Usage,
)

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


def test_a_whole_answer() -> None:
    """Every field at once."""
    body = _body(
        {
            "role": "assistant",
            "content": "hello",
            "annotations": [
                {"type": "url_citation", "url_citation": {"url": "u", "title": "t", "start_index": 0, "end_index": 5}}
            ],
            "reasoning_content": "hm",
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        "tool_calls",
        usage=USAGE,
        service_tier="default",
        provider="Azure",
        citations=["https://x"],
    )
    assert _decode(body) == CompletionResponse(
        message=LLMMessage(
            role="assistant",
            parts=(
                ReasoningPart(text="hm", provider="openai"),
                TextPart(
                    text="hello",
                    citations=(Citation(url="u", title="t", start_index=0, end_index=5), Citation(url="https://x")),
                ),
                ToolCallPart(id="a", name="f", arguments="{}"),
            ),
        ),
        finish_reason="tool_calls",
        raw_finish_reason="tool_calls",
        usage=Usage(input_tokens=3, output_tokens=5),
        model="m",
        response_id="c1",
        service_tier="default",
        provider_name="Azure",
    )


@pytest.mark.parametrize(
    ("raw", "ours"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("content_filter", "content_filter"),
        ("model_length", "length"),
        ("eos", "stop"),
        ("sensitive", "content_filter"),
        ("error", "error"),
        ("surprise", "other"),
        (None, "other"),
    ],
)
def test_finish_reason(raw: str | None, ours: FinishReason) -> None:
    """A reason added tomorrow must not raise."""
    assert ours == finish_reason(raw)


MESSAGES: Final = [
    ({"content": ""}, ()),
    ({"content": None}, ()),
    ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, (TextPart(text="ab"),)),
    (
        {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}], "closed": True},
                {"type": "text", "text": "a"},
            ]
        },
        (ReasoningPart(text="hm", provider="openai"), TextPart(text="a")),
    ),
    (
        {"content": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}]},
        (ReasoningPart(text="hm", provider="openai"),),
    ),
    ({"content": [{"type": "thinking", "thinking": "hm"}]}, (ReasoningPart(text="hm", provider="openai"),)),
    ({"reasoning": "hm"}, (ReasoningPart(text="hm", provider="openai"),)),
    ({"reasoning_content": "", "reasoning": "hm"}, (ReasoningPart(text="hm", provider="openai"),)),
    (
        {"reasoning": "hm", "reasoning_details": [{"type": "reasoning.encrypted", "data": "d", "id": "i"}]},
        (
            ReasoningPart(text="hm", provider="openai"),
            ReasoningPart(provider="openai", encrypted_content="d", id="i"),
        ),
    ),
    (
        {
            "reasoning": "hm",
            "reasoning_details": [
                {"type": "reasoning.text", "text": "hm", "signature": "s", "format": "f"},
                {"type": "reasoning.summary", "summary": "x"},
            ],
        },
        (
            ReasoningPart(text="hm", signature="s", format="f", provider="openai"),
            ReasoningPart(summary=("x",), provider="openai"),
        ),
    ),
    (
        {"audio": {"id": "a", "data": "YWJj", "transcript": "said"}},
        (AudioPart(data=b"abc", media_type="audio/*", transcript="said"),),
    ),
    ({"audio": {"id": "a", "data": "not base64!"}}, ()),
    ({"function_call": {"name": "f", "arguments": "{}"}}, (ToolCallPart(id="call_0", name="f", arguments="{}"),)),
    (
        {"tool_calls": [{"id": "a", "type": "custom", "custom": {"name": "sh", "input": "ls"}}]},
        (ToolCallPart(id="a", name="sh", arguments="ls", kind="custom"),),
    ),
    (
        {"tool_calls": [{"id": "", "function": {"name": "f", "arguments": {"a": 1}}}, {"function": {"name": "g"}}]},
        (
            ToolCallPart(id="call_0", name="f", arguments='{"a":1}'),
            ToolCallPart(id="call_1", name="g", arguments=""),
        ),
    ),
    (
        {
            "tool_calls": [
                {"index": 0, "id": "a", "function": {"name": "f"}},
                {"index": 1, "id": "a", "function": {"name": "f"}},
                "odd",
            ]
        },
        (ToolCallPart(id="a", name="f", arguments=""), ToolCallPart(id="a_1", name="f", arguments="")),
    ),
    ({"tool_calls": None, "annotations": None, "refusal": None}, ()),
]


@pytest.mark.parametrize(("message", "parts"), MESSAGES)
def test_messages(message: dict[str, Any], parts: tuple[Any, ...]) -> None:
    """Every shape that services send content in."""
    assert parts == _decode(_body(message)).message.parts


@pytest.mark.parametrize("message", [message for message, _ in MESSAGES])
def test_the_same_message_as_one_delta(message: dict[str, Any]) -> None:
    """Plain and streamed answers of the same content are equal values."""
    _, streamed = _stream(_sse(_chunk(message), _chunk({}, "stop"), "[DONE]"))
    assert _decode(_body(message)) == streamed


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "refusal": "I cannot."},
        {"content": [{"type": "refusal", "refusal": "I cannot."}]},
    ],
)
def test_a_refusal_is_a_finish_of_its_own(message: dict[str, Any]) -> None:
    """The provider says "stop"; the caller must not take it for an answer."""
    response = _decode(_body(message))
    assert ("refusal", "stop", "I cannot.") == (response.finish_reason, response.raw_finish_reason, response.refusal)


def test_the_first_choice_is_the_answer() -> None:
    """With n > 1 the others stay in the raw body."""
    choices = [
        {"index": 1, "message": {"content": "b"}, "finish_reason": "stop"},
        {"index": 0, "message": {"content": "a"}, "finish_reason": "length"},
    ]
    response = _decode({"choices": choices})
    assert ("a", "length") == (response.text, response.finish_reason)
    assert "b" == _decode({"choices": choices[:1]}).text
    chunks = [
        {"choices": [{"index": n, "delta": {"content": text}, "finish_reason": "stop"}]}
        for n, text in ((1, "b"), (0, "a"))
    ]
    assert "a" == _stream(_sse(*chunks))[1].text


def test_finish_details_of_2023() -> None:
    """gpt-4-vision-preview said it elsewhere."""
    choice = {"index": 0, "message": {"content": "a"}, "finish_reason": None, "finish_details": {"type": "stop"}}
    assert "stop" == _decode({"choices": [choice]}).finish_reason


@pytest.mark.parametrize("choices", [None, [], "odd", [1]])
def test_no_choice_is_no_answer(choices: object) -> None:
    """What it cost is kept all the same."""
    with pytest.raises(LLMProtocolError) as caught:
        _decode({"choices": choices, "usage": USAGE})
    assert ("empty", Usage(input_tokens=3, output_tokens=5)) == (caught.value.kind, caught.value.usage)


def test_an_error_in_a_200() -> None:
    """Typed by its code, as if it had come with a status."""
    with pytest.raises(LLMServerError) as caught:
        _decode({"error": {"message": "boom", "code": "server_error"}})
    assert ("server_error", "unknown") == (caught.value.code, caught.value.billed)


USAGES: Final = [
    (None, Usage()),
    ({"prompt_tokens": None, "completion_tokens": None}, Usage()),
    ({"prompt_tokens": 1, "completion_tokens": True}, Usage(input_tokens=1)),
    (
        {
            "prompt_tokens": 10,
            "completion_tokens": 9,
            "total_tokens": 19,
            "prompt_tokens_details": {
                "cached_tokens": 4,
                "cache_write_tokens": 2,
                "audio_tokens": 1,
                "image_tokens": 3,
            },
            "completion_tokens_details": {
                "reasoning_tokens": 5,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 6,
                "rejected_prediction_tokens": 7,
            },
        },
        Usage(
            input_tokens=10,
            output_tokens=9,
            cache_read_tokens=4,
            cache_write_tokens=2,
            reasoning_tokens=5,
            input_audio_tokens=1,
            output_audio_tokens=0,
            input_image_tokens=3,
            accepted_prediction_tokens=6,
            rejected_prediction_tokens=7,
        ),
    ),
    (
        {
            "prompt_tokens": 468,
            "completion_tokens": 82,
            "total_tokens": 870,
            "completion_tokens_details": {"reasoning_tokens": 320},
        },
        Usage(input_tokens=468, output_tokens=402, reasoning_tokens=320),
    ),
    (
        {
            "prompt_tokens": 61,
            "completion_tokens": 10,
            "total_tokens": 71,
            "completion_tokens_details": {"reasoning_tokens": 96},
        },
        Usage(input_tokens=61, output_tokens=106, reasoning_tokens=96),
    ),
    ({"prompt_tokens": 5, "prompt_cache_hit_tokens": 3}, Usage(input_tokens=5, cache_read_tokens=3)),
    ({"prompt_tokens": 5, "cached_tokens": 3}, Usage(input_tokens=5, cache_read_tokens=3)),
    (
        {"prompt_tokens": 5, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 1},
        Usage(input_tokens=5, cache_read_tokens=3, cache_write_tokens=1),
    ),
    ({"prompt_token_details": {"cached_tokens": 2}}, Usage(cache_read_tokens=2)),
]


@pytest.mark.parametrize(("usage", "ours"), USAGES)
def test_usage(usage: dict[str, Any] | None, ours: Usage) -> None:
    """Input includes cached and output includes reasoning, whatever the service's own way of counting."""
    assert ours == _decode(_body({"content": "a"}, usage=usage)).usage


def test_cost_only_where_it_is_dollars() -> None:
    """`usage.cost` means something else elsewhere, so a dialect says that it is a price."""
    body = _body({"content": "a"}, usage={"cost": 0.0125})
    assert _decode(body).usage.reported_cost_usd is None
    router = ChatDialect(provider="router", reports_cost_usd=True)
    assert Decimal("0.0125") == _decode(body, router).usage.reported_cost_usd
    assert _decode(_body({"content": "a"}, usage={"cost": {"total_cost": 1}}), router).usage == Usage()


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        ({"cost": 0.5, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.5}}, Decimal("0.5")),
        ({"cost": 0.025, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.5}}, Decimal("0.525")),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": None}}, None),
    ],
)
def test_a_key_of_ones_own_behind_a_router_is_paid_for_too(usage: dict[str, Any], usd: Decimal | None) -> None:
    """The router's own figure is then its fee, and often 0."""
    router = ChatDialect(provider="router", reports_cost_usd=True)
    assert usd == _decode(_body({"content": "a"}, usage=usage), router).usage.reported_cost_usd


def test_a_hundred_thousand_calls_are_read_in_linear_time() -> None:
    """A body may hold so many, and reading them is a second's work; comparing each with all takes an hour."""
    calls = [{"id": f"call_{at}", "function": {"name": "f", "arguments": "{}"}} for at in range(100_000)]
    choice = {"message": {"tool_calls": calls}, "finish_reason": "tool_calls"}
    started = process_time()
    response = decode_chat({"choices": [choice]}, OPENAI)
    assert (100_000, "call_99999") == (len(response.tool_calls), response.tool_calls[-1].id)
    assert process_time() - started < 30
