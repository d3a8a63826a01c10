"""Every fault of the contract at every provider, plain and streamed; `matrix.py` prints the same as a table."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from fault_matrix import FAULTS, PROVIDERS, Fault, try_cell

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "facts" / "fault-matrix.csv"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
async def test_a_fault(fault: Fault) -> None:
    """The same law for every provider: what is sent again, what it says, what it leaves behind."""
    transports = [streamed for streamed in (False, True) if (fault.streamed if streamed else fault.plain)]
    cells = [
        await try_cell(fault, provider, streamed=streamed) for provider, streamed in product(PROVIDERS, transports)
    ]
    assert [] == [
        f"{cell.provider}, {'streamed' if cell.streamed else 'plain'}: {problem}"
        for cell in cells
        for problem in cell.problems
    ]


def test_no_fault_of_the_contract_is_left_out() -> None:
    """Each of its rows is a row here, or several."""
    if not CONTRACT.is_file():
        pytest.skip("the contract lies beside the repository, and is not here")
    with CONTRACT.open(newline="") as lines:
        wanted = {row["id"] for row in csv.DictReader(lines)}
    assert set() == {name for name in wanted if not any(fault.id.startswith(name) for fault in FAULTS)}


def test_the_rows_that_security_names_are_here() -> None:
    """SECURITY.md promises what they hold."""
    named = re.findall(r"\[([FK]\d+[a-z]?)\]", (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 10
    assert set(named) <= {fault.id for fault in FAULTS}


async def test_the_seed_decides_what_a_fault_does() -> None:
    """Another run cuts elsewhere, and the same seed brings a failure back."""
    fault = next(fault for fault in FAULTS if fault.id == "F52")
    one, again, other = [(await try_cell(fault, "openai", streamed=True, seed=seed)).drawn for seed in (1, 1, 2)]
    assert one == again != other


def test_the_command_tries_every_cell_in_every_run(tmp_path: Path) -> None:
    """And writes them for a program to read."""
    program, written = Path(__file__).with_name("matrix.py"), tmp_path / "cells.json"
    done = subprocess.run(
        [sys.executable, str(program), "--fault", "F25", "--runs", "2", "--json", str(written)],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert (0, "") == (done.returncode, done.stderr)
    assert "fault matrix: 24 cells, 24 passed, 0 with a reason, 0 failed" == lines[-1]
    assert 24 == written.read_text().count('"fault": "F25"')
