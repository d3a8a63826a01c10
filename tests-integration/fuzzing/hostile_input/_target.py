"""What a target is, and what holds for everything that comes out of one."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields
from random import Random
from typing import Final

from penguiflow_llm_types import CompletionResponse, LLMError, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place where input from outside comes in."""

    name: str
    make: Callable[[Random], bytes]
    """A hostile input."""
    run: Callable[[bytes], str]
    """Reads it; how that ended, in a word. Every exception is a finding."""


class BrokenPromiseError(Exception):
    """What came out is not what is promised."""


def ended(error: LLMError) -> str:
    """The end that a documented error is, once it was held to what all errors promise."""
    kinds = type(error).kinds
    if error.kind is not None and error.kind not in kinds:
        raise BrokenPromiseError(f"{type(error).__name__} of kind {error.kind!r}, which is none of its kinds")
    for text in (str(error), repr(error), error.body_text() or "", json.dumps(error.details(), default=str)):
        text.encode()
    assert error.retry_rule
    assert error.retry_after_s is None or 0 <= error.retry_after_s < float("inf")
    if (partial := error.partial()) is not None:
        check_response(partial)
    assert repr(pickle.loads(pickle.dumps(error))) == repr(error)  # noqa: S301 - our own
    return f"{type(error).__name__.removeprefix('LLM').removesuffix('Error')}[{error.kind or ''}]"


def check_response(response: CompletionResponse) -> None:
    """Text that can be written anywhere, counts that can be added, values that can be shown."""
    for text in (response.text, response.reasoning, response.refusal or "", response.raw_finish_reason or ""):
        text.encode()
    for call in response.tool_calls:
        f"{call.id} {call.name} {call.arguments}".encode()
    repr(response).encode()
    _check_usage(response.usage)


_COUNTS: Final = tuple(found.name for found in fields(Usage) if found.name != "reported_cost_usd")


def _check_usage(usage: Usage) -> None:
    for name in _COUNTS:
        number = getattr(usage, name)
        if number is not None and not (isinstance(number, int) and number >= 0):
            raise BrokenPromiseError(f"{name} is {number!r}")
    cost = usage.reported_cost_usd
    if cost is not None and not (cost.is_finite() and cost >= 0):
        raise BrokenPromiseError(f"a cost of {cost}")
    str(usage + usage)
