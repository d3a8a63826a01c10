"""The pytest plugin: fixtures `llm_simulator` and `llm_tape`, markers of the same names, `--llm-record`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from penguiflow_llm_testing import Simulator, Tape


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    parser.addini("llm_simulator_seed", "Seed of the answers of the llm_simulator fixture.", default="0")
    parser.getgroup("llm").addoption(
        "--llm-record", action="store_true", help="Record the tapes of llm_tape anew, from the servers they name."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    config.addinivalue_line("markers", "llm_simulator(seed): the seed of this test's simulator.")
    config.addinivalue_line(
        "markers", "llm_tape(upstream, name, ignore): the server that this test's tape is recorded from; see Tape."
    )


@pytest.fixture
def llm_simulator(request: pytest.FixtureRequest) -> "Iterator[Simulator]":
    """A started simulator of provider APIs on loopback, closed after the test."""
    # Imported here: pytest loads this module in every run of every project that has the package installed.
    from penguiflow_llm_testing import Simulator

    marker = request.node.get_closest_marker("llm_simulator")
    seed = marker.kwargs.get("seed") if marker else None
    with Simulator(seed=int(request.config.getini("llm_simulator_seed")) if seed is None else seed) as simulator:
        yield simulator


@pytest.fixture
def llm_tape(request: pytest.FixtureRequest) -> "Iterator[Tape]":
    """A started tape of this test's own, `tapes/MODULE.TEST.json` beside its module; with `--llm-record` recorded anew.

    A request that is not on the tape fails the test when it ends, whatever the code under test made of it.
    """
    # Imported here: pytest loads this module in every run of every project that has the package installed.
    from penguiflow_llm_testing import Tape

    marker = request.node.get_closest_marker("llm_tape")
    given = dict(marker.kwargs) if marker else {}
    path = request.path.parent / "tapes" / given.pop("name", _file_name(request))
    with Tape(path, record=request.config.getoption("--llm-record"), **given) as tape:
        yield tape
    if tape.missed:
        pytest.fail("; ".join(tape.missed), pytrace=False)


def _file_name(request: pytest.FixtureRequest) -> str:
    return f"{Path(request.path).stem}.{re.sub(r'[^A-Za-z0-9_.-]+', '-', request.node.name).strip('-')}.json"
