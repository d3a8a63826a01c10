"""OpenRouter's API as far as language models go: Chat Completions, routed."""

from ._personality import OpenRouterPersonality

__all__ = ["OpenRouterPersonality"]
