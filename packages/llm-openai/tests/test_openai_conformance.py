"""Both of OpenAI's wires pass the suite of every provider."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_openai import plugin, presets
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

_OF_REASONING: Final = (
    "test_reasoning_is_shown",
    "test_reasoning_is_counted_in_the_output",
    "test_reasoning_in_a_tool_loop",
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


class TestPreset(ProviderConformance):
    """A service known by name; the simulator answers as OpenAI does, whose wire it speaks."""

    facts = ProviderFacts(
        plugin=presets.vllm,
        personality="openai",
        models=Models(
            text="llama-4-maverick",
            tools="llama-4-maverick",
            native="llama-4-maverick",
            reasoning="gpt-oss-120b",
            image="llama-4-maverick",
        ),
        credential={"VLLM_API_KEY": KEY},
        skips={
            "test_credentials": "a server on this machine asks for no key",
            "test_tomorrows_model": "what is known is the service, whatever its models are called",
            "test_strict_tool": "the server guarantees no arguments",
            **dict.fromkeys(_OF_REASONING, "OpenAI, whose answers these are, shows no reasoning over Chat Completions"),
        },
    )
