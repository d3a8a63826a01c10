"""Ceilings on money and tokens: checked before every further request, and never passed over for want of a number."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core import create_client
from penguiflow_llm_core._limits import ConcurrencyLimit
from penguiflow_llm_types import LLMConfigurationError, LLMQuotaError, LLMServerError, LLMValidationError, Usage


class City(BaseModel):
    """A place."""

    name: str


USED = Usage(input_tokens=1_000, output_tokens=10)
PRICED = Usage(input_tokens=1_000, output_tokens=10, reported_cost_usd=Decimal("0.02"))


async def test_a_model_that_never_fits_stops_costing(bench: Any) -> None:
    """Each re-ask is paid for: the third is not made."""
    provider = bench.provider(*[bench.answer("{}", usage=PRICED)] * 5)
    with pytest.raises(LLMQuotaError, match=r"the call has cost 0\.04 US dollars, of 0\.03 allowed") as caught:
        await bench.client(provider).generate("x", City, max_retries=9, max_cost_usd="0.03")
    error = caught.value
    assert (2, "spend_limit", "local", Decimal("0.04")) == (
        len(provider.requests), error.kind, error.phase, error.cost_usd,
    )  # fmt: skip


async def test_the_first_answer_is_always_had(bench: Any) -> None:
    """What a request costs is known afterwards: a call that is good at once is returned."""
    provider = bench.provider(bench.answer('{"name": "Oslo"}', usage=PRICED))
    result = await bench.client(provider).generate("x", City, max_cost_usd=0.01)
    assert Decimal("0.02") == result.cost


async def test_an_unknown_price_ends_a_call_with_a_ceiling(bench: Any) -> None:
    """Otherwise the ceiling would hold only where it is not needed."""
    provider = bench.provider(*[bench.answer("{}", usage=Usage(input_tokens=5, output_tokens=5))] * 5)
    with pytest.raises(LLMQuotaError, match="no known price"):
        await bench.client(provider).generate("x", City, max_cost_usd=1)
    assert 1 == len(provider.requests)


async def test_all_calls_of_a_client_have_a_ceiling_too(bench: Any) -> None:
    """Checked before the first request of a call."""
    provider = bench.provider(*[bench.answer("hello", usage=PRICED)] * 5)
    client = bench.client(provider, max_total_cost_usd=Decimal("0.05"))
    for _ in range(3):
        await client.complete("x")
    with pytest.raises(LLMQuotaError, match=r"this client has cost 0\.06 US dollars, of 0\.05"):
        await client.complete("x")
    assert (3, Decimal("0.06")) == (len(provider.requests), client.total_cost)


async def test_a_failure_that_used_nothing_ends_no_call_with_a_ceiling(bench: Any) -> None:
    """Nothing is a known price."""
    provider = bench.provider(LLMServerError("down"), bench.answer('{"name": "Oslo"}', usage=PRICED))
    result = await bench.client(provider, max_total_cost_usd=1).generate("x", City, max_cost_usd=1)
    assert (2, Decimal("0.02")) == (result.attempts, result.cost)


async def test_what_was_spent_while_a_call_waited_counts(bench: Any) -> None:
    """Compared when the request could be made, not when the call began."""
    provider = bench.provider(*[bench.answer("hello", usage=PRICED)] * 5)
    client = bench.client(provider, max_total_cost_usd=Decimal("0.03"))
    client._endpoints[0].slots = ConcurrencyLimit(1)
    outcomes = await asyncio.gather(*(client.complete("x") for _ in range(5)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, LLMQuotaError)]
    assert (2, 3, Decimal("0.04")) == (len(provider.requests), len(refused), client.total_cost)


@pytest.mark.parametrize("value", ["free", -1, "NaN", float("inf")])
@pytest.mark.parametrize("setting", ["max_cost_usd", "max_total_cost_usd"])
def test_amounts_that_cannot_be(bench: Any, setting: str, value: Any) -> None:
    """A ceiling that is never reached is no ceiling."""
    with pytest.raises(LLMConfigurationError, match=f"{setting} is {value!r}; give US dollars"):
        create_client("scripted/m", provider=bench.provider(), **{setting: value})


async def test_a_model_that_never_fits_stops_using_tokens(bench: Any) -> None:
    """Without any price, as for a server of one's own; what was used is on the error."""
    provider = bench.provider(*[bench.answer("{}", usage=USED)] * 5)
    with pytest.raises(
        LLMQuotaError, match="the call has used 2020 tokens, of 2000 allowed; raise max_usage"
    ) as caught:
        await bench.client(provider).generate("x", City, max_retries=9, max_usage_tokens=2_000)
    error = caught.value
    assert (2, "spend_limit", "local", 2_020) == (
        len(provider.requests), error.kind, error.phase, error.usage and error.usage.total_tokens,
    )  # fmt: skip


async def test_all_tokens_of_a_client_have_a_ceiling_too(bench: Any) -> None:
    """Failed attempts count by what they used; those that used nothing end nothing."""
    failed = LLMServerError("down", usage=Usage(input_tokens=500))
    steps = [LLMServerError("down"), bench.answer("hello", usage=USED), failed, bench.answer("hello", usage=USED)]
    provider = bench.provider(*steps)
    client = bench.client(provider, max_total_usage_tokens=2_520)
    for _ in range(2):
        await client.complete("x")
    with pytest.raises(LLMQuotaError, match="this client has used 2520 tokens, of 2520 allowed"):
        await client.complete("x")
    assert 4 == len(provider.requests)


@pytest.mark.parametrize("limit", ["max_usage_tokens", "max_total_usage_tokens"])
async def test_an_answer_that_does_not_say_ends_a_ceiling(bench: Any, limit: str) -> None:
    """Otherwise the ceiling would hold only where it is not needed."""
    provider = bench.provider(bench.answer("{}"), bench.answer('{"name": "Oslo"}', usage=USED))
    with pytest.raises(LLMQuotaError, match="did not say how many tokens"):
        await bench.client(provider, **{limit: 10**9}).generate("x", City)
    assert 1 == len(provider.requests)


@pytest.mark.parametrize("value", [0, -1, 1.5, "many"])
@pytest.mark.parametrize("setting", ["max_usage_tokens", "max_total_usage_tokens"])
def test_numbers_of_tokens_that_cannot_be(bench: Any, setting: str, value: Any) -> None:
    """The message names the setting."""
    with pytest.raises(LLMConfigurationError, match=f"{setting} is {value!r}; give a whole number"):
        create_client("scripted/m", provider=bench.provider(), **{setting: value})


async def test_an_answer_cut_off_is_asked_for_once_more_with_room(bench: Any) -> None:
    """With the same messages: an answer that was cut off is not wrong."""
    cut = bench.answer('{"name": "Os', finish_reason="length")
    provider = bench.provider(cut, bench.answer('{"name": "Oslo"}'))
    result = await bench.client(provider).generate("x", City, max_tokens=5, max_tokens_ceiling=500)
    first, second = provider.requests
    assert ([5, 500], first.messages) == ([first.max_tokens, second.max_tokens], second.messages)
    assert ["grow", "return"] == [attempt.next_step for attempt in result.history]


@pytest.mark.parametrize("ceiling", [None, 5, 500])
async def test_it_grows_once_at_most(bench: Any, ceiling: int | None) -> None:
    """Not at all without leave, or where there is no more room."""
    cut = bench.answer('{"name": "Os', finish_reason="length")
    provider = bench.provider(cut, cut, cut)
    with pytest.raises(Exception, match="output limit"):
        await bench.client(provider).generate("x", City, max_tokens=5, max_tokens_ceiling=ceiling)
    assert (2 if ceiling == 500 else 1) == len(provider.requests)


async def test_validation_still_ends(bench: Any) -> None:
    """Without a ceiling, the allowance of attempts does it."""
    provider = bench.provider(*[bench.answer("{}", usage=PRICED)] * 5)
    with pytest.raises(LLMValidationError):
        await bench.client(provider).generate("x", City, max_retries=1)
