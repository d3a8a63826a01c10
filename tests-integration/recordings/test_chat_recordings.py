"""Chat Completions recordings beyond one answer each: streams cut anywhere, and conversations sent again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from wire_replay import Recording, find_recordings
from wire_replay._ask_chat import ask_of, normal

from penguiflow_llm_databricks import databricks_profile
from penguiflow_llm_databricks._wire import DatabricksWire
from penguiflow_llm_openai._presets import PRESETS
from penguiflow_llm_openai_compat import ChatWire
from penguiflow_llm_openrouter import openrouter_profile
from penguiflow_llm_openrouter._options import Routing
from penguiflow_llm_openrouter._wire import OpenRouterWire
from penguiflow_llm_types import (
    CompletionResponse,
    LLMError,
    LLMTruncatedError,
    ModelProfile,
    ServerSentEvent,
    StreamEvent,
)
from penguiflow_llm_types.wire import StreamDecoder, Wire

Spoken: TypeAlias = tuple[Wire, Callable[[str], ModelProfile]]
WIRES: Final[Mapping[str, Spoken]] = {
    "openrouter.chat": (OpenRouterWire(routing=Routing()), openrouter_profile),
    "databricks.chat": (DatabricksWire(), databricks_profile),
}


@pytest.mark.parametrize("api", WIRES)
def test_cut_anywhere(api: str, recordings: Sequence[Recording]) -> None:
    """Byte by byte the events are the same; cut after any byte it is the whole answer or an error, never a short one.

    What the decoder says changes only where a byte completes an event, so it is asked there. Usage may come last.
    """
    wire, _ = WIRES[api]
    streams = [one for one in recordings if one.api == api and one.stream and one.is_success]
    for recording in streams:
        expected, answer = _whole(wire, recording)
        frames, decoder = wire.frames(), wire.stream_decoder(warnings=())
        found: list[StreamEvent] = []
        for place in range(len(recording.body)):
            completed = list(frames.feed(recording.body[place : place + 1]))
            if (error := _fed(decoder, completed, found)) is not None:
                assert type(error) is type(answer), f"{recording.id} after byte {place}"
                break
            if completed and (said := _said(decoder)) is not None:
                assert isinstance(answer, CompletionResponse)
                assert _without_usage(said) == _without_usage(answer), f"{recording.id} cut after byte {place}"
        assert found == expected, recording.id
    assert streams


def _whole(wire: Wire, recording: Recording) -> tuple[list[StreamEvent], CompletionResponse | LLMError]:
    decoder = wire.stream_decoder(warnings=())
    events: list[StreamEvent] = []
    error = _fed(decoder, wire.frames().feed(recording.body), events)
    return events, decoder.finish() if error is None else error


def _fed(decoder: StreamDecoder, frames: Iterable[ServerSentEvent], events: list[StreamEvent]) -> LLMError | None:
    """The error that the provider reports, if it does; the events before it are added to `events`."""
    try:
        for frame in frames:
            events += decoder.feed(frame)
    except LLMError as error:
        return error
    return None


def _said(decoder: StreamDecoder) -> CompletionResponse | None:
    """The answer, or None where the decoder knows that there is none yet."""
    try:
        return decoder.finish()
    except LLMTruncatedError:
        return None


def _without_usage(response: CompletionResponse) -> tuple[Any, ...]:
    return response.message, response.finish_reason, response.refusal, response.model


# Services known by name, and how many requests to each were recorded.
PRESET_REQUESTS: Final = {"deepseek": 111, "groq": 78, "mistral": 222, "ollama": 25, "together": 2, "xai": 23}


def _requests(api: str, provider: str) -> Iterator[dict[str, Any]]:
    folder = find_recordings(Path(__file__))
    if folder is None:
        pytest.skip("no shared/recordings folder beside the repository")
    with gzip.open(folder / f"{api}.jsonl.gz", "rt") as lines:
        for line in lines:
            record = json.loads(line)
            if record["response"]["status"] == 200 and record["provider"] == provider:
                yield record


@pytest.mark.parametrize(
    ("api", "provider", "least"),
    [
        ("openrouter.chat", "openrouter", 260),
        ("databricks.chat", "databricks", 15),
        *(("compat.chat", provider, least) for provider, least in PRESET_REQUESTS.items()),
    ],
)
def test_recorded_conversations_are_sent_as_they_were(api: str, provider: str, least: int) -> None:
    """What other clients sent and the service took: built as our messages, the body is theirs.

    The differences that mean nothing are listed in `normal`.
    """
    wire, profile = _preset(provider) if api == "compat.chat" else WIRES[api]
    same, different = 0, []
    for record in _requests(api, provider):
        body = record["request"]["json"]
        request = ask_of(body, provider)
        sent = wire.encode(request, profile(request.model), stream=bool(body.get("stream")))
        ours, theirs = normal(sent.body), normal(body)
        same += ours == theirs
        if ours != theirs:
            different.append((record["id"], _difference(ours, theirs), [w.message for w in sent.warnings]))
    assert different == []
    assert same >= least


def _preset(name: str) -> Spoken:
    return ChatWire(dialect=PRESETS[name].dialect), PRESETS[name].profile


def _difference(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = sorted({*ours, *theirs})
    return [(n, ours.get(n), theirs.get(n)) for n in names if ours.get(n) != theirs.get(n)]
