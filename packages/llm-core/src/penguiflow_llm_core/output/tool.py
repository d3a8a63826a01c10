"""Tools mode: one forced tool whose arguments are the answer."""

from __future__ import annotations

from dataclasses import replace

from penguiflow_llm_core._output_type import OutputType
from penguiflow_llm_core.output._reply import after_system, text_feedback
from penguiflow_llm_schema import SchemaPlan
from penguiflow_llm_types import (
    CompletionResponse,
    LLMMessage,
    LLMParseError,
    LLMRequest,
    ModelProfile,
    NamedTool,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)

_DESCRIPTION = "Gives the final answer."


def apply(request: LLMRequest, output: OutputType, plan: SchemaPlan, profile: ModelProfile) -> LLMRequest:
    """Offer one tool and force it; where the model cannot be forced, say in the prompt that it must be called."""
    strict = plan.strict or None
    tool = ToolSpec(name=output.name, description=_DESCRIPTION, json_schema=plan.schema, strict=strict)
    request = replace(request, tools=(tool,), parallel_tool_calls=False if profile.parallel_tool_calls else None)
    if _can_force(request, profile):
        return replace(request, tool_choice=NamedTool(name=tool.name))
    instruction = f"Give your final answer by calling the tool {tool.name!r}, exactly once."
    return replace(request, tool_choice="auto", messages=after_system(request.messages, instruction))


def _can_force(request: LLMRequest, profile: ModelProfile) -> bool:
    return profile.forced_tool and (profile.forced_tool_with_reasoning or not _reasons(request, profile))


def _reasons(request: LLMRequest, profile: ModelProfile) -> bool:
    if not profile.reasoning:
        return False
    asked = request.reasoning
    if asked is None or (asked.effort is None and asked.budget_tokens is None):
        return profile.reasons_unasked
    return asked.effort != "none" and (asked.effort is not None or asked.budget_tokens != 0)


def extract(response: CompletionResponse, output: OutputType) -> str:
    """The arguments of the one call; repeated calls count as one if they are the same, no arguments as `{}`."""
    calls = response.tool_calls
    ours = [call for call in calls if call.name == output.name]
    if not ours and not calls:
        raise LLMParseError(f"the model did not call the tool {output.name!r}", kind="missing", phase="parse")
    if not ours:
        raise LLMParseError(f"the model called {calls[0].name!r}, not {output.name!r}", kind="tool_name", phase="parse")
    if any(call.arguments != ours[0].arguments for call in ours):
        raise LLMParseError(
            f"the model called {output.name!r} {len(ours)} times with different arguments",
            kind="ambiguous",
            phase="parse",
        )
    arguments = ours[0].arguments.strip()
    return "{}" if arguments in ("", "null") else arguments


def feedback(response: CompletionResponse, output: OutputType, problem: str) -> tuple[LLMMessage, ...]:
    """The failed turn, then a result for each of its calls: providers refuse anything else after a tool call."""
    if not response.tool_calls:
        return text_feedback(response, f"{problem}\n\nCall the tool {output.name!r} with the answer as its arguments.")
    results = tuple(_result(call, problem) for call in response.tool_calls)
    return (response.message, LLMMessage(role="tool", parts=results))


def _result(call: ToolCallPart, problem: str) -> ToolResultPart:
    text = f"{problem}\n\nCall the tool again with the whole corrected arguments."
    return ToolResultPart(tool_call_id=call.id, name=call.name, content=(TextPart(text=text),), is_error=True)
