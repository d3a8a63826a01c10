"""Google Gemini: generateContent on the Gemini API and Vertex AI, with the google-genai SDK's credentials."""

from importlib.metadata import version

from penguiflow_llm_google._options import OPTIONS
from penguiflow_llm_google._profiles import google_profile
from penguiflow_llm_google._provider import create, plugin

__version__ = version("penguiflow-llm-google")

__all__ = ["OPTIONS", "create", "google_profile", "plugin"]
