"""Parts of a `Content` into ours. A streamed content is the list of all its fragments, and reads the same."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any, Final

from penguiflow_llm_types import (
    AudioPart,
    DocumentPart,
    ImagePart,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
)
from penguiflow_llm_types.wire import json_text, mapping, text_or_none

PROVIDER: Final = "google"

MADE_ID: Final = "google-call-"
"""How an id begins that was made here, for a function call that came without one; it is not sent back."""

_TEXT_FIELDS: Final = frozenset({"text", "thought", "thoughtSignature"})
_MEDIA_FIELDS: Final = frozenset({"inlineData", "thoughtSignature"})


def read_parts(fragments: Iterable[Mapping[str, Any]], response_id: str | None) -> tuple[Part, ...]:
    """The parts that `fragments` add up to."""
    parts: list[Part] = []
    calls = 0
    for fragment in folded(fragments):
        part = _part(fragment, f"{MADE_ID}{response_id or 'unnamed'}-{calls}")
        calls += isinstance(part, ToolCallPart)
        parts.append(part)
    return tuple(parts)


def folded(fragments: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`fragments` with text that goes on in the next one put together.

    A signature ends its part. One that comes beside no text, as streams have it, belongs to the text before it.
    """
    result: list[dict[str, Any]] = []
    pieces: list[str] = []
    for fragment in fragments:
        if not _is_text(fragment):
            _close(result, pieces)
            result.append(dict(fragment))
            continue
        text, signature = text_or_none(fragment.get("text")) or "", text_or_none(fragment.get("thoughtSignature"))
        goes_on = bool(pieces) and bool(result[-1].get("thought")) == bool(fragment.get("thought"))
        if not goes_on or (signature is not None and text):
            if not text and signature is None:
                continue
            _close(result, pieces)
            result.append({name: value for name, value in fragment.items() if name == "thought" and value})
        pieces.append(text)
        if signature is not None:
            result[-1]["thoughtSignature"] = signature
            _close(result, pieces)
    _close(result, pieces)
    return result


def _is_text(fragment: Mapping[str, Any]) -> bool:
    return fragment.keys() <= _TEXT_FIELDS


def _close(result: list[dict[str, Any]], pieces: list[str]) -> None:
    """Write the text collected so far into the last part."""
    if pieces:
        result[-1]["text"] = "".join(pieces)
        pieces.clear()


def _part(part: Mapping[str, Any], made_id: str) -> Part:
    signature = text_or_none(part.get("thoughtSignature"))
    if "functionCall" in part:
        return _call(mapping(part["functionCall"]), signature, made_id)
    if part.get("thought") and _is_text(part):
        return ReasoningPart(text=part.get("text", ""), provider=PROVIDER, signature=signature)
    if _is_text(part):
        owner = None if signature is None else PROVIDER
        return TextPart(text=part.get("text", ""), signature=signature, provider=owner)
    media = _media(mapping(part.get("inlineData")), signature) if part.keys() <= _MEDIA_FIELDS else None
    return media or OpaquePart(provider=PROVIDER, kind=_kind(part), data=json_text(part))


def _call(call: Mapping[str, Any], signature: str | None, made_id: str) -> ToolCallPart:
    arguments = call.get("args")
    return ToolCallPart(
        id=text_or_none(call.get("id")) or made_id,
        name=text_or_none(call.get("name")) or "",
        arguments=json_text({} if arguments is None else arguments),
        signature=signature,
        provider=None if signature is None else PROVIDER,
    )


def _media(blob: Mapping[str, Any], signature: str | None) -> ImagePart | AudioPart | DocumentPart | None:
    kind, data = text_or_none(blob.get("mimeType")), _bytes(blob.get("data"))
    if kind is None or data is None:
        return None
    made = ImagePart if kind.startswith("image/") else AudioPart if kind.startswith("audio/") else DocumentPart
    return made(data=data, media_type=kind, signature=signature, provider=None if signature is None else PROVIDER)


def _bytes(data: object) -> bytes | None:
    try:
        return base64.b64decode(data, validate=True) if isinstance(data, str) else None
    except (ValueError, binascii.Error):
        return None


def _kind(part: Mapping[str, Any]) -> str:
    """The field that says what the part is."""
    return next((name for name in part if name not in _TEXT_FIELDS), "empty")
