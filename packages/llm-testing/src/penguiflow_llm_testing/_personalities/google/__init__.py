"""Google's `generateContent` and `streamGenerateContent`, of the Gemini API and of Vertex AI."""

from ._personality import GooglePersonality

__all__ = ["GooglePersonality"]
