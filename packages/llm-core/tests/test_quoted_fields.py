"""A field that holds its object as JSON text: decoded where the response model wants an object, and only there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_types import LLMValidationError


class City(BaseModel):
    """A place."""

    name: str


class Trip(BaseModel):
    """Where to, and what for."""

    goal: City | int
    stops: list[City] = []
    note: str = ""
    more: dict[str, Any] | None = None


OSLO = json.dumps({"name": "Oslo"})


@pytest.mark.parametrize(
    "said",
    [
        {"goal": OSLO},
        {"goal": {"name": "Oslo"}, "stops": [OSLO, {"name": "Bergen"}]},
        {"goal": {"name": "Oslo"}, "stops": f"[{OSLO}]", "more": OSLO},
    ],
    ids=["in a union", "in a list", "a list, and a map"],
)
async def test_what_was_encoded_twice_is_decoded(bench: Any, said: dict[str, Any]) -> None:
    """One request, and a word about it."""
    provider = bench.provider(bench.answer(json.dumps(said)))
    result = await bench.client(provider).generate("x", Trip, mode="prompted")
    assert City(name="Oslo") == result.data.goal
    assert ["decoded a field that was encoded twice"] == [
        warning.message for warning in result.warnings if warning.kind == "repaired_json"
    ]


async def test_text_stays_text(bench: Any) -> None:
    """A note may well be JSON."""
    provider = bench.provider(bench.answer(json.dumps({"goal": 1, "note": OSLO})))
    result = await bench.client(provider).generate("x", Trip, mode="prompted")
    assert (OSLO, []) == (result.data.note, [w for w in result.warnings if w.kind == "repaired_json"])


@pytest.mark.parametrize("goal", ["Oslo", "{Oslo", '"Oslo"', '{"town": "Oslo"}', "7.5"])
async def test_what_does_not_help_is_not_guessed(bench: Any, goal: str) -> None:
    """The first problem is the one that is told."""
    provider = bench.provider(bench.answer(json.dumps({"goal": goal})))
    with pytest.raises(LLMValidationError):
        await bench.client(provider).generate("x", Trip, mode="prompted", max_retries=0)
