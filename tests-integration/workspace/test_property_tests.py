"""Property tests do not fail for being slow, whichever of them are run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[2]
# Says what property tests run under once the files of a package's tests are loaded.
PLUGIN = """
from hypothesis import HealthCheck, settings

def pytest_collection_finish(session):
    print("SETTINGS", settings().deadline, HealthCheck.too_slow in settings().suppress_health_check)
"""


def test_a_whole_run_has_no_deadline() -> None:
    """A machine that does something else at the same time is no finding about the code."""
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check


@pytest.mark.parametrize("folder", [ROOT, ROOT / "packages" / "llm-types"], ids=["root", "package"])
def test_a_package_alone_has_no_deadline(tmp_path: Path, folder: Path) -> None:
    """Each package's tests also run without the others, from wherever."""
    (tmp_path / "says_settings.py").write_text(PLUGIN, encoding="utf-8")
    tests = ROOT / "packages" / "llm-types" / "tests" / "test_usage.py"
    command = [sys.executable, "-m", "pytest", "-p", "says_settings", "-p", "no:cacheprovider", "--collect-only", "-q"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [*command, str(tests)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert [line for line in done.stdout.splitlines() if line.startswith("SETTINGS")] == ["SETTINGS None True"]
