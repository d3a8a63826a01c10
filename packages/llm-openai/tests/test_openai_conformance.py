"""Both of OpenAI's wires pass the suite of every provider."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_openai import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts

MODELS: Final = Models(
    text="gpt-4o",
    tools="gpt-4o",
    native="gpt-4o",
    strict_tools="gpt-4o",
    reasoning="gpt-5.4-mini",
    image="gpt-4o",
    unheard_of="gpt-9-nova",
)


class TestResponses(ProviderConformance):
    """The Responses API, over the engine an installation has by default."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="openai",
        models=MODELS,
        credential={"OPENAI_API_KEY": KEY},
        options={"api": "responses"},
        skips={"test_stop_sequence": "Responses has no stop parameter; the setting is a warning"},
    )


class TestChatCompletions(ProviderConformance):
    """Chat Completions, over the SDK's own engine."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="openai",
        models=MODELS,
        credential={"OPENAI_API_KEY": KEY},
        options={"api": "chat", "use_aiohttp": False},
        skips={
            "test_reasoning_is_shown": "OpenAI shows no reasoning over Chat Completions",
            "test_reasoning_in_a_tool_loop": "OpenAI hands no reasoning over for the next turn of Chat Completions",
        },
    )
