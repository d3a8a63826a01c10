"""K23: what is installed is what was looked at, and what is published can be built again."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_everything_locked_has_a_hash() -> None:
    """A file that was replaced at a registry does not install."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    files = [
        (package["name"], file)
        for package in packages
        if "registry" in package["source"]
        for file in (*package.get("wheels", ()), *((package["sdist"],) if "sdist" in package else ()))
    ]
    assert len(files) > 100
    assert [] == [name for name, file in files if not file["hash"].startswith("sha256:")]
    assert {"registry", "editable", "virtual"} >= {kind for package in packages for kind in package["source"]}


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv builds the wheels, and is not here")
def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    """Of one package; `.ci/run` compares all."""
    for number in "12":
        command = ["uv", "build", "--quiet", "--package", "penguiflow-llm-types", "--out-dir", str(tmp_path / number)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    one, other = ({file.name: _hash(file) for file in (tmp_path / number).glob("*[lz]")} for number in "12")
    assert len(one) == 2
    assert one == other


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
