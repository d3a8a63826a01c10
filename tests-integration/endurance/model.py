"""A client and what its calls share, driven by Hypothesis beside a reference that is written down in plain Python.

uv run python tests-integration/endurance/model.py [--steps 100000] [--seed 0] [--minutes 20] [--shrink]

Each step is a call of any kind begun, a request answered or failed in one of 26 ways, events of a stream, time
passing, a cancellation, a token, an outage, a recovery. After each the client must be where the reference is: requests
under way, slots and their order, retries and their budget, circuits, cooling models, pace, output modes, deadlines, how
every call ended and when, and what all cost. Nothing waits: the clock is moved by hand. Exit status 1, and the steps
that lead there, where that fails.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Final

from client_model import ClientMachine
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

EXAMPLES: Final = 50
STEPS_A_RUN: Final = 60


def run(*, examples: int, seeded: int, shrink: bool = False) -> int:
    """Run the machine from one seed; how many steps that was. Raises what does not hold."""
    before = ClientMachine.steps
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    profile = settings(
        max_examples=examples, stateful_step_count=STEPS_A_RUN, deadline=None, database=None, phases=phases,
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    run_state_machine_as_test(seed(seeded)(ClientMachine), settings=profile)
    return ClientMachine.steps - before


def main() -> int:
    """Take the steps, and print how the calls ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000, help="at least so many (default: 10000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=20.0, help="stop after so long (default: 20)")
    parser.add_argument("--shrink", action="store_true", help="look for the fewest steps to a failure")
    options = parser.parse_args()
    started, seeded, taken = time.monotonic(), options.seed, 0
    while taken < options.steps and time.monotonic() - started < 60 * options.minutes:
        print(f"{taken:>8} steps, {time.monotonic() - started:.0f} s; seed {seeded}", flush=True)
        taken += run(examples=EXAMPLES, seeded=seeded, shrink=options.shrink)
        seeded += 1
    for end, count in (*ClientMachine.followed.most_common(), *ClientMachine.ends.most_common()):
        print(f"    {count:>7} {end}")
    print(f"model: {taken} steps held" if taken >= options.steps else f"model: only {taken} steps in the time given")
    return 0 if taken >= options.steps else 1


if __name__ == "__main__":
    sys.exit(main())
