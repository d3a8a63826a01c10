"""Recorded failures: each becomes the error that says what the caller can do."""

from collections.abc import Sequence

import pytest
from wire_replay import Failed, Recording, RecordingServer, Replayer, Tally, judge


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_every_recorded_error(streamed: bool, recordings: Sequence[Recording], tally: Tally) -> None:
    """Type and retryability, by a table of its own; a refused stream fails as a refused plain request does."""
    chosen = [recording for recording in recordings if not recording.is_success]
    async with RecordingServer(chosen) as server, Replayer(server) as replayer:
        outcomes = await replayer.play_all(chosen, streamed=streamed)
    verdicts = [judge(recording, outcome) for recording, outcome in outcomes]
    if not streamed:
        tally.add(verdicts)
    assert chosen
    assert [f"{verdict.recording.id}: {verdict.why}" for verdict in verdicts if verdict.state != "passed"] == []


async def test_errors_say_where_they_come_from(recordings: Sequence[Recording]) -> None:
    """Status, request id and the provider's own code and words are what a support request needs."""
    chosen = [
        recording for recording in recordings if not recording.is_success and recording.file.startswith("openai.")
    ]
    async with RecordingServer(chosen) as server, Replayer(server) as replayer:
        outcomes = await replayer.play_all(chosen)
    for recording, outcome in outcomes:
        assert isinstance(outcome, Failed)
        error = outcome.error
        assert (error.provider, error.status, error.billed) == ("openai", recording.status, "no")
        assert error.request_id == recording.headers.get("x-request-id")
        assert error.code is not None
        assert error.code in recording.body.decode()
        assert "test-key" not in f"{error!r} {error.details()} {error.body_text()}"
