"""Many calls that end in every way there is, seeded: nothing may be left, at any moment or at the end.

uv run python tests-integration/endurance/churn.py [--calls 100000] [--seed 0] [--provider openai]

Each call is plain or streamed and draws a fate: answered, cancelled, stopped by its token, timed out, left in the
middle, or hit by a fault of the provider's. Held all the while: as many slots in use as requests under way, counted
where they go into the provider and come out, and no more than there are. Held at the end: no task, thread, socket, file
descriptor or slot more than at the start. Exit status 1 where that fails.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, cast

from resources import left_over, resources

from penguiflow_llm import CancelToken, LLMClient, LLMError, TextDelta, create_client
from penguiflow_llm_testing import Answer, Cut, Failure, Faulty, Hold, Simulator, Step
from penguiflow_llm_types import CompletionResponse, LLMRequest, Provider, StreamEvent

MODELS: Final = {
    "openai": "openai/gpt-5.4-mini",
    "anthropic": "anthropic/claude-sonnet-4-6",
    "google": "google/gemini-3-flash-preview",
    "bedrock": "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "databricks": "databricks/databricks-gpt-5-4-mini",
    "openrouter": "openrouter/anthropic/claude-sonnet-4.6",
}
AT_ONCE: Final = 40
SLOTS: Final = 25
_FAULTS: Final[tuple[Step, ...]] = (
    Failure(status=503, body=b""),
    Failure(status=429, body=b""),
    Failure(status=400, body=b""),
    Cut(),
    Cut(how="rst"),
    Faulty(faults=(Cut(after_bytes=9, how="rst"),)),
    Faulty(faults=(Cut(after_bytes=9, how="clean"),)),
)
_LONG: Final = Answer(text="Once upon a time there was a loom. " * 20)

Fate = Callable[[LLMClient, Random], Awaitable[None]]


@dataclass(slots=True)
class Tally:
    """How the calls ended, and what was wrong."""

    ends: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


async def answered(client: LLMClient, rng: Random) -> None:
    """To its end."""
    await client.complete("Say hello.", on_stream_event=_nothing if rng.random() < 0.5 else None)


async def cancelled(client: LLMClient, rng: Random) -> None:
    """By its task, after a moment."""
    task = asyncio.create_task(answered(client, rng))
    await asyncio.sleep(rng.random() * 0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def stopped(client: LLMClient, rng: Random) -> None:
    """By its token."""
    token = CancelToken()
    asyncio.get_running_loop().call_later(rng.random() * 0.01, token.cancel)
    await client.complete("Say hello.", cancel=token)


async def timed_out(client: LLMClient, rng: Random) -> None:
    """By its deadline, mostly."""
    await client.complete("Say hello.", timeout_s=0.001 + rng.random() * 0.01)


async def left(client: LLMClient, rng: Random) -> None:
    """In the middle of the stream."""
    async with client.stream("Tell me a story.") as stream:
        async for event in stream:
            if isinstance(event, TextDelta):
                break


class Counting:
    """A provider that counts the requests under way in it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.under_way = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        """See `Provider`."""
        self.under_way += 1
        try:
            return await self._provider.complete(request)
        finally:
            self.under_way -= 1

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        """See `Provider`."""
        self.under_way += 1
        try:
            async with aclosing(self._provider.stream(request)) as events:
                async for event in events:
                    yield event
        finally:
            self.under_way -= 1


FATES: Final[dict[str, Fate]] = {
    "answered": answered,
    "cancelled": cancelled,
    "stopped": stopped,
    "timed out": timed_out,
    "left": left,
}


def _nothing(event: object) -> None:
    """A reader that looks at nothing."""


async def churn(provider: str, *, calls: int, seed: int) -> Tally:
    """All the calls, some tens at once."""
    rng, tally = Random(seed), Tally()
    with Simulator(seed=seed) as simulator:
        options: dict[str, Any] = {"api": "responses"} if provider == "openai" else {}
        client = create_client(
            MODELS[provider], api_key="sk-churn", base_url=simulator.base_url(provider), max_concurrency=SLOTS,
            max_retries=1, **options,
        )  # fmt: skip
        client._endpoints[0].breaker._failures = calls * 10  # an open circuit would leave nothing to churn
        counting = Counting(client.provider)
        client._endpoints[0].provider = cast("Provider", counting)
        before = resources()
        queue = iter(range(calls))
        await asyncio.gather(*(_worker(client, counting, simulator, queue, rng, tally) for _ in range(AT_ONCE)))
        if client.requests_in_flight:
            tally.problems.append(f"{client.requests_in_flight} slots in use at the end")
        await client.aclose()
        await asyncio.to_thread(simulator.wait_until_idle, timeout_s=10.0)
    await asyncio.sleep(0)
    tally.problems += left_over(before)
    return tally


async def _worker(
    client: LLMClient, counting: Counting, simulator: Simulator, queue: Any, rng: Random, tally: Tally
) -> None:
    for _ in queue:
        if rng.random() < 0.2:
            simulator.script(rng.choice(_FAULTS))
        elif rng.random() < 0.1:
            simulator.script(Hold(for_s=0.02))
        elif rng.random() < 0.3:
            simulator.script(_LONG)
        name = rng.choice([*FATES])
        try:
            await FATES[name](client, rng)
            end = name
        except LLMError as error:
            end = f"{name}: {type(error).__name__}"
        tally.ends[end] += 1
        if not client.requests_in_flight == counting.under_way <= SLOTS:
            tally.problems.append(f"{client.requests_in_flight} slots in use, {counting.under_way} requests under way")


def main() -> int:
    """Churn, and print how it ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2_000, help="of each provider (default: 2000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--provider", action="append", choices=[*MODELS], help="only this one; repeatable")
    options = parser.parse_args()
    failed = False
    for provider in options.provider or MODELS:
        started = time.monotonic()
        tally = asyncio.run(churn(provider, calls=options.calls, seed=options.seed))
        failed = failed or bool(tally.problems)
        print(f"{provider:11} {options.calls} calls in {time.monotonic() - started:.1f} s")
        for end, count in sorted(tally.ends.items()):
            print(f"    {count:>7} {end}")
        for problem, count in Counter(tally.problems).most_common(5):
            print(f"    PROBLEM {problem} ({count})")
    print("churn: failed" if failed else "churn: nothing left")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
