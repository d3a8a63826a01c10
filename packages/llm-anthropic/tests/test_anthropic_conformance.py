"""Anthropic passes the suite of every provider."""

from __future__ import annotations

from penguiflow_llm_anthropic import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts


class TestMessages(ProviderConformance):
    """The Messages API."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="anthropic",
        models=Models(
            text="claude-haiku-4-5",
            tools="claude-haiku-4-5",
            native="claude-haiku-4-5",
            strict_tools="claude-haiku-4-5",
            reasoning="claude-sonnet-4-5",
            image="claude-haiku-4-5",
            unheard_of="claude-opus-9",
        ),
        credential={"ANTHROPIC_API_KEY": KEY},
    )


class TestAdaptive(ProviderConformance):
    """Models that think as much as they find good, and take no sampling settings."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="anthropic",
        models=Models(
            text="claude-sonnet-5",
            tools="claude-sonnet-5",
            native="claude-sonnet-5",
            strict_tools="claude-sonnet-5",
            reasoning="claude-sonnet-5",
            image="claude-sonnet-5",
            unheard_of="claude-opus-9",
        ),
        credential={"ANTHROPIC_API_KEY": KEY},
    )
