"""Install the wheels of all packages together into an empty environment outside the workspace, and run the main job.

This is what a user gets: published metadata with its real version ranges, no editable installs, no sources table.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_EXTRAS: Final = "all,cli"
_INPUT: Final = (
    "Ada Lovelace, born on 10 December 1815 in London, wrote the first program. Her e-mail is ada@example.org."
)
# Variables that would let the workspace, or somebody's account, shine through.
_UNWANTED_VARIABLES: Final = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "UV_PROJECT", "UV_PROJECT_ENVIRONMENT")


class TrialError(Exception):
    """The wheels do not work together; the message says at which step."""


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without what would let the workspace or an API key in."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _UNWANTED_VARIABLES and not name.endswith("_API_KEY") and not name.startswith("COVERAGE_")
    }


def build_wheels(folder: Path) -> Path:
    """Build the wheels of all packages; returns the folder below `folder` they are in.

    Raises:
        TrialError: one does not build.
    """
    run(["uv", "build", "--quiet", "--all-packages", "--out-dir", str(folder / "dist"), str(ROOT)], folder)
    return folder / "dist"


def wheel_addresses(wheels: Sequence[Path]) -> dict[str, str]:
    """Where each distribution's wheel is, as a URL.

    Raises:
        TrialError: the meta package's wheel is not among them.
    """
    addresses = {wheel.name.partition("-")[0].replace("_", "-"): wheel.resolve().as_uri() for wheel in wheels}
    if "penguiflow-llm" not in addresses:
        raise TrialError("no wheel of penguiflow-llm; build all of them with 'uv build --all-packages'")
    return addresses


def requirements(wheels: Sequence[Path]) -> list[str]:
    """What to install: every wheel by address, the meta package with its extras.

    Raises:
        TrialError: the meta package's wheel is not among them.
    """
    return [
        f"{name}[{_EXTRAS}] @ {address}" if name == "penguiflow-llm" else f"{name} @ {address}"
        for name, address in sorted(wheel_addresses(wheels).items())
    ]


def main_job(bin_folder: Path, schema: str) -> list[str]:
    """The command a user would type, from the environment at `bin_folder`."""
    job = ["generate", _INPUT, "--model", "openai/gpt-5.4-mini", "--schema", schema, "--simulate"]
    return [str(bin_folder / "penguiflow-llm"), *job]


def parse_answer(stdout: str) -> Mapping[str, object]:
    """The object the main job printed.

    Raises:
        TrialError: stdout is anything but one JSON object with something in it.
    """
    try:
        answer = json.loads(stdout)
    except json.JSONDecodeError as error:
        raise TrialError(f"the main job printed no JSON ({error}): {stdout[:500]!r}") from error
    if not isinstance(answer, dict) or not answer:
        raise TrialError(f"the main job printed no object with fields: {stdout[:500]!r}")
    return answer


def try_wheels(wheel_folder: Path, schema: str, folder: Path) -> Mapping[str, object]:
    """Install what is in `wheel_folder` below `folder`, run the main job there, and return its answer.

    Raises:
        TrialError: a step fails.
    """
    python = folder / "venv" / "bin" / "python"
    run(["uv", "venv", "--quiet", "--no-project", str(folder / "venv")], folder)
    install = ["uv", "pip", "install", "--quiet", "--no-sources", "--python", str(python)]
    run([*install, *requirements(sorted(wheel_folder.glob("*.whl")))], folder)
    run(["uv", "pip", "check", "--quiet", "--python", str(python)], folder)
    if not (ROOT / "examples").is_dir():
        raise TrialError("no examples folder in the workspace, and the main job needs its schema; write one there")
    shutil.copytree(ROOT / "examples", folder / "examples")
    return parse_answer(run(main_job(python.parent, schema), folder))


def run(command: Sequence[str], folder: Path) -> str:
    """What `command` prints, run in `folder` and in a clean environment.

    Raises:
        TrialError: its status is not 0.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise TrialError(f"status {done.returncode} from {' '.join(command)!r}:\n{done.stdout}{done.stderr}")
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the answer of the main job; 1 where a step fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="wheels built before (default: build them now)")
    parser.add_argument("--schema", default="examples/person.py:Person", help="what to generate (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="penguiflow-llm-wheels-") as name:
            folder = Path(name)
            wheels = options.wheels.resolve() if options.wheels else build_wheels(folder)
            answer = try_wheels(wheels, options.schema, folder)
    except TrialError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
