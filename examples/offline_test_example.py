"""Test authors: code that calls a model, tested without one.

uv run pytest examples/offline_test_example.py
"""
# ruff: noqa: S101 - tests assert

from __future__ import annotations

from pydantic import BaseModel

from penguiflow_llm import LLMClient, LLMRefusalError, create_client
from penguiflow_llm_testing import Answer, ScriptedProvider, Simulator, rate_limited

ADA = {"name": "Ada Lovelace", "age": 36, "city": "London"}


class Person(BaseModel):
    """Somebody a text speaks of."""

    name: str
    age: int
    city: str | None = None


def introduce(client: LLMClient, text: str) -> str:
    """The code under test: a sentence on whoever `text` speaks of."""
    try:
        person = client.generate_sync(text, Person).data
    except LLMRefusalError:
        return "The model would rather not say."
    return f"This is {person.name}." if person.city is None else f"This is {person.name}, of {person.city}."


def test_introduces_by_name_and_city() -> None:
    """Without any server: the answers are given as Python values, and every request is kept."""
    provider = ScriptedProvider(ADA)
    with create_client("scripted/any", provider=provider) as client:
        assert introduce(client, "Ada Lovelace, London") == "This is Ada Lovelace, of London."
    assert provider.requests[0].messages[-1].text == "Ada Lovelace, London"


def test_the_model_may_correct_itself() -> None:
    """A first answer that does not fit is sent back to the model; the code under test sees the second."""
    provider = ScriptedProvider({"name": "Ada Lovelace", "age": "young"}, ADA)
    with create_client("scripted/any", provider=provider) as client:
        assert introduce(client, "Ada Lovelace") == "This is Ada Lovelace, of London."
    assert "age" in provider.requests[1].messages[-1].text


def test_survives_a_rate_limit(llm_simulator: Simulator) -> None:
    """Over a real socket and the real SDK; the fixture comes with the package, as a pytest plugin."""
    llm_simulator.script(rate_limited(retry_after_s=0.01), Answer(value=ADA))
    with create_client("openai/gpt-5.4-mini", base_url=llm_simulator.base_url("openai"), api_key="simulated") as client:
        assert introduce(client, "Ada Lovelace") == "This is Ada Lovelace, of London."
    assert [request.status for request in llm_simulator.journal] == [429, 200]


def test_takes_no_for_an_answer(llm_simulator: Simulator) -> None:
    """A refusal in the provider's own shape, as it would come over the wire."""
    llm_simulator.script(Answer(refusal="I cannot help with that."))
    with create_client("openai/gpt-5.4-mini", base_url=llm_simulator.base_url("openai"), api_key="simulated") as client:
        assert introduce(client, "Somebody private") == "The model would rather not say."
