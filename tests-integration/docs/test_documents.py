"""What the documents show works: their Python runs, their commands run, their links lead somewhere.

The blocks of one document run in order and share their names, as a reader would paste them into one notebook. The key
and base URL of the environment lead to a simulator.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import penguiflow_llm
from penguiflow_llm import LLMError
from penguiflow_llm._cli._exit import MEANINGS, PLAN_MEANINGS
from penguiflow_llm_testing import Simulator

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "packages" / "penguiflow-llm" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCE = re.compile(
    r"^(?P<file><!-- file: \S+ -->\n)?```(?P<language>\w+)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE
)
LINK = re.compile(r"\[[^\]]+\]\((?P<target>[^)#\s]+)[^)]*\)")


def blocks(path: Path, language: str) -> Iterator[tuple[int, str]]:
    """The fenced blocks of one language, each with the number of its first line; not those that are files."""
    text = path.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        if match["language"] == language and not match["file"]:
            yield text.count("\n", 0, match.start("code")) + 1, match["code"]


def name(path: Path) -> str:
    """How a test names a document."""
    return str(path.relative_to(ROOT))


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch, llm_simulator: Simulator) -> ModuleType:
    """A module to run blocks in, where `create_client("openai/...")` leads to a simulator."""
    monkeypatch.setenv("OPENAI_API_KEY", "simulated")
    monkeypatch.setenv("OPENAI_BASE_URL", llm_simulator.base_url("openai"))
    module = ModuleType("document_under_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)  # where dataclasses look their annotations up
    return module


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if list(blocks(path, "python"))], ids=name)
def test_the_python_of_a_document_runs(
    path: Path, notebook: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An example that no longer works is worse than none; its asserts are its claims."""
    monkeypatch.chdir(tmp_path)
    for line, code in blocks(path, "python"):
        padded = "\n" * (line - 1) + code  # so that a failure names the line of the document
        compiled = compile(padded, name(path), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        running = eval(compiled, vars(notebook))  # noqa: S307 - our own documents
        if inspect.iscoroutine(running):
            asyncio.run(running)


COMMANDS = [
    pytest.param(line, id=f"{name(path)}: {line}"[:100])
    for path in DOCUMENTS
    for _, code in blocks(path, "sh")
    for line in code.splitlines()
    if re.match(r"penguiflow-llm (providers|plan)\b", line)
    or (line.startswith("penguiflow-llm ") and "--simulate" in line)
]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_a_document_runs(line: str) -> None:
    """As it stands, from the top folder."""
    arguments = shlex.split(line)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "penguiflow_llm", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_the_links_of_a_document_lead_somewhere(path: Path) -> None:
    """Relative ones: a file that was moved takes its links along."""
    targets = [match["target"] for match in LINK.finditer(path.read_text(encoding="utf-8"))]
    broken = [target for target in targets if "://" not in target and not (path.parent / target).exists()]
    assert broken == []


def test_every_package_is_in_the_readme() -> None:
    """The table lists the packages that exist, and no others."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\(packages/([\w-]+)\)", text)) == sorted(
        path.name for path in (ROOT / "packages").iterdir()
    )


def test_every_error_is_in_the_table() -> None:
    """Each type with the kinds it adds, and none that does not exist."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(LLM\w+)` \|([^|]*)\|", text, re.MULTILINE)
    documented = {error: set(re.findall(r"`(\w+)`", kinds)) for error, kinds in rows}
    errors = [getattr(penguiflow_llm, one) for one in penguiflow_llm.__all__ if re.fullmatch(r"LLM\w+Error", one)]
    assert documented == {one.__name__: set(vars(one).get("kinds", ())) for one in errors if one is not LLMError}


def test_the_exit_codes_are_in_the_readme() -> None:
    """The tables of the package's README are those of `--help`."""
    text = (ROOT / "packages" / "penguiflow-llm" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert rows == [(str(code.value), text) for table in (MEANINGS, PLAN_MEANINGS) for code, text in table.items()]
