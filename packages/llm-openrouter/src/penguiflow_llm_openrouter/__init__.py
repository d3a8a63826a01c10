"""OpenRouter: Chat Completions with model routing, provider preferences, reasoning details and reported cost."""

from importlib.metadata import version

from penguiflow_llm_openrouter._options import OPTIONS
from penguiflow_llm_openrouter._profiles import openrouter_profile
from penguiflow_llm_openrouter._provider import create, plugin

__version__ = version("penguiflow-llm-openrouter")

__all__ = ["OPTIONS", "create", "openrouter_profile", "plugin"]
