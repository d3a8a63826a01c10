"""What OpenRouter said its answers cost, beside our reading of it and the list price of the same tokens.

uv run python tests-integration/recordings/cost_report.py [--show 40]

The reported cost has to be the one in the bytes, to the last digit. The list price is only shown: it is that of today
for a model wherever it is served, and the reported one that of the recording's day at the company that served it.
Exit status 1 where a reported cost is not that of the bytes, 2 when there are no recordings.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal

from wire_replay import Reading, Recording, RecordingServer, Replayer, find_recordings, load, read
from wire_replay._outcome import Answered, Outcome

from penguiflow_llm import AttemptRecord, CompletionResponse, Tariff

MICRO_USD = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One answer that carries a cost."""

    recording: Recording
    in_bytes: Decimal
    ours: Decimal | None
    listed: Decimal | None
    service: str

    @property
    def state(self) -> Literal["wrong", "not listed", "equal", "other price"]:
        """How the figures go together."""
        if self.ours != self.in_bytes:
            return "wrong"
        if self.listed is None:
            return "not listed"
        return "equal" if abs(self.listed - self.in_bytes) <= MICRO_USD else "other price"


async def compare(recordings: Sequence[Recording]) -> list[Compared]:
    """Every answer of OpenRouter's with a cost, through the public client."""
    async with RecordingServer(recordings) as server, Replayer(server) as replayer:
        outcomes = await replayer.play_all(recordings)
    return list(_compared(outcomes))


def _compared(outcomes: Sequence[tuple[Recording, Outcome]]) -> Iterator[Compared]:
    for recording, outcome in outcomes:
        if not isinstance(outcome, Answered) or not recording.is_success:
            continue
        reading = read(recording)
        if isinstance(reading, Reading) and reading.cost_usd is not None:
            response = outcome.response
            yield Compared(
                recording=recording,
                in_bytes=Decimal(str(reading.cost_usd)),
                ours=response.usage.reported_cost_usd,
                listed=_listed(response, recording),
                service=response.provider_name or "?",
            )


def _listed(response: CompletionResponse, recording: Recording) -> Decimal | None:
    tariff = Tariff(model=response.model or recording.model, price_provider="openrouter")
    usage = replace(response.usage, reported_cost_usd=None)
    return AttemptRecord(number=1, mode=None, elapsed_s=0.0, usage=usage, tariff=tariff).cost


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=40, help="so many other prices are shown (default: 40)")
    options = parser.parse_args()
    folder = find_recordings(Path(__file__))
    recordings = [one for one in load(folder) if one.api == "openrouter.chat"] if folder is not None else []
    if not recordings:
        print("no recordings; put them into shared/recordings beside the repository", file=sys.stderr)
        return 2
    compared = asyncio.run(compare(recordings))
    for state in ("wrong", "equal", "other price", "not listed"):
        print(f"{sum(one.state == state for one in compared):>5} {state}")
    shown = [one for one in compared if one.state == "other price"][: options.show]
    for one in [one for one in compared if one.state == "wrong"] + shown:
        ratio = f"{one.in_bytes / one.listed:.3f}" if one.listed else "-"
        figures = f"bytes {one.in_bytes}, ours {one.ours}, listed {one.listed}, x{ratio}"
        print(f"{one.recording.model} by {one.service}: {figures}")
    return 1 if any(one.state == "wrong" for one in compared) else 0


if __name__ == "__main__":
    raise SystemExit(main())
