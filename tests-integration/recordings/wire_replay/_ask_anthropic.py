"""A recorded Messages request as our request, and in a normal form to compare what is sent again with it.

Written from the API reference alone: it shares no code with the encoder.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_types import (
    CacheBreakpoint,
    CacheConfig,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    NamedTool,
    OpaquePart,
    Part,
    ReasoningConfig,
    ReasoningPart,
    Sampling,
    StructuredOutput,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolResultPart,
    ToolSpec,
)

_FIELDS: Final = frozenset(
    {"model", "messages", "system", "max_tokens", "tools", "tool_choice", "stop_sequences", "metadata", "service_tier"}
    | {"temperature", "top_p", "top_k", "stream", "cache_control"}
)
_CHOICES: Final[Mapping[str, ToolChoice]] = {"auto": "auto", "any": "required", "none": "none"}


def ask_of(body: Mapping[str, Any]) -> LLMRequest:
    """The request that `body` makes; what our vocabulary has no word for goes in `extra`."""
    choice = body.get("tool_choice") or {}
    output, reasoning, extra = _output(body)
    own = [tool for tool in body.get("tools") or [] if tool.get("type") not in (None, "custom") or _is_special(tool)]
    if own:
        extra["tools"] = own
    return LLMRequest(
        model=body["model"],
        messages=(*_system(body.get("system")), *(_message(message) for message in body["messages"])),
        tools=tuple(_tool(tool) for tool in body.get("tools") or [] if tool not in own),
        tool_choice=NamedTool(name=choice["name"]) if "name" in choice else _CHOICES.get(choice.get("type", "")),
        parallel_tool_calls=False if choice.get("disable_parallel_tool_use") else None,
        structured_output=output,
        sampling=Sampling(temperature=body.get("temperature"), top_p=body.get("top_p"), top_k=body.get("top_k")),
        max_tokens=body["max_tokens"],
        stop=tuple(body.get("stop_sequences") or ()),
        reasoning=reasoning,
        cache=CacheConfig(ttl=body["cache_control"].get("ttl")) if body.get("cache_control") else None,
        service_tier=body.get("service_tier"),
        metadata=body.get("metadata") or {},
        extra=extra,
    )


def normal(body: Mapping[str, Any]) -> dict[str, Any]:
    """`body` without what means nothing: the differences that are allowed.

    Null and empty fields and flags that are off are left out; a text alone is a list of one block; messages of one role
    that follow each other are one, results first; tools are in the order of their names, because those that `extra`
    holds come last; elided media is what it would be encoded as.
    """
    result = {name: _normal(value) for name, value in body.items() if value is not None and value != []}
    if result.get("stream") is False:
        del result["stream"]
    if system := _blocks(result.pop("system", [])):
        result["system"] = system
    if tools := result.pop("tools", []):
        result["tools"] = sorted(tools, key=lambda tool: str(tool["name"]))
    turns: list[dict[str, Any]] = []
    for message in result["messages"]:
        blocks = _blocks(message["content"])
        if turns and turns[-1]["role"] == message["role"]:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": message["role"], "content": blocks})
    for turn in turns:
        turn["content"].sort(key=lambda block: block["type"] != "tool_result" or turn["role"] != "user")
    return {**result, "messages": turns}


def _output(body: Mapping[str, Any]) -> tuple[StructuredOutput | None, ReasoningConfig | None, dict[str, Any]]:
    config = dict(body.get("output_config") or {})
    output = config.pop("format", None)
    thinking = body.get("thinking") or {}
    reasoning = None
    if thinking.get("type") == "enabled":
        reasoning = ReasoningConfig(budget_tokens=thinking["budget_tokens"], include=_include(thinking))
    elif thinking.get("type") == "adaptive" and "effort" in config:
        reasoning = ReasoningConfig(effort=config.pop("effort"), include=_include(thinking))
    extra = {name: value for name, value in body.items() if name not in _FIELDS | {"output_config", "thinking"}}
    if thinking and reasoning is None:
        extra["thinking"] = thinking
    if config:
        extra["output_config"] = config
    return None if output is None else StructuredOutput(json_schema=output["schema"]), reasoning, extra


def _include(thinking: Mapping[str, Any]) -> bool | None:
    return {"summarized": True, "omitted": False}.get(thinking.get("display", ""))


def _is_special(tool: Mapping[str, Any]) -> bool:
    return bool(tool.keys() - {"name", "description", "input_schema", "strict", "cache_control", "type"})


def _tool(tool: Mapping[str, Any]) -> ToolSpec:
    return ToolSpec(
        name=tool["name"],
        description=tool.get("description"),
        json_schema=tool["input_schema"],
        strict=tool.get("strict"),
        cache=_cache(tool),
    )


def _cache(block: Mapping[str, Any]) -> CacheBreakpoint | None:
    control = block.get("cache_control")
    return None if control is None else CacheBreakpoint(ttl=control.get("ttl"))


def _system(system: Any) -> tuple[LLMMessage, ...]:
    blocks = _blocks(system or [])
    if not blocks:
        return ()
    parts = tuple(TextPart(text=block["text"], cache=_cache(block)) for block in blocks)
    return (LLMMessage(role="system", parts=parts),)


def _message(message: Mapping[str, Any]) -> LLMMessage:
    parts = tuple(_part(block) for block in _blocks(message["content"]))
    role = message["role"]
    if role == "user" and parts and all(isinstance(part, ToolResultPart) for part in parts):
        role = "tool"
    return LLMMessage(role=role, parts=parts)


def _part(block: Mapping[str, Any]) -> Part:
    match block["type"]:
        case "text":
            cited = json.dumps(block["citations"]) if block.get("citations") else None
            return TextPart(text=block["text"], cache=_cache(block), signature=cited, provider="anthropic")
        case "thinking":
            return ReasoningPart(text=block["thinking"], signature=block["signature"], provider="anthropic")
        case "redacted_thinking":
            return ReasoningPart(redacted_data=block["data"], provider="anthropic")
        case "tool_use" if "cache_control" not in block:
            return ToolCallPart(id=block["id"], name=block["name"], arguments=json.dumps(block["input"]))
        case "image" if block["source"]["type"] in ("base64", "url", "file"):
            return ImagePart(cache=_cache(block), **_source(block["source"]))
        case "document" if block.keys() <= {"type", "source", "title", "cache_control"}:
            return DocumentPart(name=block.get("title"), cache=_cache(block), **_source(block["source"]))
        case "tool_result" if all(part["type"] in ("text", "image") for part in _blocks(block.get("content") or [])):
            return ToolResultPart(
                tool_call_id=block["tool_use_id"],
                content=tuple(_part(part) for part in _blocks(block.get("content") or [])),  # type: ignore[misc]
                is_error=bool(block.get("is_error")),
                cache=_cache(block),
            )
        case kind:
            return OpaquePart(provider="anthropic", kind=kind, data=json.dumps(block))


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    match source["type"]:
        case "url":
            return {"url": source["url"]}
        case "file":
            return {"file_id": source["file_id"]}
        case "text":
            return {"data": source["data"].encode(), "media_type": source["media_type"]}
        case _:
            data = source["data"]
            raw = data.encode() if data.startswith("ELIDED:") else base64.b64decode(data)
            return {"data": raw, "media_type": source["media_type"]}


def _blocks(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) and content else list(content or [])


def _normal(value: Any) -> Any:
    match value:
        case dict():
            found = {name: _normal(item) for name, item in value.items() if not _is_nothing(name, item)}
            if found.get("type") == "tool_result":
                found["content"] = _blocks(found.get("content") or [])
            return found
        case list():
            return [_normal(item) for item in value if item != {"type": "text", "text": ""}]
        case str() if value.startswith("ELIDED:"):
            return base64.b64encode(value.encode()).decode()
        case _:
            return value


def _is_nothing(name: str, item: Any) -> bool:
    off = item is False and name in ("is_error", "disable_parallel_tool_use", "strict")
    return item is None or off or (name == "type" and item == "custom")
