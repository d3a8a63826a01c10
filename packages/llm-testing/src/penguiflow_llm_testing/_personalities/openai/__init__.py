"""OpenAI: Chat Completions, Responses and the list of models, under `/openai/v1`."""

from ._personality import OpenAIPersonality

__all__ = ["OpenAIPersonality"]
