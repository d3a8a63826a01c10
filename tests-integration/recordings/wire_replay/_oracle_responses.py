"""An independent reading of Responses bodies and streams."""

from __future__ import annotations

import json
from typing import Any

from wire_replay._reading import NoAnswer, Reading, usage, whole_output

_TERMINAL = ("response.completed", "response.incomplete", "response.failed")
_UNDERSTOOD = ("message", "reasoning", "function_call", "custom_tool_call")
_INCOMPLETE = {"max_output_tokens": "length", "content_filter": "content_filter"}


def read_plain(body: dict[str, Any]) -> Reading | NoAnswer:
    """A `response` object."""
    if body.get("error"):
        return NoAnswer(why="the response carries an error", error=body["error"])
    if body.get("status") not in ("completed", "incomplete"):
        return NoAnswer(why=f"the response is {body.get('status')}")
    output = body.get("output") or []
    content = [part for item in output if item["type"] == "message" for part in item["content"]]
    refusal = "".join(part["refusal"] for part in content if part["type"] == "refusal") or None
    calls = _calls(output)
    return Reading(
        text="".join(part["text"] for part in content if part["type"] == "output_text"),
        reasoning="".join(_visible(item) for item in output if item["type"] == "reasoning"),
        sealed=tuple(i["encrypted_content"] for i in output if i["type"] == "reasoning" and i.get("encrypted_content")),
        tool_calls=calls,
        finish=_finish(body, calls=bool(calls), refusal=refusal is not None),
        refusal=refusal,
        usage=_counts(body.get("usage")) | {"web_searches": _searches(body)},
        response_id=body.get("id"),
        model=body.get("model"),
        kept=tuple(json.dumps(item, sort_keys=True) for item in output if item["type"] not in _UNDERSTOOD),
    )


def read_stream(events: list[dict[str, Any]]) -> Reading | NoAnswer:
    """The response object that the terminal event carries whole."""
    for event in events:
        if event.get("type") == "error":
            return NoAnswer(why="the stream carries an error", error=event.get("error") or event)
        if event.get("type") in _TERMINAL:
            return read_plain(event["response"])
    return NoAnswer(why="no terminal event")


def deltas(events: list[dict[str, Any]], kind: str) -> str:
    """The `delta` of every event of type `kind`, joined."""
    return "".join(event["delta"] for event in events if event.get("type") == kind)


def _finish(body: dict[str, Any], *, calls: bool, refusal: bool) -> str:
    if refusal:
        return "refusal"
    if body["status"] == "incomplete":
        return _INCOMPLETE.get((body.get("incomplete_details") or {}).get("reason") or "", "other")
    return "tool_calls" if calls else "stop"


def _visible(item: dict[str, Any]) -> str:
    """Reasoning text where the model gives it, else its summaries, a paragraph each."""
    text = "".join(part["text"] for part in item.get("content") or [])
    return text or "\n\n".join(part["text"] for part in item.get("summary") or [])


def _calls(output: list[dict[str, Any]]) -> tuple[tuple[str | None, str, str], ...]:
    calls: list[tuple[str | None, str, str]] = []
    for item in output:
        if item["type"] == "function_call":
            calls.append((item["call_id"], item["name"], item["arguments"]))
        elif item["type"] == "custom_tool_call":
            calls.append((item["call_id"], item["name"], item["input"]))
    return tuple(calls)


def _counts(counts: dict[str, Any] | None) -> dict[str, int | None]:
    if counts is None:
        return usage()
    given = counts.get("input_tokens_details") or {}
    taken = counts.get("output_tokens_details") or {}
    reasoning = taken.get("reasoning_tokens")
    total, prompt = counts.get("total_tokens"), counts.get("input_tokens")
    return usage(
        input_tokens=prompt,
        output_tokens=whole_output(counts.get("output_tokens"), reasoning, total=total, prompt=prompt),
        cache_read_tokens=given.get("cached_tokens"),
        cache_write_tokens=given.get("cache_write_tokens"),
        cache_write_1h_tokens=(given.get("cache_write_tokens_details") or {}).get("ttl_12h"),
        reasoning_tokens=reasoning,
    )


def _searches(body: dict[str, Any]) -> int | None:
    found: int | None = ((body.get("tool_usage") or {}).get("web_search") or {}).get("num_requests")
    return found
