"""Run each package's tests alone, in an environment that holds only what the package declares.

The workspace's own environment has every package and every SDK, so an import that nobody declared works there and
fails for users. A package with extras runs twice: without them, then with all of them. Tests that subclass the
conformance suite get `penguiflow-llm-testing` beside it, which no package declares for its users.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from workspace_checks import Package, WorkspaceError, read_workspace

ROOT = Path(__file__).resolve().parent.parent
LONGEST_S = 900.0
"""A run that takes longer hangs; the slowest takes a minute or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One pytest run to make: a package, with or without its extras."""

    package: Package
    extras: bool

    @property
    def title(self) -> str:
        """How reports name this run."""
        return f"{self.package.distribution}{'[all extras]' if self.extras else ''}"

    @property
    def command(self) -> list[str]:
        """What to execute from the workspace's root."""
        extras = ["--all-extras"] if self.extras else []
        environment = ["--isolated", "--frozen", "--package", self.package.distribution, "--group", "dev", *extras]
        if any((self.package.folder / "tests").glob("test_*_conformance.py")):
            environment += ["--with-editable", "./packages/llm-testing"]
        return [
            *("uv", "run", "--quiet", *environment),
            *("pytest", "-q", "-p", "no:cacheprovider", f"{self.package.where}/tests"),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one run ended."""

    run: Run
    passed: bool
    output: str
    seconds: float

    @property
    def line(self) -> str:
        """One line of a report, with pytest's own closing line in it."""
        closing = self.output.strip().rpartition("\n")[2].strip("= ") or "no output"
        return f"{'ok' if self.passed else 'FAILED':7}{self.run.title:44}{closing}  [{self.seconds:.1f} s in all]"


def planned_runs(packages: Sequence[Package], names: Sequence[str]) -> list[Run]:
    """The runs for the packages named by folder or distribution, for all where none is named.

    Raises:
        WorkspaceError: a name is no package.
    """
    known = {name for package in packages for name in (package.folder.name, package.distribution)}
    unknown = sorted(set(names) - known)
    if unknown:
        raise WorkspaceError(f"{unknown[0]!r} is no package here; choose from {sorted(known)}")
    chosen = [p for p in packages if not names or {p.folder.name, p.distribution} & set(names)]
    return [run for package in chosen for run in _runs_of(package)]


def _runs_of(package: Package) -> Iterator[Run]:
    yield Run(package=package, extras=False)
    if any(declared.extra is not None for declared in package.declared):
        yield Run(package=package, extras=True)


def execute(run: Run) -> Outcome:
    """Run pytest and wait for it. A package without tests fails: pytest's status for "none collected" is not 0."""
    started = time.monotonic()
    try:
        done = subprocess.run(
            run.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )
        passed, output = done.returncode == 0, done.stdout + done.stderr
    except subprocess.TimeoutExpired as hung:
        passed, output = False, f"{(hung.stdout or b'').decode()}\nnot over after {LONGEST_S:.0f} s: a test hangs"
    return Outcome(run=run, passed=passed, output=output, seconds=time.monotonic() - started)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line per run and the whole output of failed ones; 1 where any failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", help="folder or distribution names (default: every package)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at the same time (default: 1)")
    options = parser.parse_args(arguments)
    try:
        runs = planned_runs(read_workspace(ROOT).packages, options.packages)
    except WorkspaceError as error:
        parser.error(str(error))
    failed = 0
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        for outcome in pool.map(execute, runs):
            failed += not outcome.passed
            print(outcome.line, flush=True)
            if not outcome.passed:
                print(outcome.output, flush=True)
    print(f"isolated tests: {len(runs)} runs, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
