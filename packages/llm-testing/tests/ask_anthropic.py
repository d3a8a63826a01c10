"""Asking the Anthropic personality, without a socket, and what its tests ask with."""

import json
from typing import Any

from penguiflow_llm_testing import Answer
from penguiflow_llm_testing._exchange import Reply, WireRequest
from penguiflow_llm_testing._personalities import AnthropicPersonality, Refused

KEY = {"authorization": "Bearer sk-ant-test-0123456789", "anthropic-version": "2026-10-21"}
OLD = {**KEY, "anthropic-version": "2023-06-01"}
USER = {"role": "user", "content": "hi"}
TOOL = {"name": "f", "input_schema": {"type": "object", "properties": {}}}
CALL = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "ok"}


def ask(
    body: Any, *, headers: Any = KEY, path: str = "/v1/messages", method: str = "POST", answer: Answer | None = None
) -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = WireRequest(method=method, path=path, query="", headers=headers, body=data)
    try:
        return AnthropicPersonality(seed=1).answer(request, answer or Answer(), 1, None)
    except Refused as refused:
        return refused.reply


def body(model: str = "claude-sonnet-5", **more: Any) -> dict[str, Any]:
    return {"model": model, "max_tokens": 3_000, "messages": [USER], **more}


def said(reply: Reply) -> tuple[int, str]:
    parsed = json.loads(b"".join(reply.pieces))
    assert parsed["type"] == "error"
    assert dict(reply.headers)["request-id"] == parsed["request_id"]
    return reply.status, parsed["error"]["message"]


def turn(*blocks: Any, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": list(blocks)}


def loop(*blocks: Any) -> list[Any]:
    return [USER, turn(CALL, role="assistant"), turn(*blocks)]
