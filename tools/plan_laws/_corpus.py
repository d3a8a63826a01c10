"""The real schemas beside the repository, with what their authors say is valid and what is not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

__all__ = ["SCHEMAS", "Record", "read_records"]

SCHEMAS: Final = Path(__file__).resolve().parents[3] / "shared" / "schemas"
# the test-suite leaves it to its folders which draft a schema is of
_SUITE_DRAFTS: Final = {"draft7": "http://json-schema.org/draft-07/schema#"}
_TRUSTED: Final = (True, "format")  # the second: where formats are asserted


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One schema; `valid` and `invalid` are values by its author's word; but for the test-suite a validator agrees."""

    name: str
    file: str
    schema: Any
    valid: tuple[Any, ...] = field(default=())
    invalid: tuple[Any, ...] = field(default=())


def read_records(folder: Path = SCHEMAS) -> Iterator[Record]:
    """The records of all files, in a fixed order; the documents that the test-suite refers to are left out."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        if "remotes" in path.name:
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _record(json.loads(line), path.name.removesuffix(".jsonl.gz"))


def _record(raw: dict[str, Any], file: str) -> Record:
    is_suite = file.startswith("test_suite")
    tests = [test for test in raw.get("tests") or () if is_suite or test.get("verified") in _TRUSTED]
    schema = raw["schema"]
    if raw.get("dialect") in _SUITE_DRAFTS and isinstance(schema, dict):
        schema = {"$schema": _SUITE_DRAFTS[raw["dialect"]], **schema}
    return Record(
        name=raw["id"],
        file=file,
        schema=schema,
        valid=tuple(test["data"] for test in tests if test["valid"]),
        invalid=tuple(test["data"] for test in tests if not test["valid"]),
    )
