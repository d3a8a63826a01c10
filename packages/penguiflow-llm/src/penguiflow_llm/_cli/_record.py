"""A result as JSON: the value alone, or the whole record of how it was come by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from penguiflow_llm import AttemptRecord, CompletionResponse, LLMError, LLMResult, SchemaPlan, Usage


def value_as_json(value: Any, response_model: Any) -> Any:
    """A validated value as JSON values: dates as ISO text, models and dataclasses as objects by their aliases."""
    if isinstance(response_model, Mapping):
        return value
    return TypeAdapter(response_model).dump_python(value, mode="json", by_alias=True)


def result_record(result: LLMResult[Any], value: Any, *, model: str) -> dict[str, Any]:
    """The whole record, with `value` for its data.

    Money is text, so that nobody reads it as a float. What is not known is null.
    """
    return {
        "data": value,
        "model": model,
        "mode_used": result.mode_used.value,
        "mode_reason": result.mode_reason,
        "attempts": [_attempt(attempt) for attempt in result.history],
        "usage": _usage(result.usage),
        "cost_usd": _text(result.cost),
        "warnings": [asdict(warning) for warning in result.warnings],
        "plan": _plan(result.plan),
        "response": _response(result.response),
    }


def error_record(error: LLMError, *, model: str) -> dict[str, Any]:
    """The record of a call that failed: what the error says, without any payload."""
    shown = {"usage": _usage(error.usage), "cost_usd": _text(error.cost_usd)}
    return {"model": model, "error": error.details() | shown}


def as_text(record: Any) -> str:
    """Indented JSON. Lone surrogates, which cannot be written as UTF-8, stay escaped."""
    text = json.dumps(record, ensure_ascii=False, indent=2)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(record, indent=2)
    return text


def _attempt(attempt: AttemptRecord) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "mode": attempt.mode.value if attempt.mode is not None else None,
        "elapsed_s": round(attempt.elapsed_s, 6),
        "next_step": attempt.next_step,
        "wait_s": attempt.wait_s,
        "usage": _usage(attempt.usage),
        "cost_usd": _text(attempt.cost),
        "error": None if attempt.error is None else {"type": type(attempt.error).__name__, **_reason(attempt.error)},
        "response_id": attempt.response.response_id if attempt.response is not None else None,
    }


def _reason(error: LLMError) -> dict[str, Any]:
    return {"kind": error.kind, "message": error.message, "status": error.status}


def _plan(plan: SchemaPlan) -> dict[str, Any]:
    return {
        "dialect": plan.dialect,
        "strict": plan.strict,
        "losses": [asdict(loss) for loss in plan.losses],
        "stats": asdict(plan.stats),
    }


def _response(response: CompletionResponse) -> dict[str, Any]:
    return {
        "id": response.response_id,
        "model": response.model,
        "finish_reason": response.finish_reason,
        "raw_finish_reason": response.raw_finish_reason,
        "request_id": response.request_id,
    }


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    return asdict(usage) | {"reported_cost_usd": _text(usage.reported_cost_usd)}


def _text(cost_usd: object) -> str | None:
    return None if cost_usd is None else f"{cost_usd:f}"
