"""Every fault of the contract at every provider, plain and streamed.

uv run python tests-integration/faults/matrix.py

Each cell is a call of the public client over the real SDK, against a simulator on loopback that misbehaves. Asserted
are the type and kind of the error, whether it was tried again, the requests on the wire, the time it took, what was
billed and kept, and that nothing is left: no task, thread, file descriptor or slot, and the key in no error, log,
span or metric, nor the prompt in any of the last three.
Where a fault has freedom (where an answer is cut, into which pieces, how long a gap is, when a call is cancelled) the
seed decides; every cell says what was drawn.

Prints a table, or with `--runs` only what fails; `--json FILE` also writes every cell. Exit status 1
where a cell fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "endurance"))  # for `resources`, which counts them
sys.path.insert(0, str(Path(__file__).resolve().parent))

from fault_matrix import FAULTS, PROVIDERS, Cell, Fault, try_cell


def cells(faults: Sequence[str], providers: Sequence[str]) -> Iterator[tuple[Fault, str, bool]]:
    """The cells to try: fault, provider, whether it is streamed."""
    for fault in FAULTS:
        if faults and not any(fault.id.startswith(wanted) for wanted in faults):
            continue
        for provider in providers or PROVIDERS:
            yield from ((fault, provider, streamed) for streamed in (False, True) if _applies(fault, streamed))


def _applies(fault: Fault, streamed: bool) -> bool:
    return fault.streamed if streamed else fault.plain


def line(cell: Cell) -> str:
    """One row of the table."""
    how = "streamed" if cell.streamed else "plain"
    end = cell.reason or "; ".join(cell.problems) or "pass"
    return (
        f"{cell.fault:8} {cell.provider:11} {how:9} {cell.outcome:34} {cell.requests:>3} {cell.elapsed_s:>6.2f}  {end}"
    )


def summary(tried: Sequence[Cell]) -> str:
    """The closing lines: how late time-outs came, and how many cells passed."""
    failed = sum(bool(cell.problems) for cell in tried)
    reasons = sum(cell.reason is not None for cell in tried)
    passed = len(tried) - failed - reasons
    late = sorted(cell.overshoot_s * 1000 for cell in tried if cell.overshoot_s is not None)
    lines = [f"fault matrix: {len(tried)} cells, {passed} passed, {reasons} with a reason, {failed} failed"]
    if late:
        p50, p99 = (late[min(len(late) - 1, len(late) * percent // 100)] for percent in (50, 99))
        lines.insert(
            0, f"time-outs: {len(late)}, late by p50 {p50:.1f} ms, p99 {p99:.1f} ms, {late[-1]:.1f} ms at most"
        )
    return "\n".join(lines)


async def run(options: argparse.Namespace, seed: int) -> list[Cell]:
    """Try the cells one after another, so that each one's times are its own."""
    tried = []
    for fault, provider, streamed in cells(options.fault, options.provider):
        cell = await try_cell(fault, provider, streamed=streamed, seed=seed)
        tried.append(cell)
        if cell.problems or not (options.failed or options.runs > 1):
            print(line(cell), flush=True)
    return tried


def runs(options: argparse.Namespace) -> int:
    """Each seed's run with its closing lines, then those of all of them."""
    print(f"{'fault':8} {'provider':11} {'transport':9} {'outcome':34} {'req':>3} {'s':>6}  verdict")
    tried: list[Cell] = []
    for seed in range(options.seed, options.seed + options.runs):
        started = time.monotonic()
        found = asyncio.run(run(options, seed))
        tried += found
        if options.runs > 1:
            print(f"seed {seed}, {time.monotonic() - started:.0f} s\n{summary(found)}", flush=True)
    if options.runs > 1:
        print(f"{options.runs} runs")
    print(summary(tried))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(cell) for cell in tried], indent=1))
    return 1 if any(cell.problems for cell in tried) else 0


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--fault", action="append", default=[], metavar="ID", help="only faults whose id begins so; repeatable"
    )
    parser.add_argument("--provider", action="append", default=[], choices=PROVIDERS, help="only this one; repeatable")
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="of the simulator, of what faults do and when, and of the jitter (default: 0)",
    )
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="how many, each with the next seed")
    parser.add_argument("--failed", action="store_true", help="print only the cells that fail")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every cell there")
    return runs(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
