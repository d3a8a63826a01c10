"""Stepping down from one output mode to the next when the provider refuses the schema."""

from typing import Any

import pytest
from pydantic import BaseModel, Field

from penguiflow_llm_core import LLMResult
from penguiflow_llm_types import CallWarning, LLMInvalidRequestError, LLMMessage, LLMSchemaRejectedError, OutputMode

NATIVE, TOOLS, PROMPTED = OutputMode.NATIVE, OutputMode.TOOLS, OutputMode.PROMPTED


class City(BaseModel):
    name: str
    people: int = Field(gt=0)


class Scores(BaseModel):
    scores: dict[str, int]


OSLO = City(name="Oslo", people=700_000)
OSLO_TEXT = '{"name": "Oslo", "people": 700000}'
BAD_TEXT = '{"name": "Oslo", "people": -1}'
QUESTION = LLMMessage.user("Which city?")


def _steps(result: LLMResult[Any]) -> list[tuple[int, OutputMode | None, str]]:
    return [(record.number, record.mode, record.next_step) for record in result.history]


async def test_the_next_mode_is_tried_and_said(bench: Any) -> None:
    """And the refused attempt is in the history, under the mode that was refused."""
    provider = bench.provider(
        LLMSchemaRejectedError("no"), LLMSchemaRejectedError("no"), bench.answer(OSLO_TEXT), bench.answer(OSLO_TEXT)
    )
    client = bench.client(provider)
    result = await client.generate("x", City)
    assert (OSLO, PROMPTED) == (result.data, result.mode_used)
    assert [(1, NATIVE, "step down"), (2, TOOLS, "step down"), (3, PROMPTED, "return")] == _steps(result)
    assert (
        CallWarning(kind="mode", message="the provider refused the schema in mode 'native'; 'tools' was used instead"),
        CallWarning(
            kind="mode", message="the provider refused the schema in mode 'tools'; 'prompted' was used instead"
        ),
    ) == result.warnings


@pytest.mark.parametrize(("max_retries", "requests"), [(0, 1), (1, 2)])
async def test_a_step_is_an_additional_attempt(bench: Any, max_retries: int, requests: int) -> None:
    """`max_retries` counts every request after the first, whatever it is for."""
    provider = bench.provider(*[LLMSchemaRejectedError("no")] * 3)
    with pytest.raises(LLMSchemaRejectedError):
        await bench.client(provider).generate("x", City, max_retries=max_retries)
    assert requests == len(provider.requests)


async def test_it_is_remembered(bench: Any) -> None:
    """The next call of the same schema does not pay for the refusal again; another schema is tried."""
    provider = bench.provider(
        LLMSchemaRejectedError("no"), *[bench.calls(("City", OSLO_TEXT))] * 2, bench.answer('{"scores": []}')
    )
    client = bench.client(provider)
    assert (await client.generate("x", City)).mode_used == TOOLS
    assert (await client.generate("x", City)).mode_used == TOOLS
    assert (await client.generate("x", Scores)).mode_used == NATIVE


async def test_a_forced_mode_is_not_left(bench: Any) -> None:
    """Who forces a mode gets the refusal."""
    provider = bench.provider(LLMSchemaRejectedError("no"))
    with pytest.raises(LLMSchemaRejectedError):
        await bench.client(provider).generate("x", City, mode="native")
    assert len(provider.requests) == 1


async def test_feedback_of_the_old_mode_is_dropped(bench: Any) -> None:
    """A tool result would be meaningless after a text, and the other way round."""
    provider = bench.provider(bench.answer(BAD_TEXT), LLMSchemaRejectedError("no"), bench.calls(("City", OSLO_TEXT)))
    result = await bench.client(provider).generate("Which city?", City)
    assert result.mode_used == TOOLS
    assert (QUESTION,) == provider.requests[2].messages


async def test_other_refusals_of_the_request_are_raised(bench: Any) -> None:
    """Only the schema drives the ladder."""
    provider = bench.provider(LLMInvalidRequestError("too many images"))
    with pytest.raises(LLMInvalidRequestError):
        await bench.client(provider).generate("x", City)
    assert len(provider.requests) == 1
