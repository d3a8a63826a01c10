"""Bedrock passes the suite of every provider."""

from __future__ import annotations

from penguiflow_llm_bedrock import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts


class TestBedrock(ProviderConformance):
    """Claude through Converse, with a Bedrock API key."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="bedrock",
        models=Models(
            text="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            tools="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            native="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            strict_tools="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            reasoning="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            image="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            unheard_of="tomorrow.nine-ultra-v1:0",
        ),
        credential={"AWS_BEARER_TOKEN_BEDROCK": KEY},
        skips={"test_model_named": "Converse answers without the name of a model"},
    )
