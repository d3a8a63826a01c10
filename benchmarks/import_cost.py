"""What importing takes: time, memory and modules, of each of our packages and of pydantic, which the client needs.

`uv run python benchmarks/import_cost.py [--runs 7]`: the least of so many fresh processes, which take turns. The
client cannot take less than the part of pydantic that it is built on, which is the first line.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping

OURS = ("penguiflow_llm_types", "penguiflow_llm_schema", "penguiflow_llm_core", "penguiflow_llm")
PROGRAMS = {"pydantic.TypeAdapter": "from pydantic import TypeAdapter", **{name: f"import {name}" for name in OURS}}
_PROGRAM = """
import resource, sys, time
peak, started, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter(), time.process_time()
modules = len(sys.modules)
exec(sys.argv[1])
print((time.perf_counter() - started) * 1000, (time.process_time() - cpu) * 1000,
      (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024, len(sys.modules) - modules)
"""


def cost(program: str) -> list[float]:
    """Milliseconds, of the CPU too, MiB and modules of one fresh process."""
    run = subprocess.run([sys.executable, "-c", _PROGRAM, program], capture_output=True, text=True, check=True)
    return [float(figure) for figure in run.stdout.split()]


def least(programs: Mapping[str, str], runs: int) -> dict[str, list[float]]:
    """The least of each figure; the programs take turns, so that other work disturbs all of them alike."""
    found: dict[str, list[list[float]]] = {name: [] for name in programs}
    for _ in range(runs):
        for name, program in programs.items():
            found[name].append(cost(program))
    return {name: [min(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="processes of each package")
    print(f"{'':24}{'ms':>8}{'CPU ms':>8}{'MiB':>8}{'modules':>9}")
    for name, (ms, cpu_ms, mib, modules) in least(PROGRAMS, parser.parse_args().runs).items():
        print(f"{name:24}{ms:8.0f}{cpu_ms:8.0f}{mib:8.1f}{modules:9.0f}")


if __name__ == "__main__":
    main()
