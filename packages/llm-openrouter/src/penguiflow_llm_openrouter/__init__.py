"""OpenRouter: Chat Completions with routing, reasoning and reported cost."""

from importlib.metadata import version

__version__ = version("penguiflow-llm-openrouter")
