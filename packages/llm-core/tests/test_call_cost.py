"""The price of an attempt: the user's own, else the provider's word, else the list price, else unknown."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from decimal import Decimal

import genai_prices
import pytest

from penguiflow_llm_core import AttemptRecord, CostSource, ModelPrice, Tariff
from penguiflow_llm_core._cost import Cost, attempt_cost
from penguiflow_llm_core._result import total_cost, total_usage
from penguiflow_llm_types import LLMConfigurationError, Usage

MILLION = 1_000_000
KNOWN = Usage(input_tokens=10, output_tokens=5)


def cost(usage: Usage | None, model: str | None, price_provider: str | None, tier: str | None = None) -> Decimal | None:
    """US dollars, at a day on which every price of these tests holds."""
    tariff = Tariff(
        model=model, price_provider=price_provider, service_tier=tier, at=datetime(2026, 11, 26, tzinfo=UTC)
    )
    found = attempt_cost(usage, tariff)
    return None if found is None else found.usd


@pytest.mark.parametrize(
    ("usage", "model", "price_provider"),
    [
        pytest.param(None, "gpt-5", "openai", id="nothing used"),
        pytest.param(Usage(), "gpt-5", "openai", id="nothing reported"),
        pytest.param(Usage(input_tokens=10), "gpt-5", "openai", id="no output reported"),
        pytest.param(KNOWN, "no-such-model", "openai", id="unknown model"),
        pytest.param(KNOWN, None, "openai", id="no model"),
        pytest.param(KNOWN, "gpt-5", None, id="unlisted provider"),
        pytest.param(KNOWN, "gpt-5", "no-such-provider", id="unknown provider"),
        pytest.param(KNOWN, "gpt-5", "openai-proxy", id="a provider that is only called alike"),
        pytest.param(Usage(input_tokens=-1, output_tokens=5), "gpt-5", "openai", id="less than nothing"),
        pytest.param(
            Usage(input_tokens=1, output_tokens=5, cache_read_tokens=9), "gpt-5", "openai", id="more cached than sent"
        ),
    ],
)
def test_an_unknown_price_is_none(usage: Usage | None, model: str | None, price_provider: str | None) -> None:
    """Never 0, which would say it was free, and never an exception after the model has answered."""
    assert cost(usage, model, price_provider) is None


@pytest.mark.parametrize(
    ("price_provider", "model"),
    [
        ("google", "gemini-3.6-flash-lite"),  # the list has gemini-3.6-flash*
        ("google", "gemini-1.5-flash-8b"),  # *gemini-1.5-flash*, at twice its price
        ("google", "gemini-2.5-pro-computer-use-preview"),
        ("anthropic", "claude-haiku-4-5-nano"),
        ("openai", "gpt-5-nano-codex"),
        ("aws", "us.amazon.nova-lite-ultra-v1:0"),
        ("aws", "us-gov.amazon.nova-lite-v1:0"),  # GovCloud is dearer
        ("databricks", "my-endpoint"),
        ("openrouter", "openai/gpt-5:nitro"),
    ],
)
def test_a_model_is_not_billed_as_one_that_is_called_alike(price_provider: str, model: str) -> None:
    """The list matches by the beginning of a name, or any part of it."""
    assert cost(KNOWN, model, price_provider) is None


@pytest.mark.parametrize(
    ("price_provider", "model", "input_usd"),
    [
        ("openai", "gpt-4o-mini-2024-07-18", "0.15"),
        ("openai", "o3-mini-2025-01-31", "1.1"),
        ("openai", "gpt-5-mini-2025-08-07", "0.25"),
        ("openai", "gpt-5-nano-2025-08-07", "0.05"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:my-org::abc123", "0.3"),
        ("anthropic", "claude-sonnet-4-5-20250929", "3"),
        ("anthropic", "claude-opus-4-20250514", "15"),
        ("google", "models/gemini-2.0-flash-001", "0.1"),
        ("google", "publishers/google/models/gemini-2.5-flash-lite-preview-06-17", "0.1"),
        ("aws", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3"),
        ("aws", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "3"),
        ("aws", "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0", "0.06"),
        ("databricks", "databricks-gpt-oss-120b", "0.15"),
        ("openrouter", "openai/gpt-4o-mini-2024-07-18", "0.15"),
    ],
)
def test_a_dated_or_regional_name_is_its_model(price_provider: str, model: str, input_usd: str) -> None:
    """By its own price, not by that of a model whose name it begins with."""
    assert Decimal(input_usd) * 10 / MILLION == cost(Usage(input_tokens=10, output_tokens=0), model, price_provider)


@pytest.mark.parametrize(
    ("price_provider", "model", "tier", "input_usd"),
    [
        ("openai", "gpt-5", None, "1.25"),
        ("openai", "gpt-5", "default", "1.25"),
        ("openai", "gpt-5", "flex", "0.625"),
        ("openai", "gpt-5", "priority", "2.5"),
        ("openai", "gpt-5", "scale", None),
        ("openai", "gpt-4.1", "flex", None),
        ("anthropic", "claude-opus-5", "standard", "5"),
        ("anthropic", "claude-opus-5", "batch", "2.5"),
        ("anthropic", "claude-opus-5", "fast", "10"),
        ("anthropic", "claude-opus-5", "priority", None),
        ("google", "gemini-2.5-flash", "ON_DEMAND", "0.3"),
        ("google", "gemini-2.5-flash", "PROVISIONED_THROUGHPUT", None),
        ("aws", "us.amazon.nova-lite-v1:0", "default", "0.06"),
        ("aws", "us.amazon.nova-lite-v1:0", "flex", None),
    ],
)
def test_a_service_tier_has_its_own_price(
    price_provider: str, model: str, tier: str | None, input_usd: str | None
) -> None:
    """And none where it is not listed: the standard price would be wrong."""
    expected = None if input_usd is None else Decimal(input_usd) * 10 / MILLION
    assert expected == cost(Usage(input_tokens=10, output_tokens=0), model, price_provider, tier)


@pytest.mark.parametrize(
    ("price_provider", "model", "extra"),
    [
        pytest.param("openai", "gpt-4.1-nano", {"web_searches": 1}, id="a search without a price"),
        pytest.param("openai", "gpt-4o-audio-preview", {"input_audio_tokens": 5}, id="speech at the price of text"),
        pytest.param(
            "aws", "amazon.nova-lite-v1:0", {"cache_write_tokens": 5, "cache_write_1h_tokens": 5}, id="an hour"
        ),
        pytest.param("google", "gemini-2.5-flash", {"output_image_tokens": 5}, id="a picture at the price of text"),
    ],
)
def test_what_is_billed_apart_needs_a_price(price_provider: str, model: str, extra: dict[str, int]) -> None:
    """A sum that leaves it out, or takes it for text, would be too low."""
    plain = Usage(input_tokens=10, output_tokens=10)
    assert cost(plain, model, price_provider) is not None
    assert cost(Usage(input_tokens=10, output_tokens=10, **extra), model, price_provider) is None  # type: ignore[arg-type]


def test_a_price_changes_with_the_day() -> None:
    """Looked up today, an attempt costs what it did when it was made."""
    usage = Usage(input_tokens=MILLION, output_tokens=0)
    before, after = datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)
    costs = [attempt_cost(usage, Tariff(model="o3", price_provider="openai", at=at)) for at in (before, after)]
    assert [Decimal(10), Decimal(2)] == [found.usd for found in costs if found is not None]


def test_a_price_that_is_missing_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A model, not a call: a server would fill its log."""
    with caplog.at_level(logging.WARNING, logger="penguiflow_llm_core"):
        for tier in (None, "flex", None):
            assert cost(KNOWN, "not-listed-anywhere", "openai", tier) is None
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "no price for 'openai/not-listed-anywhere'"
    ]


def test_newer_prices_are_the_users_choice() -> None:
    """Tables the user loads are used at once, and nothing else loads any."""
    listed = cost(KNOWN, "gpt-5", "openai")
    genai_prices.data_snapshot.set_custom_snapshot(
        genai_prices.data_snapshot.DataSnapshot(providers=[], from_auto_update=False)
    )
    try:
        assert cost(KNOWN, "gpt-5", "openai") is None
    finally:
        genai_prices.data_snapshot.set_custom_snapshot(None)
    assert listed == cost(KNOWN, "gpt-5", "openai") is not None


REPORTED = Usage(input_tokens=10, output_tokens=5, reported_cost_usd=Decimal("0.5"))
OWN = ModelPrice(input_usd=Decimal(100_000), output_usd=Decimal(0))


@pytest.mark.parametrize(
    ("usage", "own", "usd", "source"),
    [
        (REPORTED, OWN, "1", "own"),
        (REPORTED, None, "0.5", "reported"),
        (KNOWN, OWN, "1", "own"),
        (KNOWN, None, "0.0000625", "listed"),
    ],
)
def test_whose_word_counts(usage: Usage, own: ModelPrice | None, usd: str, source: CostSource) -> None:
    """Yours before the provider's, who knows its own price better than any list."""
    tariff = Tariff(model="gpt-5", price_provider="openai", own=own)
    assert Cost(usd=Decimal(usd), source=source) == attempt_cost(usage, tariff)
    record = AttemptRecord(number=1, mode=None, elapsed_s=0.0, usage=usage, model="gpt-5", tariff=tariff)
    assert (Decimal(usd), source) == (record.cost, record.cost_source)


FULL = ModelPrice(
    input_usd=Decimal(1), cache_read_usd=Decimal(10), cache_write_usd=Decimal(100), cache_write_1h_usd=Decimal(1_000),
    input_audio_usd=Decimal(10_000), output_usd=Decimal(2), reasoning_usd=Decimal(20), output_audio_usd=Decimal(200),
    web_search_usd=Decimal("0.01"),
)  # fmt: skip
PLAIN = ModelPrice(input_usd=Decimal(1), output_usd=Decimal(2))
PARTS = Usage(
    input_tokens=21, cache_read_tokens=6, cache_read_audio_tokens=1, cache_write_tokens=7, cache_write_1h_tokens=3,
    input_audio_tokens=6, output_tokens=9, reasoning_tokens=4, output_audio_tokens=3, web_searches=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("price", "usage", "usd"),
    [
        (FULL, PARTS, Decimal(3 + 60 + 400 + 3_000 + 50_000 + 4 + 80 + 600) / MILLION + Decimal("0.02")),
        (PLAIN, PARTS, Decimal(21 + 18) / MILLION),
        (PLAIN, Usage(input_tokens=1), None),
        (PLAIN, Usage(input_tokens=1, output_tokens=1, cache_read_tokens=2), None),
    ],
)
def test_a_price_of_ones_own(price: ModelPrice, usage: Usage, usd: Decimal | None) -> None:
    """Each token is billed once, at its own rate or that of what it is a part of."""
    assert usd == price.cost(usage)


@pytest.mark.parametrize("amount", [0.25, -1, "1", Decimal(-1), Decimal("NaN"), Decimal("Infinity")])
def test_amounts_that_are_no_price(amount: object) -> None:
    """A float is refused too: 0.1 is not a tenth of a dollar."""
    with pytest.raises(LLMConfigurationError, match=r"input_usd is .*Decimal"):
        ModelPrice(input_usd=amount, output_usd=Decimal(0))  # type: ignore[arg-type]


def _attempt(cost: str | None, *, used: bool = True) -> AttemptRecord:
    reported = None if cost is None else Decimal(cost)
    usage = Usage(input_tokens=1, output_tokens=2, reported_cost_usd=reported) if used else None
    return AttemptRecord(number=1, mode=None, elapsed_s=0.0, usage=usage)


@pytest.mark.parametrize(
    ("attempts", "cost"),
    [
        pytest.param([], Decimal(0), id="none"),
        pytest.param([_attempt("0.1"), _attempt("0.2")], Decimal("0.3"), id="added up"),
        pytest.param([_attempt("0.1"), _attempt(None)], None, id="one unknown makes the sum unknown"),
        pytest.param([_attempt(None, used=False), _attempt("0.1")], Decimal("0.1"), id="an attempt that used nothing"),
        pytest.param([_attempt(None, used=False)], Decimal(0), id="nothing used"),
    ],
)
def test_cost_of_a_call(attempts: list[AttemptRecord], cost: Decimal | None) -> None:
    """A sum that leaves something out would be a wrong figure, so it is none."""
    assert cost == total_cost(tuple(attempts))


def test_usage_of_a_call() -> None:
    """Failed attempts are in it too; what was not reported counts as nothing."""
    attempts = (_attempt("0.1"), _attempt(None, used=False), _attempt(None))
    assert Usage(input_tokens=2, output_tokens=4, reported_cost_usd=Decimal("0.1")) == total_usage(attempts)
