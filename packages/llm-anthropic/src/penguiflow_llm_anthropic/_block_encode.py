"""Parts of messages as content blocks."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias, assert_never

from penguiflow_llm_anthropic._decode import PROVIDER
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    CallWarning,
    DocumentPart,
    ImagePart,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from penguiflow_llm_types.wire import dropped, kept_json, unsupported

Block: TypeAlias = dict[str, Any]

_LIFETIMES: Final = ("5m", "1h")  # types/cache_control_ephemeral_param.py, anthropic 2.12.0
_NOT_IN_IDS: Final = re.compile(r"[^a-zA-Z0-9_-]")  # what the API refuses in the id of a call


class BlockEncoder:
    """Parts in, blocks out; what the wire cannot carry is left out with a warning."""

    __slots__ = ("_citations", "_warnings")

    def __init__(self, warnings: list[CallWarning], *, citations: bool) -> None:
        self._warnings = warnings
        self._citations = citations

    def system(self, part: Part) -> Block | None:
        """A block of the system prompt, which is text."""
        match part:
            case TextPart(text=text, cache=cache):
                return self._text(text, cache)
            case OpaquePart():
                return self._opaque(part)
            case _:
                return self._dropped(part, "a system message holds text only")

    def user(self, part: Part) -> Block | None:
        """A block of the user's turn, or of a tool's result."""
        match part:
            case TextPart(text=text, cache=cache):
                if text and not text.strip():
                    return self._dropped(part, "it is white space, which the API refuses")
                return self._text(text, cache)
            case ImagePart(cache=cache):
                return self._cached(self._image(part), cache)
            case DocumentPart(cache=cache):
                block = self._document(part)
                return None if block is None else self._cached(block, cache)
            case ToolResultPart():
                return self._result(part)
            case OpaquePart():
                return self._opaque(part)
            case AudioPart():
                return self._dropped(part, "Claude takes no sound; send a transcript as text")
            case ReasoningPart() | ToolCallPart():
                return self._dropped(part, "it belongs in an assistant message")
            case _:
                assert_never(part)

    def assistant(self, part: Part) -> Block | None:
        """A block of the model's turn, as the model gave it."""
        match part:
            case TextPart(text=text, cache=cache):
                block = self._text(text, cache)
                cited = kept_json(part.signature) if part.provider == PROVIDER else None
                return block if block is None or cited is None else {**block, "citations": cited}
            case ReasoningPart():
                return self._reasoning(part)
            case ToolCallPart():
                return _tool_use(part)
            case OpaquePart():
                return self._opaque(part)
            case AudioPart(transcript=str(transcript)):
                return self._text(transcript, None)
            case ImagePart() | DocumentPart() | AudioPart() | ToolResultPart():
                return self._dropped(part, "it has no place in an assistant message")
            case _:
                assert_never(part)

    def cache_control(self, cache: CacheBreakpoint) -> dict[str, str]:
        """A breakpoint; a lifetime the API does not have becomes its default."""
        if cache.ttl is None:
            return {"type": "ephemeral"}
        if cache.ttl in _LIFETIMES:
            return {"type": "ephemeral", "ttl": cache.ttl}
        self._warnings.append(unsupported("cache.ttl", f"Anthropic takes '5m' or '1h', not {cache.ttl!r}"))
        return {"type": "ephemeral"}

    def _text(self, text: str, cache: CacheBreakpoint | None) -> Block | None:
        """The API refuses empty text, and empty text says nothing."""
        return self._cached({"type": "text", "text": text}, cache) if text else None

    def _cached(self, block: Block, cache: CacheBreakpoint | None) -> Block:
        return block if cache is None else {**block, "cache_control": self.cache_control(cache)}

    def _image(self, part: ImagePart) -> Block:
        if part.detail not in (None, "auto"):
            self._warnings.append(unsupported("ImagePart.detail", "Anthropic has no such setting"))
        return {"type": "image", "source": _source(part.data, part.media_type, part.url, part.file_id)}

    def _document(self, part: DocumentPart) -> Block | None:
        source = _document_source(part)
        if source is None:
            return self._dropped(part, f"Claude reads PDF and text, not {part.media_type!r}")
        block: Block = {"type": "document", "source": source}
        if part.name is not None:
            block["title"] = part.name
        if self._citations:
            block["citations"] = {"enabled": True}
        return block

    def _result(self, part: ToolResultPart) -> Block:
        blocks = [block for item in part.content if (block := self.user(item)) is not None]
        result: Block = {
            "type": "tool_result",
            "tool_use_id": _call_id(part.tool_call_id),
            "content": _simplest(blocks),
        }
        if part.is_error:
            result["is_error"] = True
        return self._cached(result, part.cache)

    def _reasoning(self, part: ReasoningPart) -> Block | None:
        """Reasoning goes back as it came, sealed, or not at all."""
        if part.provider != PROVIDER:
            return self._dropped(part, f"it is {part.provider!r}'s")
        if part.redacted_data is not None:
            return {"type": "redacted_thinking", "data": part.redacted_data}
        if part.signature is None:
            return self._dropped(part, "it came without its signature")
        return {"type": "thinking", "thinking": part.text, "signature": part.signature}

    def _opaque(self, part: OpaquePart) -> Block | None:
        block = kept_json(part.data) if part.provider == PROVIDER else None
        if not isinstance(block, dict):
            return self._dropped(part, f"only {part.provider!r} understands it, and only as it came")
        return block

    def _dropped(self, part: Part, why: str) -> Block | None:
        self._warnings.append(dropped(f"a {type(part).__name__}", why))
        return None


def _simplest(blocks: Sequence[Block]) -> str | list[Block]:
    match blocks:
        case []:
            return ""
        case [{"type": "text", "text": str(text), **rest}] if not rest:
            return text
        case _:
            return list(blocks)


def _source(data: bytes | None, media_type: str | None, url: str | None, file_id: str | None) -> Mapping[str, Any]:
    if data is not None:
        return {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}
    return {"type": "url", "url": url} if url is not None else {"type": "file", "file_id": file_id}


def _document_source(part: DocumentPart) -> Mapping[str, Any] | None:
    """None for bytes of a kind that Claude does not read."""
    kind = (part.media_type or "").partition(";")[0].strip().lower()
    if part.data is None or kind == "application/pdf":
        return _source(part.data, kind, part.url, part.file_id)
    if kind.startswith("text/") or kind in ("application/json", "application/xml"):
        return {"type": "text", "media_type": "text/plain", "data": part.data.decode("utf-8", "replace")}
    return None


def _tool_use(part: ToolCallPart) -> Block:
    call: Block = {"type": "tool_use", "id": _call_id(part.id), "name": part.name, "input": _input(part)}
    caller = kept_json(part.signature) if part.provider == PROVIDER else None
    return call if caller is None else {**call, "caller": caller}


def _input(part: ToolCallPart) -> dict[str, Any]:
    """The API takes objects only: arguments that are none go in one, as its documentation shows for broken JSON."""
    if part.kind == "custom":
        return {"input": part.arguments}
    arguments = kept_json(part.arguments or "{}")
    return arguments if isinstance(arguments, dict) else {"INVALID_JSON": part.arguments}


def _call_id(call_id: str) -> str:
    """An id the API takes: those of other providers hold other characters."""
    return _NOT_IN_IDS.sub("_", call_id) or "_"
