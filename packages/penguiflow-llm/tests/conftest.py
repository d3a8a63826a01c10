"""Running the command in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCHEMA_FILE = '''\
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field

import neighbour


class City(BaseModel):
    """A place."""

    name: str
    founded: date | None = None
    sisters: dict[str, int] = {}
    mail: str = Field(default="", alias="e-mail")

    class Mayor(BaseModel):
        """Who speaks for it."""

        name: str


@dataclass
class Price:
    amount: Decimal


Ages = dict[str, int]
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
'''


@pytest.fixture
def schema_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python file with types, beside a module it imports; the search path is put back after the test."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "neighbour.py").write_text("", encoding="utf-8")
    path = tmp_path / "city.py"
    path.write_text(SCHEMA_FILE, encoding="utf-8")
    return path


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the command with the given arguments and no credentials; `input` is piped to it."""
    testing = pytest.importorskip("typer.testing", reason="the extra cli is not installed")
    from penguiflow_llm._cli import app  # needs the extra

    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, input: str = "") -> Any:  # noqa: A002 - as CliRunner calls it
        return testing.CliRunner().invoke(app, arguments, input=input)

    return run


@pytest.fixture
def generate(command: Callable[..., Any], schema_file: Path) -> Callable[..., Any]:
    """Runs `generate` for `City` against the simulator; needs the extra `openai` too."""
    pytest.importorskip("penguiflow_llm_openai", reason="the extra openai is not installed")

    def run(*arguments: str, schema: str = f"{schema_file}:City", input: str = "") -> Any:  # noqa: A002
        usual = ("--model", "openai/gpt-5.4-mini", "--schema", schema, "--simulate")
        return command("generate", *usual, *arguments, input=input)

    return run
