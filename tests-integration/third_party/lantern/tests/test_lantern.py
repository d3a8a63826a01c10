"""Lantern passes what every provider passes, and the client finds it."""

from dataclasses import dataclass

from lantern_personality import LanternPersonality
from llm_lantern import plugin

from penguiflow_llm import create_client
from penguiflow_llm_testing import Simulator
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts

TEXT_ALONE = "Lantern reads text alone"
NO_REASONING = "Lantern's models do not reason"


class TestLantern(ProviderConformance):
    """Everything Lantern does, and by name what it does not."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="lantern",
        models=Models(text="lantern-2", tools="lantern-2", native="lantern-2"),
        credential={"LANTERN_API_KEY": KEY},
        skips={
            "test_image": TEXT_ALONE,
            "test_prompt_cache": "Lantern keeps no beginning of a prompt",
            "test_reasoning_is_shown": NO_REASONING,
            "test_reasoning_is_counted_in_the_output": NO_REASONING,
            "test_reasoning_in_a_tool_loop": NO_REASONING,
            "test_strict_tool": "Lantern's tools are never strict",
        },
    )

    def make_simulator(self) -> Simulator:
        """One that speaks Lantern's API too."""
        return Simulator(personalities=[LanternPersonality()])


@dataclass
class Person:
    """Somebody, and the languages they speak."""

    name: str
    languages: dict[str, int]


def test_the_client_finds_it() -> None:
    """By its entry point: nothing here names the package."""
    with Simulator(personalities=[LanternPersonality()]) as simulator:
        url = simulator.base_url("lantern")
        with create_client("lantern/lantern-2", base_url=url, api_key="any") as client:
            result = client.generate_sync("Ada Lovelace spoke French.", Person)
    assert isinstance(result.data, Person)
    assert result.mode_used == "native"
    assert simulator.journal[0].was_sent_with("any")
