"""Native mode: the provider's own structured output; the answer is the text."""

from __future__ import annotations

from dataclasses import replace

from penguiflow_llm_core._output_type import OutputType
from penguiflow_llm_core.output._reply import text_feedback, text_of
from penguiflow_llm_schema import SchemaPlan
from penguiflow_llm_types import CompletionResponse, LLMMessage, LLMRequest, ModelProfile, StructuredOutput


def apply(request: LLMRequest, output: OutputType, plan: SchemaPlan, profile: ModelProfile) -> LLMRequest:  # noqa: ARG001
    """Send the planned schema as the response format."""
    structured = StructuredOutput(name=output.name, json_schema=plan.schema, strict=plan.strict)
    return replace(request, structured_output=structured)


def extract(response: CompletionResponse, output: OutputType) -> str:  # noqa: ARG001
    """The visible text."""
    return text_of(response)


def feedback(response: CompletionResponse, output: OutputType, problem: str) -> tuple[LLMMessage, ...]:  # noqa: ARG001
    """The failed turn, then a user message with the problem."""
    return text_feedback(response, problem)
