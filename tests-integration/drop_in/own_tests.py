"""Penguiflow's own planner tests, with their stand-ins for a model carried over this project's adapter.

uv run python tests-integration/drop_in/own_tests.py FOLDER [--model MODEL]... [--schemas] [TEST_FILE]...

FOLDER is what environment.py built; the tests are those of the source distribution of the version installed there, and
run as they are: see carried.py. Without files, every file whose tests give the planner a client of their own. Prints
pytest's last lines for each model; 1 where a test failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from environment import UnavailableError, clean_environment

HERE: Final = Path(__file__).parent
MODELS: Final = (
    "openai/gpt-5.4-mini",
    "anthropic/claude-sonnet-4-6",
    "google/gemini-3-flash-preview",
    "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "openrouter/anthropic/claude-sonnet-4.6",
    "databricks/databricks-gpt-5-4-mini",
)
TIMEOUT_S: Final = 600


def tests_of(folder: Path) -> Path:
    """The folder with the tests of the installed version, fetched unless it is there.

    Raises:
        UnavailableError: the index has no source distribution of it.
    """
    python = folder / "venv" / "bin" / "python"
    version = _run(folder, str(python), "-c", "import importlib.metadata as m; print(m.version('penguiflow'))").strip()
    kept = folder / f"penguiflow-{version}" / "tests"
    if not kept.is_dir():
        fetch = ("uv", "run", "--quiet", "--no-project", "--with", "pip", "python", "-m", "pip", "download", "--quiet")
        _run(folder, *fetch, "--no-deps", "--no-binary", ":all:", f"penguiflow=={version}")
        with tarfile.open(folder / f"penguiflow-{version}.tar.gz") as archive:
            members = [one for one in archive.getmembers() if one.name.startswith(f"penguiflow-{version}/tests/")]
            archive.extractall(folder, members, filter="data")
    _run(folder, "uv", "pip", "install", "--quiet", "--python", str(python), "pytest", "pytest-asyncio")
    return kept


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise UnavailableError(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def with_clients(tests: Path) -> list[str]:
    """The files whose tests hand the planner a client."""
    return sorted(path.name for path in tests.glob("test_*.py") if "llm_client=" in path.read_text(encoding="utf-8"))


def run(folder: Path, model: str, files: Sequence[str], *, schemas: bool) -> tuple[int, str]:
    """pytest's exit code and all it said, for one model."""
    tests = tests_of(folder)
    carried = {"PYTHONPATH": str(HERE), "CARRIED_MODEL": model, "CARRIED_SCHEMAS": str(int(schemas))}
    command = [folder / "venv" / "bin" / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "carried"]
    settings = ["-c", "/dev/null", "-o", "asyncio_mode=auto", "-W", "ignore", f"--rootdir={tests.parent}"]
    done = subprocess.run(
        [*map(str, command), *settings, *(str(tests / name) for name in files or with_clients(tests))],
        cwd=tests.parent,
        env={**clean_environment(), **carried},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="*", help="names of test files")
    parser.add_argument("--model", action="append", help="one of each provider unless given")
    parser.add_argument("--schemas", action="store_true", help="switch the adapter's JSON-schema mode on")
    arguments = parser.parse_args()
    failed = 0
    for model in arguments.model or MODELS:
        code, told = run(arguments.folder.resolve(), model, arguments.files, schemas=arguments.schemas)
        failed += code != 0
        shown = [line for line in told.splitlines() if line.startswith(("carried over", "FAILED", "ERROR"))]
        print("\n".join([*shown, told.splitlines()[-1]]), flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
