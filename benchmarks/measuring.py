"""The server to measure against, and least CPU time of several rounds."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to measure. `units` is what its CPU time is divided by."""

    group: str
    name: str
    run: Callable[[], Awaitable[None]]
    units: int


@contextmanager
def server(wait_s: float = 0.0) -> Iterator[str]:
    """The canned server in its own process; gives its address."""
    command = [sys.executable, str(HERE / "server.py"), "--wait", str(wait_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


async def least_cpu_us(cases: Sequence[Case], rounds: int) -> list[float]:
    """Least CPU microseconds a unit of each case; one more round comes first and is not counted."""
    best = [float("inf")] * len(cases)
    for number in range(rounds + 1):
        for index, case in enumerate(cases):
            gc.collect()
            started = time.process_time()
            await case.run()
            spent = (time.process_time() - started) / case.units * 1e6
            if number:
                best[index] = min(best[index], spent)
        print(f"round {number} of {rounds}", file=sys.stderr)
    return best
