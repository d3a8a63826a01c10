"""The long programs, briefly: thousands of calls on demand are hundreds here."""

from __future__ import annotations

import pytest
from cancel_phases import PHASES, Phase
from cancel_trial import How, cancelled
from churn import MODELS, churn
from model import run
from outage import KINDS, LONGEST_S, outage
from trusted import trusted_server


@pytest.mark.parametrize("provider", [*MODELS])
async def test_nothing_is_left_of_calls_that_end_in_every_way(provider: str) -> None:
    """Slots, sockets, tasks and threads: what leaks once in a thousand calls ends a server within a day."""
    tally = await churn(provider, calls=150, seed=1)
    assert [] == tally.problems
    assert 150 == tally.ends.total()


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.name)
@pytest.mark.parametrize("provider", [*MODELS])
async def test_a_call_that_is_stopped_lets_go(provider: str, phase: Phase) -> None:
    """At whatever moment: its socket closes, a request that was not sent whole never arrives, nothing is left."""
    found = await cancelled(provider, phase, How(calls=3, seed=2))
    assert {} == found.problems
    assert all(closed_ms < 1000 for closed_ms in found.closed_ms)


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.name)
@pytest.mark.parametrize("provider", ["openai", "google"])
async def test_it_does_on_the_other_engine_too(provider: str, phase: Phase) -> None:
    """Over https, where a handshake may be cancelled and a farewell waited for, and on httpx2."""
    with trusted_server() as tls:
        found = await cancelled(provider, phase, How(calls=5, seed=3, use_aiohttp=False, tls=tls))
    assert {} == found.problems


@pytest.mark.parametrize("kind", KINDS)
async def test_an_outage_is_not_made_worse(kind: str) -> None:
    """And its end is noticed."""
    made, back_s = await outage("openai", 100, kind)
    assert made <= 1.1 * 100 + 10
    assert back_s <= 2 * LONGEST_S


def test_a_client_does_what_is_written_of_it() -> None:
    """Whatever happens to it, in whatever order: some hundred steps of the 100,000."""
    assert run(examples=12, seeded=1) > 300
