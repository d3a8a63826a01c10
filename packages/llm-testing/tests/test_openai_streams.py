"""Streams of the OpenAI personality: they add up to the plain answer, event by event."""

import json
from typing import Any

import httpx2
import pytest

from penguiflow_llm_testing import Answer, ScriptedToolCall, Simulator

PROMPT = "Maria Silva <maria@example.org> ordered 3 lamps at 12.50 on 14 March 2026."
SCHEMA = {
    "type": "object",
    "properties": {"customer_name": {"type": "string"}, "price": {"type": "number"}},
    "required": ["customer_name", "price"],
    "additionalProperties": False,
}
TOOL = {"name": "save_order", "description": "Saves an order.", "parameters": SCHEMA}
USER = {"role": "user", "content": PROMPT}


def events(client: httpx2.Client, path: str, **body: Any) -> list[dict[str, Any]]:
    answer = client.post(path, json={**body, "stream": True})
    assert answer.status_code == 200, answer.text
    found = []
    for event in answer.text.split("\n\n")[:-1]:
        name, _, data = event.rpartition("data: ")
        if data != "[DONE]":
            found.append(json.loads(data))
            assert name in ("", f"event: {found[-1].get('type')}\n")
    assert answer.text.endswith("data: [DONE]\n\n") == (path == "/chat/completions")
    return found


SCRIPTS: list[Answer] = [
    Answer(),
    Answer(text="Grüße, 世界 🌍 \ud800!"),
    Answer(refusal="I can't help with that."),
    Answer(tool_calls=(ScriptedToolCall(name="save_order"), ScriptedToolCall(name="save_order", arguments={"a": 1}))),
    Answer(text="Let me look.", tool_calls=(ScriptedToolCall(name="save_order", arguments="{not json"),)),
    Answer(text="", finish_reason="content_filter"),
]


@pytest.mark.parametrize("answer", SCRIPTS, ids=range(len(SCRIPTS)))
@pytest.mark.parametrize("limit", [None, 16])
@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5"])
def test_streamed_and_plain_chat_are_one_answer(
    simulator: Simulator, client: httpx2.Client, answer: Answer, limit: int | None, model: str
) -> None:
    """An adapter is tested by comparing the two, so the two must say the same."""
    simulator.script(answer, answer)
    body: dict[str, Any] = {
        "model": model,
        "messages": [USER],
        "tools": [{"type": "function", "function": TOOL}],
        "max_completion_tokens": limit,
    }
    plain = client.post("/chat/completions", json=body).json()
    streamed = events(client, "/chat/completions", **body, stream_options={"include_usage": True})
    assert streamed[-1]["choices"] == []
    assert plain["usage"] == streamed[-1]["usage"]
    assert all(chunk["usage"] is None and chunk["obfuscation"] for chunk in streamed[:-1])
    deltas = [chunk["choices"][0]["delta"] for chunk in streamed[:-1]]
    assert deltas[0]["role"] == "assistant"
    calls: list[dict[str, Any]] = []
    for delta in deltas:
        for piece in delta.get("tool_calls", ()):
            if "id" in piece:
                calls.append({"name": piece["function"]["name"], "arguments": ""})
            calls[piece["index"]]["arguments"] += piece["function"]["arguments"]
    whole = plain["choices"][0]["message"]
    assert [call["function"] for call in whole.get("tool_calls", [])] == calls
    assert (whole["content"] or "") == "".join(delta.get("content") or "" for delta in deltas)
    assert (whole["refusal"] or "") == "".join(delta.get("refusal") or "" for delta in deltas)
    assert plain["choices"][0]["finish_reason"] == streamed[-2]["choices"][0]["finish_reason"]


@pytest.mark.parametrize("answer", SCRIPTS, ids=range(len(SCRIPTS)))
@pytest.mark.parametrize("limit", [None, 16])
@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5"])
def test_streamed_responses_add_up_to_their_last_event(
    simulator: Simulator, client: httpx2.Client, answer: Answer, limit: int | None, model: str
) -> None:
    """Deltas, `.done` events, finished items and the final response tell one story."""
    simulator.script(answer, answer)
    body: dict[str, Any] = {
        "model": model,
        "input": PROMPT,
        "tools": [{"type": "function", **TOOL}],
        "max_output_tokens": limit,
    }
    if model == "gpt-5":
        body |= {"reasoning": {"effort": "high", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}
    plain = client.post("/responses", json=body).json()
    streamed = events(client, "/responses", **body)
    assert [*range(len(streamed))] == [event["sequence_number"] for event in streamed]
    assert ["response.created", "response.in_progress"] == [event["type"] for event in streamed[:2]]
    final = streamed[-1]["response"]
    assert streamed[-1]["type"] == f"response.{final['status']}"
    assert [event["item"] for event in streamed if event["type"] == "response.output_item.done"] == final["output"]
    for item in final["output"]:
        deltas = "".join(
            event["delta"] for event in streamed if event.get("item_id") == item["id"] and "delta" in event
        )
        assert deltas == _said(item)
    for name in ("status", "incomplete_details", "usage", "reasoning", "tools", "text"):
        assert plain[name] == final[name]
    assert [_said(item) for item in plain["output"]] == [_said(item) for item in final["output"]]


def _said(item: dict[str, Any]) -> str:
    match item["type"]:
        case "message":
            return "".join(part.get("text", part.get("refusal")) for part in item["content"])
        case "reasoning":
            return "".join(part["text"] for part in item["summary"])
        case _:
            return str(item["arguments"])


def test_obfuscation_can_be_switched_off(client: httpx2.Client) -> None:
    off = {"include_obfuscation": False}
    for path, body in (("/chat/completions", {"messages": [USER]}), ("/responses", {"input": PROMPT})):
        assert not any(
            "obfuscation" in event for event in events(client, path, model="gpt-4o", stream_options=off, **body)
        )


def test_custom_tools_stream_their_input(client: httpx2.Client) -> None:
    tools = [{"type": "custom", "name": "run"}]
    streamed = events(client, "/responses", model="gpt-4o", input=PROMPT, tools=tools, tool_choice="required")
    assert PROMPT == "".join(event["delta"] for event in streamed if event["type"].endswith("input.delta"))


def test_several_choices_share_a_stream(client: httpx2.Client) -> None:
    streamed = events(client, "/chat/completions", model="gpt-4o", messages=[USER], n=3)
    assert {0, 1, 2} == {chunk["choices"][0]["index"] for chunk in streamed}


def test_without_a_script_plain_and_streamed_agree_too(client: httpx2.Client) -> None:
    """The same question is answered the same, whichever way it is asked for."""
    body = {"model": "gpt-4o", "messages": [USER]}
    plain = client.post("/chat/completions", json=body).json()["choices"][0]["message"]["content"]
    streamed = events(client, "/chat/completions", **body)
    assert plain == "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in streamed)
