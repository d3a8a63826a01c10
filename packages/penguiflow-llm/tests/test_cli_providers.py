"""`penguiflow-llm providers` and `--version`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm import DISTRIBUTIONS, ProviderRegistry, __version__

pytest.importorskip("typer", reason="the extra cli is not installed")

from penguiflow_llm._cli._providers import provider_rows

Command = Callable[..., Any]


PLUGIN = """\
from penguiflow_llm_types import CredentialStatus, ProviderPlugin

def credentials(environment):
    found = "ACME_KEY" in environment
    return CredentialStatus(found=found, source="ACME_KEY" if found else None, remedy="set ACME_KEY")

plugin = ProviderPlugin(name="acme", create=None, credentials=credentials, options={})
"""


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed distribution with two providers, of which one cannot be imported."""
    info = tmp_path / "acme_llm-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-llm\nVersion: 1.5\n")
    (info / "entry_points.txt").write_text(
        "[penguiflow_llm.providers]\nacme = acme_llm:plugin\nacme-broken = acme_llm_missing:plugin\n"
    )
    (tmp_path / "acme_llm.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)


def test_every_provider_has_a_row(command: Command) -> None:
    """Those of this project, whether installed or not, and the others that are installed, in order."""
    rows = json.loads(command("providers", "--json").stdout)
    names = [row["name"] for row in rows]
    assert names == sorted(names)
    assert [name for name in DISTRIBUTIONS if name not in names] == []
    assert [row["name"] for row in rows if not row["installed"] and not row["remedy"]] == []


def test_a_key_is_found_and_never_shown(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it was found is all that is said; people paste this table into bug reports."""
    pytest.importorskip("penguiflow_llm_openai", reason="the extra openai is not installed")
    without = command("providers")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-do-not-show-this")
    table, record = command("providers"), command("providers", "--json")
    row = next(row for row in json.loads(record.stdout) if row["name"] == "openai")
    assert row["credentials"] == {"found": True, "source": "OPENAI_API_KEY", "remedy": None}
    assert (row["distribution"], row["remedy"]) == ("penguiflow-llm-openai", None)
    assert "not found" in without.stdout
    assert "nothing: it is ready" in " ".join(table.stdout.replace("│", " ").split())
    assert "sk-do-not-show-this" not in table.output + record.output


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("environment", [{}, {"ACME_KEY": "x"}], ids=["no key", "key"])
def test_a_provider_of_somebody_else_has_a_row(environment: dict[str, str]) -> None:
    """Third parties' providers count as much as our own."""
    rows = {row.name: row for row in provider_rows(ProviderRegistry(), environment)}
    row = rows["acme"]
    assert (row.installed, row.distribution, row.version) == (True, "acme-llm", "1.5")
    assert row.credentials is not None
    assert row.credentials.found == bool(environment)
    assert row.remedy == (None if environment else "set ACME_KEY")


@pytest.mark.usefixtures("acme")
def test_a_provider_that_cannot_be_loaded_has_a_row_too(command: Command) -> None:
    """One broken package must not hide the others."""
    rows = {row.name: row for row in provider_rows(ProviderRegistry(), {})}
    row = rows["acme-broken"]
    assert (row.installed, row.version, row.credentials) == (True, "1.5", None)
    assert "cannot be imported: ModuleNotFoundError" in (row.remedy or "")
    assert "acme-broken" in command("providers").stdout


def test_the_version(command: Command) -> None:
    """What a bug report needs."""
    assert command("--version").stdout == f"penguiflow-llm {__version__}\n"


def test_no_arguments_show_the_help(command: Command) -> None:
    """Both commands are in it."""
    shown = command().output
    assert "generate" in shown
    assert "providers" in shown


@pytest.mark.usefixtures("acme")
def test_the_simulator_does_not_know_every_provider(command: Command) -> None:
    """The message lists those whose wire it speaks."""
    done = command("generate", "Hi", "--model", "acme/one", "--schema", "builtins:int", "--simulate")
    assert done.exit_code == 2
    assert "--simulate does not know provider 'acme'; it speaks: openai" in done.stderr
