"""Plan every real schema for every dialect and say how many can be sent, and at what loss.

    uv run python tools/schema_report.py [FOLDER] [--sample N] [--dialect NAME ...]

Prints Markdown tables; exit code 1 on a crash, or where the checker refuses what a plan calls compatible.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from penguiflow_llm_schema import InvalidSchemaError, check, dialect_names, plan

_DEFAULT: Final = Path(__file__).resolve().parents[2] / "shared" / "schemas"
_EXTERNAL: Final = {"remote_ref", "relative_ref", "ref_unresolvable"}
_PORTABLE: Final = ("mcp_tool", "python_suite", "wire")
_MOST_REASONS: Final = 3
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


def measure(batch: list[dict[str, Any]], dialects: Iterable[str]) -> Tallies:
    tallies: Tallies = {}
    for record in batch:
        for dialect in dialects:
            name, reasons, lost = outcome(record["schema"], dialect)
            for group in sets_of(record):
                tally = tallies.setdefault((group, dialect), Tally())
                tally.outcomes[name] += 1
                tally.losses.update(lost)
                tally.reasons.update(reasons)
            if name in ("crash", "rejected"):
                print(f"{dialect} {record['id']}: {name}: {reasons[0]}", file=sys.stderr)
    return tallies


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


def most(counter: Counter[str]) -> str:
    return "; ".join(f"{text.replace('|', '/')} ({count})" for text, count in counter.most_common(_MOST_REASONS))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=_DEFAULT, help="of .jsonl.gz files (%(default)s)")
    parser.add_argument("--sample", type=int, metavar="N", help="plan N schemas of each file only")
    parser.add_argument(
        "--dialect", action="append", choices=dialect_names(), help="plan for this one only; repeatable"
    )
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
    with ProcessPoolExecutor(_WORKERS) as pool:
        for done, part in enumerate(pool.map(partial(measure, dialects=dialects), batches), start=1):
            for key, tally in part.items():
                tallies.setdefault(key, Tally()).add(tally)
            print(f"{done} of {len(batches)} parts", file=sys.stderr)
    print("\n\n".join(table(tallies, group, dialects) for group in ("all", "no external references", *_PORTABLE)))
    faults = sum(tally.outcomes["crash"] + tally.outcomes["rejected"] for tally in tallies.values())
    return 1 if faults else 0


_BATCHES: Final = 20

if __name__ == "__main__":
    sys.exit(main())
