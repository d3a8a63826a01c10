"""Tools and tool choice into the `toolConfig` field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never

from penguiflow_llm_bedrock._message_encode import cache_point
from penguiflow_llm_bedrock._profiles import family_of
from penguiflow_llm_bedrock._reasoning import Reasoning
from penguiflow_llm_types import CallWarning, LLMRequest, ModelProfile, NamedTool, ToolSpec
from penguiflow_llm_types.wire import adapted, unsupported


def encode_tools(
    request: LLMRequest,
    messages: Sequence[Mapping[str, Any]],
    profile: ModelProfile,
    reasoning: Reasoning,
    warnings: list[CallWarning],
) -> dict[str, Any]:
    """The field, or nothing. A conversation with calls in it needs tools, whether or not they may still be called."""
    used = list(dict.fromkeys(_used(messages)))
    tools = request.tools
    if request.tool_choice == "none" and tools:
        if not used:
            return {}
        warnings.append(unsupported("tool_choice", "Converse has no 'none', and calls in the messages need tools"))
    if not tools and not used:
        return {}
    if request.parallel_tool_calls is False:
        warnings.append(unsupported("parallel_tool_calls", "Converse has no such setting"))
    if not tools:
        warnings.append(adapted("tools", f"calls in the messages need tools: {', '.join(used)} were declared"))
        return {"tools": [_declared(name) for name in used]}
    config: dict[str, Any] = {"tools": [block for tool in tools for block in _tool(tool, profile, warnings)]}
    choice = _choice(request, profile, reasoning, warnings)
    return config | ({} if choice is None else {"toolChoice": choice})


def _used(messages: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """Names of the tools that the conversation calls, but not of those Bedrock runs itself."""
    for message in messages:
        for block in message["content"]:
            use = block.get("toolUse")
            if isinstance(use, dict) and use.get("type") != "server_tool_use":
                yield use["name"]


def _declared(name: str) -> dict[str, Any]:
    return {"toolSpec": {"name": name, "inputSchema": {"json": {"type": "object", "properties": {}}}}}


def _tool(tool: ToolSpec, profile: ModelProfile, warnings: list[CallWarning]) -> list[dict[str, Any]]:
    spec: dict[str, Any] = {"name": tool.name}
    if tool.description:  # an empty one is refused
        spec["description"] = tool.description
    spec["inputSchema"] = {"json": dict(tool.json_schema)}
    if tool.strict and profile.strict_tool_dialect is None and profile.known:
        warnings.append(unsupported("tools.strict", f"model {profile.model!r} has no strict tools"))
    elif tool.strict:
        spec["strict"] = True
    if tool.cache is None:
        return [{"toolSpec": spec}]
    if not family_of(profile).caches_tools:
        warnings.append(unsupported("tools.cache", "this model does not cache tools on Bedrock"))
        return [{"toolSpec": spec}]
    return [{"toolSpec": spec}, cache_point(tool.cache)]


def _choice(
    request: LLMRequest, profile: ModelProfile, reasoning: Reasoning, warnings: list[CallWarning]
) -> dict[str, Any] | None:
    choice = request.tool_choice
    if choice is None or choice == "none":
        return None
    if choice == "auto":
        return {"auto": {}}
    if not profile.forced_tool and profile.known:
        warnings.append(unsupported("tool_choice", f"model {profile.model!r} cannot be made to call a tool"))
        return None
    if reasoning.thinks and not profile.forced_tool_with_reasoning:
        warnings.append(unsupported("tool_choice", f"model {profile.model!r} takes 'auto' only while it reasons"))
        return None
    match choice:
        case "required":
            return {"any": {}}
        case NamedTool(name=name):
            return {"tool": {"name": name}}
        case _:
            assert_never(choice)
