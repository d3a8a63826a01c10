"""The server to measure against, and least CPU time of several rounds."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to measure. `units` is what its CPU time is divided by."""

    group: str
    name: str
    run: Callable[[], Awaitable[None]]
    units: int


@contextmanager
def server(*, wait_s: float = 0.0, gather: int = 0) -> Iterator[str]:
    """The canned server in its own process; gives its address. Its own help tells the settings."""
    command = [sys.executable, str(HERE / "server.py"), "--wait", str(wait_s), "--gather", str(gather)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def in_process(call: str, *, within_s: float = 300.0) -> dict[str, Any]:
    """What `call`, Python code such as "module.function(argument)", returns in a process of its own."""
    module = call.partition(".")[0]
    program = f"import json, {module}; print(json.dumps({call}))"
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE, timeout=within_s)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def raise_file_limit() -> None:
    """Let this process open as many files as the machine lets it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def resident_kb() -> int:
    """What this process holds in memory now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def peak_kb() -> int:
    """The most it ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


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
