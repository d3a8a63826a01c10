"""The scripts in `examples/` run as their first lines say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = {
    "extract_invoice.py": "9191.22 EUR in all",
    "stream_value.py": "whole   Person(name=",
    "tools_loop.py": "7,191.22 EUR due on 3 December 2026",
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the workspace's root, without credentials."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(("script", "shown"), SCRIPTS.items())
def test_a_script_runs_against_the_simulator(script: str, shown: str) -> None:
    """The first thing a reader does is run it as it stands."""
    done = run(f"examples/{script}", "--simulate")
    assert (done.returncode, done.stderr) == (0, "")
    assert shown in done.stdout
    assert f"uv run python examples/{script} --simulate" in (ROOT / "examples" / script).read_text(encoding="utf-8")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_without_a_key_says_so(script: str) -> None:
    """In one line."""
    done = run(f"examples/{script}")
    assert done.returncode == 1
    assert done.stderr.startswith("error: no credential for OpenAI")
    assert len(done.stderr.splitlines()) == 1


def test_every_script_is_tried() -> None:
    """A new example must not be forgotten here."""
    runnable = {path.name for path in (ROOT / "examples").glob("*.py") if "__main__" in path.read_text("utf-8")}
    assert runnable == set(SCRIPTS)


def test_the_tests_for_test_authors_pass() -> None:
    """Three tests on a real socket and a script, as a reader would run them."""
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/offline_test_example.py")
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_the_right_answer_adds_up() -> None:
    """The invoice is a document people will look at closely."""
    invoice = json.loads((ROOT / "examples" / "invoice" / "answer.json").read_text(encoding="utf-8"))
    lines = sum(
        item["quantity"] * item["unit_price"] - item.get("discount", {"amount": 0})["amount"]
        for item in invoice["items"]
    )
    net = lines - sum(discount["amount"] for discount in invoice["discounts"])
    assert net == pytest.approx(7607.50)
    assert sum(vat["net"] for vat in invoice["vat"].values()) == pytest.approx(net)
    assert net + sum(vat["tax"] for vat in invoice["vat"].values()) == pytest.approx(invoice["total"])
    assert sum(payment["amount"] for payment in invoice["payments"]) == pytest.approx(invoice["total"])
    assert sum(invoice["cost_centres"].values()) == 100
