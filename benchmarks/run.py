"""CPU cost of our client beside the raw SDKs, in one interleaved run.

`uv run python benchmarks/run.py` prints the tables; `--write` also puts them into benchmarks/README.md. Every case runs
once a round, the rounds take turns, and the least CPU time of all rounds counts: on a shared machine the minimum is the
figure that other work disturbs least. Only ratios from one run mean anything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from contextlib import AsyncExitStack

from cases import AT_ONCE, CALLS, CHUNKS, connected
from measuring import least_cpu_us, server
from report import Row, table, versions, write
from startup import RUNS, first_answers, imports
from wires import WIRES, Wire, chosen


def measured(wires: list[Wire], rounds: int, *, startup: bool) -> tuple[list[Row], list[Row]]:
    """Microseconds a chunk or call, and milliseconds of starting up."""
    with server() as address:
        running = asyncio.run(_running(wires, address, rounds))
        starts = [*imports(), *first_answers(wires, address)] if startup else []
    return running, [Row(group=found.group, name=found.name, value=found.cpu_ms) for found in starts]


async def _running(wires: list[Wire], address: str, rounds: int) -> list[Row]:
    async with AsyncExitStack() as stack:
        cases = [case for wire in wires for case in await stack.enter_async_context(connected(wire, address))]
        best = await least_cpu_us(cases, rounds)
    return [Row(group=case.group, name=case.name, value=value) for case, value in zip(cases, best, strict=True)]


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = sorted({wire.provider for wire in WIRES})
    parser.add_argument("--provider", nargs="+", choices=names, help="whose wires (default: all)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count (default: 7)")
    parser.add_argument(
        "--no-startup", action="store_true", help="leave out what costs most time: imports, first answers"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead")
    options = parser.parse_args()
    wires = chosen(options.provider)
    running, starting = measured(wires, options.rounds, startup=not options.no_startup)
    if options.json:
        print(
            json.dumps([{"what": r.group, "client": r.name, "value": r.value} for r in (*running, *starting)], indent=2)
        )
        return
    heading = (
        f"{CHUNKS} chunks a stream in one burst; {CALLS} structured calls one after another, or {AT_ONCE} at once; "
        f"least of {options.rounds} rounds; {versions(wire.sdk for wire in wires)}."
    )
    tables = [table(running, unit="CPU, microseconds a chunk or call")]
    if starting:
        tables.append(f"Starting up, least of {RUNS} processes each, beyond a process that does nothing:")
        tables.append(table(starting, unit="CPU, milliseconds"))
    text = "\n\n".join([heading, *tables])
    print(text)
    if options.write:
        write("results", text)


if __name__ == "__main__":
    main()
