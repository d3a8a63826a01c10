"""The `messages` and `tools` a caller may pass, turned into ours: a string, our values, or OpenAI-style dicts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeAlias

from penguiflow_llm_types import (
    AudioPart,
    DocumentPart,
    ImagePart,
    LLMConfigurationError,
    LLMMessage,
    NamedTool,
    OpaquePart,
    Part,
    ReasoningConfig,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolResultPart,
    ToolSpec,
)

MessagesInput: TypeAlias = str | LLMMessage | Sequence[LLMMessage | Mapping[str, Any]]
ToolInput: TypeAlias = ToolSpec | Mapping[str, Any]
ToolChoiceInput: TypeAlias = ToolChoice | str | Mapping[str, Any] | None
ReasoningInput: TypeAlias = ReasoningConfig | str | None

_ROLES: Final[dict[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def to_messages(messages: MessagesInput) -> tuple[LLMMessage, ...]:
    """Our messages for what the caller passed; `LLMConfigurationError` names the message that cannot be read."""
    if isinstance(messages, str):
        return (LLMMessage.user(messages),)
    if isinstance(messages, LLMMessage):
        return (messages,)
    if isinstance(messages, Mapping) or not isinstance(messages, Iterable):
        _refuse("messages", f"is a {type(messages).__name__}; pass a string, an LLMMessage or a list of messages")
    found = tuple(
        message if isinstance(message, LLMMessage) else _message(message, f"messages[{number}]")
        for number, message in enumerate(messages)
    )
    if not found:
        _refuse("messages", "is empty; pass at least one message")
    return found


def _refuse(where: str, problem: str) -> NoReturn:
    raise LLMConfigurationError(f"{where} {problem}", phase="local")


def _message(message: Any, where: str) -> LLMMessage:
    if not isinstance(message, Mapping):
        _refuse(where, f"is a {type(message).__name__}; pass an LLMMessage or a dict with role and content")
    role = _ROLES.get(str(message.get("role")))
    if role is None:
        _refuse(where, f"has role {message.get('role')!r}; use one of {', '.join(_ROLES)}")
    if role == "tool":
        return LLMMessage(role="tool", parts=(_tool_result(message, where),))
    parts = (*_reasoning(message), *_content(message.get("content"), where), *_calls(message, where))
    if not parts and role != "assistant":
        if message.get("content") != "":
            _refuse(where, "has no content; give it some text")
        parts = (TextPart(text=""),)
    return LLMMessage(role=role, parts=parts, name=message.get("name"))


def _reasoning(message: Mapping[str, Any]) -> tuple[ReasoningPart, ...]:
    text = message.get("reasoning_content")
    return (ReasoningPart(text=text),) if isinstance(text, str) and text else ()


def _tool_result(message: Mapping[str, Any], where: str) -> ToolResultPart:
    call_id = message.get("tool_call_id") or message.get("name")
    if not isinstance(call_id, str):
        _refuse(where, "is a tool result without tool_call_id; give the id of the call it answers")
    parts = _content(message.get("content"), where)
    content = tuple(part for part in parts if isinstance(part, TextPart | ImagePart | DocumentPart))
    if len(content) != len(parts):
        _refuse(f"{where}.content", "holds something that is no tool result; use text, images and documents")
    return ToolResultPart(tool_call_id=call_id, content=content, name=message.get("name"))


def _calls(message: Mapping[str, Any], where: str) -> tuple[ToolCallPart, ...]:
    calls = message.get("tool_calls") or ()
    if not isinstance(calls, Sequence):
        _refuse(f"{where}.tool_calls", f"is a {type(calls).__name__}; pass a list of tool calls")
    return tuple(_call(call, f"{where}.tool_calls[{number}]") for number, call in enumerate(calls))


def _call(call: Any, where: str) -> ToolCallPart:
    match call:
        case {"id": str(call_id), "function": {"name": str(name), "arguments": arguments}}:
            return ToolCallPart(id=call_id, name=name, arguments=_arguments(arguments, where))
        case _:
            _refuse(where, "is not a tool call; give it id, function.name and function.arguments")


def _arguments(arguments: Any, where: str) -> str:
    try:
        return arguments if isinstance(arguments, str) else json.dumps(arguments)
    except (TypeError, ValueError, RecursionError) as error:
        _refuse(f"{where}.function.arguments", f"is not JSON: {error}; pass JSON text or JSON values")


def _content(content: Any, where: str) -> tuple[Part, ...]:
    if content is None or content == "":
        return ()
    if isinstance(content, str):
        return (TextPart(text=content),)
    if not isinstance(content, Sequence):
        _refuse(f"{where}.content", f"is a {type(content).__name__}; pass a string or a list of content parts")
    return tuple(_part(part, f"{where}.content[{number}]") for number, part in enumerate(content))


def _part(part: Any, where: str) -> Part:
    match part:
        case str():
            return TextPart(text=part)
        case TextPart() | ImagePart() | AudioPart() | DocumentPart() | OpaquePart():
            return part
        case ReasoningPart() | ToolCallPart() | ToolResultPart():
            return part
        case {"type": "text" | "input_text" | "output_text", "text": str(text)}:
            return TextPart(text=text)
        case {"type": "refusal", "refusal": str(text)}:
            return TextPart(text=text)
        case {"type": "image_url", "image_url": {"url": str(url), **rest}}:
            return _image(url, rest.get("detail"), where)
        case {"type": "image_url" | "input_image", "image_url": str(url), **rest}:
            return _image(url, rest.get("detail"), where)
        case {"type": "input_audio", "input_audio": {"data": str(data), "format": str(audio_format)}}:
            return AudioPart(data=_decode(data, where), media_type=f"audio/{audio_format}")
        case {"type": "file", "file": dict()}:
            return _file(part["file"], where)
        case {"type": "input_file"}:
            return _file(part, where)
        case _:
            _refuse(
                where, "is not a content part we know; use type text, image_url, input_audio or file, or our own parts"
            )


def _image(url: str, detail: Any, where: str) -> ImagePart:
    if not url.startswith("data:"):
        return ImagePart(url=url, detail=detail)
    media_type, data = _data_url(url, where)
    return ImagePart(data=data, media_type=media_type, detail=detail)


def _file(file: Mapping[str, Any], where: str) -> DocumentPart:
    match file:
        case {"file_id": str(file_id)}:
            return DocumentPart(file_id=file_id, name=file.get("filename"))
        case {"file_url": str(url)}:
            return DocumentPart(url=url, name=file.get("filename"))
        case {"file_data": str(url)} if url.startswith("data:"):
            media_type, data = _data_url(url, where)
            return DocumentPart(data=data, media_type=media_type, name=file.get("filename"))
        case _:
            _refuse(where, "is a file without file_id, file_url or a data: URL in file_data; give one")


def _data_url(url: str, where: str) -> tuple[str, bytes]:
    header, _, payload = url.partition(",")
    media_type, _, encoding = header.removeprefix("data:").partition(";")
    if not media_type or "base64" not in encoding:
        _refuse(where, "holds a data: URL that is not base64 with a media type; write data:image/png;base64,...")
    return media_type, _decode(payload, where)


def _decode(data: str, where: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        _refuse(where, "holds data that is not base64; encode it")


def to_tools(tools: Iterable[ToolInput]) -> tuple[ToolSpec, ...]:
    """Our tools for what the caller passed; `LLMConfigurationError` names the one that cannot be read."""
    if isinstance(tools, str | Mapping) or not isinstance(tools, Iterable):
        _refuse("tools", f"is a {type(tools).__name__}; pass a list of tools")
    return tuple(_one_tool(tool, f"tools[{number}]") for number, tool in enumerate(tools))


def _one_tool(tool: Any, where: str) -> ToolSpec:
    """Our tool for an OpenAI-style dict (of Chat Completions or Responses), or the tool itself."""
    if isinstance(tool, ToolSpec):
        return tool
    function = isinstance(tool, Mapping) and tool.get("type") == "function"
    fields: Any = tool.get("function", tool) if function else None
    if isinstance(fields, Mapping) and isinstance(fields.get("name"), str):
        return _tool(fields["name"], fields, where)
    _refuse(where, "is not a tool; pass a ToolSpec or an OpenAI-style function tool")


def _tool(name: str, fields: Mapping[str, Any], where: str) -> ToolSpec:
    schema = fields.get("parameters") or {"type": "object", "properties": {}}
    if not isinstance(schema, Mapping):
        _refuse(f"{where}: tool {name!r}", "has parameters that are not a JSON Schema object; pass one")
    return ToolSpec(name=name, description=fields.get("description"), json_schema=schema, strict=fields.get("strict"))


def to_tool_choice(choice: ToolChoiceInput) -> ToolChoice | None:
    """Our tool choice for "auto", "none", "required", a tool's name, or an OpenAI-style dict."""
    match choice:
        case None | "auto" | "none" | "required" | NamedTool():
            return choice
        case str():
            return NamedTool(name=choice)
        case {"type": "function", "function": {"name": str(name)}} | {"type": "function", "name": str(name)}:
            return NamedTool(name=name)
        case _:
            _refuse("tool_choice", f"is {choice!r}; use 'auto', 'none', 'required' or a tool's name")


def to_reasoning(reasoning: ReasoningInput) -> ReasoningConfig | None:
    """Our reasoning settings; a bare string is an effort."""
    match reasoning:
        case None | ReasoningConfig():
            return reasoning
        case "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max":
            return ReasoningConfig(effort=reasoning)
        case _:
            _refuse("reasoning", f"is {reasoning!r}; use a ReasoningConfig or one of {', '.join(_EFFORTS)}")
