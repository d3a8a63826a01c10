"""Pictures, sound and documents into parts."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

from penguiflow_llm_types import AudioPart, CallWarning, DocumentPart, ImagePart
from penguiflow_llm_types.wire import adapted

Media: TypeAlias = ImagePart | AudioPart | DocumentPart

_FILES: Final = "https://generativelanguage.googleapis.com/v1beta/"  # where "files/..." of the Files API is
_USUAL: Final[Mapping[type, str]] = {ImagePart: "image/jpeg", AudioPart: "audio/mpeg", DocumentPart: "application/pdf"}


def media_part(part: Media, warnings: list[CallWarning]) -> dict[str, Any]:
    """`inlineData` for bytes and `data:` URLs, `fileData` for everything that Google fetches itself."""
    if part.data is not None:
        return {"inlineData": {"mimeType": part.media_type, "data": base64.b64encode(part.data).decode()}}
    address = part.url or part.file_id or ""
    if address.startswith("data:"):
        return {"inlineData": _of_data_url(address, part)}
    kind = part.media_type or mimetypes.guess_type(urlsplit(address).path)[0]
    if kind is None and not _is_uploaded(address):
        kind = _USUAL[type(part)]
        warnings.append(adapted("media_type", f"a {type(part).__name__} without one was sent as {kind!r}"))
    uri = f"{_FILES}{address}" if address.startswith("files/") else address
    return {"fileData": {"fileUri": uri} | ({} if kind is None else {"mimeType": kind})}


def _is_uploaded(address: str) -> bool:
    """Whether Google knows the file, and with it what it is."""
    return address.startswith("files/") or "/files/" in address


def _of_data_url(url: str, part: Media) -> dict[str, str]:
    head, _, data = url.removeprefix("data:").partition(",")
    kind, *flags = head.split(";")
    encoded = data if "base64" in flags else base64.b64encode(unquote_to_bytes(data)).decode()
    return {"mimeType": part.media_type or kind or _USUAL[type(part)], "data": encoded}
