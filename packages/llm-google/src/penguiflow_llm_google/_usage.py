"""Token counts of a `usageMetadata` object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from penguiflow_llm_types import Usage
from penguiflow_llm_types.wire import count, mapping, objects


def google_usage(metadata: object) -> Usage:
    """Ours for `usageMetadata`; a `Usage` that says nothing where there is none.

    Google's prompt count includes cached tokens and leaves out what built-in tools read; its candidates' count leaves
    out thoughts. Zeros are left out (proto3 JSON), so beside a total a missing count is 0.
    """
    counts = mapping(metadata)
    prompt, tools = count(counts.get("promptTokenCount")), count(counts.get("toolUsePromptTokenCount"))
    visible, thoughts = count(counts.get("candidatesTokenCount")), count(counts.get("thoughtsTokenCount"))
    is_whole = prompt is not None and count(counts.get("totalTokenCount")) is not None
    return Usage(
        input_tokens=_sum(prompt, tools),
        output_tokens=_sum(visible, thoughts) if not is_whole else (visible or 0) + (thoughts or 0),
        cache_read_tokens=count(counts.get("cachedContentTokenCount")),
        cache_read_audio_tokens=_cached_audio(counts),
        reasoning_tokens=thoughts,
        input_audio_tokens=_of_modality(counts, "promptTokensDetails", "AUDIO"),
        output_audio_tokens=_of_modality(counts, "candidatesTokensDetails", "AUDIO"),
        input_image_tokens=_of_modality(counts, "promptTokensDetails", "IMAGE"),
        output_image_tokens=_of_modality(counts, "candidatesTokensDetails", "IMAGE"),
    )


def _sum(one: int | None, two: int | None) -> int | None:
    return None if one is None and two is None else (one or 0) + (two or 0)


def _of_modality(counts: Mapping[str, Any], name: str, modality: str) -> int | None:
    found = (count(part.get("tokenCount")) for part in objects(counts.get(name)) if part.get("modality") == modality)
    return next((number for number in found if number is not None), None)


def _cached_audio(counts: Mapping[str, Any]) -> int | None:
    """None where the cached tokens are not told apart; where they are, one kind that is not among them is 0."""
    found = _of_modality(counts, "cacheTokensDetails", "AUDIO")
    return 0 if found is None and objects(counts.get("cacheTokensDetails")) else found
