"""Modes that turn out to be of no use: one rung down, told, remembered, and never after something was seen."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, field_validator

from penguiflow_llm_core import ModelRetry
from penguiflow_llm_types import LLMParseError, LLMValidationError, OutputMode

OSLO = '{"name": "Oslo"}'


class City(BaseModel):
    """A place."""

    name: str


async def test_an_endpoint_that_ignores_the_schema(bench: Any) -> None:
    """It said 200 and answered in prose: asking again in the same way would get more prose."""
    provider = bench.provider(bench.answer("Oslo, I think."), bench.calls(("City", OSLO)), bench.calls(("City", OSLO)))
    client = bench.client(provider)
    result = await client.generate("x", City)
    assert [(OutputMode.NATIVE, "step down"), (OutputMode.TOOLS, "return")] == [
        (attempt.mode, attempt.next_step) for attempt in result.history
    ]
    told = [warning.message for warning in result.warnings if warning.kind == "mode"]
    assert [
        "the provider took the schema and answered without regard to it in mode 'native'; 'tools' was used instead"
    ] == told
    again = await client.generate("x", City)
    assert (OutputMode.TOOLS, 1) == (again.mode_used, again.attempts)


async def test_a_model_that_does_not_call_the_tool(bench: Any) -> None:
    """Its next answer is read out of the text."""
    provider = bench.provider(bench.answer("Oslo."), bench.answer(OSLO), native_dialect=None)
    result = await bench.client(provider).generate("x", City)
    assert (City(name="Oslo"), OutputMode.PROMPTED) == (result.data, result.mode_used)


@pytest.mark.parametrize("text", ['{"name": "Os', '["Oslo"', '{"name": 5}'])
async def test_an_answer_that_tried_is_corrected_in_the_same_mode(bench: Any, text: str) -> None:
    """JSON with a slip is no disregard of the schema."""
    provider = bench.provider(bench.answer(text), bench.answer(OSLO))
    result = await bench.client(provider).generate("x", City)
    assert ([OutputMode.NATIVE] * 2, "re-ask") == ([a.mode for a in result.history], result.history[0].next_step)


async def test_a_forced_mode_never_steps_down(bench: Any) -> None:
    """The caller insisted: the model is asked again in the same mode."""
    provider = bench.provider(bench.answer("Oslo."), bench.answer("Oslo!"))
    with pytest.raises(LLMParseError):
        await bench.client(provider).generate("x", City, mode="native", max_retries=1)
    assert [True, True] == [request.structured_output is not None for request in provider.requests]


async def test_what_was_seen_is_corrected_and_not_stepped_down(bench: Any) -> None:
    """A stream that showed prose is followed by a correction of it."""
    provider = bench.provider(bench.answer("Oslo."), bench.answer(OSLO))
    result = await bench.client(provider).generate("x", City, on_stream_event=lambda _: None)
    assert ["re-ask", "return"] == [attempt.next_step for attempt in result.history]


class Capital(BaseModel):
    """A city that is checked against what only the caller knows."""

    name: str

    @field_validator("name")
    @classmethod
    def known(cls, name: str) -> str:
        if name != "Oslo":
            raise ModelRetry(f"{name} is not the capital; look at the map again")
        return name


async def test_a_validator_of_the_callers_sends_the_answer_back(bench: Any) -> None:
    """In its own words."""
    provider = bench.provider(bench.answer('{"name": "Bergen"}'), bench.answer(OSLO))
    result = await bench.client(provider).generate("x", Capital)
    assert "Oslo" == result.data.name
    assert "Bergen is not the capital; look at the map again" in provider.requests[1].messages[-1].text
    with pytest.raises(LLMValidationError, match="look at the map again"):
        await bench.client(bench.provider(bench.answer('{"name": "Bergen"}'))).generate("x", Capital, max_retries=0)
