"""Gemini's generateContent and streamGenerateContent."""

from __future__ import annotations

from functools import cache
from typing import Any

from canned.text import compact, events, words


@cache
def body(text: str) -> bytes:
    """A whole answer."""
    return compact(_answer(text, 40, "STOP")).encode()


@cache
def stream(chunks: int) -> bytes:
    """`chunks` answers of a word each: on this wire each event is a whole answer, and the last one says why it ends."""
    answers = [
        _answer(word, number + 1, "STOP" if number == chunks - 1 else None) for number, word in enumerate(words(chunks))
    ]
    return events(answers).encode()


def _answer(text: str, tokens: int, finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": 120,
            "candidatesTokenCount": tokens,
            "totalTokenCount": 120 + tokens,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 120}],
            "serviceTier": "standard",
        },
        "modelVersion": "gemini-2.5-flash",
        "responseId": "id_bench",
    }
