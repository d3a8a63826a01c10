"""A provider that refuses a schema is asked in the next mode; what it refused is remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm import LLMClient, LLMConfigurationError, LLMSchemaRejectedError, OutputMode
from penguiflow_llm_testing import RecordedRequest, Simulator, invalid_schema


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int | None = None


def asks_natively(request: RecordedRequest) -> bool:
    """Whether a request uses the provider's structured output."""
    assert isinstance(request.json, dict)
    return "response_format" in request.json or "format" in request.json.get("text", {})


async def test_one_refusal_leads_to_tools(llm_simulator: Simulator, client: LLMClient) -> None:
    """The value matters more than the mode; which one it was, the result says."""
    llm_simulator.script(invalid_schema(), when=asks_natively)
    result = await client.generate("Ada, 36", Person)
    assert isinstance(result.data, Person)
    assert result.mode_used is OutputMode.TOOLS
    assert [(attempt.mode, attempt.next_step) for attempt in result.history] == [
        (OutputMode.NATIVE, "step down"),
        (OutputMode.TOOLS, "return"),
    ]
    assert [warning.kind for warning in result.warnings] == ["mode"]


async def test_two_refusals_lead_to_the_prompt(llm_simulator: Simulator, client: LLMClient) -> None:
    """Text in a prompt cannot be refused, so the ladder always has a last rung."""
    llm_simulator.script(invalid_schema(), invalid_schema())
    result = await client.generate("Ada, 36", Person, max_retries=2)
    assert isinstance(result.data, Person)
    assert [attempt.mode for attempt in result.history] == list(OutputMode)


async def test_a_step_down_is_one_of_the_retries(llm_simulator: Simulator, client: LLMClient) -> None:
    """Who allows no further request gets none, whatever it would be for."""
    llm_simulator.script(invalid_schema(), invalid_schema())
    with pytest.raises(LLMSchemaRejectedError):
        await client.generate("Ada, 36", Person, max_retries=0)
    assert len(llm_simulator.journal) == 1


async def test_a_refusal_is_paid_for_once(llm_simulator: Simulator, client: LLMClient) -> None:
    """The second call of the same type starts where the first one ended up."""
    llm_simulator.script(invalid_schema(), when=asks_natively)
    await client.generate("Ada, 36", Person)
    again = await client.generate("Eva, 40", Person)
    assert (again.mode_used, again.attempts) == (OutputMode.TOOLS, 1)
    assert [asks_natively(request) for request in llm_simulator.journal] == [True, False, False]


async def test_streams_step_down_too(llm_simulator: Simulator, client: LLMClient) -> None:
    """Nothing was shown before the refusal, so nothing has to be taken back."""
    llm_simulator.script(invalid_schema(), when=asks_natively)
    async with client.stream("Ada, 36", Person) as stream:
        result = await stream.result()
    assert (result.mode_used, result.attempts) == (OutputMode.TOOLS, 2)


async def test_a_forced_mode_is_not_left(llm_simulator: Simulator, client: LLMClient) -> None:
    """Who forces a mode wants it, or the reason why not."""
    llm_simulator.script(invalid_schema())
    with pytest.raises(LLMSchemaRejectedError):
        await client.generate("Ada, 36", Person, mode="native")
    assert len(llm_simulator.journal) == 1


async def test_a_forced_mode_the_model_lacks_sends_nothing(
    llm_simulator: Simulator, open_client: Callable[..., LLMClient], wire: str
) -> None:
    """GPT-4 has no structured output: better said before a token is paid for."""
    with pytest.raises(LLMConfigurationError, match="'native' is forced"):
        await open_client(wire, model="openai/gpt-4").generate("Ada, 36", Person, mode="native")
    assert llm_simulator.journal == ()


async def test_a_model_without_structured_output_starts_with_tools(
    llm_simulator: Simulator, open_client: Callable[..., LLMClient]
) -> None:
    """The ladder starts where the model's facts say it can."""
    result = await open_client("chat", model="openai/gpt-4").generate("Ada, 36", Person)
    assert (result.mode_used, result.attempts) == (OutputMode.TOOLS, 1)
    assert "no structured output" in result.mode_reason


@pytest.mark.parametrize("mode", ["nativ", "json"])
async def test_a_mode_that_does_not_exist(client: LLMClient, mode: Any) -> None:
    """The message lists those that do."""
    with pytest.raises(LLMConfigurationError, match="'native', 'tools', 'prompted'"):
        await client.generate("Ada, 36", Person, mode=mode)
