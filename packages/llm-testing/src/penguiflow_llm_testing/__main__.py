"""`python -m penguiflow_llm_testing`: serve until interrupted, for programs in other processes and languages."""

import argparse
import sys
from collections.abc import Sequence

from ._serving import serve
from ._simulator import Simulator


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve on loopback, print the base URL of each personality, and stop on SIGINT or SIGTERM."""
    options = _parser().parse_args(arguments)
    try:
        serve(Simulator(seed=options.seed, host=options.host, port=options.port), say=_say)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot serve on {options.host}:{options.port}: {error}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m penguiflow_llm_testing",
        description="Serve the simulated provider APIs on loopback. Prints one line per provider: name, base URL.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--seed", type=int, default=0, help="seed of the generated answers (default 0)")
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (default 127.0.0.1)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
