"""Anthropic's wire: the Messages API, also as Vertex AI and Bedrock serve it."""

from ._personality import AnthropicPersonality

__all__ = ["AnthropicPersonality"]
