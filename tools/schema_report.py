"""Plan every real schema for every dialect and say how many can be sent, and at what loss.

    uv run python tools/schema_report.py [FOLDER] [--sample N] [--dialect NAME ...] [--write FILE]

Prints Markdown tables, with the ten plans that took longest; exit code 1 on a crash, or where the checker refuses what
a plan calls compatible. Dialects that differ in name alone are planned for once.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

from penguiflow_llm_schema import InvalidSchemaError, check, dialect_names, get_dialect, plan

_DEFAULT: Final = Path(__file__).resolve().parents[2] / "shared" / "schemas"
_EXTERNAL: Final = {"remote_ref", "relative_ref", "ref_unresolvable"}
_PORTABLE: Final = ("mcp_tool", "python_suite", "wire")
_MOST_REASONS: Final = 3
_SLOWEST: Final = 10
_WORKERS: Final = 2


@dataclass(slots=True)
class Tally:
    """Outcomes of one dialect over one set of schemas."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # of incompatible and of invalid ones
    losses: Counter[str] = field(default_factory=Counter)  # schemas that lost a keyword

    def add(self, other: Tally) -> None:
        self.outcomes += other.outcomes
        self.reasons += other.reasons
        self.losses += other.losses

    @property
    def usable(self) -> int:
        return self.outcomes["lossless"] + self.outcomes["lossy"]


@dataclass(frozen=True, slots=True, order=True)
class Timing:
    """CPU seconds of one plan."""

    seconds: float
    schema: str
    size: int  # bytes of compact JSON
    dialect: str


Tallies = dict[tuple[str, str], Tally]  # by set of schemas and dialect


def records(folder: Path, sample: int | None) -> Iterator[dict[str, Any]]:
    """The records of all files but the documents that the test-suite refers to; `sample` of each, evenly spread."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        if "remotes" in path.name:
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found = [json.loads(line) | {"file": path.name.removesuffix(".jsonl.gz")} for line in lines]
        yield from found[:: max(1, len(found) // sample)] if sample else found


def sets_of(record: dict[str, Any]) -> list[str]:
    """The sets of schemas that a record counts for."""
    local = [] if _EXTERNAL & set(record.get("tags") or ()) else ["no external references"]
    return ["all", *local, *([record["file"]] if record["file"] in _PORTABLE else [])]


def outcome(schema: Any, dialect: str) -> tuple[str, list[str], set[str]]:
    """What became of one schema: the outcome, why it is none better, and the keywords that were lost."""
    try:
        made = plan(schema, dialect)
        refusals = check(made.schema, dialect) if made.compatible else ()
    except InvalidSchemaError as error:
        return "invalid", [general(str(error))], set()
    except Exception:  # noqa: BLE001 -- a crash is what this program looks for
        return "crash", [" ".join(traceback.format_exc(limit=-1).split())], set()
    if refusals:
        return "rejected", [refusals[0].message], set()
    if not made.compatible:
        return "incompatible", [general(reason) for reason in made.reasons], set()
    return ("lossy" if made.losses else "lossless"), [], {loss.keyword for loss in made.losses}


def general(reason: str) -> str:
    """A reason without what is particular to one schema, so that reasons can be counted."""
    return re.sub(r"At '[^']*': ", "", re.sub(r"\d[\d,]*", "N", reason))[:90]


def alike(dialects: Iterable[str]) -> dict[str, list[str]]:
    """The dialects under the first of those that are equal but for name and sources."""
    groups: dict[Any, list[str]] = {}
    for name in dialects:
        groups.setdefault(replace(get_dialect(name), name="", sources={}), []).append(name)
    return {names[0]: names for names in groups.values()}


def measure(batch: list[dict[str, Any]], dialects: Iterable[str]) -> tuple[Tallies, list[Timing]]:
    """What became of a batch, and the plans in it that took longest."""
    tallies: Tallies = {}
    timings: list[Timing] = []
    gc.freeze()  # or the collector walks over all records again and again
    for record in batch:
        for dialect, names in alike(dialects).items():
            start = time.process_time()
            name, reasons, lost = outcome(record["schema"], dialect)
            timings.append(Timing(time.process_time() - start, record["id"], record["size"], dialect))
            for group, each in product(sets_of(record), names):
                tally = tallies.setdefault((group, each), Tally())
                tally.outcomes[name] += 1
                tally.losses.update(lost)
                tally.reasons.update(reasons)
            if name in ("crash", "rejected"):
                print(f"{dialect} {record['id']}: {name}: {reasons[0]}", file=sys.stderr)
        timings = sorted(timings, reverse=True)[:_SLOWEST]
    return tallies, timings


def table(tallies: Tallies, group: str, dialects: Iterable[str]) -> str:
    lines = [
        f"## {group}\n",
        "| " + " | ".join(_COLUMNS) + " |",
        "|---" * len(_COLUMNS) + "|",
    ]
    for dialect in dialects:
        tally = tallies.get((group, dialect), Tally())
        total = tally.outcomes.total() or 1
        shares = [f"{100 * count / total:.1f} %" for count in (tally.usable, *map(tally.outcomes.__getitem__, _SHARES))]
        counts = [str(tally.outcomes[name]) for name in ("rejected", "crash")]
        lines.append(
            " | ".join([f"| {dialect}", str(total), *shares, *counts, most(tally.reasons), most(tally.losses)]) + " |"
        )
    return "\n".join(lines)


_COLUMNS: Final = (
    *("dialect", "schemas", "usable", "lossless", "lossy", "incompatible", "invalid", "rejected", "crashes"),
    *("why not", "lost keywords"),
)
_SHARES: Final = ("lossless", "lossy", "incompatible", "invalid")


def slowest(timings: Iterable[Timing]) -> str:
    lines = [
        "## The plans that took longest\n",
        "| schema | bytes | dialect | CPU seconds, with the check |",
        "|---|---|---|---|",
    ]
    return "\n".join(
        [*lines, *(f"| {one.schema} | {one.size} | {one.dialect} | {one.seconds:.2f} |" for one in timings)]
    )


_HEAD: Final = """# Schemas of other people, by dialect

The schemas of the project's open set (Kubernetes resources, SchemaStore, JSONSchemaBench, tools of MCP servers, test
suites of SDKs, requests that were recorded, and the official test suite) planned for every dialect, and what was to be
sent held against the checker:

```sh
uv run python tools/schema_report.py --write benchmarks/schema-report.md
```

*Usable* schemas can be sent natively: *lossless* ones with every demand enforced, *lossy* ones with some said in words
alone or relaxed, each reported. *Invalid* ones are no JSON Schemas. *Rejected* would be a plan called compatible
that the checker refuses. No external references: what a schema refers to is in it.
"""


def most(counter: Counter[str]) -> str:
    return "; ".join(f"{text.replace('|', '/')} ({count})" for text, count in counter.most_common(_MOST_REASONS))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=_DEFAULT, help="of .jsonl.gz files (%(default)s)")
    parser.add_argument("--sample", type=int, metavar="N", help="plan N schemas of each file only")
    parser.add_argument(
        "--dialect", action="append", choices=dialect_names(), help="plan for this one only; repeatable"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables into this file too")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    dialects = options.dialect or list(dialect_names())
    found = list(records(options.folder, options.sample))
    if not found:
        print(f"no schemas in {str(options.folder)!r}; name a folder of .jsonl.gz files", file=sys.stderr)
        return 2
    batches = [found[start::_BATCHES] for start in range(_BATCHES)]
    tallies: Tallies = {}
    timings: list[Timing] = []
    start = time.monotonic()
    with ProcessPoolExecutor(_WORKERS) as pool:
        for done, (part, slow) in enumerate(pool.map(partial(measure, dialects=dialects), batches), start=1):
            for key, tally in part.items():
                tallies.setdefault(key, Tally()).add(tally)
            timings = sorted([*timings, *slow], reverse=True)[:_SLOWEST]
            print(f"{done} of {len(batches)} parts after {time.monotonic() - start:.0f} s", file=sys.stderr)
    groups = ("all", "no external references", *_PORTABLE)
    report = "\n\n".join([*(table(tallies, group, dialects) for group in groups), slowest(timings)])
    print(report)
    if options.write:
        note = f"\nOf each set, {options.sample} schemas or a few more, evenly spread.\n" if options.sample else ""
        options.write.write_text(f"{_HEAD}{note}\n{report}\n", encoding="utf-8")
    faults = sum(tally.outcomes["crash"] + tally.outcomes["rejected"] for tally in tallies.values())
    return 1 if faults else 0


_BATCHES: Final = 20

if __name__ == "__main__":
    sys.exit(main())
