"""Telling the model what was wrong with its answer, in the shape it was sent and in few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_core._output_type import location_text, shown_input
from penguiflow_llm_schema import SchemaPlan
from penguiflow_llm_types import LLMParseError, LLMValidationError

_SHOWN: Final = 20


def problem_text(error: LLMParseError, plan: SchemaPlan, sent: Any = None) -> str:
    """The problem for the model: each rejected value with its place; at most 20 of them.

    `sent` is the value as the model wrote it: it tells which of several pairs a key was in.
    """
    if not isinstance(error, LLMValidationError) or not error.errors:
        return f"Your answer could not be used: {error.message}."
    lines = [_line(problem, plan, sent) for problem in error.errors[:_SHOWN]]
    if len(error.errors) > _SHOWN:
        lines.append(f"- and {len(error.errors) - _SHOWN} more")
    return "Your answer does not fit:\n" + "\n".join(lines)


def _line(problem: Mapping[str, Any], plan: SchemaPlan, sent: Any) -> str:
    place = location_text(plan.forward_location(problem["loc"], sent))
    return f"- {place}: {problem['msg']} (got {shown_input(problem['input'])})"
