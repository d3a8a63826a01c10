"""The other ways to run the simulator: as a program for other processes, and as a fixture of other people's tests."""

import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import httpx2
import pytest

from penguiflow_llm_testing import Simulator
from penguiflow_llm_testing import __all__ as names
from penguiflow_llm_testing.__main__ import main


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_as_a_program(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "penguiflow_llm_testing", "--seed", "4"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name, url = process.stdout.readline().split()
        assert name == "openai"
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/openai/v1", url)
        assert httpx2.get(f"{url}/models", headers={"authorization": "Bearer k"}).status_code == 200
        process.send_signal(stop)
        _, errors = process.communicate(timeout=10)
    assert (0, "") == (process.returncode, errors)


def test_a_host_that_is_not_loopback_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    assert main(["--host", "192.0.2.1"]) == 1
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert "only listens on loopback" in capsys.readouterr().err


def test_as_a_fixture(tmp_path: Path) -> None:
    """A project that installs the package has the fixture, with a seed of its own choice, and no conftest."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nllm_simulator_seed = 3\n")
    (tmp_path / "test_it.py").write_text(
        textwrap.dedent(
            """
            import sys
            import httpx2, pytest
            from penguiflow_llm_testing import Simulator

            SAID = {}

            def ask(url):
                body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Tell me something."}]}
                answer = httpx2.post(f"{url}/chat/completions", json=body, headers={"authorization": "Bearer k"})
                return answer.json()["choices"][0]["message"]["content"]

            def expected(seed):
                with Simulator(seed=seed) as simulator:
                    return ask(simulator.base_url("openai"))

            def test_ini_seed(llm_simulator):
                assert ask(llm_simulator.base_url("openai")) == expected(3)

            @pytest.mark.llm_simulator(seed=5)
            def test_marker_seed(llm_simulator):
                assert ask(llm_simulator.base_url("openai")) == expected(5)
            """
        )
    )
    command = [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.llm_simulator(seed=5)
def test_the_fixture_is_started(llm_simulator: Simulator) -> None:
    assert httpx2.get(f"{llm_simulator.base_url('openai')}/models").status_code == 401


def test_the_plugin_imports_nothing_heavy() -> None:
    """pytest loads the plugin in every run of every project that has the package installed."""
    program = (
        "import sys, pytest; before = set(sys.modules); import penguiflow_llm_testing.pytest_plugin; "
        "print(*(name for name in sorted(set(sys.modules) - before) if name.partition('.')[0] != 'email'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["penguiflow_llm_testing", "penguiflow_llm_testing.pytest_plugin"]


def test_every_public_name_is_there() -> None:
    """Names are imported on first use, so a wrong one would only show when a user asks for it."""
    import penguiflow_llm_testing

    assert [name for name in names if getattr(penguiflow_llm_testing, name, None) is None] == []
    assert sorted(names) == dir(penguiflow_llm_testing)
    with pytest.raises(AttributeError, match="has no attribute 'Wibble'"):
        _ = penguiflow_llm_testing.Wibble
