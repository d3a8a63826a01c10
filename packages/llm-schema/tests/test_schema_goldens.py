"""The bytes of every dialect: a released one never changes, and one that is not must not change unnoticed.

Where a change is meant, `uv run python tools/schema_goldens.py` writes the goldens anew and says what became different.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from golden_plans import GOLDENS, construct_lines, constructs, digest_of_constructs, digests, real_digests

from penguiflow_llm_schema import check, dialect_names

STORED = (GOLDENS / "plans.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def made() -> list[str]:
    return list(construct_lines(constructs()))


@pytest.mark.parametrize("dialect", dialect_names())
def test_digest_of_a_dialect(made: list[str], dialect: str) -> None:
    """One line in a review says that a dialect sends other bytes than before."""
    assert digests()["constructs"][dialect] == digest_of_constructs(made, dialect)


def test_plans_of_constructs(made: list[str]) -> None:
    """Which construct it was, and what is sent for it now."""
    assert STORED == made


def test_goldens_are_accepted() -> None:
    """A golden that a provider would refuse holds the wrong bytes."""
    for record in map(json.loads, STORED):
        if record["compatible"]:
            for dialect in record["dialects"]:
                assert () == check(record["schema"], dialect), (record["construct"], dialect)


def test_every_dialect_has_every_construct() -> None:
    """What is not in the corpus is not held."""
    pairs = {(record["construct"], name) for record in map(json.loads, STORED) for name in record["dialects"]}
    assert {(construct, name) for construct in constructs() for name in dialect_names()} == pairs


def test_digests_of_real_schemas() -> None:
    """Third-party schemas stay where they are: the repository has their ids and the digests of their plans."""
    held = digests()["real"]
    schemas = _schemas(held)
    assert held.keys() == schemas.keys()
    for identity, schema in schemas.items():
        assert held[identity] == list(real_digests(schema).values()), identity


def _schemas(wanted: Any) -> dict[str, Any]:
    folders = [folder / "shared/schemas" for folder in Path(__file__).resolve().parents]
    found = next((folder for folder in folders if folder.is_dir()), None)
    if found is None:
        pytest.skip("needs the real schemas in the folder 'shared' beside the repository")
    records: dict[str, Any] = {}
    for path in sorted(found.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            parsed = (json.loads(line) for line in lines if "remotes" not in path.name)
            records |= {record["id"]: record["schema"] for record in parsed if record["id"] in wanted}
    return records
