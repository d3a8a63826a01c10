"""Bodies to start from: those of the simulator, always, and the recordings where they lie beside the repository."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

from wire_replay import find_recordings, load

from penguiflow_llm_testing import Answer, ProviderFailure, ScriptedToolCall
from penguiflow_llm_testing._personalities import default_personalities
from penguiflow_llm_testing._script import FailureKind
from penguiflow_llm_testing.personality import Personality, Refused, Reply, WireRequest, dump_json
from penguiflow_llm_types import LLMMessage, LLMRequest, ReasoningConfig, StructuredOutput, TextPart, ToolSpec

from ._wires import WIRES, Spoken

_LARGEST: Final = 12_000  # bytes of a body: larger ones say nothing new, and each would cost a hundred small ones
_MOST: Final = 250  # recordings of one wire and kind
_SCHEMA: Final = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["name", "tags"],
    "additionalProperties": False,
}
_KEY: Final = "sk-seed-0123456789"
_HEADERS: Final = {
    "authorization": f"Bearer {_KEY}", "x-api-key": _KEY, "x-goog-api-key": _KEY, "content-type": "application/json",
    "anthropic-version": "2023-06-01",
}  # fmt: skip


@dataclass(slots=True)
class Seeds:
    """Bodies of one wire."""

    plain: list[bytes] = field(default_factory=list)
    streams: list[bytes] = field(default_factory=list)
    errors: list[tuple[int, tuple[tuple[str, str], ...], bytes]] = field(default_factory=list)
    """Status, headers and body of refusals."""

    def add(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes, *, stream: bool) -> None:
        """One more answer."""
        if status >= 300:
            self.errors.append((status, headers, body))
        elif stream:
            self.streams.append(body)
        else:
            self.plain.append(body)


@cache
def seeds_of(name: str, *, recorded: bool) -> Seeds:
    """Bodies of the wire `name`; with `recorded` those of the recordings too, where they are here."""
    spoken = next(found for found in WIRES if found.name == name)
    seeds = Seeds()
    for reply, stream in _simulated(spoken):
        seeds.add(reply.status, reply.headers, b"".join(reply.pieces), stream=stream)
    if recorded:
        for api in spoken.apis:
            _add_recorded(seeds, api)
    return seeds


def has_recordings() -> bool:
    """Whether the recordings lie beside the repository."""
    return find_recordings(Path(__file__)) is not None


def _add_recorded(seeds: Seeds, api: str) -> None:
    taken: dict[tuple[bool, bool], int] = defaultdict(int)
    for recording in _recordings().get(api, ()):
        kind = (recording.stream, recording.is_success)
        if len(recording.body) <= _LARGEST and taken[kind] < _MOST:
            taken[kind] += 1
            seeds.add(recording.status, tuple(recording.headers.items()), recording.body, stream=recording.stream)


@cache
def _recordings() -> dict[str, list[Any]]:
    folder = find_recordings(Path(__file__))
    found: dict[str, list[Any]] = defaultdict(list)
    for recording in [] if folder is None else load(folder):
        found[recording.api].append(recording)
    return found


def _simulated(spoken: Spoken) -> Iterator[tuple[Reply, bool]]:
    names = {"anthropic-bedrock": "anthropic", "openai-chat": "openai", "openai-responses": "openai"}
    name = names.get(spoken.name, spoken.name)
    personality = next(found for found in default_personalities(0) if found.name == name)
    # frames of Bedrock's are written from the events of Anthropic's own stream
    for number, (request, answer) in enumerate(_asked(spoken)):
        for stream in (False, True):
            yield _answered(spoken, personality, request, answer, number, stream=stream), stream
    request, _ = next(_asked(spoken))
    for number, kind in enumerate(get_args(FailureKind)):
        yield personality.failure(_wire(spoken, request, stream=False), ProviderFailure(kind=kind), number), False


def _answered(
    spoken: Spoken, personality: Personality, request: LLMRequest, answer: Answer, number: int, *, stream: bool
) -> Reply:
    try:
        return personality.answer(_wire(spoken, request, stream=stream), answer, number, None)
    except Refused as refused:
        return refused.reply


def _wire(spoken: Spoken, request: LLMRequest, *, stream: bool) -> WireRequest:
    encoded = spoken.wire.encode(request, spoken.profile, stream=stream)
    path, _, query = encoded.path.partition("?")
    headers = {**_HEADERS, **{name.lower(): value for name, value in encoded.headers.items()}}
    return WireRequest(
        method="POST", path=spoken.below + path, query=query, headers=headers, body=dump_json(encoded.body)
    )


def _asked(spoken: Spoken) -> Iterator[tuple[LLMRequest, Answer]]:
    """Requests and answers that show every part an answer can have."""
    plain = LLMRequest(
        model=spoken.model,
        messages=(LLMMessage(role="user", parts=(TextPart(text="Which town?"),)),),
        max_tokens=4096,
    )
    tool = ToolSpec(name="look_up", description="Looks a town up.", json_schema=_SCHEMA)
    called = (ScriptedToolCall(name="look_up"), ScriptedToolCall(name="look_up", arguments='{"name": "Oslo"'))
    yield plain, Answer(text="Oslo, said the owl. 🦉")
    yield _with(plain, structured_output=StructuredOutput(json_schema=_SCHEMA)), Answer()
    yield _with(plain, tools=(tool,)), Answer(tool_calls=called)
    yield _with(plain, tools=(tool,)), Answer(text="Let me see.", tool_calls=called[:1])
    yield _with(plain, reasoning=ReasoningConfig(effort="medium", include=True)), Answer(reasoning="Hm.", text="Oslo.")
    yield plain, Answer(refusal="I would rather not.")
    yield plain, Answer(finish_reason="length", text="Once upon a")
    yield plain, Answer(finish_reason="content_filter")


def _with(request: LLMRequest, **changes: Any) -> LLMRequest:
    return LLMRequest(**{name: getattr(request, name) for name in request.__dataclass_fields__} | changes)
