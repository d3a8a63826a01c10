"""What it costs before the first answer: imports, and a whole process from nothing to a validated value."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from measuring import HERE
from wires import Wire

RUNS = 3
_FIRST_ANSWER = """
import asyncio
from shapes import PERSON

async def main():
    client = {source}
    assert type(await client.call(PERSON)) is PERSON.model
    await client.aclose()

asyncio.run(main())
"""


@dataclass(frozen=True, kw_only=True)
class Startup:
    """Least CPU milliseconds of processes that do one thing, beyond a process that does nothing."""

    group: str
    name: str
    cpu_ms: float


def imports() -> list[Startup]:
    """Our import beside those of the SDKs."""
    names = ("openai", "anthropic", "google.genai", "boto3", "penguiflow_llm")
    return _measured("import", {name: f"import {name}" for name in names})


def first_answers(wires: Sequence[Wire], server: str) -> list[Startup]:
    """A process that asks once, over the raw SDK and over our client."""
    found = []
    for wire in wires:
        peers = [peer for peer in wire.peers(at_once=1) if "aiohttp" not in peer.name]
        programs = {peer.name: _FIRST_ANSWER.format(source=peer.source(server)) for peer in peers}
        found += _measured(f"{wire.title}: process to first answer", programs)
    return found


def _measured(group: str, programs: dict[str, str]) -> list[Startup]:
    least = dict.fromkeys(("pass", *programs.values()), float("inf"))
    for _ in range(RUNS):
        for program in least:
            least[program] = min(least[program], _cpu_ms(program))
    return [
        Startup(group=group, name=name, cpu_ms=least[program] - least["pass"]) for name, program in programs.items()
    ]


def _cpu_ms(program: str) -> float:
    code = f"{program}\nimport time; print(time.process_time() * 1000)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    return float(run.stdout)
