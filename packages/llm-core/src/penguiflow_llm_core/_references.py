"""Model references: `provider/model`, and the bare names of old that can mean only one provider."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# Bare names the original client took and that are unambiguous: the vendor's own model prefixes, read 2026-11.
_BARE: Final = (
    (re.compile(r"(?:gpt-|chatgpt-|o[1-9](?:-|$))"), "openai"),
    (re.compile(r"claude-"), "anthropic"),
    (re.compile(r"gemini-"), "google"),
    (re.compile(r"databricks-"), "databricks"),
    (re.compile(r"(?:(?:us|us-gov|eu|apac|ap|jp|au|ca|global)\.)?(?:anthropic|amazon|meta)\."), "bedrock"),
)

DISTRIBUTIONS: Final = {
    "openai": "penguiflow-llm-openai",
    "anthropic": "penguiflow-llm-anthropic",
    "google": "penguiflow-llm-google",
    "bedrock": "penguiflow-llm-bedrock",
    "databricks": "penguiflow-llm-databricks",
    "openrouter": "penguiflow-llm-openrouter",
}
"""Providers of this project, and the distribution each is installed by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReference:
    """A provider's name and its own id of a model."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"


def parse_reference(text: str) -> ModelReference | None:
    """What `text` refers to; None where it names no provider and its bare name is not one of the unambiguous ones."""
    provider, slash, model = text.partition("/")
    if slash:
        return ModelReference(provider=provider, model=model) if provider and model else None
    for pattern, vendor in _BARE:
        if pattern.match(text):
            return ModelReference(provider=vendor, model=text)
    return None
