"""Recorded Converse requests, read as ours and written again: the same body, up to a short list of differences."""

from __future__ import annotations

import copy
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wire_replay import find_recordings
from wire_replay._converse_requests import DIFFERENCES, read_request, restored

from penguiflow_llm_bedrock import bedrock_profile
from penguiflow_llm_bedrock._encode import encode_converse


@pytest.fixture(scope="module")
def recorded() -> list[dict[str, Any]]:
    """Every record of the two APIs that has its request."""
    folder = find_recordings(Path(__file__))
    if folder is None:
        pytest.skip("no shared/recordings folder beside the repository")
    return list(_records(folder))


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    for name in ("bedrock.converse", "bedrock.converse_stream"):
        path = folder / f"{name}.jsonl.gz"
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                yield from (record for record in map(json.loads, lines) if record["request"] is not None)


def test_every_recorded_request(recorded: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    """What other clients were recorded to send is what ours sends for the same conversation."""
    counts: Counter[str] = Counter()
    failed = []
    for record in recorded:
        body = restored(record["request"]["json"])
        model = record["model"]
        ours, _ = encode_converse(read_request(model, copy.deepcopy(body)), bedrock_profile(model), defaults={})
        used = _applied(body, ours)
        counts.update(used or ["the same body"])
        if body != ours:
            failed.append(record["id"])
    with capsys.disabled():
        print(f"\nrecorded Converse requests written again: {len(recorded)}, failed {len(failed)}")
        print("\n".join(f"  {count:4}  {name}" for name, count in counts.most_common()))
    assert failed == []


def _applied(body: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """The known differences that `body` shows, each taken away; none where it is the same as it is."""
    used = []
    if body != ours:
        for name, change in DIFFERENCES.items():
            before = copy.deepcopy(body)
            change(body)
            if body != before:
                used.append(name)
    return used
