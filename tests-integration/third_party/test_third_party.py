"""The provider of docs/writing-a-provider.md: built of the document's blocks, installed as strangers install it.

The blocks are the files of `lantern/`, which the linters and the type checker read; here they become a wheel, in an
environment with our own wheels and nothing of the workspace, where the package's own tests run.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = ROOT / "docs" / "writing-a-provider.md"
LANTERN: Final = Path(__file__).parent / "lantern"
OURS: Final = ("types", "schema", "core", "testing")
_FILE: Final = re.compile(r"^<!-- file: (?P<path>\S+) -->\n```\w+\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
# Variables that would let the workspace, or somebody's account, shine through.
_UNWANTED: Final = re.compile(
    r"PYTHON(PATH|HOME)|VIRTUAL_ENV|UV_PROJECT.*|COVERAGE_.*|PYTEST_.*|.*_API_KEY|.*_BASE_URL"
)


def files_of_the_document() -> dict[str, str]:
    """The files the document tells its reader to write."""
    return {match["path"]: match["text"] for match in _FILE.finditer(DOCUMENT.read_text(encoding="utf-8"))}


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; a failing one fails the test with all it said."""
    environment = {name: value for name, value in os.environ.items() if not _UNWANTED.fullmatch(name)}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build_wheels(folder: Path, package: Path) -> Path:
    """A folder with wheels of `package` and of what it needs of ours."""
    wheels = folder / "dist"
    for name in ("penguiflow-llm", *(f"penguiflow-llm-{part}" for part in OURS)):
        run("uv", "build", "--quiet", "--wheel", "--package", name, "--out-dir", wheels, cwd=ROOT)
    run("uv", "build", "--quiet", "--wheel", "--out-dir", wheels, package, cwd=folder)
    return wheels


def requirement(wheel: Path) -> str:
    """A wheel as a requirement by address, the outside package with the extra its tests need."""
    name = wheel.name.partition("-")[0].replace("_", "-")
    return f"{name}{'[test]' if name == 'llm-lantern' else ''} @ {wheel.as_uri()}"


def test_the_document_shows_the_files() -> None:
    """Readers copy the blocks; what is checked has to be what they copy."""
    kept = {str(path.relative_to(LANTERN)): path for path in LANTERN.rglob("*") if path.suffix in (".py", ".toml")}
    assert files_of_the_document() == {name: path.read_text(encoding="utf-8") for name, path in kept.items()}


def test_a_stranger_builds_and_tests_it(tmp_path: Path) -> None:
    """Found by its entry point, it passes the suite of every provider, and `generate` works."""
    package = tmp_path / "lantern"
    for name, text in files_of_the_document().items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")
    wheels = build_wheels(tmp_path, package)
    python = tmp_path / "venv" / "bin" / "python"
    run("uv", "venv", "--quiet", "--no-project", tmp_path / "venv", cwd=tmp_path)
    install = ("uv", "pip", "install", "--quiet", "--no-sources", "--python", python)
    run(*install, *map(requirement, sorted(wheels.glob("*.whl"))), cwd=tmp_path)
    run("uv", "pip", "check", "--quiet", "--python", python, cwd=tmp_path)
    told = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", package / "tests", cwd=package / "tests")
    counted = re.search(r"(\d+) passed, (\d+) xfailed in", told)
    assert counted is not None, told
    assert (int(counted[1]) > 130, int(counted[2])) == (True, 6), told
