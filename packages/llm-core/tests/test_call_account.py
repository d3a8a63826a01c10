"""Usage and cost of every attempt, on results and on errors."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, Field, field_validator

from penguiflow_llm_core import AttemptRecord, ModelPrice, create_client
from penguiflow_llm_core._account import ClientAccount
from penguiflow_llm_types import (
    Done,
    LLMServerError,
    LLMTruncatedError,
    LLMValidationError,
    TextDelta,
    Usage,
    UsageUpdate,
)


class City(BaseModel):
    name: str
    people: int = Field(gt=0)


OSLO_TEXT = '{"name": "Oslo", "people": 700000}'
BAD_TEXT = '{"name": "Oslo", "people": -1}'
USED = Usage(input_tokens=1_000, output_tokens=100)


async def test_failed_attempts_are_in_the_account(bench: Any) -> None:
    """They were paid for."""
    provider = bench.provider(
        LLMServerError("down", usage=Usage(input_tokens=7)),
        bench.answer(BAD_TEXT, usage=USED),
        bench.answer(OSLO_TEXT, usage=USED),
    )
    result = await bench.client(provider).generate("x", City)
    assert Usage(input_tokens=2_007, output_tokens=200) == result.usage
    assert [7, 1_000, 1_000] == [record.usage.input_tokens for record in result.history]
    assert ["LLMServerError", "LLMValidationError", "NoneType"] == [type(r.error).__name__ for r in result.history]
    assert [True, False, False] == [record.response is None for record in result.history]
    assert all(record.elapsed_s >= 0 for record in result.history)


async def test_cost_is_that_of_all_attempts(bench: Any) -> None:
    """Twice the price of one, where two were made."""
    answers = [bench.answer(text, usage=USED, model="gpt-5") for text in (BAD_TEXT, OSLO_TEXT)]
    result = await bench.client(bench.provider(*answers), price_provider="openai").generate("x", City)
    assert result.history[0].cost is not None
    assert result.history[0].cost > 0
    assert result.cost == 2 * result.history[0].cost


async def test_the_requested_model_is_priced_where_the_answer_names_none(bench: Any) -> None:
    """`m` is on no list, so the price is unknown and not 0."""
    provider = bench.provider(bench.answer(OSLO_TEXT, usage=USED))
    result = await bench.client(provider, price_provider="openai").generate("x", City)
    assert (None, "m") == (result.cost, result.history[0].model)


async def test_cost_is_on_the_error_too(bench: Any) -> None:
    """What the provider itself reported, for both attempts."""
    usage = Usage(input_tokens=1, reported_cost_usd=Decimal("0.25"))
    provider = bench.provider(*[bench.answer(BAD_TEXT, usage=usage)] * 2)
    with pytest.raises(LLMValidationError) as caught:
        await bench.client(provider).generate("x", City, max_retries=1)
    assert (Decimal("0.50"), 2) == (caught.value.cost_usd, caught.value.usage and caught.value.usage.input_tokens)


@pytest.mark.parametrize(
    ("stated", "partial", "counted"),
    [
        (Usage(input_tokens=5), Usage(), Usage(input_tokens=5)),
        (None, Usage(input_tokens=6), Usage(input_tokens=6)),
        (None, Usage(), None),
        (Usage(input_tokens=5), Usage(input_tokens=6), Usage(input_tokens=5)),
    ],
)
async def test_usage_of_an_answer_that_broke_off(
    bench: Any, stated: Usage | None, partial: Usage, counted: Usage | None
) -> None:
    """Whatever is known of it, wherever the provider package put it."""
    broken = LLMTruncatedError("cut", kind="no_terminal", usage=stated, partial=bench.answer("{", usage=partial))
    result = await bench.client(bench.provider(broken, bench.answer(OSLO_TEXT))).generate("x", City)
    assert counted == result.history[0].usage


@pytest.mark.parametrize(("until", "input_tokens"), [(UsageUpdate, 5), (TextDelta, 5), (Done, 1_000)])
async def test_a_stream_that_was_left_is_in_the_totals(bench: Any, until: type, input_tokens: int) -> None:
    """As far as the provider had said; a ceiling of the client's would otherwise not see it."""
    answer = bench.answer(OSLO_TEXT, usage=USED)
    events = [UsageUpdate(usage=Usage(input_tokens=5)), TextDelta(text=OSLO_TEXT), Done(response=answer)]
    client = bench.client(bench.provider(events))
    async with client.stream("x") as stream:
        async for event in stream:
            if isinstance(event, until):
                break
    assert input_tokens == client.total_usage.input_tokens
    assert [1] == [totals.attempts for totals in client.totals_by_model.values()]


async def test_a_cancelled_call_is_in_the_totals(bench: Any) -> None:
    """The tokens of its prompt were billed."""

    def reading(event: Any) -> None:
        if isinstance(event, TextDelta):
            call.cancel()

    events = [UsageUpdate(usage=Usage(input_tokens=5)), TextDelta(text="Oslo"), TextDelta(text=" is")]
    client = bench.client(bench.provider(events))
    call = asyncio.ensure_future(client.complete("x", on_stream_event=reading))
    with pytest.raises(asyncio.CancelledError):
        await call
    assert Usage(input_tokens=5) == client.total_usage


async def test_what_a_validator_breaks_is_in_the_totals(bench: Any) -> None:
    """Its exception is the caller's own, and passes through."""

    class Broken(BaseModel):
        name: str

        @field_validator("name")
        @classmethod
        def look_up(cls, name: str) -> str:
            raise ZeroDivisionError(name)

    client = bench.client(bench.provider(bench.answer('{"name": "Oslo"}', usage=USED)))
    with pytest.raises(ZeroDivisionError):
        await client.generate("x", Broken)
    assert USED == client.total_usage


async def test_a_plain_answer_says_what_its_call_took(bench: Any) -> None:
    """Its own usage is that of the last attempt alone."""
    used = Usage(input_tokens=1, output_tokens=1, reported_cost_usd=Decimal("0.25"))
    provider = bench.provider(LLMServerError("down", usage=used), bench.answer("Oslo", usage=used))
    response = await bench.client(provider).complete("x")
    assert (used, 2, used + used, Decimal("0.50")) == (
        response.usage, response.call.attempts, response.call.usage, response.call.cost,
    )  # fmt: skip


async def test_a_streamed_answer_does_too(bench: Any) -> None:
    """Once it is whole."""
    async with bench.client(bench.provider(bench.answer("Oslo", usage=USED))).stream("x") as stream:
        response = await stream.result()
    assert (1, USED) == (response.call.attempts, response.call.usage)


async def test_the_tier_that_answered_is_priced(bench: Any) -> None:
    """What was asked for is not always what was given."""
    answer = bench.answer(
        "Oslo", usage=Usage(input_tokens=1_000_000, output_tokens=0), model="gpt-5", service_tier="flex"
    )
    response = await bench.client(bench.provider(answer), price_provider="openai").complete("x", service_tier="auto")
    assert Decimal("0.625") == response.call.cost


@pytest.mark.parametrize("name", ["scripted/m", "scripted/m-2026"])
async def test_a_price_of_ones_own_is_for_either_name(bench: Any, name: str) -> None:
    """That of the model asked for, or of the one that answered."""
    answer = bench.answer("Oslo", usage=Usage(input_tokens=3, output_tokens=0), model="m-2026")
    price = ModelPrice(input_usd=Decimal(1_000_000), output_usd=Decimal(0))
    client = create_client("scripted/m", provider=bench.provider(answer), prices={name: price})
    assert Decimal(3) == (await client.complete("x")).call.cost  # type: ignore[union-attr]
    assert Decimal(3) == client.total_cost


async def test_databricks_bills_the_endpoint(bench: Any) -> None:
    """Whatever model it says has answered."""
    answer = bench.answer("Oslo", usage=Usage(input_tokens=3, output_tokens=0), model="us.anthropic.claude-x")
    provider = bench.provider(answer)
    client = bench.client(provider, price_provider="databricks")
    await client.complete("x")
    assert ["scripted/m"] == list(client.totals_by_model)


async def test_many_calls_are_priced_as_they_go(bench: Any) -> None:
    """An account must not grow with every call, and pricing early changes no sum."""
    used = Usage(input_tokens=1, output_tokens=1, reported_cost_usd=Decimal("0.001"))
    provider = bench.provider(*[bench.answer("Oslo", usage=used)] * 250)
    client = bench.client(provider)
    for _ in range(250):
        await client.complete("x")
    assert len(client._account._unpriced) < 100
    assert (Decimal("0.250"), 250, 250) == (
        client.total_cost, client.total_usage.input_tokens, client.totals_by_model["scripted/m"].attempts,
    )  # fmt: skip


def test_names_that_a_server_makes_up_are_bounded() -> None:
    """A thousand models have totals of their own; every token of the others is counted, too."""
    account = ClientAccount()
    for number in range(10_000):
        account.add(
            AttemptRecord(
                number=1, mode=None, elapsed_s=0.0, usage=Usage(input_tokens=1), provider="p", model=f"m{number}"
            )
        )
    totals = account.by_model
    assert (1_001, 9_000, 10_000) == (len(totals), totals["other"].attempts, account.usage.input_tokens)
