"""Requests real clients sent to OpenRouter: what it accepted is accepted, what it refused is refused in its words."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from penguiflow_llm_testing import Answer
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import OpenRouterPersonality, Refused
from penguiflow_llm_testing._personalities.openrouter._reasoning import seal


def recorded(shared: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(shared / "recordings" / "openrouter.chat.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)


def resealed(body: dict[str, Any]) -> dict[str, Any]:
    """The request with the seals this simulator would have given out in the place of the real ones."""
    for message in body["messages"]:
        for detail in message.get("reasoning_details") or ():
            form = detail.get("format")
            if "signature" in detail:
                detail["signature"] = seal(form, detail.get("text") or "")
            if "data" in detail:
                detail["data"] = seal(form, detail.get("id") or "")
    return body


def reply_to(body: dict[str, Any], headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any] | bytes]:
    headers = {"authorization": "Bearer sk-or-test"} if headers is None else headers
    request = WireRequest(
        method="POST", path="/chat/completions", query="", headers=headers, body=json.dumps(body).encode()
    )
    try:
        reply = OpenRouterPersonality(seed=1).answer(request, Answer(), 1, None)
    except Refused as refused:
        reply = refused.reply
    whole = b"".join(reply.pieces)
    return reply.status, whole if reply.streamed else json.loads(whole)


def test_what_openrouter_accepted_is_accepted(shared: Path) -> None:
    accepted, refused = 0, []
    for record in recorded(shared):
        if record["response"]["status"] == 200:
            status, said = reply_to(resealed(record["request"]["json"]))
            accepted += status == 200
            if status != 200:
                refused.append((record["id"], said))
    assert refused == []
    assert accepted >= 250


def test_a_missing_key_is_refused_in_openrouters_words(shared: Path) -> None:
    """The one kind of recorded refusal that does not depend on what OpenRouter's models can read."""
    words = {
        json.loads(record["response"]["body"])["error"]["message"]
        for record in recorded(shared)
        if record["response"]["status"] == 401
    }
    status, said = reply_to({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]}, headers={})
    assert status == 401
    assert isinstance(said, dict)
    assert said["error"]["message"] in words


def test_answers_have_the_fields_of_recorded_ones(shared: Path) -> None:
    """Every field of a plain answer here is one of OpenRouter's; what it has more belongs to hosted tools."""
    theirs = {path for record in recorded(shared) for path in plain_paths(record)}
    ours: set[str] = set()
    for record in recorded(shared):
        sent = record["request"]["json"]
        if record["response"]["status"] == 200 and not record["stream"]:
            ours |= set(paths(reply_to(resealed(sent))[1]))
    assert ours - theirs == set()


def plain_paths(record: dict[str, Any]) -> Iterator[str]:
    if record["response"]["status"] == 200 and not record["stream"]:
        yield from paths(json.loads(record["response"]["body"]))


def paths(value: Any, at: str = "") -> Iterator[str]:
    match value:
        case dict():
            for name, item in value.items():
                yield from paths(item, f"{at}/{name}")
        case list():
            for item in value:
                yield from paths(item, f"{at}[]")
        case _:
            yield at
