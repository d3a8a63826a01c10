"""The programs of this folder, and an environment with penguiflow for their tests."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import environment

collect_ignore = ["carried.py", "plans.py"]


@pytest.fixture(scope="session")
def penguiflow_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What environment.py builds; a skip with the reason where it cannot be had."""
    if shutil.which("uv") is None:
        pytest.skip("uv is not there to make an environment with penguiflow")
    folder = tmp_path_factory.mktemp("penguiflow")
    try:
        environment.build(folder)
    except environment.UnavailableError as error:
        pytest.skip(f"penguiflow cannot be had here: {error}")
    return folder
