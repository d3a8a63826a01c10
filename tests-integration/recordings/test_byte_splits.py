"""Streams cut anywhere: a network may deliver an answer in any pieces, and it stays the same answer."""

from collections.abc import Sequence

import pytest
from wire_replay import Answered, Engine, Recording, RecordingServer, Replayer, judge

_SAMPLED = 4
_LONGEST_SAMPLE = 6_000


@pytest.mark.parametrize("engine", ["httpx2", "aiohttp"])
async def test_random_pieces(engine: Engine, recordings: Sequence[Recording]) -> None:
    """Every recorded stream in seeded random pieces, which cut events, lines and characters in two."""
    streams = [recording for recording in recordings if recording.stream and recording.is_success]
    async with RecordingServer(streams, seed=20261123) as server, Replayer(server, engine=engine) as replayer:
        whole = await replayer.play_all(streams)
        pieces = await replayer.play_all(streams, "pieces")
    assert streams
    assert [recording.id for (recording, one), (_, two) in zip(whole, pieces, strict=True) if not _same(one, two)] == []


async def test_byte_by_byte(recordings: Sequence[Recording]) -> None:
    """The most hostile split there is, for some streams of each wire; each still is what its bytes say."""
    sample = _sample(recordings)
    async with RecordingServer(sample) as server, Replayer(server) as replayer:
        verdicts = [judge(recording, outcome) for recording, outcome in await replayer.play_all(sample, "bytes")]
    assert sample
    assert [f"{verdict.recording.id}: {verdict.why}" for verdict in verdicts if verdict.state != "passed"] == []


def _same(one: object, two: object) -> bool:
    """Equal answers by equal events, or equal failures."""
    if isinstance(one, Answered):
        return one == two
    return _failure(one) == _failure(two)


def _failure(outcome: object) -> tuple[object, ...]:
    error = getattr(outcome, "error", None)
    return (type(error), str(error), getattr(outcome, "events", None))


def _sample(recordings: Sequence[Recording]) -> list[Recording]:
    """The longest few of the short streams of each API: long streams byte by byte take long and say no more."""
    chosen: dict[str, list[Recording]] = {}
    for recording in sorted(recordings, key=lambda recording: (-len(recording.body), recording.id)):
        if recording.stream and recording.is_success and len(recording.body) < _LONGEST_SAMPLE:
            chosen.setdefault(recording.api, []).append(recording)
    return [recording for found in chosen.values() for recording in found[:_SAMPLED]]
