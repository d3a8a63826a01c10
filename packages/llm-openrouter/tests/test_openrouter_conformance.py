"""OpenRouter passes the suite of every provider, whichever family it routes to."""

from __future__ import annotations

from penguiflow_llm_openrouter import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts


class TestRoutedToClaude(ProviderConformance):
    """Claude: Anthropic's schemas, sealed thoughts, breakpoints for the cache."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="openrouter",
        models=Models(
            text="anthropic/claude-haiku-4.5",
            tools="anthropic/claude-haiku-4.5",
            native="anthropic/claude-haiku-4.5",
            strict_tools="anthropic/claude-haiku-4.5",
            reasoning="anthropic/claude-sonnet-4.5",
            image="anthropic/claude-haiku-4.5",
            unheard_of="anthropic/claude-opus-9",
        ),
        credential={"OPENROUTER_API_KEY": KEY},
    )


class TestRoutedToGPT(ProviderConformance):
    """GPT: OpenAI's schemas, encrypted reasoning."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="openrouter",
        models=Models(
            text="openai/gpt-4o",
            tools="openai/gpt-4o",
            native="openai/gpt-4o",
            strict_tools="openai/gpt-4o",
            reasoning="openai/gpt-5.4-mini",
            image="openai/gpt-4o",
            unheard_of="openai/gpt-9-nova",
        ),
        credential={"OPENROUTER_API_KEY": KEY},
        options={"use_aiohttp": False},
    )
