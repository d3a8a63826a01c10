"""Prompted mode: the schema goes into the prompt, and the JSON is read out of whatever text comes back."""

from __future__ import annotations

import json
from dataclasses import replace

from penguiflow_llm_core._output_type import OutputType
from penguiflow_llm_core.output._reply import after_system, text_feedback, text_of
from penguiflow_llm_schema import SchemaPlan
from penguiflow_llm_types import CompletionResponse, LLMMessage, LLMRequest, ModelProfile

_INSTRUCTION = (
    "Answer with one JSON value that satisfies the JSON Schema below: no prose before or after it, "
    "and not the schema itself.\n\n```json\n{schema}\n```"
)


def apply(request: LLMRequest, output: OutputType, plan: SchemaPlan, profile: ModelProfile) -> LLMRequest:  # noqa: ARG001
    """Give the schema as an instruction."""
    schema = json.dumps(plan.schema, ensure_ascii=False)
    return replace(request, messages=after_system(request.messages, _INSTRUCTION.format(schema=schema)))


def extract(response: CompletionResponse, output: OutputType) -> str:  # noqa: ARG001
    """The visible text."""
    return text_of(response)


def feedback(response: CompletionResponse, output: OutputType, problem: str) -> tuple[LLMMessage, ...]:  # noqa: ARG001
    """The failed turn, then a user message with the problem."""
    return text_feedback(response, problem)
