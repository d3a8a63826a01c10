"""A model of every provider, and a key."""

from __future__ import annotations

from typing import Final

import pytest

KEY: Final = "sk-SENTINEL-0123456789abcdefABCDEF"
MODELS: Final = {
    "openai": "openai/gpt-5.4-mini",
    "anthropic": "anthropic/claude-sonnet-4-6",
    "google": "google/gemini-3-flash-preview",
    "bedrock": "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "databricks": "databricks/databricks-gpt-5-4-mini",
    "openrouter": "openrouter/anthropic/claude-sonnet-4.6",
}
EVERYONE: Final = pytest.mark.parametrize("provider", MODELS)
