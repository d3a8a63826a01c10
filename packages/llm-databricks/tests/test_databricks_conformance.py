"""Databricks passes the suite of every provider, whichever family is behind the endpoint."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_databricks import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts

ENVIRONMENT: Final = {"DATABRICKS_HOST": "https://example.cloud.databricks.com", "DATABRICKS_TOKEN": KEY}


class TestGPT(ProviderConformance):
    """GPT: OpenAI's schemas, reasoning that is not shown."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="databricks",
        models=Models(
            text="databricks-gpt-5-4-mini",
            tools="databricks-gpt-5-4-mini",
            native="databricks-gpt-5-4-mini",
            strict_tools="databricks-gpt-5-4-mini",
            reasoning="databricks-gpt-5-4-mini",
            image="databricks-gpt-5-4-mini",
            unheard_of="databricks-gpt-9-nova",
        ),
        credential=ENVIRONMENT,
        skips={
            "test_reasoning_is_shown": "GPT behind Databricks shows no reasoning over Chat Completions",
            "test_reasoning_in_a_tool_loop": "GPT behind Databricks hands no reasoning over for the next turn",
        },
    )


class TestClaude(ProviderConformance):
    """Claude: Databricks' own schema rules, sealed thoughts among the content."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="databricks",
        models=Models(
            text="databricks-claude-haiku-4-5",
            tools="databricks-claude-haiku-4-5",
            native="databricks-claude-haiku-4-5",
            reasoning="databricks-claude-sonnet-4-5",
            image="databricks-claude-haiku-4-5",
            unheard_of="databricks-claude-opus-9",
        ),
        credential=ENVIRONMENT,
        options={"use_aiohttp": False},
        skips={
            "test_strict_tool": "`strict` is for models with gpt in their names",
        },
    )
