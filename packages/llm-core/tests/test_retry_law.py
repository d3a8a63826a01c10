"""When a failed request is sent again, how long is waited first, and how much retrying an outage may cause."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_core._retry import RetryBudget, RetryState, backoff_s
from penguiflow_llm_types import (
    LLMAuthError,
    LLMConnectionError,
    LLMError,
    LLMInvalidRequestError,
    LLMOverloadedError,
    LLMParseError,
    LLMProtocolError,
    LLMRateLimitError,
    LLMServerError,
    LLMTimeoutError,
)


class Longest(Random):
    """Jitter that always falls on the upper bound."""

    def uniform(self, a: float, b: float) -> float:
        return b


CONNECT = LLMConnectionError("x", kind="connect")
BACKOFF = LLMServerError("x")
OVERLOAD = LLMOverloadedError("x")
AFTER = LLMRateLimitError("x", retry_after_s=7.5)
UNCERTAIN = LLMTimeoutError("x", kind="headers")
ONCE = LLMProtocolError("x", kind="empty")
REFRESH = LLMAuthError("x", kind="expired")
REASK = LLMParseError("x", kind="json")
NEVER = LLMInvalidRequestError("x")


@pytest.mark.parametrize(
    ("errors", "waits"),
    [
        pytest.param([BACKOFF] * 7, [0.5, 1, 2, 4, 8, 8, 8], id="backoff doubles up to 8 s"),
        pytest.param([OVERLOAD] * 5, [1, 2, 4, 8, 8], id="overload starts at 1 s"),
        pytest.param([CONNECT] * 4, [0, 1, 2, 4], id="a refused connection is tried at once, then after backoff"),
        pytest.param([BACKOFF, CONNECT], [0.5, 1], id="at once only as the first retry"),
        pytest.param([AFTER, AFTER], [7.5, 7.5], id="what the server says"),
        pytest.param([LLMRateLimitError("x")], [0.5], id="a rate limit without a figure"),
        pytest.param([UNCERTAIN, UNCERTAIN], [0.5, None], id="possibly billed: once a call"),
        pytest.param([UNCERTAIN, BACKOFF, UNCERTAIN], [0.5, 1, None], id="once a call, whatever comes between"),
        pytest.param([ONCE, ONCE], [0.5, None], id="once"),
        pytest.param([ONCE, UNCERTAIN, BACKOFF], [0.5, 1, 2], id="each rule counts for itself"),
        pytest.param([REFRESH, REFRESH], [0, None], id="a credential is renewed once, without a wait"),
        pytest.param([REASK], [None], id="an unreadable answer is no transport failure"),
        pytest.param([NEVER], [None], id="never"),
    ],
)
def test_waits(errors: list[LLMError], waits: list[float | None]) -> None:
    """The retry law, with jitter at its upper bound: seconds before each retry, None for raise now."""
    state = RetryState(allowed=100)
    found = []
    for error in errors:
        found.append(state.wait_s(error, rng=Longest()))
        state.spend(error)
    assert waits == found


@pytest.mark.parametrize("error", [CONNECT, BACKOFF, OVERLOAD, AFTER, UNCERTAIN, ONCE, REFRESH])
def test_no_retry_beyond_the_allowed(error: LLMError) -> None:
    """`max_retries` is a promise, whatever the rule."""
    assert RetryState(allowed=0).wait_s(error, rng=Random(1)) is None
    state = RetryState(allowed=1)
    assert state.wait_s(error, rng=Random(1)) is not None
    state.spend(error)
    assert state.wait_s(error, rng=Random(1)) is None


def test_asking_spends_nothing() -> None:
    """The wait may turn out not to fit the deadline, and then no retry was made."""
    state = RetryState(allowed=1)
    assert [0.5] * 3 == [state.wait_s(UNCERTAIN, rng=Longest()) for _ in range(3)]


@given(retry=st.integers(1, 10_000), base_s=st.floats(0.01, 8), seed=st.integers())
def test_jitter_stays_between_nothing_and_the_doubled_base(retry: int, base_s: float, seed: int) -> None:
    """Full jitter: clients that failed together must not come back together, nor later than 8 s."""
    wait_s = backoff_s(retry, base_s=base_s, rng=Random(seed))
    assert 0.0 <= wait_s <= min(8.0, base_s * 2 ** min(retry - 1, 10))


def test_jitter_is_drawn_from_the_given_source() -> None:
    """The same seed gives the same waits, so that a failure can be replayed."""
    waits = [[backoff_s(retry, rng=rng) for retry in range(1, 6)] for rng in (Random(7), Random(7), Random(8))]
    assert waits[0] == waits[1] != waits[2]


def test_ten_retries_are_free() -> None:
    """A client that makes few calls can retry each of them."""
    budget = RetryBudget()
    budget.call(0.0)
    assert [True] * 10 + [False] * 3 == [budget.take(1.0) for _ in range(13)]


def test_a_tenth_of_the_calls_of_the_last_ten_seconds_may_be_retried() -> None:
    """Beyond the allowance; a call counts for ten seconds and no longer."""
    budget = RetryBudget()
    for number in range(100):
        budget.call(number / 100)
    assert 20 == sum(budget.take(1.0) for _ in range(50))
    assert not budget.take(10.5)


@pytest.mark.parametrize(
    ("succeeds", "seconds", "retries"),
    [(True, 9.9, 0), (True, 10.0, 1), (True, 35.0, 3), (True, 1_000.0, 10), (False, 1_000.0, 0)],
)
def test_the_allowance_grows_back_while_calls_succeed(succeeds: bool, seconds: float, retries: int) -> None:
    """One in ten seconds, ten at most, and none while everything fails."""
    budget = RetryBudget()
    while budget.take(0.0):
        pass
    if succeeds:
        budget.succeed(0.0)
    assert retries == sum(budget.take(seconds) for _ in range(50))


_PAUSES = st.lists(st.floats(0, 30) | st.just(0.0) | st.floats(0, 0.2), min_size=1, max_size=120)


@given(pauses=_PAUSES, retries=st.integers(0, 5), retry_pause=st.floats(0, 8))
def test_an_outage_is_not_amplified(pauses: list[float], retries: int, retry_pause: float) -> None:
    """Over any outage, however long and however the calls come: requests <= 1.10 x calls + 10."""
    budget, now, wire = RetryBudget(), 0.0, 0
    for pause in pauses:
        now += pause
        budget.call(now)
        wire += 1
        for _ in range(retries):
            now += retry_pause
            if not budget.take(now):
                break
            wire += 1
    assert wire <= 1.10 * len(pauses) + 10


def test_a_total_outage_of_a_thousand_calls() -> None:
    """The figure of the fault matrix: 1,000 calls, all failing, three attempts each if they could."""
    budget, wire = RetryBudget(), 0
    for number in range(1_000):
        now = number * 0.05
        budget.call(now)
        wire += 1 + sum(budget.take(now) for _ in range(2))
    assert 1_000 < wire <= 1_110
