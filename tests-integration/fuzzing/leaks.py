"""Credentials in clients that fail in every way: nothing that anybody could show or keep holds a part of one.

uv run python tests-integration/fuzzing/leaks.py [--paths 12000] [--seed 0] [--holder "openai, key"]

A path is one failure of one client, whose provider, or a proxy before it, quotes the credential: plain, cut, encoded,
escaped. Most go through the public client and the real providers over a transport in memory; the others through the
real SDKs and both engines against the simulator, through a proxy, and through settings that are refused. Looked at are
tracebacks, texts, fields and pickles of errors and of all that led to them, the variables of frames of ours, public
objects, everybody's log at DEBUG, warnings and spans.

Prints a table; exit status 1 where there is a hit.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "recordings"))  # for `wire_replay`, which reads them
sys.path.insert(0, str(Path(__file__).resolve().parent))

from sentinels import FROM_MEMORY, HOLDERS, PROXIED, Tally, behind_proxies, from_memory, not_made, over_sockets, plain

# How many paths of a hundred go which way.
_WAYS: Final[tuple[tuple[str, Callable[..., Tally], int], ...]] = (
    ("memory", from_memory, 70),
    ("sockets", over_sockets, 16),
    ("proxies", behind_proxies, 4),
    ("settings", not_made, 10),
)
_HELD_BY: Final = {"memory": FROM_MEMORY, "proxies": PROXIED}


def line(way: str, holder: str, tally: Tally, seconds: float) -> str:
    """One row of the table."""
    hits = sum(tally.hits.values())
    return (
        f"{holder:32} {way:9} {tally.paths:>6} {len(tally.ends):>4} {seconds:>6.1f}  {f'{hits} HITS' if hits else 'ok'}"
    )


def shares(holders: list[str], paths: int) -> list[tuple[str, Callable[..., Tally], str, int]]:
    """Way, its program, holder and how many paths, of all together at least `paths`."""
    found = []
    for way, run, share in _WAYS:
        by = [name for name in _HELD_BY.get(way, tuple(HOLDERS)) if name in holders]
        found += [(way, run, name, -(-paths * share // (100 * len(by)))) for name in by]
    return found


def main() -> int:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paths", type=int, default=1_000, help="of all holders together (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same failures (default: 0)")
    parser.add_argument("--holder", action="append", default=[], choices=[*HOLDERS], help="only this one; repeatable")
    options = parser.parse_args()
    total, started = Tally(), time.monotonic()
    print(f"{'holder':32} {'way':9} {'paths':>6} {'ends':>4} {'s':>6}")
    for way, run, holder, paths in shares(options.holder or [*HOLDERS], options.paths):
        begun = time.monotonic()
        tally = run(holder, paths, seed=options.seed)
        tally.add(plain(holder, seed=options.seed))
        print(line(way, holder, tally, time.monotonic() - begun), flush=True)
        total.add(tally)
    for where, count in total.hits.most_common():
        print(f"    {count} in {where}: {total.examples[where]}")
    ends = len(total.ends)
    print(
        f"leaks: {total.paths:,} paths of {len(options.holder or HOLDERS)} holders, {ends} ends, "
        f"{sum(total.hits.values())} hits, {time.monotonic() - started:.0f} s"
    )
    return 1 if total.hits else 0


if __name__ == "__main__":
    sys.exit(main())
