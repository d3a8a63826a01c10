"""1,000 structured calls in flight at once, against a server that takes a second for each.

`uv run python benchmarks/in_flight.py` prints the table; `--write` also puts it into benchmarks/README.md. Every client
runs in a process of its own: one call first, then all at once. Clients take turns over the rounds; time and CPU are the
least of them, memory and failures the most.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from clients.contract import Client
from measuring import in_process, peak_kb, raise_file_limit, resident_kb, server
from report import versions, write
from shapes import PERSON
from wires import WIRES, Peer, Wire, chosen

CALLS = 1000
WAIT_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Flight:
    """What the calls took together."""

    wall_s: float
    cpu_ms: float
    memory_kb: float
    """By how much the process grew for each call."""
    failed: int


def measured(connect: Callable[[], Client], calls: int) -> dict[str, float]:
    """Run the calls in this process."""
    raise_file_limit()
    return asdict(asyncio.run(_measured(connect, calls)))


async def _measured(connect: Callable[[], Client], calls: int) -> Flight:
    client = connect()
    await client.call(PERSON)
    memory, cpu, wall = resident_kb(), time.process_time(), time.perf_counter()
    values = await client.together(PERSON, calls)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = peak_kb()
    await client.aclose()
    failed = [value for value in values if type(value) is not PERSON.model]
    for failure in failed[:1]:
        print(repr(failure), file=sys.stderr)
    return Flight(wall_s=wall, cpu_ms=cpu * 1000, memory_kb=(peak - memory) / calls, failed=len(failed))


def _in_process(peer: Peer, address: str) -> Flight:
    return Flight(**in_process(f"in_flight.measured(lambda: {peer.source(address)}, {CALLS})"))


def flights(wires: Sequence[Wire], rounds: int) -> dict[tuple[str, str], Flight]:
    """By wire and client."""
    found: dict[tuple[str, str], list[Flight]] = {}
    with server(wait_s=WAIT_S) as address:
        for number in range(rounds):
            for wire in wires:
                for peer in wire.peers(at_once=CALLS):
                    found.setdefault((wire.title, peer.name), []).append(_in_process(peer, address))
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return {key: _best(runs) for key, runs in found.items()}


def _best(runs: Sequence[Flight]) -> Flight:
    return Flight(
        wall_s=min(run.wall_s for run in runs),
        cpu_ms=min(run.cpu_ms for run in runs),
        memory_kb=max(run.memory_kb for run in runs),
        failed=max(run.failed for run in runs),
    )


def table(found: dict[tuple[str, str], Flight]) -> str:
    """The results as Markdown; ratios are to the raw SDK of the same wire."""
    lines = ["| wire | client | failed | wall, s | ratio | CPU, ms | ratio | memory, KB a call |", "|---" * 8 + "|"]
    for (title, name), flight in found.items():
        raw = found[title, "raw SDK"]
        lines.append(
            f"| {title} | {name} | {flight.failed} | {flight.wall_s:.2f} | {flight.wall_s / raw.wall_s:.2f}x "
            f"| {flight.cpu_ms:.0f} | {flight.cpu_ms / raw.cpu_ms:.2f}x | {flight.memory_kb:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = sorted({wire.provider for wire in WIRES})
    parser.add_argument("--provider", nargs="+", choices=names, help="whose wires (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    wires = chosen(options.provider)
    heading = (
        f"{CALLS} structured calls at once, {WAIT_S:.0f} s each at the server, best of {options.rounds} rounds; "
        f"{versions(wire.sdk for wire in wires)}."
    )
    text = f"{heading}\n\n{table(flights(wires, options.rounds))}"
    print(text)
    if options.write:
        write("in flight", text)


if __name__ == "__main__":
    main()
