"""`complete`: the answer as it is, tools in the provider's dialect and arguments back in the caller's shape."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from penguiflow_llm_schema import Limits, get_dialect
from penguiflow_llm_types import (
    CallWarning,
    LLMConfigurationError,
    LLMMessage,
    LLMParseError,
    LLMSchemaRejectedError,
    NamedTool,
    ToolCallPart,
    ToolSpec,
    Usage,
)

SCORES = {
    "type": "object",
    "properties": {"scores": {"type": "object", "additionalProperties": {"type": "integer"}}},
    "required": ["scores"],
}
STRICT = ToolSpec(name="save", json_schema=SCORES, strict=True)
TEXT = {"type": "string"}
SMALL = replace(get_dialect("openai/strict-tool@2026-11"), name="small@2026-11", limits=Limits(properties=1))
ASKED = '{"scores": {"Ada": 3}}'
SENT = '{"scores": [{"key": "Ada", "value": 3}]}'


async def test_the_answer_is_returned_as_it_is(bench: Any) -> None:
    """Nothing is read out of it and nothing refused: a truncated text is an answer here, with its reason."""
    answer = bench.answer("Once upon", finish_reason="length")
    assert answer == await bench.client(bench.provider(answer)).complete("x")


async def test_tools_are_sent_in_the_dialect_and_come_back_in_the_caller_s_shape(bench: Any) -> None:
    """Whoever runs the tool never sees how its schema had to be rewritten."""
    provider = bench.provider(bench.calls(("save", SENT)))
    response = await bench.client(provider).complete("x", tools=[STRICT], tool_choice="save")
    request = provider.requests[0]
    assert (NamedTool(name="save"), "array") == (
        request.tool_choice,
        request.tools[0].json_schema["properties"]["scores"]["type"],
    )
    assert json.loads(ASKED) == json.loads(response.tool_calls[0].arguments)


async def test_earlier_calls_are_sent_in_the_shape_the_model_knows(bench: Any) -> None:
    """In a tool loop the model must find its own call as it wrote it."""
    provider = bench.provider(bench.answer("done"))
    call = ToolCallPart(id="c", name="save", arguments=ASKED)
    messages = [LLMMessage.user("x"), LLMMessage.assistant("saving", call), LLMMessage.tool_result("c", "saved")]
    await bench.client(provider).complete(messages, tools=[STRICT])
    sent = provider.requests[0].messages
    assert (messages[0], messages[2]) == (sent[0], sent[2])
    assert json.loads(SENT) == json.loads(sent[1].tool_calls[0].arguments)
    assert sent[1].text == "saving"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        pytest.param("save", '{"scores": ', id="broken"),
        pytest.param("save", "[" * 10_000, id="too deep"),
        pytest.param("save", "", id="empty"),
        pytest.param("other", SENT, id="a tool that was not offered"),
    ],
)
async def test_arguments_that_cannot_be_read_are_left_alone(bench: Any, name: str, arguments: str) -> None:
    """Whoever runs the tool decides what to make of them."""
    answer = bench.calls((name, arguments))
    assert answer.message == (await bench.client(bench.provider(answer)).complete("x", tools=[STRICT])).message


async def test_losses_of_tools_are_warnings(bench: Any) -> None:
    """By tool and place."""
    schema = {"type": "object", "properties": {"n": {"type": "array", "items": {}, "uniqueItems": True}}}
    tool = ToolSpec(name="f", json_schema=schema, strict=True)
    response = await bench.client(bench.provider(bench.answer("x"))).complete("x", tools=[tool])
    assert {("schema", "tools")} == {(warning.kind, warning.setting) for warning in response.warnings}
    assert any(warning.message.startswith("tool 'f', /properties/n: ") for warning in response.warnings)


async def test_warnings_of_the_provider_stay(bench: Any) -> None:
    """Ours are added, none is replaced."""
    warning = CallWarning(kind="unsupported_setting", message="no temperature", setting="temperature")
    answer = bench.answer("x", warnings=(warning,))
    response = await bench.client(bench.provider(answer)).complete("x", tools=[ToolSpec(name="f")])
    assert (warning,) == response.warnings


@pytest.mark.parametrize(
    ("facts", "tool", "problem"),
    [
        ({"tool_dialect": None}, ToolSpec(name="f"), "'m' takes no tools; remove 'f'"),
        ({"strict_tool_dialect": None}, STRICT, "'m' takes no strict tools; remove 'save'"),
        (
            {"strict_tool_dialect": SMALL},
            ToolSpec(name="f", json_schema={"type": "object", "properties": {"a": TEXT, "b": TEXT}}, strict=True),
            "the schema of tool 'f' cannot be sent: ",
        ),
    ],
)
async def test_tools_the_model_cannot_take_are_refused(
    bench: Any, facts: dict[str, Any], tool: ToolSpec, problem: str
) -> None:
    """Before anything is sent."""
    provider = bench.provider(**facts)
    with pytest.raises(LLMConfigurationError) as caught:
        await bench.client(provider).complete("x", tools=[tool])
    assert caught.value.message.startswith(problem)
    assert provider.requests == []


async def test_an_unreadable_answer_is_asked_for_again_as_it_was(bench: Any) -> None:
    """The provider package could not read the model's call; there is nothing to correct, only to repeat."""
    provider = bench.provider(LLMParseError("tool call without a name", kind="tool_name"), bench.answer("hello"))
    assert (await bench.client(provider).complete("x")).text == "hello"
    assert provider.requests[0] == provider.requests[1]


async def test_a_refused_schema_has_no_other_mode_to_step_down_to(bench: Any) -> None:
    """The caller's tools are the caller's."""
    provider = bench.provider(LLMSchemaRejectedError("no"))
    with pytest.raises(LLMSchemaRejectedError):
        await bench.client(provider).complete("x", tools=[STRICT])
    assert len(provider.requests) == 1


def test_what_a_client_says_of_itself(bench: Any) -> None:
    """Model, profile and provider; no key."""
    provider = bench.provider()
    client = bench.client(provider)
    assert ("scripted/m", bench.profile(), provider) == (client.model, client.profile, client.provider)


async def test_an_answer_says_what_the_whole_call_cost(bench: Any) -> None:
    """Failed attempts are paid for too; a price nobody knows stays None."""
    failed = LLMParseError("cut", kind="tool_args", usage=Usage(reported_cost_usd=Decimal("0.25")))
    priced = replace(bench.answer("hello"), usage=Usage(reported_cost_usd=Decimal("0.5")))
    assert (await bench.client(bench.provider(failed, priced)).complete("x")).cost_usd == Decimal("0.75")
    assert (await bench.client(bench.provider(bench.answer("hello"))).complete("x")).cost_usd is None


@pytest.mark.parametrize(
    ("count", "optional", "words"), [(21, 0, "Too many strict tools"), (4, 7, "too many optional parameters")]
)
async def test_strict_tools_that_are_too_much_together(bench: Any, count: int, optional: int, words: str) -> None:
    """Each is accepted alone, and Anthropic refuses the request: nothing is sent, and fewer of them go."""
    schema = {"type": "object", "properties": {f"p{number}": TEXT for number in range(optional)}}
    tools = [ToolSpec(name=f"t{number}", json_schema=schema, strict=True) for number in range(count)]
    provider = bench.provider(bench.answer("hello"), strict_tool_dialect="anthropic/strict-tool@2026-11")
    with pytest.raises(LLMConfigurationError, match=words):
        await bench.client(provider).complete("x", tools=tools)
    assert (await bench.client(provider).complete("x", tools=tools[:3])).text == "hello"
