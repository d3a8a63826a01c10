"""Fixtures of this package's tests: a started simulator, an HTTP client for it, the shared data where it is present."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from penguiflow_llm_testing import Simulator

KEY = "sk-test-0123456789abcdefghij"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=7) as simulator:
        yield simulator


@pytest.fixture
def client(simulator: Simulator) -> Iterator[httpx2.Client]:
    headers = {"authorization": f"Bearer {KEY}"}
    with httpx2.Client(base_url=simulator.base_url("openai"), headers=headers, timeout=10) as client:
        yield client


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and schemas beside the repository."""
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "recordings").is_dir():
            return parent / "shared"
    pytest.skip("the shared recordings are not beside this repository")
