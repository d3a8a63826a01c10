"""Sending again after a failure of the provider or the network, by the rule of each error."""

from random import Random
from time import monotonic
from typing import Any

import pytest

from penguiflow_llm_types import (
    LLMAuthError,
    LLMConnectionError,
    LLMError,
    LLMOverloadedError,
    LLMProtocolError,
    LLMRateLimitError,
    LLMServerError,
    LLMTimeoutError,
    TextDelta,
    Usage,
    UsageUpdate,
)


class Longest(Random):
    """Jitter that always falls on the upper bound."""

    def uniform(self, a: float, b: float) -> float:
        return b


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("error", "requests"),
    [
        (LLMConnectionError("x", kind="connect"), 3),
        (LLMServerError("x"), 3),
        (LLMOverloadedError("x"), 3),
        (LLMRateLimitError("x", retry_after_s=0.0), 3),
        (LLMTimeoutError("x", kind="headers"), 2),
        (LLMProtocolError("x", kind="empty"), 2),
        (LLMAuthError("x", kind="expired"), 2),
        (LLMAuthError("x", kind="invalid"), 1),
        (LLMConnectionError("x", kind="tls"), 1),
        (LLMServerError("x", server_should_retry=False), 1),
    ],
    ids=lambda value: f"{type(value).__name__}-{value.kind}" if isinstance(value, LLMError) else None,
)
async def test_requests_made_while_it_keeps_failing(bench: Any, error: LLMError, requests: int, streamed: bool) -> None:
    """Two retries are allowed here; what was perhaps billed is sent once more at most, what cannot help never."""
    provider = bench.provider(*[error] * 3)
    with pytest.raises(type(error)) as caught:
        await bench.client(provider).complete("x", on_stream_event=(lambda _: None) if streamed else None)
    assert caught.value is error
    assert requests == len(provider.requests) == error.attempts
    assert len(set(map(id, provider.requests))) == 1, "the same request, not a rebuilt one"


async def test_a_retry_that_succeeds_is_the_answer(bench: Any) -> None:
    """The caller never sees the failure, but finds it in the history."""
    provider = bench.provider(LLMServerError("x"), LLMConnectionError("x", kind="connect"), bench.answer("hello"))
    assert (await bench.client(provider).complete("x")).text == "hello"


async def test_no_retry_where_none_is_allowed(bench: Any) -> None:
    """`max_retries=0` is exactly one request."""
    provider = bench.provider(LLMServerError("x"))
    with pytest.raises(LLMServerError):
        await bench.client(provider).complete("x", max_retries=0)
    assert len(provider.requests) == 1


async def test_the_wait_is_in_the_history(bench: Any) -> None:
    """What the server asked for is waited, no more and no less."""
    provider = bench.provider(LLMRateLimitError("x", retry_after_s=0.01), bench.answer('"hi"'))
    result = await bench.client(provider).generate("x", str, mode="prompted")
    assert [("retry", 0.01), ("return", 0.0)] == [(r.next_step, r.wait_s) for r in result.history]
    assert result.history[0].elapsed_s < 5


async def test_a_wait_too_long_for_the_deadline_is_raised_at_once(bench: Any) -> None:
    """The caller, not this library, decides whether to wait an hour."""
    error = LLMRateLimitError("slow down", retry_after_s=3_600.0)
    provider = bench.provider(error)
    with pytest.raises(LLMRateLimitError) as caught:
        await bench.client(provider, timeout_s=30.0).complete("x")
    assert (error, 3_600.0, 1) == (caught.value, caught.value.retry_after_s, len(provider.requests))


async def test_a_backoff_that_ends_after_the_deadline_is_not_begun(bench: Any) -> None:
    """The time-out comes at once, with the last error as its cause."""
    error = LLMServerError("down", usage=Usage(input_tokens=5))
    provider = bench.provider(error)
    client = bench.client(provider, timeout_s=0.4, rng=Longest())
    with pytest.raises(LLMTimeoutError) as caught:
        await client.complete("x")
    timeout = caught.value
    assert (timeout.kind, timeout.__cause__) == ("total", error)
    assert timeout.message == "no time is left to wait 0.5 s and try again; raise timeout_s"
    assert (1, Usage(input_tokens=5), "scripted") == (timeout.attempts, timeout.usage, timeout.provider)


async def test_an_outage_is_not_amplified(bench: Any) -> None:
    """A hundred calls of one client, each allowed nine retries: 1.10 x calls + 10 requests at most."""
    provider = bench.provider(*[LLMServerError("down")] * 1_000)
    client = bench.client(provider)
    for _ in range(100):
        with pytest.raises(LLMServerError):
            await client.complete("x", max_retries=9)
    assert 110 <= len(provider.requests) <= 120


async def test_each_client_has_a_budget_of_its_own(bench: Any) -> None:
    """One provider's outage takes nothing from another's."""
    for _ in range(3):
        provider = bench.provider(*[LLMServerError("down")] * 20)
        with pytest.raises(LLMServerError):
            await bench.client(provider).complete("x", max_retries=15)
        assert len(provider.requests) == 11


async def test_a_success_ends_the_outage(bench: Any) -> None:
    """The allowance grows back from then on: ten retries after a hundred seconds."""
    provider = bench.provider(*[LLMServerError("down")] * 11, bench.answer("hello"))
    client = bench.client(provider)
    with pytest.raises(LLMServerError):
        await client.complete("x", max_retries=15)
    await client.complete("x")
    later = monotonic() + 100.0
    assert 10 == sum(client._endpoints[0].budget.take(later) for _ in range(20))


class TestStreams:
    """A stream may be sent again only while the caller has seen nothing of it."""

    async def test_one_that_fails_before_its_first_event_is_retried(self, bench: Any) -> None:
        """Usage is no output."""
        failing = [UsageUpdate(usage=Usage(input_tokens=9)), LLMServerError("x")]
        provider = bench.provider(failing, bench.answer("hello"))
        events: list[Any] = []
        assert (await bench.client(provider).complete("x", on_stream_event=events.append)).text == "hello"
        assert ["AttemptStart", "UsageUpdate", "AttemptStart", "TextDelta", "Done"] == [
            type(event).__name__ for event in events
        ]

    @pytest.mark.parametrize(
        "error",
        [
            LLMConnectionError("x", kind="connect"),
            LLMServerError("x"),
            LLMRateLimitError("x", retry_after_s=0.0),
            LLMTimeoutError("x", kind="progress"),
        ],
        ids=lambda error: type(error).__name__,
    )
    async def test_one_that_was_seen_is_never_retried(self, bench: Any, error: LLMError) -> None:
        """Text that was shown cannot be taken back."""
        provider = bench.provider([TextDelta(text="Once"), error])
        with pytest.raises(type(error)) as caught:
            await bench.client(provider).complete("x", on_stream_event=lambda _: None)
        assert (error, True, 1) == (caught.value, caught.value.committed, len(provider.requests))

    async def test_what_was_used_on_the_way_is_counted(self, bench: Any) -> None:
        """The last report before the break."""
        updates = [UsageUpdate(usage=Usage(output_tokens=n)) for n in (1, 5)]
        provider = bench.provider([TextDelta(text="Once"), *updates, LLMServerError("x")])
        with pytest.raises(LLMServerError) as caught:
            await bench.client(provider).complete("x", on_stream_event=lambda _: None)
        assert Usage(output_tokens=5) == caught.value.usage
