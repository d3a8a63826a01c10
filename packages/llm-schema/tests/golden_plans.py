"""What the goldens of plans hold, and how it is made: read by the tests and by `tools/schema_goldens.py`.

`goldens/constructs.json` are schemas as Pydantic emits them, by construct. `goldens/plans.jsonl` has a line for each
different plan of each, with the dialects that give it. `goldens/digests.json` has a digest for each dialect over its
plans of all constructs, and for each of a hundred real schemas, by id, one for each dialect.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from penguiflow_llm_schema import SchemaPlan, dialect_names, get_dialect, plan

__all__ = ["GOLDENS", "construct_lines", "constructs", "digest_of_constructs", "digests", "groups", "real_digests"]

GOLDENS: Final = Path(__file__).resolve().parent / "goldens"
_SHORT: Final = 8  # hexadecimal digits of the digest of one plan


def constructs() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDENS / "constructs.json").read_text(encoding="utf-8"))
    return found


def digests() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDENS / "digests.json").read_text(encoding="utf-8"))
    return found


def groups() -> list[tuple[str, ...]]:
    """The dialects, together where they differ in their names alone."""
    found: dict[str, list[str]] = {}
    for name in dialect_names():
        found.setdefault(repr(replace(get_dialect(name), name="", sources={})), []).append(name)
    return [tuple(names) for names in found.values()]


def content(made: SchemaPlan) -> dict[str, Any]:
    """What may not change of a released dialect's plan; the wording of details may."""
    return {
        "strict": made.strict,
        "compatible": made.compatible,
        "losses": [[loss.pointer, loss.keyword, loss.action] for loss in made.losses],
        "schema": made.schema,
    }


def construct_lines(schemas: Mapping[str, Any]) -> Iterator[str]:
    """The lines of `plans.jsonl`."""
    together = groups()
    for name, schema in schemas.items():
        found: dict[str, list[str]] = {}
        for dialects in together:
            found.setdefault(json.dumps(content(plan(schema, dialects[0])), ensure_ascii=False), []).extend(dialects)
        for text, names in found.items():
            head = json.dumps({"construct": name, "dialects": sorted(names)}, ensure_ascii=False)
            yield f"{head[:-1]}, {text[1:]}"


def digest_of_constructs(lines: Iterable[str], dialect: str) -> str:
    """One digest over a dialect's lines, in the order of the constructs."""
    whole = hashlib.sha256()
    for line in lines:
        record = json.loads(line)
        if dialect in record.pop("dialects"):
            whole.update(json.dumps(record, ensure_ascii=False).encode())
    return whole.hexdigest()


def real_digests(schema: Any) -> dict[str, str]:
    """A short digest of the plan of one schema for each dialect."""
    found: dict[str, str] = {}
    for dialects in groups():
        text = json.dumps(content(plan(schema, dialects[0])), ensure_ascii=False)
        found |= dict.fromkeys(dialects, hashlib.sha256(text.encode()).hexdigest()[:_SHORT])
    return dict(sorted(found.items()))
