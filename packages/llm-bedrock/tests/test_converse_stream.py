"""ConverseStream events into ours: deltas that add up to the answer, which is the one a plain call would give."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

import pytest

from penguiflow_llm_bedrock._decode import decode_converse
from penguiflow_llm_bedrock._stream import ConverseStreamDecoder
from penguiflow_llm_types import (
    LLMOverloadedError,
    LLMParseError,
    LLMProtocolError,
    LLMTruncatedError,
    ReasoningDelta,
    ServerSentEvent,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    Usage,
    UsageUpdate,
)

Told: TypeAlias = list[tuple[str, dict[str, Any]]]

_USAGE = {"inputTokens": 3, "outputTokens": 2}
_END: Told = [("messageStop", {"stopReason": "end_turn"}), ("metadata", {"usage": _USAGE, "metrics": {}})]


def feed(decoder: ConverseStreamDecoder, events: Told) -> list[StreamEvent]:
    found = []
    for name, payload in events:
        found += decoder.feed(ServerSentEvent(data=json.dumps({**payload, "p": "abc"}).encode(), event=name))
    return found


def delta(index: int, **delta: Any) -> tuple[str, dict[str, Any]]:
    return "contentBlockDelta", {"contentBlockIndex": index, "delta": delta}


def start(index: int, **start: Any) -> tuple[str, dict[str, Any]]:
    return "contentBlockStart", {"contentBlockIndex": index, "start": start}


def stop(index: int) -> tuple[str, dict[str, Any]]:
    return "contentBlockStop", {"contentBlockIndex": index}


_CITATION = {"title": "facts", "sourceContent": [{"text": "1993"}], "location": {"documentChar": {"start": 0}}}

# What is told, the deltas it makes, and the content of the plain answer that says the same.
_SAME: list[tuple[str, Told, list[StreamEvent], list[Mapping[str, Any]]]] = [
    (
        "text",
        [delta(0, text="Hel"), delta(0, text=""), delta(0, text="lo"), stop(0)],
        [TextDelta(text="Hel"), TextDelta(text="lo")],
        [{"text": "Hello"}],
    ),
    (
        "parallel calls, one without arguments",
        [
            start(0, toolUse={"toolUseId": "a", "name": "f", "type": "tool_use"}),
            delta(0, toolUse={"input": ""}),
            delta(0, toolUse={"input": '{"x":'}),
            delta(0, toolUse={"input": "1}"}),
            stop(0),
            start(1, toolUse={"toolUseId": "b", "name": "g"}),
            stop(1),
        ],
        [
            ToolCallStart(index=0, id="a", name="f"),
            ToolCallDelta(index=0, arguments='{"x":'),
            ToolCallDelta(index=0, arguments="1}"),
            ToolCallStart(index=1, id="b", name="g"),
            ToolCallDelta(index=1, arguments="{}"),
        ],
        [
            {"toolUse": {"toolUseId": "a", "name": "f", "input": {"x": 1}}},
            {"toolUse": {"toolUseId": "b", "name": "g", "input": {}}},
        ],
    ),
    (
        "signed reasoning, then text",
        [
            delta(0, reasoningContent={"text": "H"}),
            delta(0, reasoningContent={"text": "m."}),
            delta(0, reasoningContent={"signature": "Eq"}),
            delta(0, reasoningContent={"signature": "QB"}),
            stop(0),
            delta(1, text="Yes"),
            stop(1),
        ],
        [ReasoningDelta(text="H"), ReasoningDelta(text="m."), TextDelta(text="Yes")],
        [{"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "EqQB"}}}, {"text": "Yes"}],
    ),
    (
        "reasoning that is only a signature",
        [delta(0, reasoningContent={"signature": "EqQB"}), stop(0)],
        [],
        [{"reasoningContent": {"reasoningText": {"text": "", "signature": "EqQB"}}}],
    ),
    (
        "withheld reasoning in two pieces",
        [
            delta(0, reasoningContent={"redactedContent": "AA=="}),
            delta(0, reasoningContent={"redactedContent": "AQI="}),
            stop(0),
        ],
        [],
        [{"reasoningContent": {"redactedContent": "AAEC"}}],
    ),
    (
        "text with a source",
        [delta(0, text="Matz."), delta(0, citation=_CITATION), stop(0)],
        [TextDelta(text="Matz.")],
        [{"citationsContent": {"content": [{"text": "Matz."}], "citations": [_CITATION]}}],
    ),
    (
        "a tool that Bedrock runs",
        [
            start(0, toolUse={"toolUseId": "t", "name": "nova_code_interpreter", "type": "server_tool_use"}),
            delta(0, toolUse={"input": '{"snippet":"1"}'}),
            stop(0),
            start(1, toolResult={"toolUseId": "t", "type": "nova_code_interpreter_result", "status": "success"}),
            delta(1, toolResult=[{"json": {"stdOut": "1"}}]),
            delta(1, toolResult=[{"text": "ok"}]),
            stop(1),
        ],
        [],
        [
            {
                "toolUse": {
                    "toolUseId": "t",
                    "name": "nova_code_interpreter",
                    "type": "server_tool_use",
                    "input": {"snippet": "1"},
                }
            },
            {
                "toolResult": {
                    "toolUseId": "t",
                    "type": "nova_code_interpreter_result",
                    "status": "success",
                    "content": [{"json": {"stdOut": "1"}}, {"text": "ok"}],
                }
            },
        ],
    ),
    (
        "a block of tomorrow",
        [start(0, hologram={"size": 3}), delta(0, hologram={"data": "xyz"}), stop(0)],
        [],
        [{"hologram": {"size": 3, "data": "xyz"}}],
    ),
    (
        "a delta of tomorrow",
        [delta(0, hum="a"), delta(0, hum="b"), stop(0)],
        [],
        [{"hum": "ab"}],
    ),
    (
        "a picture",
        [start(0, image={"format": "png"}), delta(0, image={"source": {"bytes": "AAAA"}}), stop(0)],
        [],
        [{"image": {"format": "png", "source": {"bytes": "AAAA"}}}],
    ),
]


@pytest.mark.parametrize(("told", "deltas", "content"), [row[1:] for row in _SAME], ids=[row[0] for row in _SAME])
def test_the_streamed_answer_is_the_plain_one(
    told: Told, deltas: list[StreamEvent], content: list[Mapping[str, Any]]
) -> None:
    """By value, in every part; and what was shown on the way adds up to it."""
    decoder = ConverseStreamDecoder()
    usage = Usage(input_tokens=3, output_tokens=2)
    shown = feed(decoder, [("messageStart", {"role": "assistant"}), *told, *_END])
    assert [*deltas, UsageUpdate(usage=usage)] == shown
    assert decoder.finished
    plain = {"output": {"message": {"content": content}}, "stopReason": "end_turn", "usage": _USAGE}
    assert decode_converse(plain) == decoder.finish()


def test_blocks_are_told_apart_by_their_numbers() -> None:
    """Numbers may skip, and blocks may be told interleaved."""
    decoder = ConverseStreamDecoder()
    feed(decoder, [delta(4, text="b"), delta(7, text="x"), delta(4, text="c"), *_END])
    assert [part.text for part in decoder.finish().message.parts if hasattr(part, "text")] == ["bc", "x"]


def test_the_end_without_usage() -> None:
    """The stop reason is the finish; the closing `metadata` only counts."""
    decoder = ConverseStreamDecoder()
    feed(decoder, [delta(0, text="x"), *_END[:1]])
    assert not decoder.finished
    assert (decoder.finish().text, decoder.finish().usage) == ("x", Usage())


@pytest.mark.parametrize("seen", [[], [delta(0, text="x")], [delta(0, text="x"), stop(0)], [_END[1]]])
def test_no_finish_is_no_answer(seen: Told) -> None:
    """However much of it came."""
    decoder = ConverseStreamDecoder()
    feed(decoder, seen)
    assert not decoder.finished
    with pytest.raises(LLMTruncatedError) as caught:
        decoder.finish()
    partial = caught.value.partial()
    assert partial is not None
    assert (caught.value.kind, partial.finish_reason) == ("no_terminal", "error")
    assert partial.text == "".join(payload["delta"]["text"] for name, payload in seen if name == "contentBlockDelta")


def test_a_failure_in_mid_stream() -> None:
    """It is raised with what had arrived."""
    decoder = ConverseStreamDecoder()
    feed(decoder, [delta(0, text="Hel")])
    with pytest.raises(LLMOverloadedError) as caught:
        feed(decoder, [("exception:serviceUnavailableException", {"message": "busy"})])
    partial = caught.value.partial()
    assert partial is not None
    assert (partial.text, caught.value.phase) == ("Hel", "stream")


def test_nothing_counts_after_the_end() -> None:
    """Neither more text nor a failure."""
    decoder = ConverseStreamDecoder()
    feed(decoder, [delta(0, text="x"), *_END])
    assert feed(decoder, [delta(0, text="y"), ("exception:internalServerException", {})]) == []
    assert decoder.finish().text == "x"


@pytest.mark.parametrize(
    "event",
    [
        ("ofTomorrow", {"a": 1}),
        ("messageStart", {}),
        ("contentBlockDelta", {"contentBlockIndex": 0}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": 7}}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"toolUse": {"input": "{}"}}}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"redactedContent": "!"}}}),
        ("contentBlockStart", {"contentBlockIndex": 0, "start": None}),
        ("contentBlockStart", {"contentBlockIndex": 0, "start": {"toolUse": "x"}}),
        ("contentBlockStop", {}),
        ("metadata", {"usage": None}),
    ],
)
def test_odd_events_make_no_events(event: tuple[str, dict[str, Any]]) -> None:
    """Nothing crashes, whatever is sent."""
    decoder = ConverseStreamDecoder()
    assert feed(decoder, [event]) == []
    feed(decoder, [("messageStop", {"stopReason": "end_turn"})])
    assert decoder.finish().finish_reason == "stop"


def test_a_server_tool_whose_input_is_no_json_is_kept() -> None:
    """As the text it is."""
    decoder = ConverseStreamDecoder()
    use = {"toolUseId": "t", "name": "n", "type": "server_tool_use"}
    feed(decoder, [start(0, toolUse=use), delta(0, toolUse={"input": "{half"}), *_END])
    assert '"input":"{half"' in getattr(decoder.finish().message.parts[0], "data", "")


def test_broken_text_is_told() -> None:
    """Half a surrogate pair, escaped: U+FFFD stands in its place, and a warning says so."""
    decoder = ConverseStreamDecoder()
    event = ServerSentEvent(data=b'{"contentBlockIndex":0,"delta":{"text":"\\ud83d!"}}', event="contentBlockDelta")
    assert decoder.feed(event) == [TextDelta(text="\ufffd!")]
    feed(decoder, list(_END))
    assert len(decoder.finish().warnings) == 1


def test_an_event_that_is_no_json() -> None:
    """The checksum held, so the provider sent it so."""
    with pytest.raises(LLMProtocolError) as caught:
        ConverseStreamDecoder().feed(ServerSentEvent(data=b"{", event="contentBlockDelta"))
    assert caught.value.kind == "json"


def test_what_bedrock_could_not_read() -> None:
    """As in a plain answer."""
    decoder = ConverseStreamDecoder()
    feed(decoder, [("messageStop", {"stopReason": "malformed_tool_use"}), _END[1]])
    with pytest.raises(LLMParseError):
        decoder.finish()
