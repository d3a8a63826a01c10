"""What is known of Lantern's models."""

from dataclasses import replace
from typing import Final

from penguiflow_llm_types import ModelProfile

# Lantern's model page, read 2026-11.
_LANTERN_2: Final = ModelProfile(
    provider="lantern",
    model="lantern-2",
    family="lantern-2",
    native_dialect="openai/strict@2026-11",
    tool_dialect="json-schema@2020-12",
    context_tokens=128_000,
    max_output_tokens=8_192,
    source="Lantern's model page, 2026-11",
)


def lantern_profile(model: str) -> ModelProfile:
    """Facts of `model`; a name that is not known is taken for one of the newest family."""
    return replace(_LANTERN_2, model=model, known=model.startswith("lantern-2"))
