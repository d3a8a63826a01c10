"""Recorded answers, replayed byte for byte: what the client returns is what the bytes say.

The answers are real ones of real services, and the reading they are compared with shares no code with the adapters.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from wire_replay import APIS, Recording, RecordingServer, Replayer, Tally, ask, events, judge

from penguiflow_llm_core import create_client


@pytest.mark.parametrize("api", APIS)
async def test_every_recorded_answer(api: str, recordings: Sequence[Recording], tally: Tally) -> None:
    """Text, tool calls, reasoning, finish, refusal, usage, id and model; for streams, deltas that add up to them."""
    chosen = [recording for recording in recordings if recording.api == api and recording.is_success]
    if not chosen:
        pytest.skip(f"no recordings of {api}")
    async with RecordingServer(chosen) as server, Replayer(server) as replayer:
        verdicts = [judge(recording, outcome) for recording, outcome in await replayer.play_all(chosen)]
        assert server.served == len(chosen)
    tally.add(verdicts)
    assert [f"{verdict.recording.id}: {verdict.why}" for verdict in verdicts if verdict.state == "failed"] == []
    assert sum(verdict.state == "skipped" for verdict in verdicts) < 0.02 * len(chosen)


async def test_a_client_made_from_a_base_url(recordings: Sequence[Recording]) -> None:
    """The way users point the client at another service: the same answers, by a pool of the provider's own."""
    chosen = _one_of_each(recordings)
    async with RecordingServer(chosen) as server:
        verdicts = []
        for recording in chosen:
            api: dict[str, Any] = {"api": "responses"} if recording.is_responses else {}
            url = server.base_url(recording)
            async with create_client(f"openai/{recording.model}", api_key="test-key", base_url=url, **api) as client:
                verdicts.append(judge(recording, await ask(client, streamed=recording.stream)))
    assert [f"{verdict.recording.id}: {verdict.why}" for verdict in verdicts if verdict.state != "passed"] == []


async def test_a_terminal_event_is_the_plain_answer(recordings: Sequence[Recording]) -> None:
    """A Responses stream ends with the whole response object: streamed, or sent as a plain body, it is one value."""
    streams = [
        recording for recording in recordings if recording.is_responses and recording.is_success and recording.stream
    ]
    pairs = [(stream, twin) for stream in streams if (twin := _plain_twin(stream)) is not None]
    async with (
        RecordingServer(recording for pair in pairs for recording in pair) as server,
        Replayer(server) as replayer,
    ):
        streamed = await replayer.play_all(stream for stream, _ in pairs)
        plain = await replayer.play_all(twin for _, twin in pairs)
    assert pairs
    differing = [
        stream.id
        for (stream, one), (_, two) in zip(streamed, plain, strict=True)
        if getattr(one, "response", one) != getattr(two, "response", two)
    ]
    assert differing == []


def _one_of_each(recordings: Sequence[Recording]) -> list[Recording]:
    """The first recording of every combination of wire, transport and telling feature."""
    telling = ("tool_call", "reasoning_tokens", "refusal", "truncated_by_limit", "json_schema")
    first: dict[object, Recording] = {}
    for recording in recordings:
        if recording.file.startswith("openai.") and recording.is_success:
            for feature in telling:
                if feature in recording.features:
                    first.setdefault((recording.api, recording.stream, feature), recording)
    return list({recording.id: recording for recording in first.values()}.values())


def _plain_twin(stream: Recording) -> Recording | None:
    for event in events(stream.body):
        if event.get("type") in ("response.completed", "response.incomplete"):
            return stream.as_plain(event["response"])
    return None
