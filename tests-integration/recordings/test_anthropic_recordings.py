"""Anthropic's recordings beyond one answer each: streams cut anywhere, and conversations sent again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from wire_replay import Failed, Recording, RecordingServer, Replayer, find_recordings
from wire_replay._ask_anthropic import ask_of, normal

from penguiflow_llm_anthropic import anthropic_profile
from penguiflow_llm_anthropic._encode import encode_request
from penguiflow_llm_anthropic._frames import AwsEventStreamDecoder
from penguiflow_llm_anthropic._stream import MessagesStreamDecoder
from penguiflow_llm_types import CompletionResponse, LLMTruncatedError, SSEDecoder, StreamEvent
from penguiflow_llm_types.wire import FrameDecoder

_STREAMS: Final = ("anthropic.messages", "bedrock.invoke_stream")


def _streams(recordings: Sequence[Recording]) -> list[Recording]:
    return [found for found in recordings if found.api in _STREAMS and found.stream and found.is_success]


def _frames(recording: Recording) -> FrameDecoder:
    return AwsEventStreamDecoder() if recording.api == "bedrock.invoke_stream" else SSEDecoder()


def _whole(recording: Recording) -> tuple[list[StreamEvent], CompletionResponse]:
    decoder = MessagesStreamDecoder()
    events = [event for frame in _frames(recording).feed(recording.body) for event in decoder.feed(frame)]
    return events, decoder.finish()


def test_cut_anywhere(recordings: Sequence[Recording]) -> None:
    """Byte by byte the events are the same; cut after any byte it is the whole answer or an error, never a short one.

    What the decoder says changes only where a byte completes an event, so it is asked there.
    """
    cuts = 0
    for recording in _streams(recordings):
        expected, answer = _whole(recording)
        frames, decoder = _frames(recording), MessagesStreamDecoder()
        found: list[StreamEvent] = []
        for place in range(len(recording.body)):
            completed = list(frames.feed(recording.body[place : place + 1]))
            found += [event for frame in completed for event in decoder.feed(frame)]
            if completed and (said := _said(decoder)) is not None:
                assert said == answer, f"{recording.id} cut after byte {place}"
            cuts += 1
        assert found == expected, recording.id
    assert cuts > 1_000_000


def _said(decoder: MessagesStreamDecoder) -> CompletionResponse | None:
    """The answer, or None where the decoder knows that there is none yet."""
    try:
        return decoder.finish()
    except LLMTruncatedError:
        return None


async def test_errors_say_where_they_come_from(recordings: Sequence[Recording]) -> None:
    """Status, request id and the provider's own word for it are what a support request needs."""
    chosen = [recording for recording in recordings if not recording.is_success and recording.file == _STREAMS[0]]
    async with RecordingServer(chosen) as server, Replayer(server) as replayer:
        outcomes = await replayer.play_all(chosen)
    assert len(outcomes) >= 40
    for recording, outcome in outcomes:
        assert isinstance(outcome, Failed)
        error, said = outcome.error, json.loads(recording.body)["error"]
        assert ("anthropic", recording.status, "no") == (error.provider, error.status, error.billed)
        assert (recording.headers.get("request-id"), said["type"]) == (error.request_id, error.code)
        assert said["message"] in error.message


def _requests() -> Iterator[dict[str, Any]]:
    folder = find_recordings(Path(__file__))
    if folder is None:
        pytest.skip("no shared/recordings folder beside the repository")
    with gzip.open(folder / "anthropic.messages.jsonl.gz", "rt") as lines:
        for line in lines:
            record = json.loads(line)
            if record["response"]["status"] == 200:
                yield {"id": record["id"], "body": {"model": record["model"], **record["request"]["json"]}}


def test_recorded_conversations_are_sent_as_they_were() -> None:
    """What other clients sent and Anthropic took: built as our messages, the body is theirs.

    The differences that mean nothing are listed in `normal`; nothing was left out, so there is no warning either.
    """
    same, different = 0, []
    for record in _requests():
        request = ask_of(record["body"])
        sent = encode_request(request, anthropic_profile(request.model), stream=bool(record["body"].get("stream")))
        equal = normal(sent.body) == normal(record["body"])
        same += equal
        if not equal or sent.warnings:
            different.append((record["id"], sent.warnings))
    assert different == []
    assert same > 900
