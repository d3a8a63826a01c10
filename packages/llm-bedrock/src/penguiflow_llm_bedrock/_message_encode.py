"""Messages into the `system` and `messages` fields."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Final, assert_never

from penguiflow_llm_bedrock._decode import PROVIDER
from penguiflow_llm_bedrock._media import NotSendable, audio_block, document_block, document_name, image_block
from penguiflow_llm_bedrock._profiles import Family, family_of
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
from penguiflow_llm_types.wire import adapted, dropped, kept_json, unsupported

_USE_ID: Final = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")
_NOT_IN_IDS: Final = re.compile(r"[^a-zA-Z0-9_.:-]")
_BESIDE_DOCUMENT: Final = "See the document."


def encode_messages(
    messages: Sequence[LLMMessage], profile: ModelProfile, warnings: list[CallWarning]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The fields `system` and `messages`. Turns of one role in a row become one: Bedrock wants them to alternate."""
    writer = _Writer(family_of(profile), warnings)
    for message in messages:
        writer.add(message)
    writer.close()
    return writer.system, writer.messages


def use_id(own: str) -> str:
    """A call's id as Bedrock takes it: its own unchanged, another provider's made to fit, always the same way."""
    if _USE_ID.fullmatch(own):
        return own
    return f"{_NOT_IN_IDS.sub('_', own)[:47]}_{hashlib.sha256(own.encode('utf-8', 'replace')).hexdigest()[:16]}"


def cache_point(cache: CacheBreakpoint) -> dict[str, Any]:
    """The block that asks for caching up to it."""
    return {"cachePoint": {"type": "default"} | ({} if cache.ttl is None else {"ttl": cache.ttl})}


class _Writer:
    __slots__ = ("_family", "_names", "_warnings", "messages", "system")

    def __init__(self, family: Family, warnings: list[CallWarning]) -> None:
        self._family = family
        self._warnings = warnings
        self._names: set[str] = set()
        self.system: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []

    def add(self, message: LLMMessage) -> None:
        if message.name is not None:
            self._warnings.append(unsupported("messages.name", "Converse has no names of participants"))
        match message.role:
            case "system":
                self._system(message)
            case "user":
                self._turn("user", [block for part in message.parts for block in self._user_blocks(part)])
            case "assistant":
                self._turn("assistant", [block for part in message.parts for block in self._assistant_blocks(part)])
            case "tool":
                self._turn("user", [block for part in message.parts for block in self._result_blocks(part)])
            case _:
                assert_never(message.role)

    def close(self) -> None:
        """What holds for a whole turn: a document needs words beside it."""
        for message in self.messages:
            blocks = message["content"]
            if any("document" in block for block in blocks) and not any("text" in block for block in blocks):
                blocks.append({"text": _BESIDE_DOCUMENT})
                self._warnings.append(
                    adapted("messages", f"Bedrock refuses a document without text; {_BESIDE_DOCUMENT!r} was added")
                )

    def _turn(self, role: str, blocks: list[dict[str, Any]]) -> None:
        """Add blocks to the conversation; an empty turn would be refused and says nothing."""
        if not blocks:
            return
        if self.messages and self.messages[-1]["role"] == role:
            self.messages[-1]["content"] += blocks
        else:
            self.messages.append({"role": role, "content": blocks})

    def _system(self, message: LLMMessage) -> None:
        before = len(self.system)
        for part in message.parts:
            if isinstance(part, TextPart):
                self.system += self._text(part)
            elif (block := self._own(part, "system")) is not None:
                self.system.append(block)
            else:
                self._drop(part, "only text goes in a system message")
        if self.messages and len(self.system) > before:
            self._warnings.append(adapted("messages", "instructions in mid-conversation were sent at its beginning"))

    def _user_blocks(self, part: Part) -> list[dict[str, Any]]:
        match part:
            case TextPart():
                return self._text(part)
            case ImagePart() | DocumentPart() | AudioPart():
                return self._medium(part)
            case OpaquePart():
                block = self._own(part, "user")
                return [block] if block is not None else self._drop(part, f"only {part.provider!r} understands it")
            case ReasoningPart() | ToolCallPart() | ToolResultPart():
                return self._drop(part, "it belongs in an assistant or tool message")
            case _:
                assert_never(part)

    def _assistant_blocks(self, part: Part) -> list[dict[str, Any]]:
        match part:
            case TextPart():
                return self._text(part)
            case ReasoningPart():
                return self._reasoning(part)
            case ToolCallPart():
                return [{"toolUse": self._tool_use(part)}]
            case OpaquePart():
                block = self._own(part, "assistant")
                return [block] if block is not None else self._drop(part, f"only {part.provider!r} understands it")
            case AudioPart(transcript=str(transcript)):
                return self._text(TextPart(text=transcript))
            case ImagePart() | DocumentPart() | AudioPart() | ToolResultPart():
                return self._drop(part, "it has no place in an assistant message")
            case _:
                assert_never(part)

    def _result_blocks(self, part: Part) -> list[dict[str, Any]]:
        if not isinstance(part, ToolResultPart):
            return self._drop(part, "only results go in a tool message")
        content = [block for item in part.content for block in self._result_content(item)]
        result: dict[str, Any] = {"toolUseId": use_id(part.tool_call_id), "content": content}
        if part.is_error and self._family.result_status:
            result["status"] = "error"
        elif part.is_error and not part.text.lower().startswith("error"):
            content.insert(0, {"text": "Error:"})  # other models refuse the flag
        return [{"toolResult": result}, *self._point(part.cache)]

    def _result_content(self, item: TextPart | ImagePart | DocumentPart) -> list[dict[str, Any]]:
        """Inside of a result even blank text is taken, and there is no place for a cache point."""
        if isinstance(item, TextPart):
            return [{"text": item.text}]
        return [block for block in self._medium(item) if "cachePoint" not in block]

    def _text(self, part: TextPart) -> list[dict[str, Any]]:
        if part.provider == PROVIDER and part.signature is not None and (sources := kept_json(part.signature)):
            block = {"citationsContent": {"content": [{"text": part.text}], "citations": sources}}
            return [block, *self._point(part.cache)]
        if not part.text.strip():
            if part.text:
                self._drop(part, "Bedrock refuses text that is blank")
            return self._point(part.cache)
        return [{"text": part.text}, *self._point(part.cache)]

    def _medium(self, part: ImagePart | DocumentPart | AudioPart) -> list[dict[str, Any]]:
        try:
            match part:
                case ImagePart():
                    block = image_block(part)
                case AudioPart():
                    block = audio_block(part)
                case DocumentPart():
                    block = document_block(part, document_name(part.name, self._names))
                case _:
                    assert_never(part)
        except NotSendable as reason:
            return self._drop(part, str(reason))
        return [block, *self._point(part.cache)]

    def _reasoning(self, part: ReasoningPart) -> list[dict[str, Any]]:
        """Reasoning goes back to the models that sign it; to the others it is of no use, and some refuse it."""
        if part.provider != PROVIDER:
            return self._drop(part, f"it came from {part.provider!r}")
        if not self._family.replays_reasoning:
            return []
        if part.redacted_data is not None:
            return [{"reasoningContent": {"redactedContent": part.redacted_data}}]
        if part.signature is None:
            return self._drop(part, "it came without its signature")
        return [{"reasoningContent": {"reasoningText": {"text": part.text, "signature": part.signature}}}]

    def _tool_use(self, part: ToolCallPart) -> dict[str, Any]:
        given = kept_json(part.arguments or "{}")
        if not isinstance(given, dict):
            self._warnings.append(
                adapted("messages", f"arguments of call {part.id!r} that are no JSON object were sent wrapped in one")
            )
            given = {"arguments": part.arguments}
        return {"toolUseId": use_id(part.id), "name": part.name, "input": given}

    def _own(self, part: Part, role: str) -> dict[str, Any] | None:
        """The block an opaque part keeps, where it is Bedrock's; guarded text is the caller's own way to send one."""
        if not isinstance(part, OpaquePart) or part.provider != PROVIDER:
            return None
        block = kept_json(part.data)
        allowed = role != "system" or part.kind == "guardContent"
        return block if isinstance(block, dict) and allowed else None

    def _point(self, cache: CacheBreakpoint | None) -> list[dict[str, Any]]:
        if cache is None:
            return []
        if not self._family.caches:
            self._warnings.append(unsupported("cache", "this model has no prompt caching on Bedrock"))
            return []
        return [cache_point(cache)]

    def _drop(self, part: Part, why: str) -> list[dict[str, Any]]:
        self._warnings.append(dropped(f"a {type(part).__name__}", why))
        return []
