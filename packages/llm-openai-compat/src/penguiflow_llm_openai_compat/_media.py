"""Pictures, sound and documents as the wire takes them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_types import AudioPart, DocumentPart, ImagePart
from penguiflow_llm_types.wire import mapping, objects, text_or_none

# OpenAI API reference, chat input_audio.format (openai 3.54.0 types): "wav" or "mp3".
_AUDIO_FORMATS: Final = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
}
_DEFAULT_NAMES: Final = {"application/pdf": "document.pdf"}


def data_url(part: ImagePart | DocumentPart) -> str | None:
    """The part's bytes as a data URL; None when it is not given as bytes."""
    if part.data is None:
        return None
    return f"data:{part.media_type};base64,{base64.b64encode(part.data).decode()}"


def file_name(part: DocumentPart) -> str:
    """The document's name, which the API requires beside bytes."""
    return part.name or _DEFAULT_NAMES.get(part.media_type or "", "document")


def audio_format(part: AudioPart) -> str | None:
    """The API's name of the sound's format; None for sound it does not take."""
    return _AUDIO_FORMATS.get((part.media_type or "").partition(";")[0].strip().lower())


def image_parts(message: Mapping[str, Any]) -> list[ImagePart]:
    """Pictures the model made, which OpenRouter and its like give in `images`."""
    urls = (text_or_none(mapping(image.get("image_url")).get("url")) for image in objects(message.get("images")))
    return [_picture(url) for url in urls if url is not None]


def _picture(url: str) -> ImagePart:
    head, comma, data = url.partition(",")
    if comma and head.startswith("data:") and head.endswith(";base64"):
        try:
            return ImagePart(data=base64.b64decode(data, validate=True), media_type=head[5:-7])
        except binascii.Error:
            pass
    return ImagePart(url=url)
