"""What a request may carry and a stream may bring: bounded, so that neither fills the memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable

import pytest

from penguiflow_llm_types import (
    AudioPart,
    DocumentPart,
    ImagePart,
    LLMInvalidRequestError,
    LLMMessage,
    LLMProtocolError,
    Part,
    TextPart,
    ToolResultPart,
)
from penguiflow_llm_types.wire import MAX_BODY_BYTES, MAX_MEDIA_BYTES, MAX_STREAM_BYTES, Answer
from penguiflow_llm_types.wire._media_size import check_media

HALF = bytes(MAX_MEDIA_BYTES // 2)
IMAGE = ImagePart(data=HALF, media_type="image/png")
SOUND = AudioPart(data=HALF, media_type="audio/wav")
INLINE = ImagePart(url="data:image/png;base64,")
TOO_MUCH: Iterable[tuple[Part, ...]] = (
    (IMAGE, SOUND, DocumentPart(data=b"%", media_type="application/pdf")),
    (IMAGE, SOUND, INLINE),
    (IMAGE, ToolResultPart(tool_call_id="1", content=(TextPart(text="seen"), IMAGE, INLINE))),
)


@pytest.mark.parametrize("parts", TOO_MUCH)
def test_media_that_are_too_much_together(parts: tuple[Part, ...]) -> None:
    """However they are given; the message says how much it is, how much may be, and what else to do."""
    with pytest.raises(LLMInvalidRequestError, match=r"are 100,000,0\d\d bytes.* 100,000,000 .*file_id") as caught:
        check_media([LLMMessage(role="user", parts=parts)])
    assert ("too_large", "local") == (caught.value.kind, caught.value.phase)


def test_media_that_may_go() -> None:
    """Up to the bound; what somebody else fetches counts nothing, and text is the model's matter."""
    named = (ImagePart(url="https://example.org/" + "a" * 99), ImagePart(file_id="file_1"), TextPart(text="a" * 99))
    check_media([LLMMessage(role="user", parts=(IMAGE, *named)), LLMMessage(role="user", parts=(SOUND,))])


@pytest.mark.parametrize(
    ("stream", "most"), [(False, MAX_BODY_BYTES), (True, MAX_STREAM_BYTES)], ids=["a body", "a stream"]
)
async def test_an_answer_that_never_ends(stream: bool, most: int) -> None:
    """It is left once it is more than any model says."""
    piece, sent = bytes(2**20), 0

    async def chunks() -> AsyncGenerator[bytes, None]:
        nonlocal sent
        while True:
            sent += len(piece)
            yield piece

    async def close() -> None:
        pass

    answer = Answer(headers={}, chunks=chunks(), close=close, host="h", broken=(OSError,), stream=stream)
    with pytest.raises(LLMProtocolError, match="more than") as caught:
        [None async for _ in answer]
    await answer.aclose()
    assert ("too_large", most) == (caught.value.kind, sent - len(piece))
