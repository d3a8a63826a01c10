"""Requests real clients sent to Databricks: what it accepted is accepted, and answers have the shape of its own."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm_testing import Answer
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import DatabricksPersonality, Refused

USER = {"role": "user", "content": "What is it?"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "look", "parameters": {"type": "object", "properties": {}}},
}
STRICT = {"type": "function", "function": {**TOOL["function"], "strict": True}}


def recorded(shared: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(shared / "recordings" / "databricks.chat.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)


def reply_to(body: dict[str, Any]) -> tuple[int, bytes]:
    request = WireRequest(
        method="POST",
        path="/serving-endpoints/chat/completions",
        query="",
        headers={"authorization": "Bearer dapi0123456789"},
        body=json.dumps(body).encode(),
    )
    try:
        reply = DatabricksPersonality(seed=1).answer(request, Answer(), 1, None)
    except Refused as refused:
        reply = refused.reply
    return reply.status, b"".join(reply.pieces)


def test_what_databricks_accepted_is_accepted(shared: Path) -> None:
    refused = []
    for record in recorded(shared):
        status, said = reply_to(record["request"]["json"])
        if status != 200:
            refused.append((record["id"], said))
    assert refused == []


def test_answers_have_the_fields_of_recorded_ones(shared: Path) -> None:
    """Plain and streamed; only a reasoning block has fields that no recording of the model shows."""
    theirs: set[str] = set()
    ours: set[str] = set()
    for record in recorded(shared):
        theirs |= set(fields(record["response"]["body"].encode()))
        ours |= set(fields(reply_to(record["request"]["json"])[1]))
    assert ours - theirs == set()


def fields(body: bytes) -> Iterator[str]:
    if body.startswith(b"data:"):
        for line in body.split(b"\n"):
            if line.startswith(b"data: {"):
                yield from paths(json.loads(line[6:]), "chunk")
    else:
        yield from paths(json.loads(body), "body")


def paths(value: Any, at: str) -> Iterator[str]:
    match value:
        case dict():
            for name, item in value.items():
                yield from paths(item, f"{at}/{name}")
        case list():
            for item in value:
                yield from paths(item, f"{at}[]")
        case _:
            yield at


# Endpoint, fields of the body beside a user's message, and words of the refusal: quoted answers, 2024 to 2026.
REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("databricks-gpt-oss-20b", {"inputs": []}, 'Bad request: json: unknown field "inputs"'),
    ("databricks-dbrx-instruct", {"stream_options": {}}, 'unknown field "stream_options"'),
    ("databricks-claude-3-7-sonnet", {"tools": [STRICT]}, "tools.0.custom.strict: Extra inputs are not permitted"),
    ("system.ai.claude-opus-5", {"temperature": 0.5}, "does not support the temperature parameter"),
    (
        "databricks-meta-llama-3-3-70b-instruct",
        {"tools": [{"type": "function", "function": {"name": "look"}}]},
        '"parameters" is a required property for "function" object in parameter "tools"',
    ),
    ("databricks-meta-llama-3-3-70b-instruct", {"messages": [USER, USER]}, "roles must alternate"),
    ("databricks-gpt-5-4-mini", {"reasoning_effort": "huge"}, "reasoning_effort must be one of"),
    (
        "databricks-gpt-5-4-mini",
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "object"}}}},
        "Missing required parameter: 'response_format.json_schema.name'.",
    ),
    ("databricks-claude-opus-5-5", {"response_format": {"type": "json_object"}}, "response_format is not supported"),
    ("databricks-claude-sonnet-4-5", {"tools": [TOOL] * 33}, "at most 32 functions"),
    (
        "databricks-claude-sonnet-4-5",
        {"messages": [USER, {"role": "assistant", "content": "", "tool_calls": [CALL]},
                      {"role": "tool", "tool_call_id": "call_1", "content": "x"}]},
        "text content blocks must be non-empty",
    ),
    (
        "databricks-claude-sonnet-4-5",
        {"thinking": {"type": "enabled", "budget_tokens": 2048}, "max_tokens": 1000},
        "`max_tokens` must be greater than `thinking.budget_tokens`.",
    ),
    (
        "databricks-claude-sonnet-4-5",
        {"thinking": {"type": "enabled", "budget_tokens": 2048}, "tools": [TOOL], "tool_choice": "required"},
        "Thinking may not be enabled when tool_choice forces tool use.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("endpoint", "fields", "words"), REFUSALS, ids=[row[2][:40] for row in REFUSALS])
def test_what_databricks_refuses_is_refused_in_its_words(endpoint: str, fields: dict[str, Any], words: str) -> None:
    status, said = reply_to({"model": endpoint, "messages": [USER], **fields})
    assert status == 400
    assert words in json.loads(said)["message"]


def test_an_altered_thought_is_refused() -> None:
    """Claude signs what it thought; the signature of another text is no proof."""
    thinking = {"type": "enabled", "budget_tokens": 2048}
    body = {"model": "databricks-claude-sonnet-4-5", "messages": [USER], "thinking": thinking, "max_tokens": 4096}
    first = json.loads(reply_to(body)[1])["choices"][0]["message"]
    again = {**body, "messages": [USER, first, USER]}
    assert reply_to(again)[0] == 200
    first["content"][0]["summary"][0]["text"] += " or so"
    status, said = reply_to(again)
    assert (status, b"Invalid `signature` in `thinking` block" in said) == (400, True)
