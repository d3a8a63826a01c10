"""Hostile input, briefly: `fuzz.py` runs a million, here are some of each target, and what ever broke something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hostile_input import WIRES, Spoken, Target, examine, minimised, problem_of, seeds_of, targets

FINDINGS = Path(__file__).with_name("findings")
TARGETS = {target.name: target for target in targets(recorded=False)}


def folder_of(name: str) -> str:
    return name.replace(" ", "-").replace(",", "")


@pytest.mark.parametrize("name", TARGETS)
def test_only_documented_errors_come_out(name: str) -> None:
    """Whatever a provider, a proxy or a model sends, callers catch `LLMError` and nothing else."""
    tally = examine(TARGETS[name], 50, seed=7)
    assert {} == tally.findings
    assert 50 == tally.executions


@pytest.mark.parametrize("path", sorted(FINDINGS.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_broke_once_does_not_again(path: Path) -> None:
    """Each file is the smallest input that showed a defect."""
    (target,) = (found for name, found in TARGETS.items() if folder_of(name) == path.parent.name)
    assert problem_of(target, path.read_bytes()) is None


@pytest.mark.parametrize("spoken", WIRES, ids=lambda spoken: spoken.name)
def test_there_are_bodies_to_start_from(spoken: Spoken) -> None:
    """A path that the simulator does not know would leave nothing but its 404 to mutate."""
    seeds = seeds_of(spoken.name, recorded=False)
    assert len(seeds.plain) >= 7
    assert all(spoken.read(body) for body in seeds.streams)
    assert len(seeds.errors) >= 9


def test_a_defect_is_found_and_made_small() -> None:
    """The laws are not satisfied by looking away."""

    def run(data: bytes) -> str:
        return {b"a": "a", b"b": "b"}[b"[" if b"[" in data else b"a"]

    broken = Target(name="broken", make=lambda rng: bytes(rng.choices(b"ab[", k=30)), run=run)
    (finding,) = examine(broken, 20, seed=1).findings.values()
    assert finding.what.startswith("KeyError")
    assert b"[" == minimised(finding.data, lambda data: problem_of(broken, data) == finding.what)


def test_time_without_end_is_found() -> None:
    """Of CPU, so that a busy machine is none."""

    def run(data: bytes) -> str:
        return str(sum(range(20_000_000)))

    assert "took more than 50 ms" == problem_of(Target(name="slow", make=lambda rng: b"", run=run), b"")


def test_the_same_seed_makes_the_same_inputs() -> None:
    """Else a finding could not be shown to anyone."""
    for target in TARGETS.values():
        assert target.make(Random(3)) == target.make(Random(3)), target.name


def test_the_command_prints_a_table() -> None:
    """And ends well."""
    program = Path(__file__).with_name("fuzz.py")
    done = subprocess.run(
        [sys.executable, str(program), "--executions", "60", "--target", "framing", "--no-recordings"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "60 executions of 4 targets, 0 untyped exceptions or broken promises, 0 hangs over 50 ms" in done.stdout
