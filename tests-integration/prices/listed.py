"""Our price of models beside what genai-prices says when it is asked directly.

uv run python tests-integration/prices/listed.py [--models 200] [--seed 0] [--show 10]

Draws models of the six providers from the price list and prices each in every shape of usage and every service tier.
Ours has to be the same to the last digit, or None where the list has no price for a tier or a kind of token that is
billed apart; those are counted. Exit status 1 where it is anything else.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

import genai_prices
from genai_prices.data import providers
from genai_prices.types import ModelInfo, PriceCalculation

from penguiflow_llm import AttemptRecord, Tariff, Usage

PROVIDERS: Final = ("openai", "anthropic", "google", "aws", "databricks", "openrouter")
AT: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
# Each shape twice: in our words, and in those of genai-prices.
SHAPES: Final[Mapping[str, tuple[Usage, dict[str, int]]]] = {
    "plain": (Usage(input_tokens=1_234, output_tokens=567), {"input_tokens": 1_234, "output_tokens": 567}),
    "cached": (
        Usage(input_tokens=9_000, output_tokens=11, cache_read_tokens=8_192),
        {"input_tokens": 9_000, "output_tokens": 11, "cache_read_tokens": 8_192},
    ),
    "written": (
        Usage(input_tokens=9_000, output_tokens=11, cache_read_tokens=7, cache_write_tokens=4_096),
        {"input_tokens": 9_000, "output_tokens": 11, "cache_read_tokens": 7, "cache_write_tokens": 4_096},
    ),
    "written for an hour": (
        Usage(input_tokens=9_000, output_tokens=11, cache_write_tokens=4_096, cache_write_1h_tokens=1_000),
        {"input_tokens": 9_000, "output_tokens": 11, "cache_write_tokens": 4_096, "cache_write_1h_tokens": 1_000},
    ),
    "reasoned": (
        Usage(input_tokens=77, output_tokens=9_999, reasoning_tokens=9_000),
        {"input_tokens": 77, "output_tokens": 9_999, "output_reasoning_tokens": 9_000},
    ),
    "heard": (
        Usage(input_tokens=900, output_tokens=100, input_audio_tokens=300),
        {"input_tokens": 900, "output_tokens": 100, "input_audio_tokens": 300},
    ),
    "searched": (
        Usage(input_tokens=900, output_tokens=100, web_searches=3),
        {"input_tokens": 900, "output_tokens": 100, "web_searches": 3},
    ),
    "long": (Usage(input_tokens=300_001, output_tokens=9), {"input_tokens": 300_001, "output_tokens": 9}),
}
TIERS: Final[Mapping[str | None, Mapping[str, str]]] = {
    None: {},
    "default": {},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "batch": {"processing": "batch"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A model, what it was used for, and in which tier."""

    provider: str
    model: str
    shape: str
    tier: str | None


def drawn(count: int, seed: int) -> list[tuple[str, str]]:
    """`count` models, each provider's share as equal as there are models."""
    rng = Random(seed)
    lists = {found.id: [_asked(model) for model in found.models] for found in providers if found.id in PROVIDERS}
    queues = {name: rng.sample(models, len(models)) for name, models in lists.items()}
    picked: list[tuple[str, str]] = []
    while len(picked) < count and any(queues.values()):
        picked += [(name, queues[name].pop()) for name in PROVIDERS if queues[name]]
    return picked[:count]


def _asked(model: ModelInfo) -> str:
    """An id to ask for; the list calls what Bedrock serves in one region "regional", which is no id."""
    return f"us.{model.id.removeprefix('regional.')}" if model.id.startswith("regional.") else model.id


def judge(case: Case) -> str:
    """One word or so on a case; one that begins with "wrong" is a failure."""
    usage, counts = SHAPES[case.shape]
    tariff = Tariff(price_provider=case.provider, model=case.model, service_tier=case.tier, at=AT)
    ours = AttemptRecord(number=1, mode=None, elapsed_s=0.0, usage=usage, tariff=tariff).cost
    try:
        direct = genai_prices.calc_price(
            genai_prices.Usage(**counts), case.model, provider_id=case.provider, genai_request_timestamp=AT,
            price_context=TIERS[case.tier],
        )  # fmt: skip
    except (LookupError, ValueError) as error:
        return "no price" if ours is None else f"wrong: {ours}, direct {error}"
    if ours is None:
        return _gap(case, direct) or f"wrong: None, direct {direct.total_price}"
    return "equal" if ours == direct.total_price and not _gap(case, direct) else f"wrong: {ours}, {direct.total_price}"


def _gap(case: Case, direct: PriceCalculation) -> str | None:
    """Why the direct price cannot be it: the list has no rate for what makes the case special."""
    context, price = TIERS[case.tier], direct.model_price
    variants = [one for one in direct.model.price_variants or () if one.when.items() <= context.items()]
    if context and not variants:
        return "None: tier not listed"
    needed: dict[str, Any] = {"written for an hour": price.cache_write_1h_mtok, "searched": price.web_searches_kcount}
    if case.provider == "openai":
        needed["heard"] = price.input_audio_mtok
    return "None: kind not listed" if case.shape in needed and needed[case.shape] is None else None


def cases(models: list[tuple[str, str]]) -> Iterator[Case]:
    """Every model in every shape and tier."""
    for provider, model in models:
        for shape in SHAPES:
            for tier in TIERS:
                yield Case(provider=provider, model=model, shape=shape, tier=tier)


def main() -> int:
    """Compare and print the count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=10, help="so many that are wrong are shown (default: 10)")
    options = parser.parse_args()
    models = drawn(options.models, options.seed)
    verdicts = [(case, judge(case)) for case in cases(models)]
    wrong = [f"{case}: {verdict}" for case, verdict in verdicts if verdict.startswith("wrong")]
    print(f"{len(models)} models: {dict(Counter(provider for provider, _ in models))}")
    print(f"{len(verdicts)} prices: {dict(Counter(verdict.partition(': 0')[0][:24] for _, verdict in verdicts))}")
    print(f"sum of ours: {_total(verdicts)} US dollars")
    print("\n".join(wrong[: options.show]))
    return 1 if wrong else 0


def _total(verdicts: list[tuple[Case, str]]) -> Decimal:
    return sum((_cost(case) for case, verdict in verdicts if verdict == "equal"), Decimal(0))


def _cost(case: Case) -> Decimal:
    tariff = Tariff(price_provider=case.provider, model=case.model, service_tier=case.tier, at=AT)
    return AttemptRecord(
        number=1, mode=None, elapsed_s=0.0, usage=SHAPES[case.shape][0], tariff=tariff
    ).cost or Decimal(0)


if __name__ == "__main__":
    sys.exit(main())
