"""Whether what the client made of a recording is what the oracle read in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    OpaquePart,
    Part,
    ReasoningDelta,
    ReasoningPart,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallStart,
)
from wire_replay._corpus import Recording
from wire_replay._oracle import read
from wire_replay._oracle_errors import ExpectedError, expected_error, of_error
from wire_replay._outcome import Answered, Crashed, Failed, Outcome
from wire_replay._reading import Reading

_COMPARED: Final = (
    "text", "reasoning", "sealed", "tool_calls", "finish", "refusal", "response_id", "model", "provider_name",
    "cost_usd", "kept", "cited",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One line of the count."""

    recording: Recording
    state: Literal["passed", "skipped", "failed"]
    why: str = ""
    """Reason of a skip, or what differs."""


def judge(recording: Recording, outcome: Outcome) -> Verdict:
    """Compare an outcome with the independent reading of the same bytes."""
    if isinstance(outcome, Crashed):
        return _verdict(recording, [f"crashed with {outcome.error!r}"])
    if not recording.is_success:
        return _verdict(recording, _error_problems(expected_error(recording), outcome))
    try:
        reading = read(recording)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return _verdict(recording, [f"the oracle cannot read the bytes: {error!r}"])
    if isinstance(reading, Reading):
        return _verdict(recording, list(_differences(reading, outcome)))
    if reading.error is not None:
        status = reading.error.get("status_code") or 500
        return _verdict(recording, _error_problems(of_error(reading.error, status), outcome))
    if isinstance(outcome, Answered):
        return _verdict(recording, [f"{reading.why}, and still it was answered with {outcome.response.text!r}"])
    return Verdict(recording=recording, state="skipped", why=f"{reading.why}: there is no answer to compare")


def _verdict(recording: Recording, problems: Sequence[str]) -> Verdict:
    return Verdict(recording=recording, state="failed" if problems else "passed", why="; ".join(problems))


def _error_problems(expected: ExpectedError, outcome: Answered | Failed) -> list[str]:
    if isinstance(outcome, Answered):
        return [f"answered with {outcome.response.text!r}, expected {_names(expected)}"]
    problems = []
    if type(outcome.error) not in expected.classes:
        problems.append(f"raised {outcome.error!r}, expected {_names(expected)}")
    if outcome.error.retryable != expected.retryable:
        problems.append(f"retryable is {outcome.error.retryable}, expected {expected.retryable}")
    return problems


def _names(expected: ExpectedError) -> str:
    return " or ".join(cls.__name__ for cls in expected.classes)


def _differences(reading: Reading, outcome: Answered | Failed) -> Iterator[str]:
    if isinstance(outcome, Failed):
        yield f"raised {outcome.error!r}"
        return
    response = outcome.response
    found = _facts(response, reading)
    for name in _COMPARED:
        expected, actual = getattr(reading, name), getattr(found, name)
        if expected != actual:
            yield f"{name} is {_short(actual)}, the bytes say {_short(expected)}"
    for name in reading.usage:
        if reading.usage[name] != found.usage[name]:
            yield f"{name} is {found.usage[name]}, the bytes say {reading.usage[name]}"
    if len({call.id for call in response.tool_calls}) != len(response.tool_calls) or "" in _ids(response):
        yield f"tool call ids are not distinct and filled: {_ids(response)}"
    yield from _stream_differences(response, outcome.events)


def _facts(response: CompletionResponse, reading: Reading) -> Reading:
    """A response in the shape of a reading; ids that the service did not give are not compared."""
    parts = response.message.parts
    sealed = (_sealed(part) for part in parts)
    calls = tuple((call.id, call.name, call.arguments) for call in response.tool_calls)
    if len(calls) == len(reading.tool_calls):
        pairs = zip(calls, reading.tool_calls, strict=True)
        calls = tuple((given[0] if given[0] is None else own[0], *own[1:]) for own, given in pairs)  # type: ignore[misc]
    cost = response.usage.reported_cost_usd
    return replace(
        reading,
        text=response.text,
        reasoning=response.reasoning,
        sealed=tuple(content for content in sealed if content is not None),
        tool_calls=calls,
        finish=response.finish_reason,
        refusal=response.refusal,
        usage={name: getattr(response.usage, name) for name in reading.usage},
        response_id=response.response_id,
        model=response.model,
        provider_name=response.provider_name,
        cost_usd=None if cost is None else float(cost),
        kept=tuple(_canonical(part.data) for part in parts if isinstance(part, OpaquePart)),
        cited=tuple(
            _canonical(part.signature)
            for part in parts
            if isinstance(part, TextPart) and part.signature is not None and _is_sealed_by_claude(part)
        ),
    )


def _sealed(part: Part) -> str | None:
    """Encrypted reasoning, Anthropic's seal on it, or the signature that Google wants back beside any part."""
    match part:
        case OpaquePart(provider="google", data=data):
            signature = json.loads(data).get("thoughtSignature")
            return None if signature is None else str(signature)
        case ReasoningPart() if _is_sealed_by_claude(part):
            return part.redacted_data or part.signature
        case ReasoningPart(encrypted_content=str(content)):
            return content
        case _:
            return getattr(part, "signature", None) if getattr(part, "provider", None) == "google" else None


def _is_sealed_by_claude(part: OpaquePart | ReasoningPart | TextPart) -> bool:
    return part.provider in ("anthropic", "bedrock")


def _canonical(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


def _stream_differences(response: CompletionResponse, events: Sequence[StreamEvent]) -> Iterator[str]:
    """What was shown on the way must add up to what was handed over at the end."""
    if not events:
        return
    if events[-1] != Done(response=response) or sum(isinstance(event, Done) for event in events) != 1:
        yield f"the stream ended with {_short(events[-1])}, not with one Done that holds the answer"
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    if text != response.text:
        yield f"text deltas add up to {_short(text)}, the answer's text is {_short(response.text)}"
    reasoning = "".join(event.text for event in events if isinstance(event, ReasoningDelta))
    if reasoning != response.reasoning:
        yield f"reasoning deltas add up to {_short(reasoning)}, the answer's is {_short(response.reasoning)}"
    if (shown := _shown_calls(events)) != (own := _own_calls(response)):
        yield f"tool call deltas add up to {_short(shown)}, the answer's calls are {_short(own)}"


def _shown_calls(events: Sequence[StreamEvent]) -> list[tuple[str, str, str]]:
    starts = [event for event in events if isinstance(event, ToolCallStart)]
    deltas = [event for event in events if isinstance(event, ToolCallDelta)]
    return [(s.id, s.name, "".join(d.arguments for d in deltas if d.index == s.index)) for s in starts]


def _own_calls(response: CompletionResponse) -> list[tuple[str, str, str]]:
    return [(call.id, call.name, call.arguments) for call in response.tool_calls]


def _ids(response: CompletionResponse) -> list[str]:
    return [call.id for call in response.tool_calls]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:100]}...{text[-50:]}"
