"""Anthropic Claude: Messages over the anthropic SDK."""

from importlib.metadata import version

__version__ = version("penguiflow-llm-anthropic")
