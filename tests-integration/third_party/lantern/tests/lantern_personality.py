"""Lantern's API, as the simulator plays it: what it takes, what it refuses, and how it says so."""

import json
from typing import Any, Final

from penguiflow_llm_schema import check
from penguiflow_llm_testing import Answer, FailMidway, ProviderFailure
from penguiflow_llm_testing.personality import (
    Ask,
    Refused,
    Reply,
    Tool,
    Turn,
    WireRequest,
    dump_json,
    load_json,
    pieces_of,
    take_turn,
    tokens_in,
)

_JSON: Final = ("content-type", "application/json")
_SSE: Final = ("content-type", "text/event-stream")
_ENDED: Final = {"stop": "done", "length": "limit", "tool_calls": "calls", "content_filter": "blocked"}
_FAILURES: Final = {
    "bad_request": (400, "malformed"),
    "content_filtered": (400, "blocked"),
    "context_too_long": (400, "too_long"),
    "forbidden": (403, "not_yours"),
    "invalid_schema": (422, "bad_shape"),
    "model_not_found": (404, "no_such_model"),
    "overloaded": (503, "full"),
    "quota_exceeded": (402, "no_credit"),
    "rate_limited": (429, "slow_down"),
    "server_error": (500, "broken"),
    "unauthorized": (401, "bad_key"),
}


class LanternPersonality:
    """Answers POST /answers."""

    name: Final = "lantern"
    prefix: Final = "lantern/v1"

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:
        """See `Personality`."""
        body = _accepted(request)
        turn = take_turn(_ask(body), answer)
        if not body.get("stream"):
            return Reply(status=200, headers=(_JSON, *_id(number)), pieces=(dump_json(_whole(turn, number)),))
        events = _events(_whole(turn, number))
        if midway is not None:
            events = [*events[: midway.after_events], {"error": _error(midway.failure)}]
        pieces = tuple(b"data: " + dump_json(event) + b"\n\n" for event in events)
        return Reply(status=200, headers=(_SSE, *_id(number)), pieces=pieces, streamed=True)

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:
        """See `Personality`."""
        wait = () if failure.retry_after_s is None else (("retry-after", f"{failure.retry_after_s:g}"),)
        status, _ = _FAILURES[failure.kind]
        body = dump_json({"error": _error(failure)})
        return Reply(status=status, headers=(_JSON, *_id(number), *wait), pieces=(body,))


def _id(number: int) -> tuple[tuple[str, str], ...]:
    return (("x-request-id", f"lantern-{number}"),)


def _error(failure: ProviderFailure) -> dict[str, str]:
    _, code = _FAILURES[failure.kind]
    return {"code": code, "message": failure.message or f"Lantern says: {code}."}


def _refused(status: int, code: str, message: str) -> Refused:
    body = dump_json({"error": {"code": code, "message": message}})
    return Refused(reply=Reply(status=status, headers=(_JSON,), pieces=(body,)))


def _accepted(request: WireRequest) -> dict[str, Any]:
    """The body of a request that Lantern takes."""
    if not request.headers.get("authorization", "").startswith("Bearer "):
        raise _refused(401, "bad_key", "Lantern needs a key.")
    body = load_json(request.body)
    if not isinstance(body, dict) or not body.get("turns"):
        raise _refused(400, "malformed", "Lantern needs turns.")
    wrong = check(body["shape"], "openai/strict@2026-11") if "shape" in body else ()
    if wrong:
        raise _refused(422, "bad_shape", wrong[0].message)
    made = {call["id"] for turn in body["turns"] for call in turn.get("calls", ())}
    if any(turn["by"] == "tool" and turn["call"] not in made for turn in body["turns"]):
        raise _refused(400, "malformed", "a tool's turn belongs to no call")
    return body


def _ask(body: dict[str, Any]) -> Ask:
    """What the request asks for, in the terms of every personality."""
    turns, choice = body["turns"], body.get("use_tool", "auto")
    named = choice.get("name") if isinstance(choice, dict) else None
    tools = [Tool(name=tool["name"], schema=tool["input"]) for tool in body.get("tools", ())]
    asked = {name: value for name, value in body.items() if name != "stream"}
    return Ask(
        seed=json.dumps(asked, sort_keys=True),
        prompt=next((turn["text"] for turn in reversed(turns) if turn["by"] == "user"), ""),
        texts=(body.get("instructions", ""), *(turn["text"] for turn in turns)),
        callable_tools=tuple(tool for tool in tools if named in (None, tool.name)),
        policy="required" if named else choice,
        tool_outputs=tuple(turn["text"] for turn in turns if turn["by"] == "tool"),
        output_schema=body.get("shape"),
        stop=tuple(body.get("stop", ())),
        max_tokens=body.get("limit"),
        input_tokens=tokens_in(json.dumps(turns)),
    )


def _whole(turn: Turn, number: int) -> dict[str, Any]:
    calls = [
        {"id": f"call-{number}-{index}", "tool": call.name, "input": call.arguments}
        for index, call in enumerate(turn.tool_calls)
    ]
    usage = turn.usage
    return {
        "id": f"answer-{number}",
        "model": "lantern-2",
        "text": turn.refusal or turn.text or "",
        "calls": calls,
        "ended": "declined" if turn.refusal is not None else _ENDED[turn.finish],
        "tokens": {
            "new": usage.input_tokens - usage.cached_tokens,
            "cached": usage.cached_tokens,
            "made": usage.output_tokens,
        },
    }


def _events(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The same answer in pieces."""
    events: list[dict[str, Any]] = [{"text": piece} for piece in pieces_of(whole["text"])]
    for call in whole["calls"]:
        events.append({"call": {"id": call["id"], "tool": call["tool"]}})
        events += [{"input": piece} for piece in pieces_of(call["input"])]
    return [*events, {"end": {name: whole[name] for name in ("id", "model", "ended", "tokens")}}]
