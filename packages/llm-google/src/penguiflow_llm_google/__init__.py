"""Google Gemini: generateContent on the Gemini API and Vertex AI over the google-genai SDK."""

from importlib.metadata import version

__version__ = version("penguiflow-llm-google")
