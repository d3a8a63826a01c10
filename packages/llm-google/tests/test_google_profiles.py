"""What is known of Gemini's models."""

from __future__ import annotations

import pytest

from penguiflow_llm_google import google_profile
from penguiflow_llm_google._profiles import BUDGETS, JSON_SCHEMA

_LEVELS = ("minimal", "low", "medium", "high")
_FACTS: list[tuple[str, str, tuple[str, ...], bool, bool]] = [
    # model, family, efforts, budget, structured output beside functions
    ("gemini-1.5-flash-002", "gemini-1.5", (), False, False),
    ("gemini-pro", "gemini-1.5", (), False, False),
    ("gemini-2.0-flash-001", "gemini-2.0", (), False, False),
    ("gemini-2.5-pro", "gemini-2.5-pro", (), True, False),
    ("gemini-2.5-flash-preview-05-20", "gemini-2.5-flash", (), True, False),
    ("gemini-2.5-flash-lite", "gemini-2.5-flash-lite", (), True, False),
    ("gemini-3-pro-preview", "gemini-3", ("low", "high"), False, True),
    ("gemini-3.1-pro-preview", "gemini-3", ("low", "medium", "high"), False, True),
    ("gemini-3-flash-preview", "gemini-3", _LEVELS, False, True),
    ("gemini-3.1-flash-lite", "gemini-3", _LEVELS, False, True),
    ("gemini-3.5-flash", "gemini-3", _LEVELS, False, True),
    ("gemini-3.5-flash-lite", "gemini-3.6", _LEVELS, False, True),
    ("gemini-3.6-flash", "gemini-3.6", _LEVELS, False, True),
    ("gemini-3.7-flash", "gemini-3.6", ("low", "medium", "high"), False, True),
    ("gemini-3.8-flash", "gemini-3.6", ("low", "medium", "high"), False, True),
    ("gemini-flash-latest", "gemini-3.6", ("low", "medium", "high"), False, True),
    ("gemini-4-argon", "gemini-4", ("low", "medium", "high"), False, True),
    ("gemini-4-neon", "gemini-4", ("low", "medium", "high"), False, True),
]


@pytest.mark.parametrize(("model", "family", "efforts", "budget", "both"), _FACTS)
def test_a_known_model(model: str, family: str, efforts: tuple[str, ...], budget: bool, both: bool) -> None:
    """How it is told to think decides what is sent."""
    profile = google_profile(model)
    assert (model, family, True) == (profile.model, profile.family, profile.known)
    assert (efforts, budget, both) == (profile.efforts, profile.reasoning_budget, profile.native_with_tools)
    assert profile.reasoning == bool(efforts or budget)
    assert (profile.family in BUDGETS) == budget


@pytest.mark.parametrize(
    ("model", "native", "tools", "image", "audio"),
    [
        ("gemma-3-27b-it", False, False, True, False),
        ("gemma-4-31b-it", False, True, True, False),
        ("gemini-2.5-flash-image", False, False, True, False),
        ("gemini-3-pro-image-preview", False, False, True, False),
        ("gemini-2.5-flash-preview-tts", False, False, False, False),
        ("gemini-2.0-flash-thinking-exp-01-21", False, False, True, True),
        ("gemini-2.5-flash", True, True, True, True),
    ],
)
def test_special_models(model: str, native: bool, tools: bool, image: bool, audio: bool) -> None:
    """A capability is claimed only where a source says so."""
    profile = google_profile(model)
    assert (native, tools, image, audio) == (
        profile.native_dialect is not None,
        profile.tool_dialect is not None,
        profile.image_input,
        profile.audio_input,
    )


@pytest.mark.parametrize("model", ["gemini-5-xenon", "gemini-4.5-flash", "tomorrow-9-ultra", "gpt-4o"])
def test_tomorrows_model(model: str) -> None:
    """It has the newest family's facts, and says that they are assumed."""
    profile = google_profile(model)
    assert ("gemini-4", False, JSON_SCHEMA) == (profile.family, profile.known, profile.native_dialect)


def test_the_schema_message_of_old_models() -> None:
    """Vertex AI takes more of it than the Gemini API."""
    assert "gemini/schema@2026-11" == google_profile("gemini-1.5-pro").native_dialect
    assert "gemini/schema-vertex@2026-11" == google_profile("gemini-1.5-pro", vertex=True).native_dialect
    assert google_profile("gemini-3.8-flash") == google_profile("gemini-3.8-flash", vertex=True)


def test_resource_names() -> None:
    """The last part is the model."""
    names = ("models/gemini-3.8-flash", "publishers/google/models/gemini-3.8-flash")
    assert {"gemini-3.6"} == {google_profile(name).family for name in names}


def test_models_with_a_price_are_known() -> None:
    """What genai-prices lists of Google's text models is in the tables."""
    prices = pytest.importorskip("genai_prices.data")  # comes with the client, not with this package
    not_for_text = ("claude", "embedding", "live", "omni", "robotics", "nano")
    (google,) = (provider for provider in prices.providers if provider.id == "google")
    listed = [model.id for model in google.models if not any(word in model.id for word in not_for_text)]
    assert [] == [model for model in listed if not google_profile(model).known]
    assert len(listed) > 30
