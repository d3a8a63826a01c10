"""An environment with the real `penguiflow`, as it is published, and this workspace's packages beside it.

uv run python tests-integration/drop_in/environment.py FOLDER [--whole]

Builds `FOLDER/venv` with uv and prints the path of its interpreter; some 8 s with a warm cache. Of what penguiflow
declares, `databricks-mcp` alone is left out unless `--whole` is given: nothing of penguiflow imports it, and it brings
half a gigabyte along.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PENGUIFLOW: Final = "penguiflow>=3.11,<4"
_LEFT_OUT: Final = "databricks-mcp ; python_version < '3'\n"
# Variables that would let the workspace, or somebody's account, shine through.
_UNWANTED: Final = re.compile(
    r"PYTHON(PATH|HOME)|VIRTUAL_ENV|UV_PROJECT.*|COVERAGE_.*|PYTEST_.*|.*_API_KEY|.*_BASE_URL"
)


class UnavailableError(Exception):
    """The environment cannot be had on this machine; the message says why."""


def clean_environment() -> dict[str, str]:
    """The variables of this process without those that would change what is tried."""
    return {name: value for name, value in os.environ.items() if not _UNWANTED.fullmatch(name)}


def build(folder: Path, *more: str, whole: bool = False) -> Path:
    """Make the environment and return its interpreter; `more` are further requirements.

    Raises:
        UnavailableError: uv is missing, or the index has no such package to offer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "left-out.txt").write_text("" if whole else _LEFT_OUT, encoding="utf-8")
    python = folder / "venv" / "bin" / "python"
    packages = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
    ours = [f"{path}[all]" if path.name == "penguiflow-llm" else str(path) for path in packages]
    _run("uv", "venv", "--quiet", "--clear", "--no-project", str(folder / "venv"))
    install = ("uv", "pip", "install", "--quiet", "--no-sources", "--python", str(python))
    _run(*install, "--overrides", str(folder / "left-out.txt"), PENGUIFLOW, *ours, *more)
    return python


def _run(*command: str) -> None:
    try:
        done = subprocess.run(
            command, env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{command[:3]}: {type(error).__name__}") from error
    if done.returncode != 0:
        raise UnavailableError(f"{' '.join(command[:3])} ended with {done.returncode}: {done.stderr[-2000:]}")


def main() -> None:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true", help="install everything that penguiflow declares")
    arguments = parser.parse_args()
    print(build(arguments.folder.resolve(), whole=arguments.whole))


if __name__ == "__main__":
    main()
