"""What the model is told of a failed validation."""

from typing import Any

import pytest
from pydantic import BaseModel, Field

from penguiflow_llm_core._feedback import problem_text
from penguiflow_llm_core._output_type import output_type
from penguiflow_llm_schema import plan
from penguiflow_llm_types import LLMParseError, LLMValidationError

STRICT = "openai/strict@2026-11"


class Person(BaseModel):
    """A person."""

    name: str
    age: int | None = None
    scores: dict[str, int] = Field(default_factory=dict)


def _problems(*problems: tuple[tuple[str | int, ...], str, Any]) -> LLMValidationError:
    error = LLMValidationError("no fit")
    error.errors = tuple({"loc": loc, "msg": msg, "type": "t", "input": value} for loc, msg, value in problems)
    return error


def test_feedback_names_places_in_the_shape_that_was_sent() -> None:
    """A dict was sent as a list of pairs, so that is where the model must look."""
    sent = plan(output_type(Person).json_schema, STRICT)
    error = _problems((("age",), "must be positive", -1), (("scores",), "too few", {}), ((), "odd", {"name": "A"}))
    assert problem_text(error, sent) == (
        "Your answer does not fit:\n- age: must be positive (got -1)\n- scores: too few (got {})\n"
        '- the answer: odd (got {"name":"A"})'
    )


def test_feedback_names_the_wrapper_of_a_list() -> None:
    """A list went out inside an object, because the provider takes nothing else at the top."""
    sent = plan({"type": "array", "items": {"type": "integer"}}, STRICT)
    expected = 'Your answer does not fit:\n- value[0]: no integer (got "x")'
    assert expected == problem_text(_problems(((0,), "no integer", "x")), sent)


def test_feedback_stops_at_twenty_problems() -> None:
    """A prompt is no place for a thousand lines."""
    error = _problems(*(((at,), "bad", at) for at in range(25)))
    lines = problem_text(error, plan({"type": "array"}, "json-schema@2020-12")).splitlines()
    assert (22, "- [19]: bad (got 19)", "- and 5 more") == (len(lines), lines[20], lines[21])


@pytest.mark.parametrize("error", [LLMParseError("it is not JSON"), LLMValidationError("it is not JSON")])
def test_feedback_without_places_is_the_message(error: LLMParseError) -> None:
    """Nothing is known but what was wrong as a whole."""
    sent = plan({"type": "array"}, "json-schema@2020-12")
    assert problem_text(error, sent) == "Your answer could not be used: it is not JSON."
