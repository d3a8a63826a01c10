"""Bedrock passes the suite of every provider."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_bedrock import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts

_OF_NATIVE: Final = (
    "test_rejected_schema",
    "test_schema_is_sent_whole",
    "test_schemas_outside_the_dialect",
    "test_structured_output",
    "test_structured_output_beside_tools",
)


class TestFamilies(ProviderConformance):
    """The newest Claude, Nova and Mistral, which are asked each in their own way."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="bedrock",
        models=Models(
            text="us.amazon.nova-2-lite-v1:0",
            tools="amazon.nova-pro-v1:0",
            native="mistral.mistral-large-3-675b-instruct",
            strict_tools="mistral.mistral-large-3-675b-instruct",
            reasoning="us.anthropic.claude-opus-5",
            image="amazon.nova-lite-v1:0",
            unheard_of="anthropic.claude-opus-9",
        ),
        credential={"AWS_BEARER_TOKEN_BEDROCK": KEY},
        skips={"test_model_named": "Converse answers without the name of a model"},
    )


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


class TestNova(ProviderConformance):
    """Amazon's own models, with requests signed by keys."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="bedrock",
        models=Models(
            text="us.amazon.nova-lite-v1:0",
            tools="us.amazon.nova-lite-v1:0",
            image="us.amazon.nova-lite-v1:0",
            reasoning="us.amazon.nova-2-lite-v1:0",
            unheard_of="tomorrow.nine-ultra-v1:0",
        ),
        credential={"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": KEY},
        options={
            "api_key": None,
            "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
            "aws_secret_access_key": KEY,
            "region": "us-east-1",
        },
        skips={
            **dict.fromkeys(_OF_NATIVE, "Nova has no structured output of its own"),
            "test_model_named": "Converse answers without the name of a model",
            "test_reasoning_is_shown": "Nova hides its reasoning behind one word",
            "test_reasoning_in_a_tool_loop": "Nova does not sign its reasoning, so there is nothing to hand back",
            "test_strict_tool": "Nova guarantees no arguments",
        },
    )
