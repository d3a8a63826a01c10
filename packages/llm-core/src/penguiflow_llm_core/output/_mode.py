"""The Protocol every output mode fulfils, and the table of the three."""

from __future__ import annotations

from typing import Protocol

from penguiflow_llm_core._output_type import OutputType
from penguiflow_llm_core.output import native, prompted, tool
from penguiflow_llm_schema import SchemaPlan
from penguiflow_llm_types import CompletionResponse, LLMMessage, LLMRequest, ModelProfile, OutputMode


class Mode(Protocol):
    """A module with these functions is an output mode. All are pure."""

    def apply(self, request: LLMRequest, output: OutputType, plan: SchemaPlan, profile: ModelProfile) -> LLMRequest:
        """The request that asks for the answer in this mode."""

    def extract(self, response: CompletionResponse, output: OutputType) -> str:
        """The JSON text of a finished answer. Raises `LLMParseError` when there is none."""

    def feedback(self, response: CompletionResponse, output: OutputType, problem: str) -> tuple[LLMMessage, ...]:
        """The failed turn and what was wrong with it, as messages the provider accepts after it."""


_MODES: dict[OutputMode, Mode] = {OutputMode.NATIVE: native, OutputMode.TOOLS: tool, OutputMode.PROMPTED: prompted}


def mode_for(mode: OutputMode) -> Mode:
    """The functions of one mode."""
    return _MODES[mode]
