"""Prompted mode: the schema goes into the prompt, and the JSON is read out of whatever text comes back."""

from __future__ import annotations

import json
from dataclasses import replace

from penguiflow_llm_core._output_type import OutputType
from penguiflow_llm_core.output._reply import text_feedback, text_of
from penguiflow_llm_schema import SchemaPlan
from penguiflow_llm_types import CompletionResponse, LLMMessage, LLMRequest, ModelProfile

_INSTRUCTION = (
    "Answer with one JSON value that satisfies the JSON Schema below: no prose before or after it, "
    "and not the schema itself.\n\n```json\n{schema}\n```"
)


def apply(request: LLMRequest, output: OutputType, plan: SchemaPlan, profile: ModelProfile) -> LLMRequest:  # noqa: ARG001
    """Put the schema behind the caller's own system messages, so that a cached prefix stays one."""
    schema = json.dumps(plan.schema, ensure_ascii=False)
    instruction = LLMMessage.system(_INSTRUCTION.format(schema=schema))
    first = next((at for at, message in enumerate(request.messages) if message.role != "system"), len(request.messages))
    return replace(request, messages=(*request.messages[:first], instruction, *request.messages[first:]))


def extract(response: CompletionResponse, output: OutputType) -> str:  # noqa: ARG001
    """The visible text."""
    return text_of(response)


def feedback(response: CompletionResponse, output: OutputType, problem: str) -> tuple[LLMMessage, ...]:  # noqa: ARG001
    """The failed turn, then a user message with the problem."""
    return text_feedback(response, problem)
