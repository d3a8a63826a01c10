"""Messages and parts: what they say of themselves, and what they refuse to be."""

import pytest

from penguiflow_llm_types import (
    AudioPart,
    CompletionResponse,
    DocumentPart,
    ImagePart,
    LLMMessage,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

_CALL = ToolCallPart(id="call_1", name="find", arguments='{"q": "x"}')
_PICTURE = ImagePart(url="https://example.org/a.png")

_CONSTRUCTED: list[tuple[LLMMessage, LLMMessage]] = [
    (LLMMessage.system("be brief"), LLMMessage(role="system", parts=(TextPart(text="be brief"),))),
    (LLMMessage.user("hello"), LLMMessage(role="user", parts=(TextPart(text="hello"),))),
    (LLMMessage.user("what is it?", _PICTURE), LLMMessage(role="user", parts=(TextPart(text="what is it?"), _PICTURE))),
    (LLMMessage.assistant("a cat", _CALL), LLMMessage(role="assistant", parts=(TextPart(text="a cat"), _CALL))),
    (
        LLMMessage.tool_result("call_1", "42"),
        LLMMessage(role="tool", parts=(ToolResultPart(tool_call_id="call_1", content=(TextPart(text="42"),)),)),
    ),
    (
        LLMMessage.tool_result("call_1", "no", name="find", is_error=True),
        LLMMessage(
            role="tool",
            parts=(ToolResultPart(tool_call_id="call_1", content=(TextPart(text="no"),), name="find", is_error=True),),
        ),
    ),
]


@pytest.mark.parametrize(("built", "expected"), _CONSTRUCTED)
def test_constructors(built: LLMMessage, expected: LLMMessage) -> None:
    """The short way and the long way give one value."""
    assert expected == built
    assert hash(expected) == hash(built)


_ALL_PARTS: tuple[Part, ...] = (
    ReasoningPart(text="first "),
    TextPart(text="one "),
    _PICTURE,
    AudioPart(data=b"\0", media_type="audio/wav", transcript="spoken"),
    DocumentPart(file_id="file_1", name="a.pdf"),
    ReasoningPart(summary=("second", "third")),
    ReasoningPart(encrypted_content="sealed", redacted_data="hidden", signature="signed"),
    _CALL,
    ToolResultPart(tool_call_id="call_0", content=(TextPart(text="result"), _PICTURE, TextPart(text="!"))),
    OpaquePart(provider="openai", kind="web_search_call", data="{}"),
    TextPart(text="two"),
)


def test_message_views() -> None:
    """Text is the visible text alone; reasoning, results and calls stay apart from it."""
    message = LLMMessage(role="assistant", parts=_ALL_PARTS)
    assert message.text == "one two"
    assert message.tool_calls == (_CALL,)
    assert message.reasoning == "first second\n\nthird"


def test_an_empty_message_has_empty_views() -> None:
    """A model may answer nothing at all."""
    message = LLMMessage(role="assistant", parts=())
    assert (message.text, message.tool_calls, message.reasoning) == ("", (), "")


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (ReasoningPart(), ""),
        (ReasoningPart(text="because"), "because"),
        (ReasoningPart(text="because", summary=("short",)), "because"),
        (ReasoningPart(summary=("a", "b")), "a\n\nb"),
        (ReasoningPart(encrypted_content="sealed"), ""),
    ],
)
def test_visible_reasoning(part: ReasoningPart, expected: str) -> None:
    """The reasoning itself where there is some, else its summaries; what is sealed is not shown."""
    assert expected == part.visible_text


def test_text_of_a_tool_result() -> None:
    """Pictures in a result have no text."""
    part = ToolResultPart(tool_call_id="1", content=(TextPart(text="a"), _PICTURE, TextPart(text="b")))
    assert part.text == "ab"


@pytest.mark.parametrize("cls", [ImagePart, AudioPart, DocumentPart])
def test_media_has_exactly_one_source(cls: type[ImagePart | AudioPart | DocumentPart]) -> None:
    """Two sources leave it to each provider which one the model sees; none is a request that can only fail."""
    assert cls(data=b"x", media_type="image/png").data == b"x"
    assert cls(url="https://example.org/x").url == "https://example.org/x"
    assert cls(file_id="file_1").file_id == "file_1"
    with pytest.raises(ValueError, match=rf"{cls.__name__} takes exactly one of .* got \[\]; pass one"):
        cls()
    with pytest.raises(ValueError, match=rf"{cls.__name__} takes exactly one of .* got \['url', 'file_id'\]; pass one"):
        cls(url="https://example.org/x", file_id="file_1")
    with pytest.raises(ValueError, match=rf"{cls.__name__} needs a media_type beside data"):
        cls(data=b"x")


def test_empty_data_is_a_source() -> None:
    """An empty file is still given: only what is None is not."""
    assert DocumentPart(data=b"", media_type="text/plain").data == b""


@pytest.mark.parametrize(
    "part",
    [
        ImagePart(data=b"SENTINEL", media_type="image/png"),
        ImagePart(url="https://example.org/SENTINEL"),
        ReasoningPart(signature="SENTINEL", encrypted_content="SENTINEL", redacted_data="SENTINEL"),
        ToolCallPart(id="1", name="a", arguments="{}", signature="SENTINEL"),
        TextPart(text="a", signature="SENTINEL"),
        OpaquePart(provider="openai", kind="web_search_call", data="SENTINEL"),
    ],
)
def test_repr_leaves_out_what_is_long_or_sealed(part: Part) -> None:
    """Megabytes of base64 and sealed reasoning make a log unreadable, and signed URLs are credentials."""
    assert "SENTINEL" not in repr(part)


def test_a_response_reads_like_its_message() -> None:
    """The three things most callers want are one attribute away."""
    message = LLMMessage(role="assistant", parts=_ALL_PARTS)
    response = CompletionResponse(message=message, finish_reason="tool_calls")
    assert (response.text, response.tool_calls, response.reasoning) == (
        message.text,
        message.tool_calls,
        message.reasoning,
    )


def test_equality_of_responses_ignores_how_they_came() -> None:
    """A streamed answer has no body and another request id, and is the same answer."""
    message = LLMMessage.assistant("42")
    plain = CompletionResponse(message=message, finish_reason="stop", raw={"id": 1}, request_id="req_1")
    streamed = CompletionResponse(message=message, finish_reason="stop", raw=None, request_id="req_2")
    assert plain == streamed
    assert hash(plain) == hash(streamed)
    assert plain != CompletionResponse(message=message, finish_reason="length")
    assert "raw" not in repr(plain).replace("raw_finish_reason", "")
