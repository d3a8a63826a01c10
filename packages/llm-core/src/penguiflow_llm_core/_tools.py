"""The caller's tools in the provider's dialect: planned on the way out, arguments restored on the way back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from penguiflow_llm_core._output_type import schema_text
from penguiflow_llm_core._plans import kept_plan
from penguiflow_llm_schema import Dialect, SchemaPlan, check_request
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    LLMConfigurationError,
    LLMMessage,
    ModelProfile,
    Part,
    ToolCallPart,
    ToolSpec,
    is_too_deep,
)


class PlannedTools:
    """Tools of one request. A strict tool whose schema cannot be strict is an error, not a surprise."""

    def __init__(self, tools: Iterable[ToolSpec], profile: ModelProfile) -> None:
        self._plans: dict[str, SchemaPlan] = {}
        self.specs = tuple(self._plan(tool, profile) for tool in tools)
        _check_together([self._plans[tool.name] for tool in self.specs if tool.strict], profile)

    def _plan(self, tool: ToolSpec, profile: ModelProfile) -> ToolSpec:
        dialect = profile.strict_tool_dialect if tool.strict else profile.tool_dialect
        if dialect is None:
            what = "strict tools" if tool.strict else "tools"
            raise LLMConfigurationError(f"{profile.model!r} takes no {what}; remove {tool.name!r}", phase="local")
        planned = kept_plan(tool.json_schema, schema_text(tool.json_schema), dialect)
        if not planned.compatible:
            raise LLMConfigurationError(
                f"the schema of tool {tool.name!r} cannot be sent: {'; '.join(planned.reasons)}", phase="local"
            )
        self._plans[tool.name] = planned
        return replace(tool, json_schema=planned.schema)

    def warnings(self) -> tuple[CallWarning, ...]:
        """One warning for each constraint a tool's schema lost."""
        return tuple(
            CallWarning(kind="schema", message=f"tool {name!r}, {loss.pointer or '/'}: {loss.detail}", setting="tools")
            for name, planned in self._plans.items()
            for loss in planned.losses
        )

    def restore(self, response: CompletionResponse) -> CompletionResponse:
        """The response with the arguments of our tools in the shape they were asked for."""
        return replace(response, message=self._convert(response.message, lambda planned: planned.restore))

    def forward(self, messages: tuple[LLMMessage, ...]) -> tuple[LLMMessage, ...]:
        """The messages with the arguments of earlier calls in the shape that is sent."""
        return tuple(self._convert(message, lambda planned: planned.forward) for message in messages)

    def _convert(self, message: LLMMessage, way: Callable[[SchemaPlan], Callable[[Any], Any]]) -> LLMMessage:
        if not any(call.name in self._plans for call in message.tool_calls):
            return message
        return replace(message, parts=tuple(self._part(part, way) for part in message.parts))

    def _part(self, part: Part, way: Callable[[SchemaPlan], Callable[[Any], Any]]) -> Part:
        if not isinstance(part, ToolCallPart) or (planned := self._plans.get(part.name)) is None:
            return part
        try:
            arguments = json.loads(part.arguments)
        except (ValueError, RecursionError):
            return part  # kept as the model wrote it: whoever runs the tool reports it
        if is_too_deep(arguments):
            return part
        converted = way(planned)(arguments)
        return part if converted == arguments else replace(part, arguments=_written(converted))


def _written(value: Any) -> str:
    """JSON text; half a surrogate pair, which no request could carry, as the escape that it was."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _check_together(strict: list[SchemaPlan], profile: ModelProfile) -> None:
    """Refuse strict tools that are accepted alone and not in one request: nothing less strict was asked for."""
    dialect = profile.strict_tool_dialect
    if not strict or not isinstance(dialect, str | Dialect):
        return
    reasons = check_request([plan.stats for plan in strict], dialect, strict_tools=len(strict))
    if reasons:
        raise LLMConfigurationError(
            f"{profile.model!r} does not take these {len(strict)} strict tools together: {'; '.join(reasons)} "
            "Or leave strict out of some.",
            model=profile.model,
            phase="local",
        )
