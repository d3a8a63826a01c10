"""The recordings, for the tests of this folder, and the count at the end of the run."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))  # `wire_replay` is a program of this folder, not installed

from wire_replay import Recording, Tally, find_recordings, load

_TALLY = pytest.StashKey[Tally]()


@pytest.fixture(scope="session")
def recordings() -> Sequence[Recording]:
    """Every recording of the wires our providers speak; they lie beside the repository, not in it."""
    folder = find_recordings(Path(__file__))
    if folder is None:
        pytest.skip("no shared/recordings folder beside the repository")
    return load(folder)


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    """The count that is printed when the run ends."""
    return pytestconfig.stash.setdefault(_TALLY, Tally())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the count."""
    if tally := config.stash.get(_TALLY, None):
        terminalreporter.section("recorded traffic, replayed")
        for line in tally.lines():
            terminalreporter.line(line)
