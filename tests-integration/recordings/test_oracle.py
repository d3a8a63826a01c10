"""The reading itself: it agrees with another program's of the same bytes, and lets no wrong answer past."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from wire_replay import Answered, Crashed, Failed, Outcome, Reading, Recording, judge, read

from penguiflow_llm_types import (
    CompletionResponse,
    Done,
    LLMAuthError,
    LLMInvalidRequestError,
    LLMMessage,
    LLMRateLimitError,
    TextDelta,
    TextPart,
    ToolCallPart,
    Usage,
)

_BODY = b"""{"id": "chatcmpl-1", "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": {"content":
"hello", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}}],
"usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}"""
_RECORDING = Recording(
    id="openai.chat-1",
    file="openai.chat",
    api="openai.chat",
    provider="openai",
    model="m",
    stream=False,
    status=200,
    headers={"content-type": "application/json"},
    body=_BODY,
    features=frozenset(),
)
_CALL = ToolCallPart(id="call_1", name="f", arguments="{}")
_RIGHT = CompletionResponse(
    message=LLMMessage.assistant("hello", _CALL),
    finish_reason="stop",
    usage=Usage(input_tokens=3, output_tokens=2),
    response_id="chatcmpl-1",
    model="m",
)
_WRONG: list[tuple[CompletionResponse, str]] = [
    (replace(_RIGHT, message=LLMMessage.assistant("hell", _CALL)), "text is 'hell', the bytes say 'hello'"),
    (replace(_RIGHT, message=LLMMessage.assistant("hello")), "tool_calls is ()"),
    (replace(_RIGHT, message=LLMMessage.assistant("hello", replace(_CALL, id="x"))), "tool_calls is (('x', 'f'"),
    (replace(_RIGHT, message=LLMMessage.assistant("hello", replace(_CALL, arguments=""))), "tool_calls is (("),
    (replace(_RIGHT, finish_reason="tool_calls"), "finish is 'tool_calls', the bytes say 'stop'"),
    (replace(_RIGHT, refusal="no"), "refusal is 'no', the bytes say None"),
    (replace(_RIGHT, usage=Usage(input_tokens=3)), "output_tokens is None, the bytes say 2"),
    (replace(_RIGHT, usage=replace(_RIGHT.usage, cache_read_tokens=0)), "cache_read_tokens is 0, the bytes say None"),
    (replace(_RIGHT, model="other"), "model is 'other'"),
    (replace(_RIGHT, response_id=None), "response_id is None"),
]


def test_a_right_answer_passes() -> None:
    """The control of the table below."""
    assert judge(_RECORDING, Answered(response=_RIGHT)).state == "passed"


@pytest.mark.parametrize(("response", "why"), _WRONG, ids=[why for _, why in _WRONG])
def test_a_wrong_answer_fails(response: CompletionResponse, why: str) -> None:
    """A comparison that lets one wrong field through would let a thousand recordings pass."""
    verdict = judge(_RECORDING, Answered(response=response))
    assert verdict.state == "failed"
    assert why in verdict.why


_OUTCOMES: list[tuple[Recording, Outcome, str]] = [
    (_RECORDING, Crashed(error=KeyError("choices")), "crashed with KeyError('choices')"),
    (replace(_RECORDING, body=b"no JSON"), Answered(response=_RIGHT), "the oracle cannot read the bytes"),
    (_RECORDING, Failed(error=LLMInvalidRequestError("x")), "raised LLMInvalidRequestError"),
    (_RECORDING, Answered(response=_RIGHT, events=(TextDelta(text="hello"),)), "not with one Done"),
    (_RECORDING, Answered(response=_RIGHT, events=(TextDelta(text="h"), Done(response=_RIGHT))), "text deltas add up"),
    (_RECORDING, Answered(response=_RIGHT, events=(Done(response=_RIGHT),)), "tool call deltas add up"),
    (replace(_RECORDING, status=401), Answered(response=_RIGHT), "expected LLMAuthError"),
    (replace(_RECORDING, status=401), Failed(error=LLMInvalidRequestError("x")), "expected LLMAuthError"),
    (replace(_RECORDING, status=401), Failed(error=LLMAuthError("x", kind="expired")), "retryable is True"),
    (replace(_RECORDING, body=b'{"choices": []}'), Answered(response=_RIGHT), "no choices, and still it was answered"),
    (replace(_RECORDING, body=b'{"error": {"code": "x"}}'), Answered(response=_RIGHT), "expected LLMServerError"),
]


@pytest.mark.parametrize(("recording", "outcome", "why"), _OUTCOMES, ids=[row[2] for row in _OUTCOMES])
def test_a_wrong_outcome_fails(recording: Recording, outcome: Outcome, why: str) -> None:
    """Errors for answers, answers for errors, wrong errors, and streams that do not add up."""
    verdict = judge(recording, outcome)
    assert verdict.state == "failed"
    assert why in verdict.why


def test_a_right_error_passes() -> None:
    """The control for errors: an exact type, and whether a retry may help."""
    limited = replace(
        _RECORDING, status=429, body=b'{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}'
    )
    assert judge(limited, Failed(error=LLMRateLimitError("slow down"))).state == "passed"


def test_an_unfinished_answer_is_skipped_with_its_reason() -> None:
    """A job that is only queued has no answer to compare; the client must not make one up, and that is checked."""
    queued = replace(_RECORDING, api="openai.responses", body=b'{"status": "queued", "output": []}')
    verdict = judge(queued, Failed(error=LLMInvalidRequestError("x")))
    assert (verdict.state, verdict.why) == ("skipped", "the response is queued: there is no answer to compare")
    empty = CompletionResponse(message=LLMMessage(role="assistant", parts=(TextPart(text=""),)), finish_reason="stop")
    assert judge(queued, Answered(response=empty)).state == "failed"


_FEATURES = [
    "tool_call",
    "refusal",
    "usage_missing",
    "reasoning_tokens",
    "cached_tokens",
    "truncated_by_limit",
    "encrypted_reasoning",
]


@pytest.mark.parametrize("feature", _FEATURES)
def test_the_reading_agrees_with_the_features(feature: str, recordings: Sequence[Recording]) -> None:
    """Features were derived from the same bytes by another program: where the two disagree, one of them misreads."""
    differing = []
    for recording in recordings:
        known = recording.file.startswith("openai.") and recording.is_success and not _is_legacy(recording)
        reading = read(recording) if known else None
        if isinstance(reading, Reading) and _has(feature, reading) != (feature in recording.features):
            differing.append(recording.id)
    assert differing == []


def _has(feature: str, reading: Reading) -> bool:
    found = {
        "tool_call": reading.tool_calls,
        "refusal": reading.refusal,
        "usage_missing": reading.usage["input_tokens"] is None,
        "reasoning_tokens": reading.usage["reasoning_tokens"],
        "cached_tokens": reading.usage["cache_read_tokens"],
        "truncated_by_limit": reading.finish == "length",
        "encrypted_reasoning": reading.sealed,
    }
    return bool(found[feature])


def _is_legacy(recording: Recording) -> bool:
    """Shapes the features do not know: `function_call` of 2023, and `finish_details` in place of `finish_reason`."""
    return "legacy_function_call" in recording.features or b'"finish_details"' in recording.body
