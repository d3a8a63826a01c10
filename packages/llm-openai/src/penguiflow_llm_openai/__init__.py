"""OpenAI, Azure OpenAI and compatible servers: Responses and Chat Completions over the openai SDK."""

from importlib.metadata import version

from penguiflow_llm_openai._options import OPTIONS
from penguiflow_llm_openai._profiles import openai_profile
from penguiflow_llm_openai._provider import create, plugin

__version__ = version("penguiflow-llm-openai")

__all__ = ["OPTIONS", "create", "openai_profile", "plugin"]
