"""Hold plans to their laws: on real schemas beside the repository, on JSON-Schema-Test-Suite, on generated ones.

    uv run python tools/schema_laws.py [FOLDER] [--cases N] [--every N] [--values N] [--losses N] [--seed N]

Real schemas and those of the test-suite meet the dialects in turn, or each all of them (`--all-dialects`); Hypothesis
makes schemas up until there are enough cases. Who judges what is valid is `jsonschema`, formats included. The columns:

- plans: schemas that were carried over, each to one dialect.
- there and back: distinct values that are valid for the schema that was asked for, by their author's word and a
  validator's, or made by a generator and found valid. For each, `restore(forward(value)) == value`. The next three are
  of these: *reshaped* were sent in another shape, so that the law says something; *default* came back equal but for a
  stated default, given or left out, as README documents; *null* came back with a null for what was left out, which is
  reported.
- restored: distinct values that are valid for the schema that was sent: made by a generator, authors' valid and invalid
  values taken forward, and all of these a little changed. Each restores to something valid for the schema that was
  asked for, or fails at reported losses only.
- losses: all that were reported; each is of a keyword that is there. Of some for each plan (`--losses`) it is looked
  for a value that shows the loss to be real. How that ended is in the next three columns: *shown*, *unknowable*,
  *open*. What real means, loss by loss, is said in `plan_laws/_shown.py`.
- broken: counterexamples to any law of `plan_laws/_laws.py`, each printed; exit code 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from plan_laws import DIALECTS, LAWS, SCHEMAS, Effort, Record, Tally, examine, generated_cases, read_records

_BATCHES: Final = 40
_PLANS_AT_ONCE: Final = 400
_COLUMNS: Final = (
    "schemas", "plans", "there and back", "reshaped", "default", "null", "restored", "losses", "shown", "unknowable",
    "open", "broken",
)  # fmt: skip
_MOST_UNDECLARED: Final = 0.02  # of valid values, that are not sent as declared because an author left an object open


def of_records(batch: Sequence[tuple[int, Record]], effort: Effort, *, all_dialects: bool) -> Tally:
    """The schemas of one batch, each for the dialect whose turn it is, or for all."""
    tally = Tally()
    for number, record in batch:
        turn = (number + effort.seed) % len(DIALECTS)
        for dialect in DIALECTS if all_dialects else DIALECTS[turn : turn + 1]:
            tally.add(examine(record, dialect, effort))
    return tally


def progress(title: str, tally: Tally, started: float) -> None:
    seconds = time.monotonic() - started
    counts = f"{tally.valid:,} there and back, {tally.sent:,} restored, {len(tally.broken)} broken"
    print(f"{title}: {counts}, {seconds:.0f} s", file=sys.stderr, flush=True)


def run(records: Iterable[Record], effort: Effort, options: argparse.Namespace) -> dict[str, Tally]:
    """Tallies by kind of schema."""
    tallies, started = {kind: Tally() for kind in ("real", "test-suite", "generated")}, time.monotonic()
    numbered = list(enumerate(records))
    with ProcessPoolExecutor(options.workers) as pool:
        for kind in ("real", "test-suite"):
            of_kind = [pair for pair in numbered if pair[1].file.startswith("test_suite") == (kind == "test-suite")]
            batches = [of_kind[start::_BATCHES] for start in range(_BATCHES)]
            for part in pool.map(partial(of_records, effort=effort, all_dialects=options.all_dialects), batches):
                tallies[kind].add(part)
                progress(kind, tallies[kind], started)
        round_of = effort.seed * 10_000
        while sum(tally.valid for tally in tallies.values()) < options.cases and not tallies["generated"].broken:
            efforts = [replace(effort, seed=round_of + worker) for worker in range(options.workers)]
            parts = [pool.submit(generated_cases, _PLANS_AT_ONCE, one) for one in efforts]
            for done in parts:
                tallies["generated"].add(done.result())
            round_of += options.workers
            progress("generated", tallies["generated"], started)
    return tallies


def row(kind: str, tally: Tally) -> str:
    evidence = [tally.evidence[name] for name in ("shown", "unknowable", "open")]
    back = (tally.valid, tally.reshaped, tally.by_default, tally.merged)
    counts = (tally.plans, *back, tally.sent, sum(tally.losses.values()), *evidence, len(tally.broken))
    return f"| {kind} | " + " | ".join(f"{count:,}" for count in counts) + " |"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SCHEMAS, help="of .jsonl.gz files (%(default)s)")
    parser.add_argument("--file", action="append", metavar="NAME", help="only schemas of this file; repeatable")
    parser.add_argument("--cases", type=int, default=100_000, metavar="N", help="at least (%(default)s)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one of N schemas of files (%(default)s)")
    parser.add_argument("--all-dialects", action="store_true", help="each schema for every dialect")
    parser.add_argument("--values", type=int, default=8, metavar="N", help="made for each side (%(default)s)")
    parser.add_argument("--losses", type=int, default=8, metavar="N", help="of a plan, looked into (%(default)s)")
    parser.add_argument("--seconds", type=float, default=6, metavar="N", help="for one plan's values (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed, other values (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes (%(default)s)")
    parser.add_argument("--open", action="store_true", help="list the losses that no value was found to show")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    effort = Effort(values=options.values, losses=options.losses, seconds=options.seconds, seed=options.seed)
    wanted = [one for one in read_records(options.folder) if not options.file or one.file in options.file]
    tallies = run(islice(wanted, options.seed % options.every, None, options.every), effort, options)
    print("| " + " | ".join(_COLUMNS) + " |\n" + "|---" * len(_COLUMNS) + "|")
    total = Tally()
    for kind, tally in tallies.items():
        print(row(kind, tally))
        total.add(tally)
    print(row("all", total))
    share = tallies["real"].undeclared / (tallies["real"].valid or 1)
    print(f"\nThe values of {total.slow} schemas took too long to make or to judge, and were left at that.")
    print(f"{share:.1%} of the valid values of real schemas have parts that no branch of their schema declares.")
    for line in total.unshown if options.open else ():
        print(f"no value shows the loss of {line}")
    for one in total.broken:
        print(f"\n{one.law!r} ({LAWS[one.law]}) is broken by {one.schema} for {one.dialect}:\n    {one.how}")
    return 1 if total.broken or share > _MOST_UNDECLARED else 0


if __name__ == "__main__":
    sys.exit(main())
