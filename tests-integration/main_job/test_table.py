"""The tables over all providers: the main job in each mode, and what else each has to do; row by row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROVIDERS = ["openai", "openai-chat", "anthropic", "google", "bedrock", "openrouter", "databricks"]
MODES = ["native", "tools", "prompted"]
TRANSPORTS = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


def _target(module: ModuleType, name: str) -> object:
    return next(target for target in module.TARGETS if target.name == name)


def test_no_provider_is_left_out(table: ModuleType) -> None:
    """What is installed is what the tables are about."""
    assert PROVIDERS == [target.name for target in table.TARGETS]


@TRANSPORTS
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_every_way_leads_to_the_right_invoice(
    table: ModuleType, provider: str, mode: str, streamed: bool
) -> None:
    """A caller may switch provider, mode and transport without noticing it in the value."""
    way = table.Way(mode=table.OutputMode(mode), target=_target(table, provider), streamed=streamed)
    row = await table.try_way(way)
    assert row.problem is None
    assert (row.partial_values > 0) == streamed


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_plain_and_streamed_give_the_same_value(table: ModuleType, provider: str, mode: str) -> None:
    """The simulator answers the same question alike, so any difference would be the client's."""
    results = []
    for streamed in (False, True):
        with table.Simulator() as simulator:
            way = table.Way(mode=table.OutputMode(mode), target=_target(table, provider), streamed=streamed)
            results.append((await table.ask(way, simulator))[0])
    plain, streamed_result = results
    assert streamed_result.data == plain.data
    assert streamed_result.usage == plain.usage
    assert streamed_result.response.finish_reason == plain.response.finish_reason


@TRANSPORTS
@pytest.mark.parametrize("ability", ["tool loop, reasoning", "image", "cached usage"])
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_every_ability(abilities: ModuleType, provider: str, ability: str, streamed: bool) -> None:
    """Agents live on these: what is sealed goes back as it came, pictures arrive, cached tokens are counted."""
    assert (await abilities.try_ability(ability, _target(abilities, provider), streamed=streamed)).problem is None


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_cancelled_stream_closes_its_socket(abilities: ModuleType, provider: str) -> None:
    """Whoever goes on generating for nobody sends a bill for it."""
    assert (await abilities.try_cancelling(_target(abilities, provider))).problem is None


@pytest.mark.parametrize(
    ("name", "rows", "closing"),
    [
        ("table", 6 * len(PROVIDERS), "main job: 42 ways, 0 failed"),
        ("abilities", 7 * len(PROVIDERS), "abilities: 49 rows, 0 failed"),
    ],
)
def test_the_commands_print_a_row_for_everything(name: str, rows: int, closing: str) -> None:
    """The tables are read by people: all of them must be there, and their closing lines true."""
    program = Path(__file__).with_name(f"{name}.py")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert ["pass"] * rows == [line.rpartition(" ")[2] for line in lines[1:-1]]
    assert closing == lines[-1]
