"""Pictures, sound and documents as the wire takes them."""

from __future__ import annotations

import base64
from typing import Final

from penguiflow_llm_types import AudioPart, DocumentPart, ImagePart

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
