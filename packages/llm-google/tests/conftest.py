"""Shared data where present, and the SDK, loaded before any clock runs: it takes seconds on a busy machine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import google.genai  # noqa: F401
import pytest

from penguiflow_llm_testing import Simulator

Records: TypeAlias = Callable[[str], Iterator[dict[str, Any]]]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A started simulator."""
    with Simulator(seed=5) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def records() -> Records:
    """The recordings of one API; they lie beside the repository, not in it."""
    found = [parent / "shared" / "recordings" for parent in Path(__file__).resolve().parents]
    folder = next((path for path in found if path.is_dir()), None)
    if folder is None:
        pytest.skip("no shared/recordings folder beside the repository")
    assert folder is not None

    def read(api: str) -> Iterator[dict[str, Any]]:
        for name in (api, "response_only"):
            with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
                yield from (record for record in map(json.loads, lines) if record["api"] == api)

    return read
