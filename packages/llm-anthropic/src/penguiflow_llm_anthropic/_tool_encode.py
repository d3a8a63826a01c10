"""Tools and the choice among them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from penguiflow_llm_anthropic._block_encode import BlockEncoder
from penguiflow_llm_types import CallWarning, LLMRequest, ModelProfile, NamedTool, ToolChoice, ToolSpec
from penguiflow_llm_types.wire import adapted, unsupported


def encode_tools(
    tools: Iterable[ToolSpec], profile: ModelProfile, blocks: BlockEncoder, warnings: list[CallWarning]
) -> list[dict[str, Any]]:
    """The `tools` field."""
    strict = profile.strict_tool_dialect is not None
    if not strict and any(tool.strict for tool in tools):
        warnings.append(unsupported("tools.strict", f"model {profile.model!r} guarantees no arguments"))
    return [_tool(tool, blocks, strict=strict) for tool in tools]


def _tool(tool: ToolSpec, blocks: BlockEncoder, *, strict: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        fields["description"] = tool.description
    fields["input_schema"] = tool.json_schema
    if tool.strict and strict:
        fields["strict"] = True
    if tool.cache is not None:
        fields["cache_control"] = blocks.cache_control(tool.cache)
    return fields


def encode_tool_choice(
    request: LLMRequest, profile: ModelProfile, warnings: list[CallWarning]
) -> dict[str, Any] | None:
    """The `tool_choice` field; None to leave it out."""
    choice = request.tool_choice
    parallel = {"disable_parallel_tool_use": True} if request.parallel_tool_calls is False else {}
    if choice is None and not parallel:
        return None
    if choice is not None and choice not in ("auto", "none") and not profile.forced_tool:
        warnings.append(adapted("tool_choice", f"model {profile.model!r} cannot be forced, so 'auto' was sent"))
        choice = "auto"
    if choice == "none":
        return {"type": "none"}
    return _choice(choice or "auto") | parallel


def _choice(choice: ToolChoice) -> dict[str, Any]:
    match choice:
        case "auto" | "none":
            return {"type": choice}
        case "required":
            return {"type": "any"}
        case NamedTool(name=name):
            return {"type": "tool", "name": name}
        case _:
            assert_never(choice)
