"""Recorded ConverseStream bytes, cut everywhere: the whole answer or a typed error, never a short success."""

from __future__ import annotations

from collections.abc import Sequence

from wire_replay import Recording

from penguiflow_llm_bedrock._event_stream import EventStreamDecoder
from penguiflow_llm_bedrock._stream import ConverseStreamDecoder
from penguiflow_llm_types import CompletionResponse, LLMTruncatedError, StreamEvent


def test_cut_at_every_byte(recordings: Sequence[Recording]) -> None:
    """A stream that ends cleanly after any of its bytes.

    Nothing changes between the ends of two messages, so the outcome is asked for where one ends, and once before.
    """
    streams = [recording for recording in recordings if recording.api == "bedrock.converse_stream" and recording.stream]
    short = []
    for recording in streams:
        whole = _outcome(_decoded(recording.body))
        frames, decoder = EventStreamDecoder(), ConverseStreamDecoder()
        for position in range(len(recording.body)):
            events = list(frames.feed(recording.body[position : position + 1]))
            for event in events:
                decoder.feed(event)
            if (events or position == 0) and not _is_fair(_outcome(decoder), whole):
                short.append((recording.id, position))
    assert streams
    assert short == []


def test_split_at_every_byte(recordings: Sequence[Recording]) -> None:
    """In two pieces, for the shortest streams, at every place; each in single bytes."""
    streams = sorted(
        (recording for recording in recordings if recording.api == "bedrock.converse_stream" and recording.stream),
        key=lambda recording: len(recording.body),
    )
    for recording in streams[:3]:
        whole = _events([recording.body])
        body = recording.body
        assert all(whole == _events([body[:cut], body[cut:]]) for cut in range(len(body)))
    for recording in streams:
        assert _events([recording.body]) == _events([bytes([byte]) for byte in recording.body])


def _decoded(body: bytes) -> ConverseStreamDecoder:
    frames, decoder = EventStreamDecoder(), ConverseStreamDecoder()
    for event in frames.feed(body):
        decoder.feed(event)
    return decoder


def _events(pieces: Sequence[bytes]) -> list[StreamEvent]:
    frames, decoder = EventStreamDecoder(), ConverseStreamDecoder()
    return [event for piece in pieces for frame in frames.feed(piece) for event in decoder.feed(frame)]


def _outcome(decoder: ConverseStreamDecoder) -> CompletionResponse | None:
    """The answer; None for the error of a stream that was cut."""
    try:
        return decoder.finish()
    except LLMTruncatedError:
        return None


def _is_fair(outcome: CompletionResponse | None, whole: CompletionResponse | None) -> bool:
    """Cut, or whole but for the counts that come behind the stop reason."""
    if outcome is None or whole is None:
        return outcome is None
    return (outcome.message, outcome.finish_reason) == (whole.message, whole.finish_reason)
