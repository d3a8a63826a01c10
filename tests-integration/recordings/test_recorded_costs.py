"""What a provider said an answer cost is what the client says."""

from __future__ import annotations

from collections.abc import Sequence

from cost_report import compare
from wire_replay import Recording


async def test_reported_costs_are_taken_over_exactly(recordings: Sequence[Recording]) -> None:
    """Every third of OpenRouter's; `cost_report.py` has them all, beside the list price."""
    routed = [one for one in recordings if one.api == "openrouter.chat"][::3]
    compared = await compare(routed)
    assert [] == [(one.recording.id, one.ours, one.in_bytes) for one in compared if one.state == "wrong"]
    assert sum(one.state == "equal" for one in compared) > len(compared) / 2
