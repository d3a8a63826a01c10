"""The adapter where it belongs: in an environment with the real penguiflow, unmodified, which drives it."""

import re
import subprocess
from pathlib import Path

import environment
import own_tests
import pytest

HERE = Path(__file__).parent


def test_a_planner_finishes_its_plan_over_every_provider(penguiflow_folder: Path) -> None:
    """As JSON with a schema, as text, and with native tool calls; plain and streamed. The table is in the failure.

    Its recovery knows our errors for what they are, its pictures reach the model, and the guide has all its names.
    """
    done = subprocess.run(
        [penguiflow_folder / "venv" / "bin" / "python", HERE / "plans.py"],
        cwd=penguiflow_folder,
        env=environment.clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = re.findall(r"(\d+) (failed|parameters differ|misread|unseen|not in the migration guide)", done.stdout)
    assert ([count for count, _ in counts], "42 plans" in done.stdout) == (["0"] * 5, True), done.stdout


def test_its_own_tests_pass_over_the_adapter(penguiflow_folder: Path) -> None:
    """Those of native tool calling; own_tests.py runs them all."""
    try:
        files = ["test_react_native_tool_calling.py"]
        code, told = own_tests.run(penguiflow_folder, "openai/gpt-5.4-mini", files, schemas=True)
    except environment.UnavailableError as error:
        pytest.skip(f"penguiflow's tests cannot be had here: {error}")
    assert code == 0, told
    carried = re.search(r"(\d+) requests of (\d+) tests", told)
    assert carried is not None
    assert (int(carried[1]) >= 15, int(carried[2]) >= 10) == (True, True), told
