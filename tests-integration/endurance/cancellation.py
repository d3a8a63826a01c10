"""Calls that are stopped at every moment of their lives: how soon they end, how soon their socket closes, what is left.

uv run python tests-integration/endurance/cancellation.py [--calls 1000] [--provider openai] [--phase "TLS handshake"]

Each call is brought to its moment over the real SDK, a few at a time, and stopped after a random pause of up to 3 ms:
by cancelling its task, by its token, or by code of the caller's that breaks off. Counted from there are the
milliseconds until the call has ended, and until the server sees the socket closed; where the server cannot see it (no
connection yet, or a server that does not read), until the client's descriptor is gone. Held: how each call ends; that
sockets close within 50 ms at p99; how many requests the server has seen; that the client works on; and that no task,
thread, socket, file descriptor or slot is left. Exit status 1 where that fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Final

from cancel_phases import PHASES
from cancel_trial import How, cancelled
from churn import MODELS
from trusted import trusted_server

LONGEST_MS: Final = 50.0
_NAMES: Final = [phase.name for phase in PHASES]
_COLUMNS: Final = (
    f"{'provider':11} {'stopped':20} {'stage':8} {'calls':>6}  "
    f"{'ended: p50, p99, max':>23}  {'closed: p50, p99, max':>23}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Of several calls, in milliseconds."""

    p50: float
    p99: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Times | None:
        """None of none."""
        ordered = sorted(values)
        last = len(ordered) - 1
        return cls(p50=ordered[last // 2], p99=ordered[int(last * 0.99)], max=ordered[last]) if ordered else None

    def __str__(self) -> str:
        return f"{self.p50:7.2f} {self.p99:7.2f} {self.max:7.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One provider at one moment."""

    provider: str
    phase: str
    stage: str
    calls: int
    ended_ms: Times | None
    closed_ms: Times | None
    """None where calls hold no socket."""
    problems: dict[str, int]

    @property
    def held(self) -> bool:
        """Whether everything is as it should be."""
        return not self.problems and (self.closed_ms is None or self.closed_ms.p99 < LONGEST_MS)

    def __str__(self) -> str:
        closed = "no socket" if self.closed_ms is None else self.closed_ms
        lines = [
            f"{self.provider:11} {self.phase:20} {self.stage:8} {self.calls:>6}  {self.ended_ms!s:>23}  {closed!s:>23}"
            + ("" if self.held else "  FAILED"),
            *(f"    PROBLEM {problem} ({count})" for problem, count in self.problems.items()),
        ]
        return "\n".join(lines)


def rows(providers: Iterable[str], phases: Iterable[str], how: How) -> Iterator[tuple[Row, list[float]]]:
    """Every row as it comes, and the times its sockets took to close."""
    for provider, phase in product(providers, PHASES):
        if phase.name not in phases:
            continue
        found = asyncio.run(cancelled(provider, phase, how))
        row = Row(
            provider=provider,
            phase=phase.name,
            stage=phase.stage,
            calls=found.calls,
            ended_ms=Times.of(found.ended_ms),
            closed_ms=Times.of(found.closed_ms),
            problems=dict(found.problems),
        )
        yield row, found.closed_ms


def main() -> int:
    """Stop calls, and print a line for each provider and moment."""
    options = _options()
    tried: list[Row] = []
    closed_ms: list[float] = []
    started = time.monotonic()
    print(_COLUMNS + "  ms", flush=True)
    with trusted_server() if options.tls else nullcontext() as tls:
        how = How(calls=options.calls, seed=options.seed, use_aiohttp=options.engine == "aiohttp", tls=tls)
        for row, times in rows(options.provider or MODELS, options.phase or _NAMES, how):
            tried.append(row)
            closed_ms += times
            print(row, flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(row) for row in tried], indent=1))
    failed = sum(not row.held for row in tried)
    print(
        f"cancellation: {sum(row.calls for row in tried)} calls in {time.monotonic() - started:.0f} s; "
        f"sockets closed in ms, p50 p99 max: {Times.of(closed_ms)}; "
        + (f"{failed} of {len(tried)} lines failed" if failed else "nothing left")
    )
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100, help="of each provider at each moment (default: 100)")
    parser.add_argument("--provider", action="append", choices=[*MODELS], help="only this one; repeatable")
    parser.add_argument("--phase", action="append", choices=_NAMES, help="only this moment; repeatable")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=["aiohttp", "httpx2"], default="aiohttp", help="where the SDK has two")
    parser.add_argument("--tls", action="store_true", help="over https")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every line there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
