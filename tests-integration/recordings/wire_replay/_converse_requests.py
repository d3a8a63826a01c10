"""Recorded Converse requests read as our requests, and what is known to differ when they are written again.

A small reader of its own: it knows the wire from the Amazon Bedrock API reference and shares no code with the adapter.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from penguiflow_llm_types import (
    CacheBreakpoint,
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

_ELIDED: Final = re.compile(r'"ELIDED:[^"]*"')
_MEDIA: Final = {
    "pdf": "application/pdf", "csv": "text/csv", "html": "text/html", "txt": "text/plain", "md": "text/markdown",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


def restored(body: Mapping[str, Any]) -> dict[str, Any]:
    """A recorded body with media in the places they were taken out of."""
    return dict(json.loads(_ELIDED.sub('"AAAA"', json.dumps(body))))


def read_request(model: str, body: Mapping[str, Any]) -> LLMRequest:
    """The request of ours that says what a Converse body says; what we have no word for goes in `extra`."""
    inference = body.get("inferenceConfig") or {}
    tools, extra = _tools(body)
    reasoning, fields = _reasoning(body.get("additionalModelRequestFields") or {})
    if fields:
        extra["additionalModelRequestFields"] = fields
    extra |= {name: body[name] for name in ("guardrailConfig", "performanceConfig") if name in body}
    return LLMRequest(
        model=model,
        messages=tuple(_messages(body)),
        tools=tools,
        tool_choice=_choice((body.get("toolConfig") or {}).get("toolChoice")),
        structured_output=_structured(body.get("outputConfig")),
        sampling=Sampling(temperature=inference.get("temperature"), top_p=inference.get("topP")),
        max_tokens=inference.get("maxTokens"),
        stop=tuple(inference.get("stopSequences") or ()),
        reasoning=reasoning,
        service_tier=(body.get("serviceTier") or {}).get("type"),
        extra=extra,
    )


def _messages(body: Mapping[str, Any]) -> Iterator[LLMMessage]:
    if body.get("system"):
        yield LLMMessage(role="system", parts=_parts(body["system"]))
    for message in body["messages"]:
        if message["role"] == "assistant":
            yield LLMMessage(role="assistant", parts=_parts(message["content"]))
        else:
            yield from _user(message["content"])


def _user(content: list[dict[str, Any]]) -> Iterator[LLMMessage]:
    """Results of tools are messages of their own; blocks keep their order."""
    parts = _parts(content)
    start = 0
    for end in range(1, len(parts) + 1):
        if end == len(parts) or isinstance(parts[end], ToolResultPart) != isinstance(parts[start], ToolResultPart):
            role = "tool" if isinstance(parts[start], ToolResultPart) else "user"
            yield LLMMessage(role=role, parts=parts[start:end])  # type: ignore[arg-type]
            start = end


def _parts(content: list[dict[str, Any]]) -> tuple[Part, ...]:
    """A cache point belongs to the part before it."""
    parts = []
    for index, block in enumerate(content):
        if "cachePoint" not in block:
            following = content[index + 1] if index + 1 < len(content) else {}
            point = following.get("cachePoint")
            parts.append(_part(block, None if point is None else CacheBreakpoint(ttl=point.get("ttl"))))
    return tuple(parts)


def _part(block: dict[str, Any], cache: CacheBreakpoint | None) -> Part:
    match block:
        case {"text": text}:
            return TextPart(text=text, cache=cache)
        case {"image": {"format": kind, "source": source}}:
            return ImagePart(media_type=f"image/{kind}", cache=cache, **_source(source))
        case {"document": {"format": kind, "name": name, "source": source, **more}} if not more and _is_file(source):
            return DocumentPart(media_type=_MEDIA[kind], name=name, cache=cache, **_source(source))
        case {"video": {"format": kind, "source": source}}:
            return DocumentPart(media_type=f"video/{kind}", cache=cache, **_source(source))
        case {"toolUse": {"toolUseId": call, "name": name, "input": given, **more}} if not more:
            return ToolCallPart(id=call, name=name, arguments=json.dumps(given))
        case {"toolResult": {"toolUseId": call, "content": content, **more}} if _is_plain(content):
            is_error = more.get("status") == "error"
            items: Any = _parts(content)
            return ToolResultPart(tool_call_id=call, content=items, is_error=is_error, cache=cache)
        case {"reasoningContent": {"reasoningText": thought}}:
            return ReasoningPart(text=thought["text"], signature=thought.get("signature"), provider="bedrock")
        case {"reasoningContent": {"redactedContent": data}}:
            return ReasoningPart(redacted_data=data, provider="bedrock")
        case {"citationsContent": {"content": [{"text": text}], "citations": found}}:
            return TextPart(text=text, signature=json.dumps(found), provider="bedrock", cache=cache)
        case _:
            return OpaquePart(provider="bedrock", kind=next(iter(block)), data=json.dumps(block))


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    if "s3Location" in source:
        return {"url": source["s3Location"]["uri"]}
    return {"data": base64.b64decode(source["bytes"])}


def _is_file(source: Mapping[str, Any]) -> bool:
    return "bytes" in source or "s3Location" in source


def _is_plain(content: list[dict[str, Any]]) -> bool:
    return all(kind in ("text", "image", "document", "video") for block in content for kind in block)


def _tools(body: Mapping[str, Any]) -> tuple[tuple[ToolSpec, ...], dict[str, Any]]:
    config = body.get("toolConfig") or {}
    if any("systemTool" in tool for tool in config.get("tools") or ()):
        return (), {"toolConfig": config}
    tools: list[ToolSpec] = []
    for block in config.get("tools") or ():
        if "cachePoint" in block:
            tools[-1] = replace(tools[-1], cache=CacheBreakpoint(ttl=block["cachePoint"].get("ttl")))
        else:
            spec = block["toolSpec"]
            tools.append(
                ToolSpec(
                    name=spec["name"],
                    description=spec.get("description"),
                    json_schema=spec["inputSchema"]["json"],
                    strict=spec.get("strict"),
                )
            )
    return tuple(tools), {}


def _choice(choice: Mapping[str, Any] | None) -> ToolChoice | None:
    match choice:
        case {"tool": {"name": str(name)}}:
            return NamedTool(name=name)
        case {"any": _}:
            return "required"
        case {"auto": _}:
            return "auto"
        case _:
            return None


def _structured(config: Mapping[str, Any] | None) -> StructuredOutput | None:
    if config is None or "textFormat" not in config:
        return None
    schema = config["textFormat"]["structure"]["jsonSchema"]
    return StructuredOutput(
        json_schema=json.loads(schema["schema"]),
        name=schema.get("name", "response"),
        description=schema.get("description"),
    )


def _reasoning(fields: Mapping[str, Any]) -> tuple[ReasoningConfig | None, dict[str, Any]]:
    """The reasoning settings among a model's own fields, and the fields that are left."""
    found = {name: config for name, value in fields.items() if (config := _config(name, value)) is not None}
    rest = {name: value for name, value in fields.items() if name not in found}
    return next(iter(found.values()), None), rest


def _config(name: str, value: Any) -> ReasoningConfig | None:
    match name, value:
        case "thinking" | "reasoning_config", {"type": "enabled", "budget_tokens": budget}:
            return ReasoningConfig(budget_tokens=budget)
        case "thinking", {"type": "adaptive", "display": display}:
            return ReasoningConfig(include=display == "summarized")
        case "reasoningConfig", {"type": "enabled", "maxReasoningEffort": effort}:
            return ReasoningConfig(effort=effort)
        case "reasoning_effort" | "reasoning_config", ("low" | "medium" | "high") as effort:
            return ReasoningConfig(effort=effort)
        case _:
            return None


Difference: TypeAlias = Callable[[dict[str, Any]], None]
"""Changes a recorded body, in place, into what we send of the same request."""


def _no_empty_fields(body: dict[str, Any]) -> None:
    for holder in (body.get("inferenceConfig", {}), body):
        for name in [name for name, value in holder.items() if value in ({}, [], None)]:
            del holder[name]


def _no_success(body: dict[str, Any]) -> None:
    for message in body["messages"]:
        for block in message["content"]:
            if message["role"] == "user" and block.get("toolResult", {}).get("status") == "success":
                del block["toolResult"]["status"]


def _one_turn(body: dict[str, Any]) -> None:
    merged: list[dict[str, Any]] = []
    for message in body["messages"]:
        if merged and merged[-1]["role"] == message["role"]:
            merged[-1]["content"] += message["content"]
        else:
            merged.append(message)
    body["messages"] = merged


def _thinking(body: dict[str, Any]) -> None:
    fields = body.get("additionalModelRequestFields", {})
    if isinstance(fields.get("reasoning_config"), dict):
        fields["thinking"] = fields.pop("reasoning_config")


def _no_blanks(body: dict[str, Any]) -> None:
    for message in body["messages"]:
        message["content"] = [block for block in message["content"] if "text" not in block or block["text"].strip()]


def _schema_text(body: dict[str, Any]) -> None:
    config = body.get("outputConfig")
    if config is not None and "textFormat" in config:
        schema = config["textFormat"]["structure"]["jsonSchema"]
        schema["schema"] = json.dumps(json.loads(schema["schema"]), ensure_ascii=False, separators=(",", ":"))


DIFFERENCES: Final[Mapping[str, Difference]] = {
    "empty fields are not sent": _no_empty_fields,
    "a result that succeeded does not say so": _no_success,
    "turns of one role in a row are one": _one_turn,
    "Claude's reasoning_config is its thinking": _thinking,
    "blank text is left out": _no_blanks,
    "the schema's text is compact": _schema_text,
}
"""Everything that may differ between a recorded body and ours for the same request, in the order it is applied."""
