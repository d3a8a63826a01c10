"""The Gemini API and Vertex AI pass the suite of every provider."""

from __future__ import annotations

from typing import Final

from penguiflow_llm_google import plugin
from penguiflow_llm_testing.conformance import KEY, Models, ProviderConformance, ProviderFacts

MODELS: Final = Models(
    text="gemini-2.5-flash",
    tools="gemini-2.5-flash",
    native="gemini-3.5-flash",
    strict_tools="gemini-3.8-flash",
    reasoning="gemini-3.1-pro-preview",
    image="gemini-2.5-flash",
    unheard_of="gemini-9-nova",
)
SKIPS: Final = {
    "test_request_id": "Google sends no id of a request; an answer has its response_id",
    "test_request_id_of_an_error": "Google sends no id of a request",
}


class TestGeminiAPI(ProviderConformance):
    """By an API key, over the engine an installation has by default."""

    facts = ProviderFacts(
        plugin=plugin, personality="google", models=MODELS, credential={"GOOGLE_API_KEY": KEY}, skips=SKIPS
    )


class TestVertexAI(ProviderConformance):
    """By an API key too (express mode), over httpx2."""

    facts = ProviderFacts(
        plugin=plugin,
        personality="google",
        models=MODELS,
        credential={"GOOGLE_GENAI_USE_VERTEXAI": "true", "GOOGLE_API_KEY": KEY},
        options={"vertexai": True, "use_aiohttp": False},
        skips=SKIPS,
    )
