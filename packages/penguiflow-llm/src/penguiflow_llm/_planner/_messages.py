"""Messages as a planner writes them: OpenAI-style dicts, whose content may also hold penguiflow's own part objects.

What the client reads by itself passes through unchanged. Penguiflow's parts are known by their attributes, so that
nothing of it has to be installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_types import (
    AudioPart,
    ImagePart,
    LLMConfigurationError,
    LLMMessage,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

INLINE_LIMIT_BYTES: Final = 32 * 1024
"""Largest picture or recording that is sent unless the caller allows more; penguiflow 3.11 has the same."""

_TEXT_TYPES: Final = ("text", "input_text", "output_text", "refusal")


def to_input(messages: Sequence[Mapping[str, Any]], *, inline_limit_bytes: int) -> list[LLMMessage | Mapping[str, Any]]:
    """The messages with every part in a form the client reads.

    Raises `LLMConfigurationError` for inline bytes beyond `inline_limit_bytes`.
    """
    found = [_message(message) for message in messages]
    for message in found:
        for part in _parts(message):
            _check_size(part, inline_limit_bytes)
    return found


def _parts(message: object) -> Sequence[object]:
    match message:
        case LLMMessage(parts=parts) | {"content": list(parts)}:
            return parts
        case _:
            return ()


def _message(message: Mapping[str, Any]) -> LLMMessage | Mapping[str, Any]:
    if isinstance(message, LLMMessage) or not isinstance(message, Mapping):
        return message  # ours, or something that the client refuses by name
    content = message.get("content")
    if content is None or isinstance(content, str):
        return message
    parts = [_part(part) for part in content] if isinstance(content, list | tuple) else [_part(content)]
    if any(isinstance(part, ToolResultPart) for part in parts):
        return LLMMessage(role="tool", parts=tuple(parts))
    return {**message, "content": parts}


def _part(part: Any) -> Any:
    match part:
        case {"data": bytes(data), **rest}:
            return _media(data, rest.get("media_type"), rest.get("detail"), default=_default_type(rest.get("type")))
        case {"text": str(text), **rest} if rest.get("type", "text") in _TEXT_TYPES:
            return TextPart(text=text)
        case TextPart() | ImagePart() | AudioPart() | ToolCallPart() | ToolResultPart():
            return part
        case object(result_json=str(result), name=str(name), call_id=call_id):
            content = (TextPart(text=result),)
            is_error = bool(getattr(part, "is_error", False))
            return ToolResultPart(tool_call_id=call_id or name, name=name, content=content, is_error=is_error)
        case object(arguments_json=str(arguments), name=str(name), call_id=call_id):
            return ToolCallPart(id=call_id or name, name=name, arguments=arguments)
        case object(data=bytes(data), media_type=str(media_type)):
            return _media(data, media_type, getattr(part, "detail", None), default=media_type)
        case object(text=str(text)):
            return TextPart(text=text)
        case _:
            return part


def _default_type(kind: object) -> str:
    return "audio/wav" if str(kind).startswith("audio") else "image/png"


def _media(data: bytes, media_type: object, detail: object, *, default: str) -> ImagePart | AudioPart:
    known = media_type if isinstance(media_type, str) else default
    if known.startswith("audio/"):
        return AudioPart(data=data, media_type=known)
    return ImagePart(data=data, media_type=known, detail=detail if isinstance(detail, str) else None)


def _check_size(part: object, limit: int) -> None:
    if isinstance(part, ImagePart | AudioPart) and part.data is not None and len(part.data) > limit:
        what = "image" if isinstance(part, ImagePart) else "audio"
        raise LLMConfigurationError(
            f"an {what} of {len(part.data)} bytes is over the limit of {limit}; send a smaller one, "
            "or raise multimodal_inline_data_limit_bytes",
            phase="local",
        )
