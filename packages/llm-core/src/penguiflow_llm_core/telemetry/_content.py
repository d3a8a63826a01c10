"""Prompts and answers as the JSON of OpenTelemetry's GenAI conventions, for hooks that may see them.

Source: gen-ai-input-messages.json, gen-ai-output-messages.json and gen-ai-system-instructions.json, version 1.41.0.
Media that were sent as bytes are named by type and size; their bytes stay out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, assert_never

from penguiflow_llm_types import (
    AudioPart,
    DocumentPart,
    ImagePart,
    LLMMessage,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)

_MODALITIES: Final[dict[type, str]] = {ImagePart: "image", AudioPart: "audio", DocumentPart: "document"}


def messages_json(messages: Iterable[LLMMessage]) -> str:
    """The chat history, without what the system said."""
    return _dumped([_message(message) for message in messages if message.role != "system"])


def system_json(messages: Iterable[LLMMessage]) -> str | None:
    """What the system said; None where it said nothing."""
    parts = [_part(part) for message in messages if message.role == "system" for part in message.parts]
    return _dumped(parts) if parts else None


def output_json(message: LLMMessage, finish_reason: str) -> str:
    """The answer."""
    return _dumped([{**_message(message), "finish_reason": finish_reason}])


def tools_json(tools: Sequence[ToolSpec]) -> str | None:
    """The tools that were offered, as far as the conventions require; None where there were none."""
    return _dumped([{"type": "function", "name": tool.name} for tool in tools]) if tools else None


def _message(message: LLMMessage) -> dict[str, Any]:
    return {"role": message.role, "parts": [_part(part) for part in message.parts]}


def _part(part: Part) -> dict[str, Any]:
    match part:
        case TextPart(text=text):
            return {"type": "text", "content": text}
        case ReasoningPart(text=text, summary=summary):
            return {"type": "reasoning", "content": text or "\n".join(summary)}
        case ToolCallPart(id=call_id, name=name, arguments=arguments):
            return {"type": "tool_call", "id": call_id, "name": name, "arguments": _read(arguments)}
        case ToolResultPart(tool_call_id=call_id, content=content):
            return {"type": "tool_call_response", "id": call_id, "response": [_part(found) for found in content]}
        case ImagePart() | AudioPart() | DocumentPart():
            return _media(part)
        case OpaquePart(kind=kind):
            return {"type": kind}
        case _:
            assert_never(part)


def _media(part: ImagePart | AudioPart | DocumentPart) -> dict[str, Any]:
    facts = {"modality": _MODALITIES[type(part)], "mime_type": part.media_type}
    if part.url is not None:
        return {"type": "uri", **facts, "uri": part.url}
    if part.file_id is not None:
        return {"type": "file", **facts, "file_id": part.file_id}
    return {"type": "blob", **facts, "content": "", "size": len(part.data or b"")}


def _read(arguments: str) -> Any:
    """Arguments as the value they are; as text where they are no JSON."""
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
