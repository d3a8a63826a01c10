"""Check what holds for every package of this workspace: names, versions, dependencies, sizes, purity, wheels."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from workspace_checks import POLICY, Policy, WorkspaceError, check, read_workspace


def main(arguments: Sequence[str] | None = None, *, policy: Policy = POLICY) -> int:
    """Print one line per problem and a closing count; 0 where there is no error, else 1."""
    options = _parser().parse_args(arguments)
    try:
        workspace = read_workspace(options.root)
        problems = list(check(workspace, policy, wheels=options.wheels))
    except WorkspaceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for problem in problems:
        print(problem)
    errors = sum(problem.level == "error" for problem in problems)
    counted = f"{len(workspace.packages)} packages, {len(workspace.sources)} Python files"
    print(f"workspace: {counted}: {errors} errors, {len(problems) - errors} warnings")
    return 1 if errors else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Exit status: 0 no errors (warnings are only shown), 1 errors, 2 wrong use of this program.",
    )
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--root", type=Path, default=root, metavar="DIR", help="the workspace (default: this one)")
    parser.add_argument(
        "--wheels", type=Path, metavar="DIR", help="also check the wheels in DIR, from 'uv build --all-packages'"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
