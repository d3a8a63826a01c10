"""5,000 streams open at once, against a server that lets none go on before all have begun.

`uv run python benchmarks/streams.py` prints the table; `--write` also puts it into benchmarks/README.md. Every client
runs in a process of its own, with the engine that holds most connections: aiohttp, where its SDK has a choice. Every
text is compared to what was sent. Lag is how late a timer of 5 milliseconds rings in the client's event loop meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass

from canned.text import asking_for, words
from clients.contract import Client
from measuring import in_process, peak_kb, raise_file_limit, resident_kb, server
from report import versions, write
from shapes import PERSON
from wires import WIRES, Peer, Wire, chosen

STREAMS = 5000
CHUNKS = 20
WITHIN_S = 150.0
_TICK_S = 0.005


@dataclass(frozen=True, kw_only=True)
class Load:
    """What the streams took together."""

    exact: int
    """How many ended with the very text that was sent."""
    wall_s: float
    cpu_us: float
    """Of each chunk, with what opening and closing a stream takes."""
    memory_kb: float
    """By how much the process grew for each stream."""
    lag_ms: float
    """99 of 100 timers were no later than this."""
    longest_lag_ms: float


def measured(connect: Callable[[], Client], streams: int) -> dict[str, float]:
    """Read the streams in this process."""
    raise_file_limit()
    return asdict(asyncio.run(_measured(connect, streams)))


async def _measured(connect: Callable[[], Client], streams: int) -> Load:
    client = connect()
    await client.call(PERSON)
    memory, cpu, wall = resident_kb(), time.process_time(), time.perf_counter()
    async with _late_timers() as late_s:
        texts = await client.streams_together(asking_for(CHUNKS), streams)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = peak_kb()
    await client.aclose()
    expected = "".join(words(CHUNKS))
    for wrong in [text for text in texts if text != expected][:1]:
        print(repr(wrong)[:1000], file=sys.stderr)
    late_s.sort()
    return Load(
        exact=sum(text == expected for text in texts),
        wall_s=wall,
        cpu_us=cpu / (streams * CHUNKS) * 1e6,
        memory_kb=(peak - memory) / streams,
        lag_ms=late_s[len(late_s) * 99 // 100] * 1000,
        longest_lag_ms=late_s[-1] * 1000,
    )


@asynccontextmanager
async def _late_timers() -> AsyncIterator[list[float]]:
    """Seconds by which timers of this event loop rang late, inside the block."""
    late_s = [0.0]

    async def ring() -> None:
        while True:
            due = time.perf_counter() + _TICK_S
            await asyncio.sleep(_TICK_S)
            late_s.append(time.perf_counter() - due)

    ringing = asyncio.create_task(ring())
    yield late_s
    ringing.cancel()
    with suppress(asyncio.CancelledError):
        await ringing


def loads(wires: Sequence[Wire], streams: int) -> dict[tuple[str, str], Load | None]:
    """By wire and client; None where a client did not come to an end in time."""
    found: dict[tuple[str, str], Load | None] = {}
    for wire in wires:
        for peer in wire.peers(at_once=streams):
            if wire.threads or "aiohttp" in peer.name:
                found[wire.title, peer.name] = _in_process(peer, streams)
                print(f"{wire.title}, {peer.name}: done", file=sys.stderr)
    return found


def _in_process(peer: Peer, streams: int) -> Load | None:
    with server(gather=streams) as address:
        call = f"streams.measured(lambda: {peer.source(address)}, {streams})"
        try:
            return Load(**in_process(call, within_s=WITHIN_S))
        except subprocess.TimeoutExpired:
            return None


def table(found: dict[tuple[str, str], Load | None]) -> str:
    """The results as Markdown; a ratio is to the raw SDK of the same wire."""
    head = "| wire | client | exact | wall, s | CPU, us a chunk | ratio | KB a stream | lag, ms: p99 | longest |"
    lines = [head, "|---" * 9 + "|"]
    raw: Load | None = None
    for (title, name), load in found.items():
        raw = load if name.startswith("raw") else raw
        if load is None:
            lines.append(f"| {title} | {name} | not done in {WITHIN_S:.0f} s |" + " |" * 6)
            continue
        ratio = f"{load.cpu_us / raw.cpu_us:.2f}x" if raw else ""
        lines.append(
            f"| {title} | {name} | {load.exact} | {load.wall_s:.1f} | {load.cpu_us:.1f} | {ratio} "
            f"| {load.memory_kb:.0f} | {load.lag_ms:.0f} | {load.longest_lag_ms:.0f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and write if asked to; 1 where a text of ours is not exact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = sorted({wire.provider for wire in WIRES})
    parser.add_argument("--provider", nargs="+", choices=names, help="whose wires (default: all)")
    parser.add_argument("--streams", type=int, default=STREAMS, help=f"at once (default: {STREAMS})")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    wires = chosen(options.provider)
    found = loads(wires, options.streams)
    heading = f"{options.streams} streams of {CHUNKS} chunks at once; {versions(wire.sdk for wire in wires)}."
    text = f"{heading}\n\n{table(found)}"
    print(text)
    if options.write:
        write("streams", text)
    ours = [load for (_, name), load in found.items() if name.startswith("ours")]
    return 0 if all(load and load.exact == options.streams for load in ours) else 1


if __name__ == "__main__":
    raise SystemExit(main())
