"""The command as a process of its own: streams, a terminal, signals, pipes, and a server with a script."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from penguiflow_llm_testing import (
    Answer,
    Hold,
    Simulator,
    model_not_found,
    rate_limited,
    server_error,
    unauthorized,
)

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "penguiflow_llm")
KEY = "sk-do-not-show-this-key"
PERSON = ("--model", "openai/gpt-5.4-mini", "--schema", "examples/person.py:Person")
ADA = {"name": "Ada Lovelace", "born": "1815-12-10", "city": "London", "email": None, "achievements": ["a program"]}


def environment(**more: str) -> dict[str, str]:
    """Ours, without anybody's credentials."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "AZURE_"))}
    return kept | more


def run(arguments: Sequence[str], *, stdin: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command from the workspace's root."""
    feed = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **feed,
    )


def run_on_terminal(arguments: Sequence[str], *, rows: int = 40) -> tuple[int, str, str]:
    """Run it with stderr on a pseudo-terminal: exit code, stdout, and what the terminal was sent."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=environment(TERM="xterm", COLUMNS="100", LINES=str(rows)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = _read_all(ours)
        stdout, _ = process.communicate(timeout=60)
    return process.returncode, stdout.decode(), shown


def _read_all(descriptor: int) -> str:
    """Everything until the other side closes, which Linux reports as an input/output error."""
    pieces = []
    try:
        while piece := os.read(descriptor, 65536):
            pieces.append(piece)
    except OSError:
        pass
    os.close(descriptor)
    return b"".join(pieces).decode()


def test_a_value_and_one_line() -> None:
    """A value on stdout, one line on stderr; nothing else when neither is a terminal."""
    done = run(["generate", "Ada Lovelace, born on 10 December 1815", *PERSON, "--simulate"])
    assert done.returncode == 0
    assert json.loads(done.stdout)["name"] == "Ada Lovelace"
    assert done.stderr == "simulating openai/gpt-5.4-mini: the answer is made up, no model is asked\n"


def test_the_installed_script_is_the_same_command() -> None:
    """What users type is the console script; its name is in every message."""
    script = Path(sys.executable).with_name("penguiflow-llm")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=False, env=environment())
    assert (done.returncode, done.stdout) == (0, run(["--version"]).stdout)


def test_a_prompt_through_a_pipe() -> None:
    """`cat letter.txt | penguiflow-llm generate ...`"""
    done = run(["generate", *PERSON, "--simulate"], stdin="Grace Hopper wrote to grace@example.org")
    assert json.loads(done.stdout)["name"] == "Grace Hopper"


def test_a_terminal_gets_a_summary() -> None:
    """Mode and why, attempts, tokens, cost, losses: what people ask first."""
    code, stdout, shown = run_on_terminal(["generate", "Ada Lovelace", *PERSON, "--simulate"])
    assert code == 0
    assert json.loads(stdout)["name"] == "Ada Lovelace"
    assert [
        word
        for word in ("mode", "native: the model has", "attempts", "tokens", "cost", "$0.", "losses")
        if word not in shown
    ] == []


def test_a_terminal_sees_the_value_grow() -> None:
    """In place: what is on the screen in the end is not a column of drafts."""
    code, stdout, shown = run_on_terminal(["generate", "Ada Lovelace", *PERSON, "--simulate", "--stream"], rows=8)
    assert code == 0
    assert json.loads(stdout)["name"] == "Ada Lovelace"
    assert "attempt 1, mode native" in shown
    assert "\x1b[2K" in shown  # lines are taken back


def test_a_real_server_with_a_real_key(llm_simulator: Simulator) -> None:
    """Without --simulate, over the network as far as the command knows: key from the environment, its own URL."""
    llm_simulator.script(rate_limited(retry_after_s=0.01), Answer(value=ADA))
    url = llm_simulator.base_url("openai")
    arguments = ["generate", "Ada", *PERSON, "--base-url", url, "--api", "responses", "--json"]
    done = run(arguments, OPENAI_API_KEY=KEY, OPENAI_BASE_URL=url)
    record = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert record["data"] == ADA
    assert [attempt["next_step"] for attempt in record["attempts"]] == ["retry", "return"]
    assert record["attempts"][0]["error"]["type"] == "LLMRateLimitError"
    assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("step", "code", "said"),
    [
        (unauthorized(), 3, "LLMAuthError"),
        (model_not_found(), 3, "LLMNotFoundError"),
        (server_error(), 3, "LLMServerError"),
        (Answer(refusal="I cannot help with that."), 4, "LLMRefusalError"),
        (Answer(text='{"name": "Ada"', finish_reason="length"), 4, "LLMTruncatedError"),
        (Answer(text="no idea"), 4, "LLMParseError"),
        (Answer(value={"name": 7}), 4, "LLMValidationError"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_failures_of_a_provider(llm_simulator: Simulator, step: Answer, code: int, said: str) -> None:
    """One message, the documented exit code, no traceback, no key."""
    llm_simulator.script(step)
    url = llm_simulator.base_url("openai")
    done = run(
        ["generate", "Ada", *PERSON, "--mode", "native", "--max-retries", "0"], OPENAI_API_KEY=KEY, OPENAI_BASE_URL=url
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr


def test_interrupting_it_closes_the_connection(llm_simulator: Simulator) -> None:
    """Ctrl-C during a call that hangs: exit code 130 and a provider that notices."""
    llm_simulator.script(Hold())
    with subprocess.Popen(
        [*COMMAND, "generate", "Ada", *PERSON],
        cwd=ROOT,
        env=environment(OPENAI_API_KEY=KEY, OPENAI_BASE_URL=llm_simulator.base_url("openai")),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        llm_simulator.wait_for_requests(timeout_s=30)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    llm_simulator.wait_for_disconnect()


def test_a_reader_that_leaves_is_no_error_of_ours() -> None:
    """`penguiflow-llm ... | head -n 0`: no traceback about a broken pipe."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*COMMAND, "generate", "Ada", *PERSON, "--simulate"],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(write_end)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_output_is_text_in_any_locale() -> None:
    """Names are not English everywhere, and a terminal may be: JSON can always be written in ASCII."""
    done = run(["generate", "Lucía Dvořák", *PERSON, "--simulate"], PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["name"] == "Lucía Dvořák"
