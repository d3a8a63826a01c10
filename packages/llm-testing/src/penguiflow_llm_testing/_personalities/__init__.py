"""The provider personalities there are, one private package or module each behind the `Personality` Protocol."""

from ._protocol import Personality, Refused
from .anthropic import AnthropicPersonality
from .bedrock import BedrockPersonality
from .databricks import DatabricksPersonality
from .google import GooglePersonality
from .openai import OpenAIPersonality
from .openrouter import OpenRouterPersonality

__all__ = [
    "AnthropicPersonality",
    "BedrockPersonality",
    "DatabricksPersonality",
    "GooglePersonality",
    "OpenAIPersonality",
    "OpenRouterPersonality",
    "Personality",
    "Refused",
    "default_personalities",
]


def default_personalities(seed: int) -> tuple[Personality, ...]:
    """One fresh personality of each kind, all answering from `seed`."""
    return (
        OpenAIPersonality(seed=seed),
        AnthropicPersonality(seed=seed),
        GooglePersonality(seed=seed),
        BedrockPersonality(seed=seed),
        OpenRouterPersonality(seed=seed),
        DatabricksPersonality(seed=seed),
    )
