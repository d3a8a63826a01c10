"""A request as Lantern's JSON, and what Lantern cannot be told."""

from collections.abc import Iterator
from typing import Any, Final, assert_never

from penguiflow_llm_types import (
    AudioPart,
    CallWarning,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    ModelProfile,
    NamedTool,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from penguiflow_llm_types.wire import Encoded, assumed, dropped, merged, sampling_fields, unsupported

_SAMPLING: Final = frozenset({"temperature", "top_p"})


def encode(request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
    """The body of POST /answers."""
    warnings = [*assumed(profile), *_untold(request), *_dropped(request)]
    instructions = "\n\n".join(message.text for message in request.messages if message.role == "system")
    fields = {
        "model": request.model,
        "instructions": instructions or None,
        "turns": [turn for message in request.messages for turn in _turns(message)],
        "tools": [_tool(tool) for tool in request.tools] or None,
        "use_tool": {"name": choice.name} if isinstance(choice := request.tool_choice, NamedTool) else choice,
        "shape": request.structured_output and request.structured_output.json_schema,
        "limit": request.max_tokens,
        "stop": list(request.stop) or None,
        "stream": stream or None,
        **sampling_fields(request, profile, effort=None, wire=_SAMPLING, warnings=warnings),
    }
    body = {name: value for name, value in fields.items() if value is not None}
    return Encoded(path="/answers", body=merged(body, request.extra), warnings=tuple(warnings))


def _turns(message: LLMMessage) -> Iterator[dict[str, Any]]:
    match message.role:
        case "system":
            return
        case "user":
            yield {"by": "user", "text": message.text}
        case "assistant":
            calls = [{"id": call.id, "tool": call.name, "input": call.arguments} for call in message.tool_calls]
            yield {"by": "model", "text": message.text, "calls": calls}
        case "tool":
            for part in message.parts:
                if isinstance(part, ToolResultPart):
                    yield {"by": "tool", "call": part.tool_call_id, "text": part.text, "failed": part.is_error}
        case _:
            assert_never(message.role)


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {"name": tool.name, "about": tool.description or "", "input": tool.json_schema}


def _untold(request: LLMRequest) -> Iterator[CallWarning]:
    """What was set and Lantern has no word for."""
    settings = {
        "cache": request.cache,
        "metadata": request.metadata or None,
        "parallel_tool_calls": request.parallel_tool_calls,
        "reasoning": request.reasoning,
        "service_tier": request.service_tier,
    }
    for name, value in settings.items():
        if value is not None:
            yield unsupported(name, "Lantern has no such setting")


def _dropped(request: LLMRequest) -> Iterator[CallWarning]:
    """The parts Lantern cannot read."""
    for message in request.messages:
        for part in message.parts:
            yield from _unread(part)


def _unread(part: Part) -> Iterator[CallWarning]:
    match part:
        case TextPart() | ToolCallPart():
            return
        case ToolResultPart(content=content):
            for inner in content:
                yield from _unread(inner)
        case ImagePart() | AudioPart() | DocumentPart():
            yield dropped(type(part).__name__, "Lantern reads text alone")
        case ReasoningPart() | OpaquePart():
            yield dropped(type(part).__name__, "it belongs to another provider")
        case _:
            assert_never(part)
