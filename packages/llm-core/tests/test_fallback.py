"""Several models: which failures lead from one to the next, and what a caller sees of it."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core import FallbackConfig, ManualClock, ModelConfig, create_client
from penguiflow_llm_core._breaker import CircuitBreaker
from penguiflow_llm_types import (
    LLMAuthError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMRefusalError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
    LLMTruncatedError,
    OutputMode,
    TextDelta,
    Usage,
)


class Longest(Random):
    """Jitter that always falls on the upper bound."""

    def uniform(self, a: float, b: float) -> float:
        return b


class City(BaseModel):
    """A place."""

    name: str


OSLO = '{"name": "Oslo"}'


@pytest.mark.parametrize(
    "error",
    [
        LLMAuthError("x", kind="invalid"),
        LLMConnectionError("x", kind="dns"),
        LLMContextLengthError("x"),
        LLMNotFoundError("x"),
        LLMOverloadedError("x"),
        LLMPermissionError("x", kind="denied"),
        LLMQuotaError("x", kind="billing"),
        LLMRateLimitError("x", retry_after_s=600.0),
        LLMServerError("x"),
        LLMStreamInterruptedError("x", kind="body"),
        LLMTimeoutError("x", kind="headers"),
        LLMTruncatedError("x", kind="no_terminal"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_model_that_fails_is_left_at_once(bench: Any, error: LLMError) -> None:
    """No waiting where there is another model, and the history says what happened."""
    first, second = bench.provider(error, name="one"), bench.provider(bench.answer(OSLO), name="two")
    client = bench.clients(first, second)
    result = await client.generate("x", City)
    assert City(name="Oslo") == result.data
    assert [("one", "fall back"), ("two", "return")] == [(a.provider, a.next_step) for a in result.history]
    assert ("one/m", ("one/m", "two/m")) == (client.model, client.models)


@pytest.mark.parametrize(
    "error",
    [
        LLMInvalidRequestError("x"),
        LLMContentFilterError("x", kind="input"),
        LLMRefusalError("x", kind="output"),
        LLMTruncatedError("x", kind="max_tokens"),
        LLMConfigurationError("x", phase="local"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_request_that_is_at_fault_goes_nowhere_else(bench: Any, error: LLMError) -> None:
    """It would fail there too, or be answered by a model that was not asked for."""
    first, second = bench.provider(error), bench.provider()
    with pytest.raises(type(error)):
        await bench.clients(first, second).complete("x")
    assert 0 == len(second.requests)


async def test_what_was_seen_is_not_begun_again(bench: Any) -> None:
    """Text that reached the caller cannot be taken back by another model."""
    first = bench.provider([TextDelta(text="Once"), LLMServerError("x")])
    second = bench.provider()
    with pytest.raises(LLMServerError):
        await bench.clients(first, second).complete("x", on_stream_event=lambda _: None)
    assert 0 == len(second.requests)


async def test_a_refused_connection_is_tried_once_more_first(bench: Any) -> None:
    """Nothing was sent, and a new connection costs nothing."""
    refused = LLMConnectionError("x", kind="connect")
    first, second = bench.provider(refused, refused), bench.provider(bench.answer("hello"))
    assert (await bench.clients(first, second).complete("x")).text == "hello"
    assert 2 == len(first.requests)


async def test_the_last_model_is_retried(bench: Any) -> None:
    """Nothing is left to go to; the allowance of retries is one for all models."""
    down = LLMServerError("down")
    first, second = bench.provider(down), bench.provider(down, down, down)
    with pytest.raises(LLMServerError) as caught:
        await bench.clients(first, second, max_retries=2).complete("x")
    assert (1, 3, 4) == (len(first.requests), len(second.requests), caught.value.attempts)


async def test_each_model_gets_its_own_mode(bench: Any) -> None:
    """The second has no structured output of its own."""
    first = bench.provider(LLMServerError("down"), name="one")
    second = bench.provider(bench.calls(("City", OSLO)), name="two", native_dialect=None)
    result = await bench.clients(first, second).generate("x", City)
    assert (OutputMode.TOOLS, [OutputMode.NATIVE, OutputMode.TOOLS]) == (
        result.mode_used,
        [attempt.mode for attempt in result.history],
    )


async def test_what_one_refuses_another_may_take(bench: Any) -> None:
    """Under the same name: the refusal of one endpoint says nothing of the other."""
    refusing = bench.provider(LLMSchemaRejectedError("no"), LLMServerError("down"), name="one")
    client = bench.clients(refusing, bench.provider(bench.answer(OSLO), name="two"), max_retries=1)
    assert OutputMode.NATIVE is (await client.generate("x", City)).mode_used


async def test_the_next_model_has_not_failed_yet(bench: Any) -> None:
    """A circuit that opened during a pause leads on; what the model before had cost is not held against the next."""
    clock = ManualClock()
    first = bench.provider(LLMServerError("down"), name="one")
    second = bench.provider(LLMConnectionError("refused", kind="connect"), bench.answer(OSLO), name="two")
    client = bench.clients(first, second, clock=clock, max_retries=2, rng=Longest())
    client._endpoints[1].cooling_until = 0.1
    call = asyncio.create_task(client.complete("x"))
    await clock.advance(0.4)
    client._endpoints[0].breaker = CircuitBreaker(failures=1)
    client._endpoints[0].breaker.fail("another", clock.now())
    await clock.advance(0.1)
    assert call.done(), "a refused connection is tried again at once"
    assert [1, 2] == [len(first.requests), len(second.requests)]


async def test_a_model_that_cannot_do_it_is_passed_over(bench: Any) -> None:
    """A forced mode it does not have is no reason to fail where another model has it."""
    first, second = bench.provider(native_dialect=None), bench.provider(bench.answer(OSLO))
    result = await bench.clients(first, second).generate("x", City, mode="native")
    assert (City(name="Oslo"), 0) == (result.data, len(first.requests))
    with pytest.raises(LLMConfigurationError, match="does not have it"):
        await bench.clients(first, first).generate("x", City, mode="native")


async def test_a_model_cools_before_it_is_asked_again(bench: Any) -> None:
    """As long as its provider says, else as configured: calls do not each find out anew."""
    clock = ManualClock()
    first = bench.provider(LLMRateLimitError("x", retry_after_s=60.0), bench.answer("back"), name="one")
    second = bench.provider(*[bench.answer("hello")] * 2, name="two")
    client = bench.clients(first, second, clock=clock)
    texts = [(await client.complete("x")).text for _ in range(2)]
    await clock.advance(61.0)
    texts.append((await client.complete("x")).text)
    assert ["hello", "hello", "back"] == texts


async def test_where_all_are_cooling_the_first_is_asked(bench: Any) -> None:
    """A call is made all the same: the state may have changed."""
    first = bench.provider(LLMServerError("x"), bench.answer("hello"), name="one")
    second = bench.provider(LLMServerError("x"), name="two")
    client = bench.clients(first, second, max_retries=0, clock=ManualClock())
    with pytest.raises(LLMServerError):
        await client.complete("x")
    for endpoint in client._endpoints:
        endpoint.cooling_until = 99.0
    assert (await client.complete("x")).text == "hello"


async def test_totals_are_kept_by_model(bench: Any) -> None:
    """Failed attempts count too."""
    first = bench.provider(LLMServerError("x", usage=Usage(input_tokens=3)), name="one")
    second = bench.provider(bench.answer("a", usage=Usage(input_tokens=5, output_tokens=1)), name="two")
    client = bench.clients(first, second)
    await client.complete("x")
    assert {"one/m": (1, 3), "two/m": (1, 5)} == {
        name: (totals.attempts, totals.usage.input_tokens) for name, totals in client.totals_by_model.items()
    }
    assert (Usage(input_tokens=8, output_tokens=1), None) == (client.total_usage, client.total_cost)


async def test_streams_fall_back_too(bench: Any) -> None:
    """Nothing had reached the caller but the start of an attempt, which says that the one before is void."""
    first, second = bench.provider([LLMServerError("x")]), bench.provider(bench.answer("hello"))
    async with bench.clients(first, second).stream("x") as stream:
        kinds = [type(event).__name__ for event in [event async for event in stream]]
        assert (await stream.result()).text == "hello"
    assert ["AttemptStart", "AttemptStart", "TextDelta", "Done"] == kinds


async def test_a_deadline_is_one_for_all_models(bench: Any) -> None:
    """Three models do not make three deadlines."""
    clock = ManualClock()
    client = bench.clients(*(bench.provider(bench.hang) for _ in range(3)), clock=clock, timeout_s=5.0)
    call = asyncio.create_task(client.complete("x"))
    await clock.advance(5.1)
    with pytest.raises(LLMTimeoutError) as caught:
        await call
    assert ("total", 1) == (caught.value.kind, caught.value.attempts)


@pytest.mark.parametrize(
    ("models", "options", "words"),
    [
        ([], {}, "no model was given"),
        (["openai/a", "openai/b"], {"api_key": "k"}, "'api_key' cannot be that of several models"),
        (FallbackConfig(models=["openai/a"]), {"base_url": "http://127.0.0.1/v1"}, "ModelConfig"),
        (["openai/a"], {"store": True}, "'store' cannot be that of several models"),
    ],
)
def test_settings_that_cannot_be_shared(models: Any, options: dict[str, Any], words: str) -> None:
    """A key of one provider must not be sent to another."""
    with pytest.raises(LLMConfigurationError, match=words):
        create_client(models, **options)


def test_a_key_is_not_shown() -> None:
    """A configuration is printed in logs."""
    assert "SENTINEL" not in repr(FallbackConfig(models=[ModelConfig(model="openai/a", api_key="SENTINEL")]))


async def test_where_a_new_connection_is_of_no_use_the_next_model_is(bench: Any) -> None:
    """The failure opened the circuit, or the budget of retries is used up: neither is a reason to fail."""
    refused = LLMConnectionError("refused", kind="connect")
    for spent in (False, True):
        first, second = bench.provider(refused, name="one"), bench.provider(bench.answer(OSLO), name="two")
        client = bench.clients(first, second, max_retries=2)
        if spent:
            while client._endpoints[0].budget.take(client._clock.now()):
                pass
        else:
            client._endpoints[0].breaker = CircuitBreaker(failures=1)
        assert (await client.complete("x")).text == OSLO
        assert [1, 1] == [len(first.requests), len(second.requests)]
