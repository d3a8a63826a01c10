"""What Anthropic refuses, in its words: one wrong thing to a request."""

from typing import Any

import pytest
from ask_anthropic import CALL, KEY, RESULT, TOOL, USER, ask, body, loop, said, turn

FIELDS: list[tuple[Any, str]] = [
    ({"max_tokens": None}, "max_tokens: Field required"),
    ({"max_tokens": "3"}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": -1}, "max_tokens: Input should be greater than or equal to 0"),
    ({"stream": 1}, "stream: Input should be a valid boolean"),
    ({"model": 3}, "model: Input should be a valid string"),
    ({"metadata": []}, "metadata: Input should be an object"),
    ({"metadata": {"team": "x"}}, "metadata.team: Extra inputs are not permitted"),
    ({"colour": "red"}, "colour: Extra inputs are not permitted"),
    ({"service_tier": "flex"}, "service_tier: Input should be 'auto' or 'standard_only'"),
    ({"stop_sequences": [" "]}, "stop_sequences.0: each stop sequence must contain non-whitespace"),
    ({"stop_sequences": "x"}, "stop_sequences: Input should be a valid array"),
    ({"top_p": "x"}, "top_p: Input should be a valid number"),
    ({"temperature": 0.5}, "temperature: Extra inputs are not permitted"),
    (
        {"max_tokens": 128_001},
        "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for claude-sonnet-5",
    ),
    ({"system": [{"type": "text", "text": ""}]}, "system: text content blocks must be non-empty"),
    ({"system": [{"type": "image"}]}, "system.0.type: Input should be 'text'"),
]
MESSAGES: list[tuple[Any, str]] = [
    ([], "messages: at least one message is required"),
    (["x"], "messages.0: Input does not match the expected shape."),
    ([{"role": "tool", "content": "x"}], "messages.0.role: Input should be 'user', 'assistant' or 'system'"),
    ([{"role": "user"}], "messages.0.content: Field required"),
    ([{"role": "user", "content": 3}], "messages.0.content: Input should be a valid array"),
    ([turn(role="assistant")], 'messages: first message must use the "user" role'),
    (
        [turn(), USER],
        "messages.0: all messages must have non-empty content except for the optional final assistant message",
    ),
    ([turn({"type": "text", "text": ""})], "messages: text content blocks must be non-empty"),
    ([turn({"type": "text", "text": " "})], "messages: text content blocks must contain non-whitespace text"),
    ([turn({"text": "x"})], "messages.0.content.0.type: Field required"),
    ([turn(CALL)], "messages.0.content.0: `tool_use` blocks are not permitted in `user` messages"),
    (
        [turn({"type": "text", "text": "x", "cache_control": {"type": "forever"}})],
        "messages.0.content.0.cache_control.type: Input should be 'ephemeral'",
    ),
    (
        [turn({"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "2h"}})],
        "messages.0.content.0.cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
    ),
    (
        [turn({"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "x": 1}})],
        "messages.0.content.0.cache_control.x: Extra inputs are not permitted",
    ),
    (
        [turn({"type": "text", "text": "", "cache_control": {"type": "ephemeral"}})],
        "messages.0.content.0.text: cache_control cannot be set for empty text blocks",
    ),
    (
        [turn({"type": "image", "source": {"type": "text", "data": "x"}})],
        (
            "messages.0.content.0.image.source: Input tag 'text' found using 'type' does not match any of the expected "
            "tags: 'base64', 'url' or 'file'"
        ),
    ),
    (
        [turn({"type": "image", "source": {"type": "base64", "media_type": "image/bmp", "data": "x"}})],
        (
            "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', "
            "'image/gif' or 'image/webp'"
        ),
    ),
    ([turn({"type": "image", "source": {"type": "url", "url": "http://x"}})], "Only HTTPS URLs are supported."),
    (
        loop({"type": "text", "text": "x"}),
        (
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1. Each `tool_use` "
            "block must have a corresponding `tool_result` block in the next message."
        ),
    ),
    (
        loop({"type": "text", "text": "x"}, RESULT),
        (
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1. Each `tool_use` "
            "block must have a corresponding `tool_result` block in the next message."
        ),
    ),
    (
        [turn(RESULT)],
        (
            "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1. Each `tool_result` "
            "block must have a corresponding `tool_use` block in the previous message."
        ),
    ),
    (
        loop(RESULT, RESULT),
        (
            "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with "
            "id: t1"
        ),
    ),
    ([USER, turn(CALL, CALL, role="assistant"), turn(RESULT)], "messages.1: `tool_use` ids must be unique"),
    (
        [USER, turn({**CALL, "id": "a.b"}, role="assistant"), turn(RESULT)],
        "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    (
        [USER, turn({**CALL, "name": "a b"}, role="assistant"), turn(RESULT)],
        "messages.1.content.0.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'",
    ),
    (
        [USER, turn({**CALL, "input": "{}"}, role="assistant"), turn(RESULT)],
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ),
    (loop({**RESULT, "is_error": 1}), "messages.2.content.0.tool_result.is_error: Input should be a valid boolean"),
    (
        loop({**RESULT, "content": [CALL]}),
        (
            "messages.2.content.0.tool_result.content.0: Input tag 'tool_use' found using 'type' does not match any of "
            "the expected tags: 'text', 'image', 'document', 'search_result', 'tool_reference' or 'browser_state'"
        ),
    ),
    (
        [USER, turn({"type": "thinking", "thinking": "x"}, role="assistant"), USER],
        "messages.1.content.0.thinking.signature: Field required",
    ),
    (
        [USER, turn({"type": "thinking", "thinking": "x", "signature": "nonsense"}, role="assistant"), USER],
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    (
        [USER, turn({"type": "thinking", "thinking": "x", "signature": "*"}, role="assistant"), USER],
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    (
        [USER, turn({"type": "thinking", "thinking": "x", "signature": 3}, role="assistant"), USER],
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    (
        [USER, turn({"type": "redacted_thinking", "data": "AAAA"}, role="assistant"), USER],
        "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ),
    (
        [
            USER,
            turn({"type": "redacted_thinking", "data": "A", "cache_control": {"type": "ephemeral"}}, role="assistant"),
        ],
        "messages.1.content.0.redacted_thinking.cache_control: Extra inputs are not permitted",
    ),
    (
        [USER, {"role": "system", "content": "x"}],
        "role 'system' is not supported on this model",
    ),
    (
        [USER, turn({"type": "text", "text": "The answer is"}, role="assistant")],
        "This model does not support assistant message prefill. The conversation must end with a user message.",
    ),
]
OPUS: list[tuple[Any, str]] = [
    (
        [USER, turn({"type": "text", "text": "x"}, role="assistant"), {"role": "system", "content": "x"}],
        "messages.2: a `system` message must follow a `user` message",
    ),
    (
        [USER, {"role": "system", "content": "x"}, USER],
        "messages.1: a `system` message must be followed by an `assistant` message or end the conversation",
    ),
]


@pytest.mark.parametrize(("wrong", "words"), FIELDS)
def test_fields(wrong: Any, words: str) -> None:
    assert (400, words) == said(ask(body(**wrong)))


@pytest.mark.parametrize(("messages", "words"), MESSAGES)
def test_messages(messages: Any, words: str) -> None:
    assert (400, words) == said(ask(body(messages=messages, tools=[TOOL])))


@pytest.mark.parametrize(("messages", "words"), OPUS)
def test_where_system_messages_may_stand(messages: Any, words: str) -> None:
    assert (400, words) == said(ask(body("claude-opus-5", messages=messages)))


def test_an_unknown_block() -> None:
    status, words = said(ask(body(messages=[turn({"type": "video"})])))
    assert status == 400
    assert words.startswith("messages.0.content.0: Input tag 'video' found using 'type' does not match any")


def test_what_stands_around_a_request() -> None:
    """Keys, versions, paths, models and bodies that are none."""
    assert (401, "API key is invalid.") == said(ask(body(), headers={**KEY, "authorization": "Bearer invalid"}))
    assert 401 == ask(body(), headers={}).status
    assert 200 == ask(body(), headers={"x-api-key": "k", "anthropic-version": "2026-10-21"}).status
    assert (400, "anthropic-version: header is required") == said(ask(body(), headers={"x-api-key": "k"}))
    assert (404, "model: claude-sonet-5") == said(ask(body("claude-sonet-5")))
    assert (404, "Not Found") == said(ask(body(), path="/v1/complete"))
    assert (404, "Not Found") == said(ask({}, path="/v1/nothing", method="GET"))
    assert 400 == ask(b"{").status
    vertex = "/v1/projects/p/locations/l/publishers/anthropic/models/claude-haiku-4-5:rawPredict"
    assert (400, "anthropic_version: Field required") == said(ask({}, path=vertex, headers={"x-api-key": "k"}))
