"""Messages into Responses input items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from penguiflow_llm_openai._decode import PROVIDER
from penguiflow_llm_openai._profiles import CACHE_OPTION_FAMILIES
from penguiflow_llm_openai_compat import breakpoint_fields, data_url, file_name
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
from penguiflow_llm_types.wire import dropped, kept_json, unsupported


def encode_items(
    messages: Iterable[LLMMessage], profile: ModelProfile, warnings: list[CallWarning]
) -> list[dict[str, Any]]:
    """The `input` field. What this wire cannot carry is left out with a warning."""
    writer = _Writer(profile, warnings)
    for message in messages:
        writer.add(message)
    return writer.items


class _Writer:
    __slots__ = ("_takes_breakpoints", "_warnings", "items")

    def __init__(self, profile: ModelProfile, warnings: list[CallWarning]) -> None:
        self._warnings = warnings
        self._takes_breakpoints = profile.family in CACHE_OPTION_FAMILIES
        self.items: list[dict[str, Any]] = []

    def add(self, message: LLMMessage) -> None:
        if message.name is not None:
            self._warnings.append(unsupported("messages.name", "the Responses API has no names of participants"))
        match message.role:
            case "system" | "user":
                blocks = [block for part in message.parts if (block := self._block(part)) is not None]
                self.items.append({"role": message.role, "content": _simplest(blocks)})
            case "assistant":
                for part in message.parts:
                    self._assistant_part(part)
            case "tool":
                self._tool_message(message.parts)
            case _:
                assert_never(message.role)

    def _block(self, part: Part) -> dict[str, Any] | None:
        match part:
            case TextPart(text=text, cache=cache):
                return self._with_breakpoint({"type": "input_text", "text": text}, cache)
            case ImagePart(cache=cache):
                return self._with_breakpoint(_image(part), cache)
            case DocumentPart(cache=cache):
                return self._with_breakpoint(_document(part), cache)
            case AudioPart():
                return self._dropped(part, "the Responses API takes no sound; pass api='chat' and an audio model")
            case OpaquePart(provider=provider):
                return self._dropped(part, f"only {provider!r} understands it, and only from the model")
            case ReasoningPart() | ToolCallPart() | ToolResultPart():
                return self._dropped(part, "it belongs in an assistant or tool message")
            case _:
                assert_never(part)

    def _assistant_part(self, part: Part) -> None:
        match part:
            case TextPart():
                self._assistant_text(part)
            case ReasoningPart():
                self._reasoning(part)
            case ToolCallPart():
                self.items.append(_tool_call(part))
            case OpaquePart(provider=provider, data=data):
                item = _own_item(data) if provider == PROVIDER else None
                if item is None:
                    self._dropped(part, f"only {provider!r} understands it, and only as it came")
                else:
                    self.items.append(item)
            case AudioPart(transcript=str(transcript)):
                self._assistant_text(TextPart(text=transcript))
            case ImagePart() | DocumentPart() | AudioPart() | ToolResultPart():
                self._dropped(part, "it has no place in an assistant message")
            case _:
                assert_never(part)

    def _assistant_text(self, part: TextPart) -> None:
        block = self._with_breakpoint({"type": "output_text", "text": part.text}, part.cache)
        phase = {"phase": part.signature} if part.signature is not None and part.provider == PROVIDER else {}
        last = self.items[-1] if self.items else {}
        if last.get("role") == "assistant" and last.get("phase") == phase.get("phase"):
            last["content"].append(block)
        else:
            self.items.append({"role": "assistant", "content": [block]} | phase)

    def _reasoning(self, part: ReasoningPart) -> None:
        """Reasoning goes back sealed: the id alone is of use only where the provider stored the response."""
        if part.provider != PROVIDER:
            self._dropped(part, f"it is {part.provider!r}'s")
        elif part.encrypted_content is None and not part.text:
            self._dropped(part, "it came without its encrypted content")
        else:
            item: dict[str, Any] = {"type": "reasoning"}
            if part.id is not None:
                item["id"] = part.id
            item["summary"] = [{"type": "summary_text", "text": text} for text in part.summary]
            if part.text:
                item["content"] = [{"type": "reasoning_text", "text": part.text}]
            if part.encrypted_content is not None:
                item["encrypted_content"] = part.encrypted_content
            self.items.append(item)

    def _tool_message(self, parts: Sequence[Part]) -> None:
        custom = {item["call_id"] for item in self.items if item.get("type") == "custom_tool_call"}
        for part in parts:
            if isinstance(part, ToolResultPart):
                kind = "custom_tool_call_output" if part.tool_call_id in custom else "function_call_output"
                self.items.append({"type": kind, "call_id": part.tool_call_id, "output": self._output(part)})
            else:
                self._dropped(part, "only results go in a tool message")

    def _output(self, part: ToolResultPart) -> str | list[dict[str, Any]]:
        blocks = [block for item in part.content if (block := self._block(item)) is not None]
        if part.is_error and not part.text.lower().startswith("error"):
            blocks.insert(0, {"type": "input_text", "text": "Error:"})  # the wire has no flag for it
        if part.cache is not None and blocks:
            blocks[-1] = self._with_breakpoint(blocks[-1], part.cache)
        if all(block.keys() == {"type", "text"} for block in blocks):
            return " ".join(block["text"] for block in blocks) if part.is_error else "".join(b["text"] for b in blocks)
        return blocks

    def _with_breakpoint(self, block: dict[str, Any], cache: CacheBreakpoint | None) -> dict[str, Any]:
        if cache is None:
            return block
        if not self._takes_breakpoints:
            self._warnings.append(unsupported("cache", "this model caches by itself and takes no breakpoints"))
            return block
        return block | {"prompt_cache_breakpoint": breakpoint_fields(cache)}

    def _dropped(self, part: Part, why: str) -> dict[str, Any] | None:
        self._warnings.append(dropped(f"a {type(part).__name__}", why))
        return None


def _own_item(data: str) -> dict[str, Any] | None:
    """The item an opaque part keeps; None when it was altered beyond reading."""
    item = kept_json(data)
    return item if isinstance(item, dict) else None


def _simplest(blocks: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    match blocks:
        case []:
            return ""
        case [{"type": "input_text", "text": str(text), **rest}] if not rest:
            return text
        case _:
            return blocks


def _image(part: ImagePart) -> dict[str, Any]:
    source = {"file_id": part.file_id} if part.file_id is not None else {"image_url": part.url or data_url(part)}
    return {"type": "input_image", **source, "detail": part.detail or "auto"}


def _document(part: DocumentPart) -> dict[str, Any]:
    if part.file_id is not None:
        return {"type": "input_file", "file_id": part.file_id}
    if part.url is not None:
        return {"type": "input_file", "file_url": part.url}
    return {"type": "input_file", "filename": file_name(part), "file_data": data_url(part)}


def _tool_call(part: ToolCallPart) -> dict[str, Any]:
    call = {"call_id": part.id, "name": part.name}
    if part.signature is not None and part.provider == PROVIDER:
        call["namespace"] = part.signature
    if part.kind == "custom":
        return {"type": "custom_tool_call", **call, "input": part.arguments}
    return {"type": "function_call", **call, "arguments": part.arguments or "{}"}
