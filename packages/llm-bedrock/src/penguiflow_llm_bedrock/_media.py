"""Pictures, documents, films and sound as Converse blocks: bytes or a place in S3, in the formats Bedrock names.

Formats are the enumerations of the service model (botocore 1.44.8), read 2026-11.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from penguiflow_llm_types import AudioPart, DocumentPart, ImagePart

_IMAGES: Final = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/jpg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
}
_DOCUMENTS: Final = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/html": "html",
    "text/plain": "txt",
    "text/markdown": "md",
}
_VIDEOS: Final = {
    "video/x-matroska": "mkv",
    "video/quicktime": "mov",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/x-flv": "flv",
    "video/mpeg": "mpeg",
    "video/x-ms-wmv": "wmv",
    "video/3gpp": "three_gp",
}
_SOUNDS: Final = {
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/opus": "opus",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mp4": "mp4",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/x-m4a": "m4a",
}
_SUFFIXES: Final = {kind: kind for table in (_IMAGES, _DOCUMENTS, _VIDEOS, _SOUNDS) for kind in table.values()} | {
    "jpg": "jpeg",
    "mpg": "mpeg",
    "3gp": "three_gp",
    "htm": "html",
}
_NOT_IN_NAMES: Final = re.compile(r"[^\w\s\-()\[\]]+", re.ASCII)
_MAX_NAME: Final = 200


class NotSendable(Exception):  # noqa: N818 - a reason, told to the caller in a warning
    """The wire cannot carry this part; the text says why."""


def image_block(part: ImagePart) -> dict[str, Any]:
    """An `image` block; raises `NotSendable`."""
    return {"image": {"format": _format(part, _IMAGES), "source": _source(part)}}


def audio_block(part: AudioPart) -> dict[str, Any]:
    """An `audio` block; raises `NotSendable`."""
    return {"audio": {"format": _format(part, _SOUNDS), "source": _source(part)}}


def document_block(part: DocumentPart, name: str) -> dict[str, Any]:
    """A `document` block called `name`, or a `video` block for a film; raises `NotSendable`."""
    if (_media_type(part) or "").startswith("video/") or _suffix(part) in _VIDEOS.values():
        return {"video": {"format": _format(part, _VIDEOS), "source": _source(part)}}
    return {"document": {"format": _format(part, _DOCUMENTS), "name": name, "source": _source(part)}}


def document_name(wanted: str | None, taken: set[str]) -> str:
    """A name Bedrock takes: letters, digits, single blanks, hyphens, brackets; each only once in a request.

    A document without a name is numbered: Bedrock refuses one without.
    """
    name = " ".join(_NOT_IN_NAMES.sub(" ", wanted or "").split())[:_MAX_NAME].strip()
    stem, number = name or "Document", 1
    if not name:
        name = f"{stem} {number}"
    while name in taken:
        number += 1
        name = f"{stem[: _MAX_NAME - 8]} {number}"
    taken.add(name)
    return name


def _format(part: ImagePart | DocumentPart | AudioPart, formats: Mapping[str, str]) -> str:
    media_type = _media_type(part)
    found = formats.get(media_type or "") or _SUFFIXES.get(_suffix(part))
    if found is None or found not in formats.values():
        known = ", ".join(sorted(set(formats.values())))
        raise NotSendable(f"Bedrock does not take {media_type or 'data of an unknown type'}; it takes {known}")
    return found


def _media_type(part: ImagePart | DocumentPart | AudioPart) -> str | None:
    if part.url is not None and part.url.startswith("data:"):
        return part.url[5:].partition(",")[0].partition(";")[0].lower() or None
    return None if part.media_type is None else part.media_type.partition(";")[0].strip().lower()


def _suffix(part: ImagePart | DocumentPart | AudioPart) -> str:
    name = part.url or (part.name if isinstance(part, DocumentPart) else None) or ""
    return name.rpartition(".")[2].lower()


def _source(part: ImagePart | DocumentPart | AudioPart) -> dict[str, Any]:
    if part.data is not None:
        return {"bytes": base64.b64encode(part.data).decode()}
    if part.url is not None and part.url.startswith("s3://"):
        return {"s3Location": {"uri": part.url}}
    if part.url is not None and part.url.startswith("data:"):
        return {"bytes": _inline(part.url)}
    what = "a URL" if part.url is not None else "an uploaded file's id"
    raise NotSendable(f"Bedrock does not fetch {what}; pass the bytes as data, or a place in S3 as url='s3://...'")


def _inline(url: str) -> str:
    head, _, data = url.partition(",")
    return data if head.endswith(";base64") else base64.b64encode(unquote_to_bytes(data)).decode()
