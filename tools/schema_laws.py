"""Hold plans to their laws: on every real schema beside the repository, and on generated ones.

    uv run python tools/schema_laws.py [FOLDER] [--cases N] [--every N] [--seed N] [--values N]

A case is one value: valid for the schema that was asked for and taken there and back, or valid for the schema that was
sent and restored. Real schemas meet the dialects in turn; Hypothesis makes the rest of the cases up. Who judges what is
valid is `jsonschema`. Prints counts, and every counterexample; exit code 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from plan_laws import DIALECTS, LAWS, SCHEMAS, Record, Tally, examine, generated_cases, read_records

_WORKERS: Final = 2
_BATCHES: Final = 40
_PLANS_AT_ONCE: Final = 400
_MOST_UNDECLARED: Final = 0.02  # of valid values, that are not sent as declared because an author left an object open


def of_real_schemas(batch: Sequence[tuple[int, Record]], *, values: int, seed: int) -> Tally:
    """The schemas of one batch, each for the dialect whose turn it is."""
    tally = Tally()
    for number, record in batch:
        tally.add(examine(record, DIALECTS[(number + seed) % len(DIALECTS)], values=values, seed=seed))
    return tally


def progress(title: str, tally: Tally, started: float) -> None:
    seconds = time.monotonic() - started
    print(f"{title}: {tally.cases:,} cases, {len(tally.broken)} broken, {seconds:.0f} s", file=sys.stderr, flush=True)


def run(records: Iterable[Record], cases: int, values: int, seed: int) -> tuple[Tally, Tally]:
    """Tallies of real and of generated schemas."""
    real, generated, started = Tally(), Tally(), time.monotonic()
    numbered = list(enumerate(records))
    with ProcessPoolExecutor(_WORKERS) as pool:
        batches = [numbered[start::_BATCHES] for start in range(_BATCHES)]
        for part in pool.map(partial(of_real_schemas, values=values, seed=seed), batches):
            real.add(part)
            progress("real schemas", real, started)
        round_of = seed * 10_000
        while real.cases + generated.cases < cases and not generated.broken:
            seeds = [round_of + worker for worker in range(_WORKERS)]
            parts = [pool.submit(generated_cases, _PLANS_AT_ONCE, seed=one, values=values) for one in seeds]
            for done in parts:
                generated.add(done.result())
            round_of += _WORKERS
            progress("generated schemas", generated, started)
    return real, generated


def report(name: str, tally: Tally) -> str:
    counts = (tally.plans, tally.valid, tally.sent, tally.cases, sum(tally.losses.values()), len(tally.broken))
    return f"| {name} | " + " | ".join(f"{count:,}" for count in counts) + " |"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SCHEMAS, help="of .jsonl.gz files (%(default)s)")
    parser.add_argument("--cases", type=int, default=100_000, metavar="N", help="at least so many (%(default)s)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one of N real schemas only (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed, other values (%(default)s)")
    parser.add_argument("--values", type=int, default=4, metavar="N", help="made for each side (%(default)s)")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    real, generated = run(
        islice(read_records(options.folder), 0, None, options.every), options.cases, options.values, options.seed
    )
    print("| schemas | plans | values there and back | values restored | cases | losses | broken |")
    print("|---|---|---|---|---|---|---|")
    print(report("real", real))
    print(report("generated", generated))
    share = real.undeclared / (real.valid or 1)
    slow = real.slow + generated.slow
    print(f"\nThe values of {slow} schemas took too long to make or to judge, and were left at that.")
    print(f"{share:.1%} of the valid values of real schemas have parts that no branch of their schema declares.")
    for one in (*real.broken, *generated.broken):
        print(f"\n{one.law!r} ({LAWS[one.law]}) is broken by {one.schema} for {one.dialect}:\n    {one.how}")
    return 1 if real.broken or generated.broken or share > _MOST_UNDECLARED else 0


if __name__ == "__main__":
    sys.exit(main())
