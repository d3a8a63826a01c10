"""OpenRouter passes the suite of every provider, for two families it routes to."""

from __future__ import annotations

from penguiflow_llm_openrouter import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts


class TestOpenRouter(ProviderConformance):
    """Models of OpenAI and Anthropic, through the router."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="openrouter",
        models=Models(
            text="openai/gpt-4o",
            tools="openai/gpt-4o",
            native="openai/gpt-4o",
            strict_tools="openai/gpt-4o",
            reasoning="anthropic/claude-sonnet-4.5",
            image="openai/gpt-4o",
            unheard_of="tomorrow/nine-ultra",
        ),
        credential={"OPENROUTER_API_KEY": KEY},
        skips={"test_request_id_of_an_error": "OpenRouter names a generation, and before one there is nothing to name"},
    )
