"""`penguiflow-llm plan` as a process of its own, as a job in CI runs it: no key, no network, streams and exit codes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from penguiflow_llm_schema import dialect_names

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "penguiflow_llm", "plan")
PERSON = "examples/person.py:Person"
STRICT, TOOL = "openai/strict@2026-11", "openai/tool@2026-11"
# Audit hooks cannot be removed: whatever the command does, a connection ends it.
OFFLINE = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(refuse)
from penguiflow_llm.__main__ import main
main()
"""


def environment(**more: str) -> dict[str, str]:
    """Ours, without anybody's credentials."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "AZURE_"))}
    return kept | more


def run(command: Sequence[str | Path], **more: str) -> subprocess.CompletedProcess[str]:
    """Run it from the workspace's root."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def contradiction(tmp_path: Path) -> str:
    """A schema that no value fits, so that no dialect that is enforced takes it."""
    path = tmp_path / "contradiction.json"
    properties = {"año": {"allOf": [{"type": "string"}, {"type": "integer"}]}}
    path.write_text(json.dumps({"type": "object", "properties": properties, "required": ["año"]}), encoding="utf-8")
    return str(path)


def test_a_type_that_fits() -> None:
    """Exit code 0, a table on stdout, nothing on stderr."""
    done = run([*COMMAND, PERSON])
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in dialect_names() if name not in done.stdout] == []


def test_a_schema_that_does_not_fit(contradiction: str) -> None:
    """Exit code 1, the reasons on stdout, and the targets in one line on stderr."""
    done = run([*COMMAND, contradiction, "--dialect", STRICT, "--dialect", TOOL])
    assert (done.returncode, done.stderr) == (1, f"cannot carry the schema: {STRICT}\n")
    assert "no value fits the schema; remove what contradicts" in done.stdout


def test_nothing_is_sent() -> None:
    """Neither with a key nor without: planning is arithmetic."""
    arguments = ("plan", PERSON, "--model", "openai/gpt-5.4-mini", "--json")
    without = run([sys.executable, "-c", OFFLINE, *arguments])
    with_key = run([sys.executable, "-c", OFFLINE, *arguments], OPENAI_API_KEY="sk-do-not-show-this-key")
    assert (without.returncode, without.stderr) == (0, "")
    assert json.loads(without.stdout)["targets"][0]["mode"] == "native"
    assert with_key.stdout == without.stdout


def test_every_example_goes_everywhere() -> None:
    """The types that readers try first."""
    for schema in (PERSON, "examples/invoice/schema.py:Invoice"):
        done = run([*COMMAND, schema, "--model", "openai/gpt-5.4-mini", "--json"])
        assert (done.returncode, json.loads(done.stdout)["carried"]) == (0, True), done.stderr


def test_a_mistake_is_one_line() -> None:
    """Exit code 2, nothing on stdout, no traceback."""
    done = run([*COMMAND, PERSON, "--dialect", "openai/strict"])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: No dialect 'openai/strict'")
    assert len(done.stderr.splitlines()) == 1


def test_a_terminal_gets_a_drawn_table() -> None:
    """Folded to its width, with colours."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, PERSON],
        cwd=ROOT,
        env=environment(TERM="xterm", COLUMNS="100"),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        shown = _read_all(ours)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, b"")
    assert "│" in shown
    assert "\x1b[32myes" in shown


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


def test_output_is_text_in_any_locale(contradiction: str) -> None:
    """Property names are not English everywhere, and a job in CI often has no locale at all."""
    arguments = [*COMMAND, contradiction, "--dialect", TOOL]
    text = run(arguments, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    record = run([*arguments, "--json"], PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (text.returncode, text.stderr) == (0, "")
    assert "año" in text.stdout
    assert "año" in json.loads(record.stdout)["targets"][0]["plans"][0]["schema"]["properties"]


def test_a_reader_that_leaves_is_no_error_of_ours() -> None:
    """`penguiflow-llm plan ... | head -n 1`: no traceback about a broken pipe."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*COMMAND, PERSON],
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
