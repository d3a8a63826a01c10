"""The main job in each mode, over each wire, plain and streamed; the rows of `table.py` one by one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("mode", ["native", "tools", "prompted"])
async def test_every_way_leads_to_the_right_invoice(table: ModuleType, mode: str, wire: str, streamed: bool) -> None:
    """A caller may switch mode, wire and transport without noticing it in the value."""
    way = table.Way(mode=table.OutputMode(mode), wire=wire, streamed=streamed)
    row = await table.try_way(way)
    assert row.problem is None
    assert (row.partial_values > 0) == streamed


@pytest.mark.parametrize("mode", ["native", "tools", "prompted"])
async def test_plain_and_streamed_give_the_same_value(table: ModuleType, mode: str, wire: str) -> None:
    """The simulator answers the same question alike, so any difference would be the client's."""
    results = []
    for streamed in (False, True):
        with table.Simulator() as simulator:
            way = table.Way(mode=table.OutputMode(mode), wire=wire, streamed=streamed)
            results.append((await table.ask(way, simulator))[0])
    plain, streamed_result = results
    assert streamed_result.data == plain.data
    assert streamed_result.usage == plain.usage
    assert streamed_result.response.finish_reason == plain.response.finish_reason


def test_the_command_prints_a_row_for_every_way(table: ModuleType) -> None:
    """The table is read by people: all of it must be there, and its closing line true."""
    program = Path(table.__file__ or "")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.rpartition(" ")[2] for line in lines[1:-1]] == ["pass"] * len(table.WAYS)
    assert lines[-1] == "main job: 12 ways, 0 failed"
