"""Hostile input into everything that reads what others wrote: only documented errors come out, and soon.

uv run python tests-integration/fuzzing/fuzz.py [--executions 1000000] [--seed 0] [--target "SSE framing"]

Framings, readers of JSON, the decoders of every wire (bodies and streams), error bodies, JSON in text, typed answers in
each mode, growing values, schemas. Inputs are mutations of real bodies: of the recordings, where they lie beside the
repository, and of the simulator's. A finding is any exception but the documented errors, a promise that was not kept,
and an execution of more than 50 ms of CPU. Each is made smaller and written to `--findings`, to become a test.

Prints a table; exit status 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "recordings"))  # for `wire_replay`, which reads them
sys.path.insert(0, str(Path(__file__).resolve().parent))

from hostile_input import Finding, Tally, Target, examine, has_recordings, minimised, problem_of, targets

_SLOW = ("hostile schemas",)  # a plan takes as long as fifty bodies


def shares(chosen: Sequence[Target], executions: int) -> list[tuple[Target, int]]:
    """How often each target is run, so that they are run `executions` times together."""
    weights = [1 if target.name in _SLOW else 20 for target in chosen]
    counts = [executions * weight // sum(weights) for weight in weights]
    counts[0] += executions - sum(counts)
    return list(zip(chosen, counts, strict=True))


def line(tally: Tally) -> str:
    """One row of the table."""
    rate = tally.executions / tally.seconds if tally.seconds else 0.0
    return (
        f"{tally.target:28} {tally.executions:>9,} {rate:>9,.0f} {len(tally.ends):>5} {tally.slowest_s * 1000:>8.1f}"
        f"  {f'{len(tally.findings)} FINDINGS' if tally.findings else 'ok'}"
    )


def summary(tallies: Sequence[Tally]) -> str:
    """The closing line."""
    slow = sum("50 ms" in what for tally in tallies for what in tally.findings)
    found = sum(len(tally.findings) for tally in tallies) - slow
    return (
        f"fuzz: {sum(tally.executions for tally in tallies):,} executions of {len(tallies)} targets, "
        f"{found} untyped exceptions or broken promises, {slow} hangs over 50 ms, "
        f"slowest {max(tally.slowest_s for tally in tallies) * 1000:.1f} ms of CPU"
    )


def keep(finding: Finding, target: Target, folder: Path) -> Path:
    """Write the smallest input that shows `finding`."""
    data = minimised(finding.data, lambda smaller: problem_of(target, smaller) == finding.what)
    path = folder / target.name.replace(" ", "-").replace(",", "") / hashlib.sha256(data).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _progress(tally: Tally) -> None:
    print(f"\r{line(tally)}", end="", file=sys.stderr, flush=True)


def main() -> int:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executions", type=int, default=100_000, help="of all targets together (default: 100000)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same inputs (default: 0)")
    parser.add_argument("--target", action="append", default=[], metavar="T", help="only those whose name holds T")
    parser.add_argument("--no-recordings", action="store_true", help="start from the simulator's bodies alone")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="folder for what was found")
    options = parser.parse_args()
    recorded = not options.no_recordings
    if recorded and not has_recordings():
        print("no shared/recordings folder beside the repository: starting from the simulator's bodies alone")
    every = targets(recorded=recorded)
    chosen = [found for found in every if not options.target or any(part in found.name for part in options.target)]
    if not chosen:
        parser.error(f"no such target; there are: {', '.join(found.name for found in every)}")
    gc.freeze()
    started = time.monotonic()
    print(f"{'target':28} {'runs':>9} {'per CPU s':>9} {'ends':>5} {'ms':>8}")
    tallies = []
    for target, executions in shares(chosen, options.executions):
        tally = examine(target, executions, seed=options.seed, progress=_progress if sys.stderr.isatty() else None)
        tallies.append(tally)
        print(line(tally), flush=True)
        for finding in tally.findings.values():
            print(f"    {finding.what}: {keep(finding, target, options.findings)}", flush=True)
    print(f"{summary(tallies)}, {time.monotonic() - started:.0f} s")
    return 1 if any(tally.findings for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
