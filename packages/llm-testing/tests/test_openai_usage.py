"""The tokens the OpenAI personality counts: of the whole request, alike on both endpoints, and those it has cached."""

import json
from typing import Any

import httpx2
import pytest

PROMPT = "Maria Silva <maria@example.org> ordered 3 lamps at 12.50 on 14 March 2026."
SCHEMA = {
    "type": "object",
    "properties": {"customer_name": {"type": "string"}, "email": {"type": "string"}, "price": {"type": "number"}},
    "required": ["customer_name", "email", "price"],
    "additionalProperties": False,
}
TOOL = {"name": "save_order", "description": "Saves an order.", "parameters": SCHEMA}
FORMAT = {"name": "order", "schema": SCHEMA, "strict": True}


def chat_usage(client: httpx2.Client, *said: str, **settings: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text} for text in said or (PROMPT,)]
    answer = client.post("/chat/completions", json={"model": "gpt-4o", "messages": messages, **settings})
    return dict(answer.raise_for_status().json()["usage"])


def responses_usage(client: httpx2.Client, **settings: Any) -> dict[str, Any]:
    answer = client.post("/responses", json={"model": "gpt-4o", "input": PROMPT, **settings})
    return dict(answer.raise_for_status().json()["usage"])


def test_a_total_is_input_and_output(client: httpx2.Client) -> None:
    usage = chat_usage(client)
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


WAYS: list[tuple[dict[str, Any], dict[str, Any], list[Any]]] = [
    ({}, {}, [PROMPT]),
    (
        {"response_format": {"type": "json_schema", "json_schema": FORMAT}},
        {"text": {"format": {"type": "json_schema", **FORMAT}}},
        [PROMPT, SCHEMA],
    ),
    (
        {"tools": [{"type": "function", "function": TOOL}], "tool_choice": "none"},
        {"tools": [{"type": "function", **TOOL}], "tool_choice": "none"},
        [PROMPT, TOOL],
    ),
]


@pytest.mark.parametrize(("in_chat", "in_responses", "asked"), WAYS, ids=["text", "native", "tools"])
def test_both_endpoints_count_the_whole_request_alike(
    client: httpx2.Client, in_chat: dict[str, Any], in_responses: dict[str, Any], asked: list[Any]
) -> None:
    """One question costs one price, and its schema is part of it; the two wires differ in a few words."""
    here = chat_usage(client, **in_chat)["prompt_tokens"]
    there = responses_usage(client, **in_responses)["input_tokens"]
    assert abs(here - there) <= 12
    text = len("".join(map(json.dumps, asked)))
    assert text / 4 <= min(here, there) <= max(here, there) <= text / 4 + 40


def test_a_long_prefix_is_cached(client: httpx2.Client) -> None:
    """OpenAI caches prompts of 1,024 tokens and more, in steps of 128."""
    long = "word " * 1200
    assert chat_usage(client, long)["prompt_tokens_details"]["cached_tokens"] == 0
    again = chat_usage(client, long, "and?")
    cached = again["prompt_tokens_details"]["cached_tokens"]
    assert 1024 <= cached < again["prompt_tokens"]
    assert cached % 128 == 0
    assert responses_usage(client)["input_tokens_details"]["cached_tokens"] == 0
