"""Prices of real models: as the list has them, as their providers state them, and added up."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import listed
import pytest
import trees

from penguiflow_llm import AttemptRecord, Tariff, Usage


def test_prices_are_those_of_the_list() -> None:
    """In every shape and tier; the command does it for more models."""
    verdicts = [listed.judge(case) for case in listed.cases(listed.drawn(30, seed=1))]
    assert [] == [verdict for verdict in verdicts if verdict.startswith("wrong")]
    assert verdicts.count("equal") > 300


def test_no_cost_is_lost_on_the_way_up() -> None:
    """From attempts to models, calls and the client; the command does it for a million calls."""
    assert [] == list(trees.problems(2_000, seed=1))


@pytest.mark.parametrize(
    ("provider", "model", "tier", "usage", "micro_usd"),
    [
        # Claude documentation, "Pricing", read 2026-11-26: 5 in, 0.50 cached, 6.25 and 10 written, 25 out.
        pytest.param(
            "anthropic", "claude-opus-5", "standard",
            Usage(
                input_tokens=10_000, output_tokens=500, cache_read_tokens=2_000,
                cache_write_tokens=3_000, cache_write_1h_tokens=1_000,
            ),
            5_000 * 5 + 1_000 + 2_000 * Decimal("6.25") + 10_000 + 500 * 25, id="cache of Claude Opus 5",
        ),
        # The same page: 1 in, 5 out, 10 for 1,000 searches.
        pytest.param(
            "anthropic", "claude-haiku-4-5-20251001", None,
            Usage(input_tokens=1_000, output_tokens=100, web_searches=2), 1_000 + 500 + 20_000, id="searches of Claude",
        ),
        # The same page, "Long context pricing": above 200,000 tokens 6 in and 22.50 out, for all of them.
        pytest.param(
            "anthropic", "claude-sonnet-4-5-20250929", None, Usage(input_tokens=250_000, output_tokens=1_000),
            250_000 * 6 + 22_500, id="long context of Claude Sonnet 4.5",
        ),
        # OpenAI, "Pricing", as quoted 2026-11: 1.25 in, 0.125 cached, 10 out; flex half of it.
        pytest.param(
            "openai", "gpt-5-2025-08-07", "default",
            Usage(input_tokens=10_000, output_tokens=1_000, cache_read_tokens=8_000, reasoning_tokens=900),
            2_500 + 1_000 + 10_000, id="cache of GPT-5",
        ),
        pytest.param(
            "openai", "gpt-5-2025-08-07", "flex",
            Usage(input_tokens=10_000, output_tokens=1_000, cache_read_tokens=8_000, reasoning_tokens=900),
            1_250 + 500 + 5_000, id="flex of GPT-5",
        ),
        # OpenAI, "Pricing", as quoted 2026-11: 0.15 in, 0.60 out.
        pytest.param(
            "openai", "gpt-4o-mini-2024-07-18", None, Usage(input_tokens=1_000_000, output_tokens=100_000),
            150_000 + 60_000, id="GPT-4o mini, not GPT-4o",
        ),
        # Gemini API, "Pricing", as transcribed 2026-09-20: above 200,000 tokens 2.50 in; 15 out, as quoted 2026-03.
        pytest.param(
            "google", "gemini-2.5-pro", "standard", Usage(input_tokens=300_000, output_tokens=2_000),
            750_000 + 30_000, id="long prompt of Gemini 2.5 Pro",
        ),
        # The same: 0.30 in, audio 1; 2.50 out with thoughts, as quoted 2026-03.
        pytest.param(
            "google", "gemini-2.5-flash", "ON_DEMAND",
            Usage(input_tokens=1_000, output_tokens=100, input_audio_tokens=400, reasoning_tokens=60),
            180 + 400 + 250, id="speech of Gemini 2.5 Flash",
        ),
        # Amazon Bedrock, "Pricing", as quoted 2026-05: 0.80 in, 0.20 cached, 3.20 out.
        pytest.param(
            "aws", "us.amazon.nova-pro-v1:0", None,
            Usage(input_tokens=10_000, output_tokens=1_000, cache_read_tokens=4_000),
            4_800 + 800 + 3_200, id="cache of Nova Pro",
        ),
        # Databricks, "Foundation Model Serving", as quoted 2026-04: 0.50 in, 1.50 out at 0.07 for a DBU.
        pytest.param(
            "databricks", "databricks-meta-llama-3-3-70b-instruct", None,
            Usage(input_tokens=10_000, output_tokens=1_000), 5_000 + 1_500, id="Llama of Databricks",
        ),
    ],
)  # fmt: skip
def test_ten_prices_done_by_hand(
    provider: str, model: str, tier: str | None, usage: Usage, micro_usd: int | Decimal
) -> None:
    """From what the providers state, in dollars for a million tokens; the list has no part in the expected figure."""
    tariff = Tariff(model=model, price_provider=provider, service_tier=tier, at=datetime(2026, 11, 26, tzinfo=UTC))
    record = AttemptRecord(number=1, mode=None, elapsed_s=0.0, usage=usage, tariff=tariff)
    assert (Decimal(micro_usd) / 1_000_000, "listed") == (record.cost, record.cost_source)
