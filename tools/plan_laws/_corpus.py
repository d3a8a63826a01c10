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
_TRUSTED: Final = (True, "format")  # the second: where formats are asserted


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One schema; `valid` and `invalid` are the values on which its author and a validator agree."""

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
    tests = [test for test in raw.get("tests") or () if test.get("verified") in _TRUSTED]
    return Record(
        name=raw["id"],
        file=file,
        schema=raw["schema"],
        valid=tuple(test["data"] for test in tests if test["valid"]),
        invalid=tuple(test["data"] for test in tests if not test["valid"]),
    )
