"""AWS Bedrock's Converse and ConverseStream, as one personality."""

from ._personality import BedrockPersonality

__all__ = ["BedrockPersonality"]
