"""Databricks passes the suite of every provider, for endpoints of two families."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_databricks import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts

_WORKSPACE: Final = {"DATABRICKS_HOST": "https://example.cloud.databricks.com", "DATABRICKS_TOKEN": KEY}
_SKIPS: Final = {
    "test_strict_tool": "Databricks guarantees no arguments",
    "test_base_url_that_is_none[example.org/v1]": "a workspace is named without https:// too, which is then put before",
}


class TestClaudeEndpoints(ProviderConformance):
    """Claude, as Foundation Model APIs serve it."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="databricks",
        models=Models(
            text="databricks-claude-sonnet-4-5",
            tools="databricks-claude-sonnet-4-5",
            native="databricks-claude-sonnet-4-5",
            reasoning="databricks-claude-sonnet-4-5",
            image="databricks-claude-sonnet-4-5",
            unheard_of="tomorrow-9-ultra",
        ),
        credential=_WORKSPACE,
        skips=_SKIPS,
    )


class TestGPTEndpoints(ProviderConformance):
    """OpenAI's models, as Databricks serves them."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="databricks",
        models=Models(
            text="databricks-gpt-5-mini",
            tools="databricks-gpt-5-mini",
            native="databricks-gpt-5-mini",
            reasoning="databricks-gpt-5-mini",
            image="databricks-gpt-5-mini",
            unheard_of="tomorrow-9-ultra",
        ),
        credential=_WORKSPACE,
        skips={
            **_SKIPS,
            "test_reasoning_is_shown": "OpenAI's models show no reasoning over Chat Completions",
            "test_reasoning_in_a_tool_loop": "nor do they hand any over for the next turn",
        },
    )
