"""Chunks of `streamGenerateContent` into events and answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from penguiflow_llm_google._decode import decode_generate
from penguiflow_llm_google._stream import GenerateStreamDecoder
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    LLMContentFilterError,
    LLMOverloadedError,
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

_COUNTS = {"promptTokenCount": 4, "candidatesTokenCount": 2, "totalTokenCount": 6}
_SIGNED = {"thoughtSignature": "c2ln"}


def _chunk(*parts: Any, finish: str | None = None, **around: Any) -> dict[str, Any]:
    content = {"parts": list(parts), "role": "model"} if parts else {"role": "model"}
    reason = {} if finish is None else {"finishReason": finish}
    candidate = {"content": content, "index": 0} | reason | around.pop("candidate", {})
    return {"candidates": [candidate], "responseId": "r1", "modelVersion": "gemini-x"} | around


def _feed(decoder: GenerateStreamDecoder, chunks: Iterable[Any]) -> list[StreamEvent]:
    events = []
    for chunk in chunks:
        data = chunk if isinstance(chunk, bytes) else json.dumps(chunk).encode()
        events += decoder.feed(ServerSentEvent(data=data))
    return events


def _play(*chunks: Any) -> tuple[list[StreamEvent], CompletionResponse]:
    decoder = GenerateStreamDecoder()
    events = _feed(decoder, chunks)
    return events, decoder.finish()


def test_text_arrives_in_pieces() -> None:
    """Each chunk is one delta; the answer is that of a plain body with the same content."""
    events, response = _play(
        _chunk({"text": "Hel"}), _chunk({"text": "lo"}), _chunk({"text": "."}, finish="STOP", usageMetadata=_COUNTS)
    )
    usage = Usage(input_tokens=4, output_tokens=2)
    assert [TextDelta(text="Hel"), TextDelta(text="lo"), TextDelta(text="."), UsageUpdate(usage=usage)] == events
    assert decode_generate(_chunk({"text": "Hello."}, finish="STOP", usageMetadata=_COUNTS)) == response


def test_text_that_repeats_earlier_text_is_kept() -> None:
    """Chunks are fragments, not the text so far: "ha", "ha" is laughter. A client once dropped them as repeats."""
    pieces = ["ha", "ha", "haha", "hahahaha", "ha", "!", "ha", "hahahahahaha"]
    events, response = _play(*(_chunk({"text": piece}) for piece in pieces), _chunk(finish="STOP"))
    assert [TextDelta(text=piece) for piece in pieces] == events
    assert "".join(pieces) == response.text


def test_thoughts_come_apart_from_text() -> None:
    """Two kinds of deltas, and two parts."""
    events, response = _play(
        _chunk({"text": "Hm", "thought": True}),
        _chunk({"text": "m", "thought": True}, {"text": "Yes"}),
        _chunk({"text": "", **_SIGNED}, finish="STOP"),
    )
    assert [ReasoningDelta(text="Hm"), ReasoningDelta(text="m"), TextDelta(text="Yes")] == events
    assert ("Hmm", "Yes", "c2ln") == (response.reasoning, response.text, response.message.parts[1].signature)  # type: ignore[union-attr]


def test_calls_come_whole() -> None:
    """With an id, or one made here that the answer has too."""
    calls = ({"functionCall": {"name": "f", "args": {"a": 1}}, **_SIGNED}, {"functionCall": {"id": "x", "name": "g"}})
    events, response = _play(_chunk(*calls, finish="STOP"))
    assert [
        ToolCallStart(index=0, id="google-call-r1-0", name="f"),
        ToolCallDelta(index=0, arguments='{"a":1}'),
        ToolCallStart(index=1, id="x", name="g"),
        ToolCallDelta(index=1, arguments="{}"),
    ] == events
    assert decode_generate(_chunk(*calls, finish="STOP")) == response
    assert "tool_calls" == response.finish_reason


def _piece(path: str, **value: Any) -> dict[str, Any]:
    return {"functionCall": {"partialArgs": [{"jsonPath": path, **value}], "willContinue": True}}


_PIECES = [
    _piece("$.city", stringValue="Os", willContinue=True),
    _piece("$.city", stringValue="lo"),
    _piece("$.days[0].hours", numberValue=2.0),
    _piece("$.days[0].sun", boolValue=False),
    _piece("$.days[1]", nullValue="NULL_VALUE"),
    _piece("$['a b'].c", numberValue=1.5),
    _piece('$["it\\"s"]', stringValue="x"),
    {"functionCall": {"willContinue": True}},
]
_ARGUMENTS = '{"city":"Oslo","days":[{"hours":2,"sun":false},null],"a b":{"c":1.5},"it\\"s":"x"}'


def test_arguments_a_path_at_a_time() -> None:
    """Vertex AI can send a call's arguments so; what comes out is one call, with its signature."""
    first = {"functionCall": {"name": "f", "willContinue": True}, **_SIGNED}
    second = {"functionCall": {"name": "g", "willContinue": True}}
    events, response = _play(
        *(_chunk(part) for part in (first, *_PIECES, {"functionCall": {}}, second)), _chunk(finish="STOP")
    )
    assert [
        ToolCallStart(index=0, id="google-call-r1-0", name="f"),
        ToolCallDelta(index=0, arguments=_ARGUMENTS),
        ToolCallStart(index=1, id="google-call-r1-1", name="g"),
        ToolCallDelta(index=1, arguments="{}"),
    ] == events
    assert [(_ARGUMENTS, "c2ln"), ("{}", None)] == [(call.arguments, call.signature) for call in response.tool_calls]


@pytest.mark.parametrize(
    "path", ["city", "", "$", "$..x", "$.x[", "$.x[99999999]", "$.a[*]", "$.a['b"], ids=lambda path: path or "none"
)
def test_paths_that_lead_nowhere(path: str) -> None:
    """A path is data: what is not one name or position after another is left out, and no list grows without bound."""
    part = {"functionCall": {"name": "f", "partialArgs": [{"jsonPath": path, "stringValue": "x"}]}}
    _, response = _play(_chunk(part, finish="STOP"))
    assert response.tool_calls[0].arguments in ("{}", '{"x":[]}')


def test_a_path_through_what_is_no_container() -> None:
    """The later piece wins, as there is nothing better to do with it."""
    pieces = (_piece("$.a", stringValue="x"), _piece("$.a.b", stringValue="y"))
    _, response = _play(_chunk({"functionCall": {"name": "f", "willContinue": True}}, *pieces, finish="STOP"))
    assert '{"a":{"b":"y"}}' == response.tool_calls[0].arguments


def test_a_piece_of_no_call() -> None:
    """It has nowhere to go, and must not crash."""
    events, response = _play(_chunk(_piece("$.a", stringValue="x"), {"text": "hi"}, finish="STOP"))
    assert ([TextDelta(text="hi")], ()) == (events, response.tool_calls)


_CODE = {"executableCode": {"language": "PYTHON", "code": "1+1"}}
_RESULT = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}}


def test_a_finish_in_the_middle() -> None:
    """A run of code has a finish of its own (recorded); the answer goes on with its result."""
    chunks = [_chunk(_CODE, finish="STOP"), _chunk(_RESULT), _chunk({"text": "Two."}, finish="STOP")]
    _, response = _play(*chunks)
    assert (["executableCode", "codeExecutionResult"], "Two.") == (
        [part.kind for part in response.message.parts if hasattr(part, "kind")],
        response.text,
    )
    for cut in (1, 2):
        with pytest.raises(LLMTruncatedError):
            _play(*chunks[:cut])


def test_text_after_a_finish_takes_it_back() -> None:
    """What follows a finish was not finished by it."""
    with pytest.raises(LLMTruncatedError) as caught:
        _play(_chunk({"text": "a"}, finish="STOP"), _chunk({"text": "b"}))
    partial = caught.value.partial()
    assert partial is not None
    assert ("ab", "error") == (partial.text, partial.finish_reason)


def test_nothing_after_a_finish_leaves_it() -> None:
    """Chunks with counts alone, or with no text, end nothing anew."""
    decoder = GenerateStreamDecoder()
    _feed(decoder, [_chunk({"text": "a"}, finish="STOP"), {"usageMetadata": _COUNTS}, _chunk({"text": ""})])
    assert decoder.finished
    assert Usage(input_tokens=4, output_tokens=2) == decoder.finish().usage


@pytest.mark.parametrize(
    "chunks",
    [
        [],
        [_chunk({"text": "a"})],
        [_chunk(_PIECES[0])],
        [{"candidates": [{"index": 0, "content": None}]}],
        [{"candidates": [{"index": 1, "finishReason": "STOP"}]}],
    ],
)
def test_without_a_finish(chunks: list[Any]) -> None:
    """Never a short answer."""
    with pytest.raises(LLMTruncatedError) as caught:
        _play(*chunks)
    assert ("no_terminal", "stream", "uncertain") == (caught.value.kind, caught.value.phase, caught.value.retry_rule)


def test_what_arrived_of_a_call() -> None:
    """A call whose arguments were still coming is in the partial answer as far as it got."""
    decoder = GenerateStreamDecoder()
    _feed(decoder, [_chunk({"functionCall": {"name": "f", "willContinue": True}}), _chunk(_PIECES[0])])
    assert '{"city":"Os"}' == decoder.partial().tool_calls[0].arguments


def test_an_error_in_the_middle() -> None:
    """Of the type its status says, with what had arrived."""
    with pytest.raises(LLMOverloadedError) as caught:
        _play(
            _chunk({"text": "Hel"}, usageMetadata=_COUNTS),
            {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}},
        )
    partial = caught.value.partial()
    assert partial is not None
    assert ("Hel", "stream", "yes", 503) == (partial.text, caught.value.phase, caught.value.billed, caught.value.status)


def test_an_error_in_a_list() -> None:
    """As a stream that is no SSE has it."""
    with pytest.raises(LLMOverloadedError):
        _play([{"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}}])


def test_signs_of_life() -> None:
    """What some proxies send to keep a connection open is no chunk."""
    events, response = _play(b"", b": keepalive", _chunk({"text": "x"}, finish="STOP"), b"[DONE]")
    assert ([TextDelta(text="x")], "x") == (events, response.text)


def test_a_blocked_prompt() -> None:
    """The only chunk there is."""
    with pytest.raises(LLMContentFilterError):
        _play({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": _COUNTS})
    assert "x" == _play({"promptFeedback": {}}, _chunk({"text": "x"}, finish="STOP"))[1].text


def test_sources_come_late() -> None:
    """They are facts of the candidate, whichever chunk brings them."""
    source = {"groundingMetadata": {"groundingChunks": [{"web": {"uri": "https://a"}}]}}
    _, response = _play(_chunk({"text": "It "}), _chunk({"text": "snows."}, finish="STOP", candidate=source))
    assert "https://a" == response.message.parts[0].citations[0].url  # type: ignore[union-attr]


def test_half_a_character_is_told() -> None:
    """Text that no file takes is repaired, and the answer says so; warnings of the request stay."""
    warning = CallWarning(kind="other", message="before")
    decoder = GenerateStreamDecoder(warnings=[warning])
    data = json.dumps(_chunk({"text": "x"}, finish="STOP")).replace('"x"', '"\\ud83d"').encode()
    _feed(decoder, [data, b"", b"[DONE]"])
    response = decoder.finish()
    assert "�" == response.text
    assert ("before", True) == (response.warnings[0].message, "surrogate" in response.warnings[1].message)


@pytest.mark.parametrize("data", [b"{", b"[1]", b'"x"', b"\xff"])
def test_what_is_no_chunk(data: bytes) -> None:
    """A protocol error, not a crash."""
    with pytest.raises(LLMProtocolError):
        _play(data)


@pytest.mark.parametrize(
    "chunk",
    [
        {"candidates": None},
        {"candidates": [None, {"content": {"parts": "x"}}]},
        {"candidates": [{"content": {"parts": [None, 5, {"text": 5}, {"functionCall": None}]}}]},
        {"candidates": [{"content": [], "finishReason": 5}], "usageMetadata": [], "responseId": 7},
    ],
)
def test_chunks_of_any_shape(chunk: Any) -> None:
    """What is not as promised is passed over; the finish still decides."""
    _, response = _play(chunk, _chunk({"text": "x"}, finish="STOP"))
    assert response.text.endswith("x")
