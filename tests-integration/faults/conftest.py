"""The matrix, for its tests."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "endurance"))  # for `resources`, which counts them
sys.path.insert(0, str(Path(__file__).resolve().parent))  # `fault_matrix` is a program of this folder, not installed


@pytest.fixture(scope="module", autouse=True)
def small_heap() -> Iterator[None]:
    """What a whole run of tests has left is not looked through again: that stops every thread for half a second.

    Clocks of 0.3 s are under test here, and a second attempt has no longer than the first.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
