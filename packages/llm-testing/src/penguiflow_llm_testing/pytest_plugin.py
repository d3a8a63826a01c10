"""The pytest plugin: fixture `llm_simulator`, marker `llm_simulator(seed=...)`, ini option `llm_simulator_seed`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from penguiflow_llm_testing import Simulator


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini option."""
    parser.addini("llm_simulator_seed", "Seed of the answers of the llm_simulator fixture.", default="0")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "llm_simulator(seed): the seed of this test's simulator.")


@pytest.fixture
def llm_simulator(request: pytest.FixtureRequest) -> "Iterator[Simulator]":
    """A started simulator of provider APIs on loopback, closed after the test."""
    # Imported here: pytest loads this module in every run of every project that has the package installed.
    from penguiflow_llm_testing import Simulator

    marker = request.node.get_closest_marker("llm_simulator")
    seed = marker.kwargs.get("seed") if marker else None
    with Simulator(seed=int(request.config.getini("llm_simulator_seed")) if seed is None else seed) as simulator:
        yield simulator
