"""Attempts, calls and clients drawn at random: no cost may be lost or made on the way up.

uv run python tests-integration/prices/trees.py [--trees 1000000] [--seed 0]

A tree is a call of one to five attempts, some of which failed; ten make a client. An attempt is billed by a price of
the user's own, by what the provider reports, by the list, or has no price. Beside it whole billionths of a
micro-dollar are added up. Attempts, models, calls and client have to agree with that to the last digit, and be None
where one that used tokens has no price. Exit status 1 where they do not.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

import genai_prices

from penguiflow_llm import AttemptRecord, CallRecord, ModelPrice, Tariff, Usage
from penguiflow_llm_core._account import ClientAccount

UNITS: Final = 10**15
"""To a US dollar: a billion to a micro-dollar."""
OF_A_CLIENT: Final = 10
_LISTED: Final = ("gpt-5", "gpt-4o-mini", "gpt-5.4-mini")
_UNLISTED: Final = "no-such-model"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A record, and what it has to cost in `UNITS`; None where that cannot be known."""

    record: AttemptRecord
    units: int | None


class Mint:
    """Makes attempts; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._listed = [self._from_list() for _ in range(50)]

    def call(self) -> list[Attempt]:
        """One tree."""
        return [self._attempt() for _ in range(self._rng.randint(1, 5))]

    def _attempt(self) -> Attempt:
        draw = self._rng.random()
        if draw < 0.05:
            return Attempt(_record(None, Tariff()), 0)
        if draw < 0.06:
            return Attempt(_record(Usage(input_tokens=1, output_tokens=1), Tariff(model=_UNLISTED)), None)
        if draw < 0.09:
            return self._rng.choice(self._listed)
        return self._reported() if draw < 0.5 else self._own()

    def _reported(self) -> Attempt:
        units = self._rng.randrange(10**16)
        usage = Usage(input_tokens=5, output_tokens=5, reported_cost_usd=Decimal(units) / UNITS)
        return Attempt(_record(usage, Tariff(model="a", price_provider="openrouter")), units)

    def _own(self) -> Attempt:
        rng = self._rng
        in_rate, out_rate, read_rate = rng.randrange(10**5), rng.randrange(10**6), rng.randrange(10**4)
        read, fresh, output = rng.randrange(10**5), rng.randrange(10**5), rng.randrange(10**4)
        price = ModelPrice(
            input_usd=Decimal(in_rate) / 1_000,
            output_usd=Decimal(out_rate) / 1_000,
            cache_read_usd=Decimal(read_rate) / 1_000,
        )
        usage = Usage(input_tokens=read + fresh, output_tokens=output, cache_read_tokens=read)
        units = (fresh * in_rate + output * out_rate + read * read_rate) * (UNITS // 10**9)
        return Attempt(_record(usage, Tariff(model="b", own=price)), units)

    def _from_list(self) -> Attempt:
        model = self._rng.choice(_LISTED)
        counts = {"input_tokens": self._rng.randrange(10**5), "output_tokens": self._rng.randrange(10**4)}
        direct = genai_prices.calc_price(genai_prices.Usage(**counts), model, provider_id="openai").total_price
        tariff = Tariff(model=model, price_provider="openai")
        return Attempt(_record(Usage(**counts), tariff), int(direct * UNITS))  # type: ignore[arg-type]


def _record(usage: Usage | None, tariff: Tariff) -> AttemptRecord:
    return AttemptRecord(
        number=1, mode=None, elapsed_s=0.0, usage=usage, provider="p", model=tariff.model, tariff=tariff
    )


def _units(cost: Decimal | None) -> int | None:
    return None if cost is None else int(cost * UNITS)


def _sum(attempts: list[Attempt]) -> int | None:
    total = 0
    for attempt in attempts:
        if attempt.units is None:
            return None
        total += attempt.units
    return total


def problems(trees: int, seed: int) -> Iterator[str]:
    """What does not add up."""
    mint = Mint(seed)
    for first in range(0, trees, OF_A_CLIENT):
        account, every = ClientAccount(), []
        for _ in range(min(OF_A_CLIENT, trees - first)):
            call = mint.call()
            every += call
            for attempt in call:
                account.add(attempt.record)
            record = CallRecord(history=tuple(attempt.record for attempt in call))
            if (cost := _units(record.cost)) != _sum(call):
                yield f"the call at {first} costs {cost}, its attempts {_sum(call)}"
        by_model = [_units(totals.cost) for totals in account.by_model.values()]
        known = [units for units in by_model if units is not None]
        models = sum(known) if len(known) == len(by_model) else None
        found = (_units(account.cost), models, sum(totals.attempts for totals in account.by_model.values()))
        if found != (_sum(every), _sum(every), len(every)):
            yield f"the client at {first} has cost {found}, its attempts {_sum(every)}, {len(every)} of them"


def main() -> int:
    """Add up, and print what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trees", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started, wrong, done = time.monotonic(), 0, 0
    while done < options.trees:
        some = min(100_000, options.trees - done)
        for problem in problems(some, options.seed + done):
            wrong += 1
            print(f"PROBLEM {problem}")
        done += some
        print(f"{done} trees in {time.monotonic() - started:.0f} s, {wrong} wrong", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
