"""Anthropic Claude: Messages over the anthropic SDK, also as Bedrock, Vertex AI and Foundry serve it."""

from importlib.metadata import version

from penguiflow_llm_anthropic._options import OPTIONS
from penguiflow_llm_anthropic._profiles import anthropic_profile
from penguiflow_llm_anthropic._provider import create, plugin

__version__ = version("penguiflow-llm-anthropic")

__all__ = ["OPTIONS", "anthropic_profile", "create", "plugin"]
