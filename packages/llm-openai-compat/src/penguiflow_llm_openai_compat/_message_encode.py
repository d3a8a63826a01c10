"""Messages into Chat Completions messages."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from penguiflow_llm_openai_compat._cache import cache_control
from penguiflow_llm_openai_compat._content import thought_block
from penguiflow_llm_openai_compat._dialect import ChatDialect
from penguiflow_llm_openai_compat._media import audio_format, data_url, file_name
from penguiflow_llm_openai_compat._reasoning import DETAIL_KIND, part_detail
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    CallWarning,
    DocumentPart,
    ImagePart,
    LLMMessage,
    ModelProfile,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from penguiflow_llm_types.wire import dropped, unsupported


def encode_messages(
    messages: Iterable[LLMMessage], profile: ModelProfile, dialect: ChatDialect, warnings: list[CallWarning]
) -> list[dict[str, Any]]:
    """The `messages` field. What this wire cannot carry is left out with a warning.

    Tool messages hold text only here, so pictures and documents of tool results follow in a user message, after the
    last of the tool messages: nothing may stand between a call and its results.
    """
    writer = _Writer(profile, dialect, warnings)
    for message in messages:
        writer.add(message)
    writer.flush()
    return writer.messages


class _Writer:
    __slots__ = ("_dialect", "_held", "_takes_breakpoints", "_warnings", "messages")

    def __init__(self, profile: ModelProfile, dialect: ChatDialect, warnings: list[CallWarning]) -> None:
        self._dialect = dialect
        self._warnings = warnings
        self._takes_breakpoints = profile.family in dialect.cache_breakpoint_families
        self._held: list[dict[str, Any]] = []  # media of tool results
        self.messages: list[dict[str, Any]] = []

    def add(self, message: LLMMessage) -> None:
        if message.role == "tool":
            for part in message.parts:
                if isinstance(part, ToolResultPart):
                    self._tool_result(part)
                else:
                    self._warnings.append(
                        dropped(f"a {type(part).__name__} in a tool message", "only results go there")
                    )
            return
        self.flush()
        written = self._assistant(message.parts) if message.role == "assistant" else self._spoken(message)
        if message.name is not None:
            written["name"] = message.name
        self.messages.append(written)

    def flush(self) -> None:
        """Write the media held back behind the tool messages."""
        if self._held:
            self.messages.append({"role": "user", "content": self._held})
            self._held = []

    def _spoken(self, message: LLMMessage) -> dict[str, Any]:
        blocks = [block for part in message.parts if (block := self._block(part, message.role)) is not None]
        return {"role": message.role, "content": _simplest(blocks)}

    def _assistant(self, parts: Sequence[Part]) -> dict[str, Any]:
        blocks = [block for part in parts if (block := self._block(part, "assistant")) is not None]
        calls = [_tool_call(part) for part in parts if isinstance(part, ToolCallPart)]
        written: dict[str, Any] = {"role": "assistant"}
        if blocks or not calls:
            written["content"] = _simplest(blocks)
        else:
            written["content"] = self._dialect.empty_assistant_content
        written.update(self._reasoning([part for part in parts if isinstance(part, ReasoningPart | OpaquePart)]))
        if thinking := written.pop("thinking", None):
            written["content"] = [*thinking, *blocks]
        if calls:
            written["tool_calls"] = calls
        return written

    def _block(self, part: Part, role: str) -> dict[str, Any] | None:
        match part:
            case TextPart(text=text, cache=cache):
                return self._with_breakpoint({"type": "text", "text": text}, cache)
            case ImagePart() | DocumentPart() | AudioPart():
                return self._media(part, role)
            case ReasoningPart() | ToolCallPart() if role == "assistant":
                return None  # they have fields of their own
            case OpaquePart() if role == "assistant" and self._replays(part):
                return None
            case ReasoningPart() | ToolCallPart() | ToolResultPart():
                return self._dropped(part, f"it has no place in a {role} message")
            case OpaquePart(kind=kind):
                return self._dropped(part, f"Chat Completions has no {kind!r} block")
            case _:
                assert_never(part)

    def _media(self, part: ImagePart | DocumentPart | AudioPart, role: str) -> dict[str, Any] | None:
        if role == "assistant":
            transcript = part.transcript if isinstance(part, AudioPart) else None
            return (
                {"type": "text", "text": transcript}
                if transcript
                else self._dropped(part, "the model said it, not you")
            )
        match part:
            case ImagePart():
                block = _image(part)
            case DocumentPart():
                block = _document(part, by_url=self._dialect.documents_by_url)
            case AudioPart():
                block = _audio(part)
            case _:
                assert_never(part)
        if block is None:
            return self._dropped(part, "this API takes it in another form: bytes, or for pictures a URL")
        return self._with_breakpoint(block, part.cache)

    def _tool_result(self, part: ToolResultPart) -> None:
        text = part.text
        if part.is_error and not text.lower().startswith("error"):
            text = f"Error: {text}"  # the wire has no flag for it
        media = [item for item in part.content if not isinstance(item, TextPart)]
        blocks = [block for item in media if (block := self._media(item, "user")) is not None]
        if blocks:
            self._held += [
                {"type": "text", "text": f"Attached to the result of tool call {part.tool_call_id}:"},
                *blocks,
            ]
        content: Any = text
        if part.cache is not None:
            content = _simplest([self._with_breakpoint({"type": "text", "text": text}, part.cache)])
        self.messages.append({"role": "tool", "tool_call_id": part.tool_call_id, "content": content})

    def _replays(self, part: ReasoningPart | OpaquePart) -> bool:
        """Whether a part goes back in the field the service takes reasoning in."""
        if isinstance(part, OpaquePart) and (part.kind, self._dialect.reasoning_replay) != (DETAIL_KIND, DETAIL_KIND):
            return False
        return part.provider == self._dialect.provider and self._dialect.reasoning_replay is not None

    def _reasoning(self, parts: Sequence[ReasoningPart | OpaquePart]) -> dict[str, Any]:
        """The field that earlier reasoning goes back in; "thinking" for blocks that belong before the content."""
        own = [part for part in parts if self._replays(part)]
        for part in parts:
            if isinstance(part, ReasoningPart) and part not in own:
                self._dropped(part, "this service does not take earlier reasoning back")
        thoughts = [part for part in own if isinstance(part, ReasoningPart)]
        match self._dialect.reasoning_replay:
            case None:
                return {}
            case "reasoning_details":
                details = [part_detail(part, index) for index, part in enumerate(own)]
                return {"reasoning_details": details} if details else {}
            case "content":
                return {"thinking": [thought_block(part.visible_text, part.signature) for part in thoughts]}
            case "reasoning_content" | "reasoning" as field:
                text = "".join(part.visible_text for part in thoughts)
                return {field: text} if text else {}
            case _ as never:
                assert_never(never)

    def _with_breakpoint(self, block: dict[str, Any], cache: CacheBreakpoint | None) -> dict[str, Any]:
        if cache is None:
            return block
        if not self._takes_breakpoints:
            self._warnings.append(unsupported("cache", "this model caches by itself and takes no breakpoints"))
            return block
        if self._dialect.cache_settings != "prompt_cache":
            return block | {"cache_control": cache_control(cache)}
        return block | {"prompt_cache_breakpoint": breakpoint_fields(cache)}

    def _dropped(self, part: Part, why: str) -> dict[str, Any] | None:
        self._warnings.append(dropped(f"a {type(part).__name__}", why))
        return None


def breakpoint_fields(cache: CacheBreakpoint) -> dict[str, str]:
    """`prompt_cache_breakpoint` of a block."""
    return {"mode": "explicit"} if cache.ttl is None else {"mode": "explicit", "ttl": cache.ttl}


def _simplest(blocks: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """A string where the blocks are one plain text: every service takes it."""
    match blocks:
        case []:
            return ""
        case [{"type": "text", "text": str(text), **rest}] if not rest:
            return text
        case _:
            return blocks


def _tool_call(part: ToolCallPart) -> dict[str, Any]:
    if part.kind == "custom":
        return {"id": part.id, "type": "custom", "custom": {"name": part.name, "input": part.arguments}}
    return {"id": part.id, "type": "function", "function": {"name": part.name, "arguments": part.arguments or "{}"}}


def _image(part: ImagePart) -> dict[str, Any] | None:
    url = part.url or data_url(part)
    if url is None:
        return None
    detail = {} if part.detail is None else {"detail": part.detail}
    return {"type": "image_url", "image_url": {"url": url} | detail}


def _document(part: DocumentPart, *, by_url: bool) -> dict[str, Any] | None:
    if part.file_id is not None:
        return {"type": "file", "file": {"file_id": part.file_id}}
    data = data_url(part) or (part.url if by_url else None)
    return None if data is None else {"type": "file", "file": {"filename": file_name(part), "file_data": data}}


def _audio(part: AudioPart) -> dict[str, Any] | None:
    sound_format = audio_format(part)
    if part.data is None or sound_format is None:
        return None
    data = base64.b64encode(part.data).decode()
    return {"type": "input_audio", "input_audio": {"data": data, "format": sound_format}}
