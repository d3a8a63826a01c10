"""Where the recorded traffic is, and the profiles the tests speak of."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm_types import ModelProfile


def _folder() -> Path | None:
    for parent in Path(__file__).resolve().parents:
        candidate = parent.parent / "shared" / "recordings"
        if candidate.is_dir():
            return candidate
    return None


@pytest.fixture(scope="session")
def recordings() -> Callable[[str], Iterator[dict[str, Any]]]:
    """The records of one API; skips where the recordings are not beside the repository."""
    folder = _folder()
    if folder is None:
        pytest.skip("no recorded traffic beside this checkout (../shared/recordings)")

    def read(api: str) -> Iterator[dict[str, Any]]:
        with gzip.open(folder / f"{api}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    return read


@pytest.fixture
def chatty() -> ModelProfile:
    """A known model that does not reason."""
    return ModelProfile(provider="openai", model="gpt-4o", family="gpt-4o")


@pytest.fixture
def thinker() -> ModelProfile:
    """A known model that reasons."""
    return ModelProfile(
        provider="openai",
        model="gpt-5.6-sol",
        family="gpt-5.6",
        reasoning=True,
        temperature=False,
        efforts=("none", "low", "medium", "high"),
    )
