"""Print a command of README.md exactly as a reader would copy it.

A command is the `sh` fence that follows the line `<!-- command: NAME -->`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


class ReadmeError(Exception):
    """The README has no such command, or more than one; the message says what to write."""


def find_command(text: str, name: str) -> str:
    """The lines inside the fence of command `name`, without a last newline.

    Raises:
        ReadmeError: the marker is missing or repeated, or no closed `sh` fence follows it.
    """
    marker = f"<!-- command: {name} -->"
    lines = text.splitlines()
    marked = [number for number, line in enumerate(lines) if line.strip() == marker]
    if len(marked) != 1:
        raise ReadmeError(f"{len(marked)} lines {marker!r}, not one; mark exactly one sh fence with it")
    rest = lines[marked[0] + 1 :]
    while rest and not rest[0].strip():
        rest.pop(0)
    if not rest or rest[0] != "```sh" or "```" not in rest[1:]:
        raise ReadmeError(f"no closed fence after {marker!r}; put the command in a ```sh fence right below it")
    return "\n".join(rest[1 : rest.index("```", 1)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the command; 1 where the README does not have it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the word in the marker, such as run or test")
    default = Path(__file__).resolve().parent.parent / "README.md"
    parser.add_argument("--readme", type=Path, default=default, metavar="FILE", help="default: the workspace's own")
    options = parser.parse_args(arguments)
    try:
        print(find_command(options.readme.read_text(encoding="utf-8"), options.name))
    except (ReadmeError, OSError) as error:
        print(f"error: {options.readme}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
