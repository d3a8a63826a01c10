"""The long programs, briefly: thousands of calls on demand are hundreds here."""

from __future__ import annotations

import pytest
from churn import MODELS, churn
from model import run
from outage import LONGEST_S, outage


@pytest.mark.parametrize("provider", [*MODELS])
async def test_nothing_is_left_of_calls_that_end_in_every_way(provider: str) -> None:
    """Slots, sockets, tasks and threads: what leaks once in a thousand calls ends a server within a day."""
    tally = await churn(provider, calls=150, seed=1)
    assert [] == tally.problems
    assert 150 == tally.ends.total()


async def test_an_outage_is_not_made_worse() -> None:
    """And its end is noticed."""
    made, back_s = await outage("openai", 100)
    assert made <= 1.1 * 100 + 10
    assert back_s <= 2 * LONGEST_S


def test_a_client_does_what_is_written_of_it() -> None:
    """Whatever happens to it, in whatever order: some hundred steps of the 100,000."""
    assert run(examples=12, seeded=1) > 300
