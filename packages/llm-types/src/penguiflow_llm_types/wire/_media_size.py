"""The bound on pictures, sound and documents that go along in a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from penguiflow_llm_types._errors import LLMInvalidRequestError
from penguiflow_llm_types._messages import AudioPart, DocumentPart, ImagePart, LLMMessage, Part, ToolResultPart

MAX_MEDIA_BYTES: Final = 100_000_000
"""More than any provider takes: Gemini takes most, 100 MB in a request (Gemini API, file input methods, read 2026-11).

What one of them takes less than that is its own to refuse: those limits differ by model and platform, and change.
"""


def check_media(messages: Iterable[LLMMessage]) -> None:
    """Raise `LLMInvalidRequestError` where all media of a request together are larger than `MAX_MEDIA_BYTES`.

    Such a request takes several times its size in memory until it is refused.
    """
    size = sum(_size(part) for message in messages for part in _flat(message.parts))
    if size > MAX_MEDIA_BYTES:
        raise LLMInvalidRequestError(
            f"the images, sounds and documents of this request are {size:,} bytes, and at most {MAX_MEDIA_BYTES:,} are "
            "sent; upload them and pass file_id=..., pass url=..., make them smaller, or send fewer",
            kind="too_large",
            phase="local",
        )


def _flat(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, ToolResultPart):
            yield from part.content
        else:
            yield part


def _size(part: Part) -> int:
    if not isinstance(part, ImagePart | AudioPart | DocumentPart):
        return 0
    if part.data is not None:
        return len(part.data)
    return len(part.url) if part.url is not None and part.url.startswith("data:") else 0
