"""What the tests of several modules read: real schemas from the folder beside the repository."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))  # `golden_plans` is a module of these tests, not installed


def _shared() -> Path | None:
    return next(
        (folder / "shared" for folder in Path(__file__).resolve().parents if (folder / "shared/schemas").is_dir()), None
    )


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@pytest.fixture(scope="session")
def real_schemas() -> list[dict[str, Any]]:
    """Every twentieth record of every file, and all that requests carried over the wire; in a fixed order."""
    shared = _shared()
    if shared is None:
        pytest.skip("needs the real schemas in the folder 'shared' beside the repository")
    found: list[dict[str, Any]] = []
    for path in sorted((shared / "schemas").glob("*.jsonl.gz")):
        records = list(_records(path)) if "remotes" not in path.name else []
        found += records if path.name.startswith("wire") else records[::20]
    return found
