"""The simulated Databricks: its token endpoint, its families of models, and what answers say."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, Final

import httpx2
import pytest

from penguiflow_llm_testing import (
    Answer,
    FailMidway,
    ScriptedToolCall,
    Simulator,
    context_too_long,
    overloaded,
    quota_exceeded,
    rate_limited,
    unauthorized,
)

CHAT: Final = "/serving-endpoints/chat/completions"
USER: Final = {"role": "user", "content": "Maria Silva ordered 3 lamps at 12.50 on 14 March 2026."}
SCHEMA: Final = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "lamps": {"type": "integer"}},
    "required": ["name", "lamps"],
    "additionalProperties": False,
}
TOOL: Final = {"type": "function", "function": {"name": "save", "parameters": SCHEMA}}
FORMAT: Final = {"type": "json_schema", "json_schema": {"name": "order", "schema": SCHEMA, "strict": True}}
UNION: Final = {"type": "json_schema", "json_schema": {"name": "order", "schema": {"anyOf": [SCHEMA]}}}
CLAUDE: Final = "databricks-claude-sonnet-4-5"
GPT: Final = "databricks-gpt-5-4-mini"
OSS: Final = "databricks-gpt-oss-120b"
LLAMA: Final = "databricks-meta-llama-3-3-70b-instruct"
FORM: Final = {"grant_type": "client_credentials", "scope": "all-apis"}


@pytest.fixture
def workspace(simulator: Simulator) -> Iterator[httpx2.Client]:
    headers = {"authorization": "Bearer dapi0123456789abcdef"}
    with httpx2.Client(base_url=simulator.base_url("databricks"), headers=headers, timeout=10) as client:
        yield client


def ask(client: httpx2.Client, model: str, *messages: dict[str, Any], **fields: Any) -> Any:
    return client.post(CHAT, json={"model": model, "messages": messages or [USER], **fields})


def chunks(client: httpx2.Client, model: str, **fields: Any) -> list[dict[str, Any]]:
    text = ask(client, model, stream=True, **fields).text
    return [json.loads(event[6:]) for event in text.split("\n\n") if event.startswith("data: {")]


def test_a_token_for_a_secret(workspace: httpx2.Client) -> None:
    """In the header or in the form, as RFC 6749 has it; the token opens the endpoints, a made-up one does not."""
    basic = base64.b64encode(b"robot:secret").decode()
    by_header = workspace.post("/oidc/v1/token", data=FORM, headers={"authorization": f"Basic {basic}"}).json()
    by_form = workspace.post("/oidc/v1/token", data={**FORM, "client_id": "robot", "client_secret": "secret"}).json()
    assert (by_header["token_type"], by_header["expires_in"]) == ("Bearer", 3600)
    assert by_header["access_token"] != by_form["access_token"]
    statuses = [
        workspace.post(
            CHAT, json={"model": LLAMA, "messages": [USER]}, headers={"authorization": f"Bearer {token}"}
        ).status_code
        for token in (by_header["access_token"], by_form["access_token"], "dose-made-up", "invalid")
    ]
    assert statuses == [200, 200, 403, 403]


@pytest.mark.parametrize(
    ("form", "header", "status", "error"),
    [
        ({}, "Basic cm9ib3Q6c2VjcmV0", 400, "unsupported_grant_type"),
        (FORM, "Basic !", 401, "invalid_client"),
        (FORM, "", 401, "invalid_client"),
        ({**FORM, "client_id": "robot", "client_secret": "invalid-secret"}, "", 401, "invalid_client"),
    ],
)
def test_no_token(workspace: httpx2.Client, form: dict[str, str], header: str, status: int, error: str) -> None:
    answer = workspace.post("/oidc/v1/token", data=form, headers={"authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_no_credential(simulator: Simulator) -> None:
    answer = httpx2.post(f"{simulator.base_url('databricks')}{CHAT}", json={})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "401")
    assert answer.json()["message"].startswith("Credential was not sent")


ANSWERS: Final = [
    Answer(),
    Answer(text="Grüße, 世界 🌍!"),
    Answer(refusal="I can't help with that."),
    Answer(tool_calls=(ScriptedToolCall(name="save"), ScriptedToolCall(name="save", arguments="{not json"))),
]


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (CLAUDE, {"thinking": {"type": "enabled", "budget_tokens": 4096}}),
        (CLAUDE, {}),
        (GPT, {"reasoning_effort": "low"}),
        (OSS, {}),
        (LLAMA, {}),
    ],
)
@pytest.mark.parametrize("answer", ANSWERS, ids=range(len(ANSWERS)))
def test_streamed_and_plain_are_one_answer(
    simulator: Simulator, workspace: httpx2.Client, answer: Answer, model: str, asked: dict[str, Any]
) -> None:
    """Thoughts, text, refusal, calls, usage."""
    simulator.script(answer, answer)
    plain = ask(workspace, model, tools=[TOOL], **asked).json()
    streamed = chunks(workspace, model, tools=[TOOL], **asked)
    said = plain["choices"][0]["message"]
    deltas = [chunk["choices"][0]["delta"] for chunk in streamed]
    assert thought(deltas) == thought([said])
    assert text(deltas) == text([said])
    assert "".join(delta.get("refusal") or "" for delta in deltas) == said.get("refusal", "")
    fragments = [call for delta in deltas for call in delta.get("tool_calls", ())]
    arguments = [call["function"]["arguments"] for call in said.get("tool_calls", ())]
    assert arguments == [
        "".join(part["function"].get("arguments", "") for part in fragments if part["index"] == index)
        for index in range(len(arguments))
    ]
    assert streamed[-1]["usage"] == plain["usage"]
    assert {chunk["usage"]["completion_tokens"] for chunk in streamed[:-1]} <= {None}
    assert streamed[-1]["choices"][0]["finish_reason"] == plain["choices"][0]["finish_reason"]


def blocks(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    contents = [message.get("content") for message in messages]
    return [block for content in contents if isinstance(content, list) for block in content]


def thought(messages: list[dict[str, Any]]) -> tuple[str, str]:
    pieces = [piece for block in blocks(messages) for piece in block.get("summary", ())]
    return "".join(piece["text"] for piece in pieces), "".join(piece.get("signature", "") for piece in pieces)


def text(messages: list[dict[str, Any]]) -> str:
    plain = "".join(m["content"] for m in messages if isinstance(m.get("content"), str))
    return plain + "".join(block["text"] for block in blocks(messages) if block["type"] == "text")


REFUSED: Final[list[tuple[int, str, dict[str, Any], str]]] = [
    (404, "does-not-exist", {}, "Endpoint with name 'does-not-exist' does not exist."),
    (400, CLAUDE, {"response_format": UNION}, "anyOf"),
    (400, LLAMA, {"response_format": UNION}, "anyOf"),
    (400, CLAUDE, {"response_format": FORMAT, "tools": [TOOL]}, "together with tools"),
    (400, CLAUDE, {"response_format": FORMAT, "stream": True}, "not supported with streaming"),
    (400, CLAUDE, {"response_format": {"type": "json_object"}}, "must be of type json_schema"),
    (400, LLAMA, {"tools": "save"}, '"tools" must be a list'),
    (400, LLAMA, {"max_tokens": 0}, "positive integer"),
    (400, LLAMA, {"reasoning_effort": "low"}, "not supported for this model"),
    (400, LLAMA, {"thinking": {"type": "enabled"}}, 'unknown field "thinking"'),
    (400, CLAUDE, {"thinking": {"type": "enabled", "budget_tokens": 10}}, "greater than or equal to 1024"),
    (400, CLAUDE, {"thinking": {"type": "enabled", "budget_tokens": 2048}, "temperature": 0.3}, "may only be set to 1"),
    (400, "databricks-claude-opus-5", {"thinking": {"type": "enabled", "budget_tokens": 2048}}, "adaptive"),
    (400, LLAMA, {"tools": [{"type": "function", "function": {**TOOL["function"], "strict": True}}]}, "strict"),  # type: ignore[dict-item]
    (400, GPT, {"messages": []}, "empty array"),
    (400, CLAUDE, {"messages": []}, "empty array"),
    (400, LLAMA, {"messages": "hi"}, "messages"),
]


@pytest.mark.parametrize(("status", "model", "fields", "words"), REFUSED)
def test_what_is_refused(workspace: httpx2.Client, status: int, model: str, fields: dict[str, Any], words: str) -> None:
    """By Databricks in its own words, by Claude as JSON in them, by GPT in OpenAI's."""
    answer = ask(workspace, model, **fields)
    assert answer.status_code == status
    assert words in answer.json()["message"]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (CLAUDE, {"thinking": {"type": "disabled"}}),
        (CLAUDE, {"response_format": FORMAT}),
        ("databricks-claude-opus-5", {"thinking": {"type": "adaptive"}}),
        (GPT, {"response_format": FORMAT, "tools": [TOOL], "tool_choice": "none"}),
        ("my-own-endpoint", {"temperature": 0.1, "top_k": 3}),
    ],
)
def test_what_is_taken(workspace: httpx2.Client, model: str, fields: dict[str, Any]) -> None:
    assert ask(workspace, model, **fields).status_code == 200


def test_claude_caches_what_is_marked(workspace: httpx2.Client) -> None:
    """The others by themselves; usage names each in its own way."""
    part = {"type": "text", "text": "word " * 4000}
    marked = {"role": "system", "content": [{**part, "cache_control": {"type": "ephemeral"}}]}
    first, second = (ask(workspace, CLAUDE, marked, USER).json()["usage"] for _ in range(2))
    assert (first["cache_read_input_tokens"], first["cache_creation_input_tokens"] > 4000) == (0, True)
    assert second["cache_read_input_tokens"] > 4000
    plain = {"role": "system", "content": [part]}
    assert ask(workspace, CLAUDE, plain, USER).json()["usage"]["cache_creation_input_tokens"] == 0
    own = [ask(workspace, LLAMA, plain, USER).json()["usage"] for _ in range(2)]
    assert own[1]["prompt_tokens_details"]["cached_tokens"] > 4000


FAILURES: Final = [
    (rate_limited(2.0), 429, "REQUEST_LIMIT_EXCEEDED"),
    (overloaded(), 503, "TEMPORARILY_UNAVAILABLE"),
    (quota_exceeded(), 403, "PERMISSION_DENIED"),
    (unauthorized(), 403, "403"),
    (context_too_long(), 400, "BAD_REQUEST"),
    (rate_limited(message="slow down"), 429, "REQUEST_LIMIT_EXCEEDED"),
]


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES)
def test_scripted_failures(
    simulator: Simulator, workspace: httpx2.Client, failure: Any, status: int, code: str
) -> None:
    simulator.script(failure)
    answer = ask(workspace, CLAUDE)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert ("retry-after" in answer.headers) == (failure.retry_after_s is not None)
    assert answer.headers["x-request-id"]


def test_a_failure_in_the_middle_of_a_stream(simulator: Simulator, workspace: httpx2.Client) -> None:
    """Without an envelope, and nothing after it."""
    simulator.script(FailMidway(failure=overloaded(), after_events=2))
    *_, last = chunks(workspace, CLAUDE)
    assert last["error_code"] == "TEMPORARILY_UNAVAILABLE"


def test_other_paths(workspace: httpx2.Client) -> None:
    names = [endpoint["name"] for endpoint in workspace.get("/api/2.0/serving-endpoints").json()["endpoints"]]
    assert GPT in names
    body = {"model": "system.ai.gpt-5-4", "messages": [USER]}
    assert workspace.post("/ai-gateway/mlflow/v1/chat/completions", json=body).status_code == 200
    assert workspace.get("/nowhere").json()["error_code"] == "ENDPOINT_NOT_FOUND"
    assert workspace.post(CHAT, content=b"no json").status_code == 400
