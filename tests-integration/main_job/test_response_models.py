"""What may be asked for: everything pydantic can describe, and JSON Schema itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, TypeAdapter, WithJsonSchema
from typing_extensions import TypedDict  # pydantic takes the standard library's from Python 3.12 on

from penguiflow_llm import LLMClient, LLMConfigurationError, LLMValidationError, OutputMode
from penguiflow_llm_testing import Answer, Simulator


class Colour(Enum):
    """A colour of a flag."""

    RED = "red"
    WHITE = "white"


class City(BaseModel):
    """A place."""

    name: str = Field(min_length=1)
    founded: date | None = None


class Movie(TypedDict):
    """A film."""

    title: str
    year: int


@dataclass
class Point:
    """A place on paper."""

    x: int
    y: int = 0


class Undescribed:
    """Nothing pydantic knows how to read."""


class Tree(BaseModel):
    """A tree of names."""

    name: str
    children: list[Tree] = []


SCHEMA: dict[str, Any] = {
    "title": "Reading",
    "type": "object",
    "properties": {
        "celsius": {"type": "number", "minimum": -273.15},
        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["celsius"],
    "additionalProperties": False,
}

# (what is asked for, an answer in that shape as JSON)
MODELS: list[tuple[Any, Any]] = [
    (City, {"name": "Rome", "founded": None}),
    (Movie, {"title": "Metropolis", "year": 1927}),
    (Point, {"x": 3, "y": 4}),
    (Tree, {"name": "root", "children": [{"name": "leaf", "children": []}]}),
    (list[City], [{"name": "Rome", "founded": "0753-04-21"}, {"name": "Oslo", "founded": None}]),
    (City | Movie, {"title": "Metropolis", "year": 1927}),
    (City | None, {"name": "Rome", "founded": None}),
    (int | None, None),
    (Literal["yes", "no"], "no"),
    (Colour, "white"),
    (int, 42),
    (float, 2.5),
    (bool, False),
    (str, "a few words"),
    (date, "2026-11-03"),
    (Annotated[Decimal, WithJsonSchema({"type": "number"})], 7.25),
    (timedelta, "PT90S"),
    (UUID, "12345678-1234-4678-9234-567812345678"),
    (dict[str, int], {"one": 1, "two": 2}),
    (dict[str, list[City]], {"north": [{"name": "Oslo", "founded": None}], "south": []}),
    (tuple[int, str], [1, "one"]),
    (set[int], [1, 2]),
    (SCHEMA, {"celsius": 21.5, "tags": {"room": "attic"}}),
]


IDS = ["schema" if isinstance(model, dict) else str(model)[-30:] for model, _ in MODELS]


def expected(response_model: Any, answer: Any) -> Any:
    """The answer as a Python value, by pydantic alone."""
    return answer if isinstance(response_model, dict) else TypeAdapter(response_model).validate_python(answer)


@pytest.mark.parametrize("mode", OutputMode)
@pytest.mark.parametrize(("response_model", "answer"), MODELS, ids=IDS)
async def test_every_kind_of_model(
    llm_simulator: Simulator, client: LLMClient, response_model: Any, answer: Any, mode: OutputMode
) -> None:
    """First an answer made up from the sent schema, then a given one, which must come back as it is."""
    made_up = await client.generate("An example, please.", response_model, mode=mode)
    llm_simulator.script(Answer(value=made_up.plan.forward(answer)))
    given = await client.generate("An example, please.", response_model, mode=mode)
    assert given.data == expected(response_model, answer)
    assert (made_up.mode_used, made_up.attempts, given.attempts) == (mode, 1, 1)


@pytest.mark.parametrize("text", ["```json\n{}\n```", "Of course.\n\n```json\n{}\n```\n"], ids=["fence", "prose"])
@pytest.mark.parametrize(("response_model", "answer"), MODELS, ids=IDS)
async def test_every_kind_of_model_by_prompt(
    llm_simulator: Simulator, client: LLMClient, response_model: Any, answer: Any, text: str
) -> None:
    """Models wrap JSON in fences and courtesies; also a bare number."""
    llm_simulator.script(Answer(text=text.replace("{}", json.dumps(answer))))
    result = await client.generate("An example, please.", response_model, mode="prompted")
    assert result.data == expected(response_model, answer)
    assert result.attempts == 1
    assert [warning.kind for warning in result.warnings] == ["repaired_json"]


async def test_without_a_mode_the_best_is_chosen(client: LLMClient) -> None:
    """All of these go natively to a model of today: what the dialect cannot say is rewritten, and restored."""
    modes = [(await client.generate("An example.", model)).mode_used for model, _ in MODELS]
    assert modes == [OutputMode.NATIVE] * len(MODELS)


async def test_constraints_of_a_json_schema_are_checked(llm_simulator: Simulator, client: LLMClient) -> None:
    """A schema given as a dict is held to as strictly as a type."""
    cold = {"celsius": -300.0, "tags": []}
    llm_simulator.script(Answer(value=cold), Answer(value=cold))
    with pytest.raises(LLMValidationError) as caught:
        await client.generate("How cold is it?", SCHEMA, mode="native", max_retries=1)
    assert [problem["loc"] for problem in caught.value.errors] == [("celsius",)]


@pytest.mark.parametrize("response_model", [Undescribed, {"type": "objekt"}, {"type": {1, 2}}])
async def test_what_cannot_be_asked_for(llm_simulator: Simulator, client: LLMClient, response_model: Any) -> None:
    """Said before anything is sent."""
    with pytest.raises(LLMConfigurationError):
        await client.generate("An example.", response_model)
    assert llm_simulator.journal == ()
