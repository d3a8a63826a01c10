"""The price of an attempt: the provider's own word, else the list price, else unknown."""

from decimal import Decimal

import genai_prices
import pytest

from penguiflow_llm_core import AttemptRecord
from penguiflow_llm_core._cost import attempt_cost
from penguiflow_llm_core._result import total_cost, total_usage
from penguiflow_llm_types import Usage


@pytest.mark.parametrize(
    ("model", "counts"),
    [
        ("gpt-5", {"input_tokens": 1_000, "output_tokens": 500}),
        ("gpt-5", {"input_tokens": 1_000, "output_tokens": 500, "cache_read_tokens": 800}),
        (
            "gpt-4o-audio-preview",
            {"input_tokens": 900, "output_tokens": 100, "input_audio_tokens": 300, "output_audio_tokens": 50},
        ),
    ],
)
def test_a_known_model_costs_its_list_price(model: str, counts: dict[str, int]) -> None:
    """What genai-prices says, asked directly, cached and spoken tokens included."""
    listed = genai_prices.calc_price(genai_prices.Usage(**counts), model, provider_id="openai").total_price
    assert listed > 0
    assert listed == attempt_cost(Usage(**counts), model=model, price_provider="openai")  # type: ignore[arg-type]


KNOWN = Usage(input_tokens=10, output_tokens=5)


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
        pytest.param(Usage(input_tokens=-1, output_tokens=5), "gpt-5", "openai", id="less than nothing"),
        pytest.param(
            Usage(input_tokens=1, output_tokens=5, cache_read_tokens=9), "gpt-5", "openai", id="more cached than sent"
        ),
    ],
)
def test_an_unknown_price_is_none(usage: Usage | None, model: str | None, price_provider: str | None) -> None:
    """Never 0, which would say it was free, and never an exception after the model has answered."""
    assert attempt_cost(usage, model=model, price_provider=price_provider) is None


def test_what_the_provider_reports_wins() -> None:
    """A router knows its own price better than any list."""
    usage = Usage(input_tokens=10, output_tokens=5, reported_cost_usd=Decimal("0.5"))
    assert Decimal("0.5") == attempt_cost(usage, model="gpt-5", price_provider="openai")


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
