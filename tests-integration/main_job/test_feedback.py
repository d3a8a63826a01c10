"""A wrong answer is sent back to the model with what was wrong, in turns that the provider accepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, Field

from penguiflow_llm import LLMClient, LLMParseError, LLMValidationError, PartialValue
from penguiflow_llm_testing import Answer, ScriptedToolCall, Simulator


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int = Field(ge=0)
    phones: dict[str, str] = {}


WRONG = {"name": "Ada", "age": -1, "phones": []}
RIGHT = {"name": "Ada", "age": 36, "phones": [{"key": "home", "value": "12"}]}
ADA = Person(name="Ada", age=36, phones={"home": "12"})


def answers(mode: str, *values: dict[str, Any]) -> list[Answer]:
    """The values in the shape each mode is sent: prompted mode asks for the shape the caller asked for."""
    if mode == "prompted":
        values = tuple(value | {"phones": {pair["key"]: pair["value"] for pair in value["phones"]}} for value in values)
    return [Answer(value=value) for value in values]


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("mode", ["native", "tools", "prompted"])
async def test_the_second_answer_is_taken(
    llm_simulator: Simulator, client: LLMClient, turns_of: Callable[..., Any], mode: str, streamed: bool
) -> None:
    """The failed turn goes along: without it the model cannot see what to correct."""
    llm_simulator.script(*answers(mode, WRONG, RIGHT))
    on_event = (lambda event: None) if streamed else None
    result = await client.generate("Ada, 36", Person, mode=mode, on_stream_event=on_event)
    first, second = (turns_of(request) for request in llm_simulator.journal)
    assert result.data == ADA
    assert [attempt.next_step for attempt in result.history] == ["re-ask", "return"]
    assert isinstance(result.history[0].error, LLMValidationError)
    assert second.pairs[: len(first.pairs)] == first.pairs
    added = second.pairs[len(first.pairs) :]
    if mode == "tools":
        assert [kind for kind, _ in added] == ["call", "result", "result text"]
        assert added[0][1] == added[1][1]  # the result answers that very call: providers refuse anything else
    else:
        assert [kind for kind, _ in added] == ["assistant", "user"]
    assert "age" in added[-1][1]
    assert "greater than or equal to 0" in added[-1][1]


async def test_usage_and_cost_cover_the_failed_attempt(llm_simulator: Simulator, client: LLMClient) -> None:
    """The provider bills the wrong answer too."""
    llm_simulator.script(*answers("native", WRONG, RIGHT))
    result = await client.generate("Ada, 36", Person, mode="native")
    first, second = result.history
    assert first.usage is not None
    assert second.usage is not None
    assert result.usage == first.usage + second.usage
    assert first.cost is not None
    assert second.cost is not None
    assert result.cost == first.cost + second.cost
    assert first.cost > 0


async def test_feedback_never_grows(llm_simulator: Simulator, client: LLMClient, turns_of: Callable[..., Any]) -> None:
    """Only the last failed turn is kept, so that a stubborn model does not make every attempt dearer."""
    llm_simulator.script(*answers("native", WRONG, WRONG, WRONG))
    with pytest.raises(LLMValidationError) as caught:
        await client.generate("Ada, 36", Person, mode="native", max_retries=2)
    lengths = [len(turns_of(request).pairs) for request in llm_simulator.journal]
    assert lengths == [1, 3, 3]
    assert caught.value.attempts == 3
    assert caught.value.usage is not None
    assert [problem["loc"] for problem in caught.value.errors] == [("age",)]


@pytest.mark.parametrize(
    ("said", "kind"),
    [("I would say 36.", "json"), ('{"name": "Ada", "name": "Eva", "age": 36}', "duplicate_key")],
)
async def test_text_that_is_no_json_is_asked_again(
    llm_simulator: Simulator, client: LLMClient, said: str, kind: str
) -> None:
    """Guessing which name was meant would be worse than a second question."""
    llm_simulator.script(Answer(text=said), *answers("native", RIGHT))
    result = await client.generate("Ada, 36", Person, mode="native")
    assert result.data == ADA
    error = result.history[0].error
    assert isinstance(error, LLMParseError)
    assert error.kind == kind


async def test_a_call_of_another_tool_is_answered_and_asked_again(
    llm_simulator: Simulator, client: LLMClient, turns_of: Callable[..., Any]
) -> None:
    """A provider refuses a conversation in which any call is left without a result."""
    stray = Answer(tool_calls=(ScriptedToolCall(name="search", arguments={"q": "Ada"}),))
    llm_simulator.script(stray, *answers("tools", RIGHT))
    result = await client.generate("Ada, 36", Person, mode="tools")
    assert result.data == ADA
    assert turns_of(llm_simulator.journal[1]).kinds[-3:] == ["call", "result", "result text"]
    assert [request.status for request in llm_simulator.journal] == [200, 200]


async def test_a_new_attempt_starts_the_partial_values_over(llm_simulator: Simulator, client: LLMClient) -> None:
    """Whoever shows the value must not mix two answers."""
    llm_simulator.script(*answers("native", WRONG, RIGHT))
    async with client.stream("Ada, 36", Person, mode="native") as stream:
        events = [event async for event in stream]
        result = await stream.result()
    starts = [number for number, event in enumerate(events) if type(event).__name__ == "AttemptStart"]
    values = [event.value for event in events[starts[1] :] if isinstance(event, PartialValue)]
    assert len(starts) == 2
    assert all(value.get("age", 36) >= 0 for value in values)
    assert result.data == ADA
