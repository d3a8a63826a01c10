"""What Anthropic refuses of tools and models, in its words, and every failure a script can ask for."""

import json
from typing import Any

import pytest
from ask_anthropic import KEY, OLD, RESULT, TOOL, USER, ask, body, loop, said, turn

from penguiflow_llm_testing import (
    ProviderFailure,
    bad_request,
    content_filtered,
    context_too_long,
    forbidden,
    invalid_schema,
    model_not_found,
    overloaded,
    quota_exceeded,
    rate_limited,
    server_error,
    unauthorized,
)
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import AnthropicPersonality

SHUT = {"type": "object", "properties": {}, "additionalProperties": False}
OPEN = {"type": "object", "properties": {}}
STRICT = [{"name": f"f{number}", "input_schema": SHUT, "strict": True} for number in range(21)]
TOOLS: list[tuple[Any, str]] = [
    (
        {"tools": [{"name": "a b", "input_schema": OPEN}]},
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ),
    ({"tools": [{"name": "f"}]}, "tools.0.custom.input_schema: Field required"),
    (
        {"tools": [{"name": "f", "input_schema": []}]},
        "tools.0.custom.input_schema: Input does not match the expected shape.",
    ),
    ({"tools": [{"name": "f", "input_schema": {}}]}, "tools.0.custom.input_schema.type: Field required"),
    ({"tools": [TOOL, TOOL]}, "tools: Tool names must be unique."),
    (
        {"tools": STRICT},
        (
            "Too many strict tools (21). The maximum number of strict tools supported is 20. Try "
            "reducing the number of tools marked as strict."
        ),
    ),
    (
        {"tools": [{**TOOL, "strict": True}]},
        ("tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false"),
    ),
    ({"tool_choice": {"type": "auto"}}, "tool_choice: tool_choice may only be specified while providing tools."),
    ({"tools": [TOOL], "tool_choice": {"type": "tool"}}, "tool_choice.tool.name: Field required"),
    (
        {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "g"}},
        "tool_choice: Tool 'g' not found in provided tools",
    ),
    (
        {"tools": [TOOL], "tool_choice": {"type": "some"}},
        "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'",
    ),
    (
        {"output_config": {"format": {"type": "json_schema", "schema": OPEN}}},
        ("output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"),
    ),
    (
        {"output_config": {"format": {"type": "json_object"}}},
        "output_config.format.type: Input should be 'json_schema'",
    ),
    (
        {
            "output_config": {"format": {"type": "json_schema", "schema": SHUT}},
            "messages": [
                turn(
                    {"type": "document", "source": {"type": "url", "url": "https://x"}, "citations": {"enabled": True}}
                )
            ],
        },
        "Citations cannot be enabled when output format is set",
    ),
]
BUDGET = {"type": "enabled", "budget_tokens": 2_000}
ADAPTIVE_INSTEAD = 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
MODELS: list[tuple[str, Any, str]] = [
    (
        "claude-sonnet-5",
        {"thinking": BUDGET},
        f'"thinking.type.enabled" is not supported for this model. {ADAPTIVE_INSTEAD}',
    ),
    (
        "claude-opus-5-5",
        {"thinking": {"type": "disabled"}},
        f'"thinking.type.disabled" is not supported for this model. {ADAPTIVE_INSTEAD}',
    ),
    (
        "claude-sonnet-5-5",
        {"thinking": {"type": "disabled"}},
        (
            '"thinking.type.disabled" is not supported for this model. Use '
            '"thinking.type.between_tools" to turn thinking off.'
        ),
    ),
    ("claude-haiku-4-5", {"thinking": {"type": "adaptive"}}, "adaptive thinking is not supported on this model"),
    ("claude-3-haiku-20240307", {"thinking": BUDGET}, "'claude-3-haiku-20240307' does not support thinking."),
    (
        "claude-haiku-4-5",
        {"thinking": {"type": "maybe"}},
        "thinking.type: Input should be 'adaptive', 'between_tools', 'disabled' or 'enabled'",
    ),
    ("claude-haiku-4-5", {"thinking": {"type": "enabled"}}, "thinking.enabled.budget_tokens: Field required"),
    (
        "claude-haiku-4-5",
        {"thinking": {"type": "enabled", "budget_tokens": 9}},
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
    (
        "claude-haiku-4-5",
        {"thinking": BUDGET, "max_tokens": 2_000},
        (
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our "
            "documentation at "
            "https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size"
        ),
    ),
    (
        "claude-haiku-4-5",
        {"thinking": BUDGET, "tools": [TOOL], "tool_choice": {"type": "any"}},
        "Thinking may not be enabled when tool_choice forces tool use.",
    ),
    (
        "claude-haiku-4-5",
        {"thinking": {**BUDGET, "display": "loud"}},
        "thinking.display: Input should be 'summarized' or 'omitted'",
    ),
    ("claude-haiku-4-5", {"output_config": {"effort": "low"}}, "This model does not support the effort parameter."),
    (
        "claude-sonnet-5",
        {"output_config": {"effort": "huge"}},
        "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
    ),
    (
        "claude-3-haiku-20240307",
        {"output_config": {"format": {"type": "json_schema", "schema": SHUT}}},
        "output_config.format: Extra inputs are not permitted",
    ),
    (
        "claude-opus-5-5",
        {"tools": [TOOL], "tool_choice": {"type": "any"}},
        'tool_choice: type "tool" and "any" are not supported for this model.',
    ),
    (
        "claude-3-haiku-20240307",
        {"messages": [USER, turn({"type": "text", "text": "So "}, role="assistant")]},
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    (
        "claude-haiku-4-5",
        {"messages": [{"role": "user", "content": "x " * 500_000}]},
        "prompt is too long: 250009 tokens > 200000 maximum",
    ),
]
SAMPLING: list[tuple[str, Any, str]] = [
    ("claude-sonnet-5", {"top_k": 3}, "`top_k` is deprecated for this model."),
    ("claude-haiku-4-5", {"temperature": 2}, "temperature: range: 0..1"),
    (
        "claude-haiku-4-5",
        {"temperature": 0.1, "top_p": 0.5},
        "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    ),
    (
        "claude-haiku-4-5",
        {"thinking": BUDGET, "temperature": 0.5},
        (
            "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. Please "
            "consult our documentation at "
            "https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
        ),
    ),
    (
        "claude-haiku-4-5",
        {"thinking": BUDGET, "top_k": 3},
        "`top_k` must be unset when thinking is enabled or in adaptive mode.",
    ),
    (
        "claude-haiku-4-5",
        {"thinking": BUDGET, "top_p": 0.5},
        "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.",
    ),
]


@pytest.mark.parametrize(("wrong", "words"), TOOLS)
def test_tools_and_formats(wrong: Any, words: str) -> None:
    assert (400, words) == said(ask(body(**wrong)))


@pytest.mark.parametrize(("model", "wrong", "words"), MODELS)
def test_what_a_model_does_not_take(model: str, wrong: Any, words: str) -> None:
    assert (400, words) == said(ask(body(model, **wrong)))


@pytest.mark.parametrize(("model", "wrong", "words"), SAMPLING)
def test_sampling_under_the_older_version(model: str, wrong: Any, words: str) -> None:
    assert (400, words) == said(ask(body(model, **wrong), headers=OLD))


def test_a_thought_that_was_lost() -> None:
    """Thinking by a budget, a model wants the thought it began its calls with."""
    status, words = said(ask(body("claude-haiku-4-5", messages=loop(RESULT), tools=[TOOL], thinking=BUDGET)))
    assert status == 400
    assert words.startswith("messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found")


MARK = {"cache_control": {"type": "ephemeral"}}
LONG = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ([MARK] * 5, "A maximum of 4 blocks with cache_control may be provided. Found 5."),
        (
            [MARK, LONG],
            (
                "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
                "Note that blocks are processed in the following order: `tools`, `system`, `messages`."
            ),
        ),
    ],
)
def test_breakpoints(marks: list[Any], words: str) -> None:
    assert (400, words) == said(ask(body(messages=[turn(*({"type": "text", "text": "x", **mark} for mark in marks))])))


FAILURES: list[tuple[ProviderFailure, int, str]] = [
    (bad_request(), 400, "invalid_request_error"),
    (bad_request("Words of the test's own."), 400, "invalid_request_error"),
    (content_filtered(), 400, "invalid_request_error"),
    (context_too_long(), 400, "invalid_request_error"),
    (forbidden(), 403, "permission_error"),
    (invalid_schema(), 400, "invalid_request_error"),
    (model_not_found(), 404, "not_found_error"),
    (overloaded(retry_after_s=0.2), 529, "overloaded_error"),
    (quota_exceeded(), 400, "invalid_request_error"),
    (rate_limited(retry_after_s=1.5), 429, "rate_limit_error"),
    (server_error(), 500, "api_error"),
    (unauthorized(), 401, "authentication_error"),
]


@pytest.mark.parametrize(("failure", "status", "kind"), FAILURES)
def test_scripted_failures(failure: ProviderFailure, status: int, kind: str) -> None:
    """In Anthropic's status, shape and words."""
    request = WireRequest(method="POST", path="/v1/messages", query="", headers=KEY, body=json.dumps(body()).encode())
    reply = AnthropicPersonality(seed=1).failure(request, failure, 1)
    parsed = json.loads(reply.pieces[0])
    assert (status, kind) == (reply.status, parsed["error"]["type"])
    assert failure.message in (None, parsed["error"]["message"])
    wait = None if failure.retry_after_s is None else str(round(failure.retry_after_s * 1000))
    assert wait == dict(reply.headers).get("retry-after-ms")
    assert ("true" if status in (429, 500, 529) else "false") == dict(reply.headers)["x-should-retry"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (body(), "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false"),
        (
            body(output_config={"format": {"type": "json_schema"}}),
            "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
        ),
        (b"{", "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false"),
    ],
)
def test_a_refused_schema_is_the_requests(sent: Any, words: str) -> None:
    """Where the request has one: in its output format, else in its first tool."""
    data = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    request = WireRequest(method="POST", path="/v1/messages", query="", headers=KEY, body=data)
    reply = AnthropicPersonality(seed=1).failure(request, invalid_schema(), 1)
    assert words == json.loads(reply.pieces[0])["error"]["message"]


def test_a_schema_the_simulator_finds_no_value_for() -> None:
    """Its own limit, and it says so."""
    schema = {**SHUT, "properties": {"a": {"type": "string", "enum": []}}, "required": ["a"]}
    status, words = said(ask(body(output_config={"format": {"type": "json_schema", "schema": schema}})))
    assert status == 500
    assert words.startswith("The simulator cannot answer")
