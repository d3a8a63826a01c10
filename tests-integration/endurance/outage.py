"""An outage of the provider, over the real SDK: requests stay few, and the client is back soon after it heals.

uv run python tests-integration/endurance/outage.py [--calls 1000] [--provider openai]

Calls meet a provider that answers 503 to everything; then it heals, and calls are made until one succeeds. Then the
same where each eighth request is answered, so that the circuit stays closed and only the budget of retries holds back.
Held: at most 1.10 requests a call and 10 more, and a success within 5 seconds of healing. Exit status 1 where that
fails.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from contextlib import suppress
from itertools import product
from typing import Any, Final

from churn import MODELS

from penguiflow_llm import LLMError, create_client
from penguiflow_llm_testing import Answer, Failure, Simulator

AT_ONCE: Final = 50
LONGEST_S: Final = 5.0
FAILURE: Final = Failure(status=503, body=b"")
KINDS: Final[dict[str, tuple[Answer | Failure, ...]]] = {
    "outage": (FAILURE,),
    "brown-out": (*[FAILURE] * 7, Answer(text="Hello.")),
}


async def outage(provider: str, calls: int, kind: str = "outage") -> tuple[int, float]:
    """Requests that were made while little or nothing worked, and seconds until something did once it could."""
    with Simulator() as simulator:
        simulator.script(*KINDS[kind] * (calls * 4))
        options: dict[str, Any] = {"api": "responses"} if provider == "openai" else {}
        async with create_client(
            MODELS[provider], api_key="sk-outage", base_url=simulator.base_url(provider), timeout_s=30.0, **options
        ) as client:
            turn = asyncio.Semaphore(AT_ONCE)

            async def call() -> None:
                async with turn:
                    with suppress(LLMError):
                        await client.complete("Say hello.", max_retries=9)
                        assert kind != "outage", "a call succeeded in an outage"

            await asyncio.gather(*(call() for _ in range(calls)))
            made = len(simulator.journal)
            simulator.clear_script()
            healed = time.monotonic()
            while time.monotonic() - healed < 2 * LONGEST_S:
                try:
                    await client.complete("Say hello.", max_retries=0)
                    break
                except LLMError:
                    await asyncio.sleep(0.05)
            return made, time.monotonic() - healed


def main() -> int:
    """Try, and print a line a provider."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1_000, help="of each provider (default: 1000)")
    parser.add_argument("--provider", action="append", choices=[*MODELS], help="only this one; repeatable")
    options = parser.parse_args()
    failed = False
    for kind, provider in product(KINDS, options.provider or MODELS):
        made, back_s = asyncio.run(outage(provider, options.calls, kind))
        held = made <= 1.1 * options.calls + 10 and back_s <= LONGEST_S
        failed = failed or not held
        verdict = "" if held else ": FAILED"
        print(f"{kind:10} {provider:11} {options.calls} calls, {made} requests, back after {back_s:.2f} s{verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
