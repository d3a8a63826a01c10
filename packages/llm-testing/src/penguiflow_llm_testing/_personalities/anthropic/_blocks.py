"""Content blocks: the fields each must have, where it may stand, and what it says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject

from ._errors import invalid, listed, not_permitted, required
from ._parameters import Rule, anything, array, boolean, has, has_text, mapping, one_of, text
from ._seals import is_genuine

_IMAGE_TYPES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp")
_ID: Final = re.compile(r"[a-zA-Z0-9_-]+")
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,200}")
_EPHEMERAL: Final[Mapping[str, Rule]] = {"type": one_of("ephemeral"), "ttl": one_of("5m", "1h"), "scope": anything}

# What may stand where: content block parameters of anthropic 2.12.0 (types/beta included), read 2026-11.
_SERVER_RESULT: Final = re.compile(r"\w+_tool_result|mcp_tool_use|server_tool_use|fallback|compaction|container_upload")
_USER: Final = ("text", "image", "document", "search_result", "tool_result", "container_upload")
_ASSISTANT: Final = ("text", "thinking", "redacted_thinking", "tool_use")
_SYSTEM: Final = ("text", "tool_addition", "tool_removal")
_RESULT: Final = ("text", "image", "document", "search_result", "tool_reference", "browser_state")
# Sources of images and documents: the field each must have.
_SOURCES: Final[Mapping[str, str]] = {
    "base64": "data",
    "url": "url",
    "file": "file_id",
    "text": "data",
    "content": "content",
}


def content_blocks(content: Json, param: str) -> list[JsonObject]:
    """The blocks of a message or a result: a bare string is one text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise invalid(f"{param}: Input should be a valid array")
    for index, block in enumerate(content):
        mapping(f"{param}.{index}", block)
    return content


def check_block(block: JsonObject, param: str, role: str) -> None:
    """Refuse a block of a wrong shape, or one that `role` cannot hold."""
    kind = has_text(block, "type", param)
    allowed = {"user": _USER, "assistant": _ASSISTANT, "system": _SYSTEM}[role]
    if kind not in allowed and not (role == "assistant" and _SERVER_RESULT.fullmatch(kind)):
        known = (*_USER, *_ASSISTANT)
        if kind in known:
            raise invalid(f"{param}: `{kind}` blocks are not permitted in `{role}` messages")
        raise invalid(
            f"{param}: Input tag '{kind}' found using 'type' does not match any of the expected tags: "
            f"{', '.join(repr(name) for name in known)}"
        )
    _check_kind(block, kind, param, role)
    if block.get("cache_control") is not None:
        check_cache_control(block["cache_control"], f"{param}.cache_control")


def check_cache_control(value: Json, param: str) -> None:
    """Refuse anything but an ephemeral breakpoint with a known lifetime."""
    mapping(param, value)
    has(value, "type", param)
    for name, given in value.items():
        if name not in _EPHEMERAL:
            raise not_permitted(f"{param}.{name}")
        if given is not None:
            _EPHEMERAL[name](f"{param}.{name}" if name == "type" else f"{param}.ephemeral.{name}", given)


def _check_kind(block: JsonObject, kind: str, param: str, role: str) -> None:
    match kind:
        case "text":
            _check_text(block, param, role)
        case "thinking" | "redacted_thinking":
            _check_thinking(block, kind, param)
        case "image" | "document":
            _check_source(has(block, "source", param), kind, f"{param}.{kind}.source")
        case "tool_use":
            _check_tool_use(block, f"{param}.tool_use")
        case "tool_result":
            _check_tool_result(block, param)


def _check_text(block: JsonObject, param: str, role: str) -> None:
    said = has_text(block, "text", f"{param}.text")
    if not said and block.get("cache_control") is not None:
        raise invalid(f"{param}.text: cache_control cannot be set for empty text blocks")
    if not said:
        raise invalid("messages: text content blocks must be non-empty")
    if not said.strip() and role != "assistant":
        raise invalid("messages: text content blocks must contain non-whitespace text")


def _check_thinking(block: JsonObject, kind: str, param: str) -> None:
    if block.get("cache_control") is not None:
        raise not_permitted(f"{param}.{kind}.cache_control")
    if kind == "redacted_thinking":
        if not is_genuine("redacted", "", has_text(block, "data", f"{param}.{kind}")):
            raise invalid(f"{param}: Invalid `data` in `redacted_thinking` block")
        return
    thought, signature = block.get("thinking"), block.get("signature")
    if thought is None or signature is None:
        raise required(f"{param}.thinking.{'thinking' if thought is None else 'signature'}")
    if not isinstance(thought, str) or not is_genuine("thinking", thought, signature):
        raise invalid(f"{param}: Invalid `signature` in `thinking` block")


def _check_source(source: Json, kind: str, param: str) -> None:
    mapping(param, source)
    form = has_text(source, "type", param)
    known = ("base64", "url", "file") if kind == "image" else tuple(_SOURCES)
    if form not in known:
        raise invalid(
            f"{param}: Input tag '{form}' found using 'type' does not match any of the expected tags: {listed(known)}"
        )
    has(source, _SOURCES[form], f"{param}.{form}")
    if form == "base64":
        media_type = has_text(source, "media_type", f"{param}.base64")
        allowed = _IMAGE_TYPES if kind == "image" else ("application/pdf",)
        one_of(*allowed)(f"{param}.base64.media_type", media_type)
    if form == "url" and not str(source["url"]).startswith(("https://", "http://127.0.0.1")):
        raise invalid("Only HTTPS URLs are supported.")


def _check_tool_use(block: JsonObject, param: str) -> None:
    if not _ID.fullmatch(has_text(block, "id", param)):
        raise invalid(f"{param}.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
    if not _NAME.fullmatch(has_text(block, "name", param)):
        raise invalid(f"{param}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,200}}$'")
    if not isinstance(has(block, "input", param), Mapping):
        raise invalid(f"{param}.input: Input should be a valid dictionary")


def _check_tool_result(block: JsonObject, param: str) -> None:
    has_text(block, "tool_use_id", f"{param}.tool_result")
    if block.get("is_error") is not None:
        boolean(f"{param}.tool_result.is_error", block["is_error"])
    content = block.get("content")
    if content is None or isinstance(content, str):
        return
    for index, part in enumerate(array(f"{param}.tool_result.content", content)):
        inner = f"{param}.tool_result.content.{index}"
        mapping(inner, part)
        kind = has_text(part, "type", inner)
        if kind not in _RESULT:
            raise invalid(
                f"{inner}: Input tag '{kind}' found using 'type' does not match any of the expected tags: "
                f"{listed(_RESULT)}"
            )
        _check_kind(part, kind, inner, "user")


def check_system(value: Json) -> list[JsonObject]:
    """The blocks of the system prompt, which are text."""
    if value is None or value == "":
        return []
    blocks = content_blocks(value, "system")
    for index, block in enumerate(blocks):
        one_of("text")(f"system.{index}.type", has_text(block, "type", f"system.{index}"))
        text(f"system.{index}.text.text", has(block, "text", f"system.{index}.text"))
        if not block["text"]:
            raise invalid("system: text content blocks must be non-empty")
        if block.get("cache_control") is not None:
            check_cache_control(block["cache_control"], f"system.{index}.cache_control")
    return blocks


def said_in(blocks: list[JsonObject]) -> Iterator[str]:
    """The texts in `blocks`, those of results included."""
    for block in blocks:
        if block.get("type") == "text":
            yield str(block["text"])
        elif block.get("type") == "tool_result":
            yield result_text(block)


def result_text(block: JsonObject) -> str:
    """What a tool said, its parts on lines of their own."""
    content: Any = block.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(str(part["text"]) for part in content if part.get("type") == "text")
