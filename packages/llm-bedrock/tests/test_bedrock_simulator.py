"""The simulated Bedrock, asked by boto3 itself: its framing, checksums, shapes and refusals are the SDK's to judge."""

import json
from collections.abc import Iterator
from typing import Any, Final

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from penguiflow_llm_testing import (
    Answer,
    FailMidway,
    Faulty,
    ProviderFailure,
    ScriptedToolCall,
    ScriptedUsage,
    Simulator,
    overloaded,
    rate_limited,
)

CLAUDE: Final = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS: Final = "us.anthropic.claude-opus-5"
NOVA: Final = "us.amazon.nova-2-lite-v1:0"
HELLO: Final = [{"role": "user", "content": [{"text": "hello"}]}]
TOOL: Final[dict[str, Any]] = {
    "toolSpec": {
        "name": "weather",
        "description": "Weather of a city.",
        "inputSchema": {
            "json": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
                "additionalProperties": False,
            }
        },
    }
}
THINK: Final = {"thinking": {"type": "enabled", "budget_tokens": 2000}}


@pytest.fixture
def bedrock(llm_simulator: Simulator) -> Iterator[Any]:
    made = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=llm_simulator.base_url("bedrock"),
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield made
    made.close()


def streamed(bedrock: Any, **request: Any) -> tuple[str, list[Any], str, dict[str, Any]]:
    """Text, tool inputs, stop reason and metadata of a stream."""
    text, inputs, stop, metadata = "", {}, "", {}
    for event in bedrock.converse_stream(**request)["stream"]:
        match event:
            case {"contentBlockStart": {"contentBlockIndex": at, "start": {"toolUse": use}}}:
                inputs[at] = [use["name"], ""]
            case {"contentBlockDelta": {"contentBlockIndex": at, "delta": {"toolUse": {"input": piece}}}}:
                inputs[at][1] += piece
            case {"contentBlockDelta": {"delta": {"text": piece}}}:
                text += piece
            case {"messageStop": {"stopReason": reason}}:
                stop = reason
            case {"metadata": found}:
                metadata = found
    return text, [(name, json.loads(given)) for name, given in inputs.values()], stop, metadata


def content(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return list(answer["output"]["message"]["content"])


@pytest.mark.parametrize(
    ("answer", "stop"),
    [
        (Answer(text="Hello, you."), "end_turn"),
        (Answer(text="cut", finish_reason="length"), "max_tokens"),
        (Answer(refusal="I will not."), "content_filtered"),
        (Answer(text="x", finish_reason="content_filter"), "content_filtered"),
    ],
)
def test_text(bedrock: Any, llm_simulator: Simulator, answer: Answer, stop: str) -> None:
    """The same answer, plain and streamed."""
    llm_simulator.script(answer, answer)
    plain = bedrock.converse(modelId=CLAUDE, messages=HELLO)
    text, _, reason, metadata = streamed(bedrock, modelId=CLAUDE, messages=HELLO)
    assert [{"text": text}] == content(plain) == [{"text": answer.text or answer.refusal}]
    assert stop == plain["stopReason"] == reason
    assert plain["usage"] == metadata["usage"]
    assert plain["usage"]["totalTokens"] == plain["usage"]["inputTokens"] + plain["usage"]["outputTokens"]
    assert plain["ResponseMetadata"]["RequestId"]


def test_a_guardrail_intervenes(bedrock: Any, llm_simulator: Simulator) -> None:
    """Where the request names one."""
    llm_simulator.script(Answer(text="Sorry.", finish_reason="content_filter"))
    guardrail = {"guardrailIdentifier": "abc123", "guardrailVersion": "1"}
    answer = bedrock.converse(modelId=CLAUDE, messages=HELLO, guardrailConfig=guardrail)
    assert answer["stopReason"] == "guardrail_intervened"


def test_tools(bedrock: Any, llm_simulator: Simulator) -> None:
    """Parallel calls, their inputs parsed where the answer is plain and in pieces where it is streamed."""
    calls = (ScriptedToolCall(name="weather", arguments={"city": "Oslo"}), ScriptedToolCall(name="weather"))
    llm_simulator.script(Answer(tool_calls=calls), Answer(tool_calls=calls))
    request = {"modelId": CLAUDE, "messages": HELLO, "toolConfig": {"tools": [TOOL]}}
    plain = bedrock.converse(**request)
    _, told, stop, _ = streamed(bedrock, **request)
    uses = [block["toolUse"] for block in content(plain)]
    assert [(use["name"], use["input"]) for use in uses] == told
    assert uses[0]["input"] == {"city": "Oslo"}
    assert uses[0]["toolUseId"] != uses[1]["toolUseId"]
    assert plain["stopReason"] == stop == "tool_use"


@pytest.mark.parametrize("choice", [{"any": {}}, {"tool": {"name": "weather"}}])
def test_a_forced_tool_is_called(bedrock: Any, choice: dict[str, Any]) -> None:
    """With a value that its schema allows."""
    answer = bedrock.converse(modelId=CLAUDE, messages=HELLO, toolConfig={"tools": [TOOL], "toolChoice": choice})
    assert isinstance(content(answer)[0]["toolUse"]["input"]["city"], str)


def test_structured_output(bedrock: Any) -> None:
    """A value of the schema, which is sent as a text."""
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    structure = {"jsonSchema": {"schema": json.dumps(schema), "name": "count"}}
    output = {"textFormat": {"type": "json_schema", "structure": structure}}
    answer = bedrock.converse(modelId=CLAUDE, messages=HELLO, outputConfig=output)
    assert json.loads(content(answer)[0]["text"]).keys() == {"n"}


def test_limits_and_stop_sequences(bedrock: Any, llm_simulator: Simulator) -> None:
    """As the request sets them."""
    llm_simulator.script(Answer(text="one two three"), Answer(text="one two three"))
    stopped = bedrock.converse(modelId=CLAUDE, messages=HELLO, inferenceConfig={"stopSequences": ["two"]})
    assert (content(stopped), stopped["stopReason"]) == ([{"text": "one "}], "stop_sequence")
    cut = bedrock.converse(modelId=CLAUDE, messages=HELLO, inferenceConfig={"maxTokens": 1})
    assert (content(cut), cut["stopReason"]) == ([{"text": "one "}], "max_tokens")


_REASONING: list[tuple[str, dict[str, Any], str, set[str]]] = [
    (CLAUDE, {"additionalModelRequestFields": THINK}, "hello", {"text", "signature"}),
    (OPUS, {"additionalModelRequestFields": {"thinking": {"type": "adaptive"}}}, "hello", {"text", "signature"}),
    (
        NOVA,
        {"additionalModelRequestFields": {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}},
        "hello",
        {"text"},
    ),
    ("openai.gpt-oss-120b-1:0", {}, "hello", {"text"}),
    ("qwen.qwen3-32b-v1:0", {"additionalModelRequestFields": {"reasoning_config": "high"}}, "hello", {"text"}),
    ("us.deepseek.r1-v1:0", {}, "hello", {"text"}),
]


@pytest.mark.parametrize(("model", "settings", "prompt", "fields"), _REASONING)
def test_reasoning(bedrock: Any, model: str, settings: dict[str, Any], prompt: str, fields: set[str]) -> None:
    """As each family is asked for it and shows it; the streamed pieces are the plain block."""
    request = {"modelId": model, "messages": [{"role": "user", "content": [{"text": prompt}]}], **settings}
    block = content(bedrock.converse(**request))[0]["reasoningContent"]["reasoningText"]
    assert block.keys() == fields
    pieces: dict[str, str] = {}
    for event in bedrock.converse_stream(**request)["stream"]:
        for name, piece in event.get("contentBlockDelta", {}).get("delta", {}).get("reasoningContent", {}).items():
            pieces[name] = pieces.get(name, "") + piece
    assert {name: value for name, value in block.items() if value} == pieces


def test_withheld_reasoning(bedrock: Any) -> None:
    """Claude's documented words for it bring it about."""
    words = "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_0"
    request = {
        "modelId": CLAUDE,
        "messages": [{"role": "user", "content": [{"text": words}]}],
        "additionalModelRequestFields": THINK,
    }
    assert isinstance(content(bedrock.converse(**request))[0]["reasoningContent"]["redactedContent"], bytes)
    deltas = [
        event.get("contentBlockDelta", {}).get("delta", {}) for event in bedrock.converse_stream(**request)["stream"]
    ]
    assert any("redactedContent" in delta.get("reasoningContent", {}) for delta in deltas)


def test_cache_points(bedrock: Any) -> None:
    """What stands before one is written once and read after that; the three kinds of input are counted apart."""
    long = {"text": "word " * 1500}
    request = {
        "modelId": CLAUDE,
        "system": [long, {"cachePoint": {"type": "default", "ttl": "1h"}}],
        "messages": [{"role": "user", "content": [{"text": "hello"}]}],
    }
    first, second = (bedrock.converse(**request)["usage"] for _ in range(2))
    written = first["cacheWriteInputTokens"]
    assert written > 1500
    assert first["cacheDetails"] == [{"ttl": "1h", "inputTokens": written}]
    assert (first["cacheReadInputTokens"], second["cacheReadInputTokens"], second["cacheWriteInputTokens"]) == (
        0,
        written,
        0,
    )
    assert first["totalTokens"] == first["inputTokens"] + written + first["outputTokens"]


def test_short_prompts_are_not_cached(bedrock: Any) -> None:
    """Below 1,024 tokens a point is taken and does nothing."""
    messages = [{"role": "user", "content": [{"text": "hello"}, {"cachePoint": {"type": "default"}}]}]
    usage = [bedrock.converse(modelId=CLAUDE, messages=messages)["usage"] for _ in range(2)][1]
    assert (usage["cacheReadInputTokens"], usage["cacheWriteInputTokens"]) == (0, 0)


def test_scripted_usage(bedrock: Any, llm_simulator: Simulator) -> None:
    """Counts of the test's own, told in the provider's convention."""
    llm_simulator.script(Answer(text="x", usage=ScriptedUsage(input_tokens=100, output_tokens=7, cached_tokens=60)))
    usage = bedrock.converse(modelId=CLAUDE, messages=HELLO)["usage"]
    assert (usage["inputTokens"], usage["cacheReadInputTokens"], usage["outputTokens"]) == (40, 60, 7)


def test_what_an_answer_repeats(bedrock: Any) -> None:
    """Tier and latency."""
    answer = bedrock.converse(
        modelId=CLAUDE, messages=HELLO, serviceTier={"type": "flex"}, performanceConfig={"latency": "optimized"}
    )
    assert (answer["serviceTier"], answer["performanceConfig"]) == ({"type": "flex"}, {"latency": "optimized"})


_FAILURES: list[tuple[str, int, str]] = [
    ("rate_limited", 429, "ThrottlingException"),
    ("overloaded", 503, "ServiceUnavailableException"),
    ("server_error", 500, "InternalServerException"),
    ("unauthorized", 403, "UnrecognizedClientException"),
    ("forbidden", 403, "AccessDeniedException"),
    ("quota_exceeded", 400, "ServiceQuotaExceededException"),
    ("model_not_found", 400, "ValidationException"),
    ("context_too_long", 400, "ValidationException"),
    ("content_filtered", 400, "ValidationException"),
    ("invalid_schema", 400, "ValidationException"),
    ("bad_request", 400, "ValidationException"),
]


@pytest.mark.parametrize(("kind", "status", "code"), _FAILURES)
def test_failures(bedrock: Any, llm_simulator: Simulator, kind: Any, status: int, code: str) -> None:
    """The SDK finds the type, the words and the status where it looks for them."""
    llm_simulator.script(ProviderFailure(kind=kind, message="Because."))
    with pytest.raises(ClientError) as caught:
        bedrock.converse(modelId=CLAUDE, messages=HELLO)
    response = caught.value.response
    assert (response["Error"]["Code"], response["Error"]["Message"]) == (code, "Because.")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (rate_limited(), "throttlingException"),
        (overloaded(), "serviceUnavailableException"),
        (ProviderFailure(kind="server_error"), "internalServerException"),
        (ProviderFailure(kind="bad_request"), "validationException"),
    ],
)
def test_failures_in_mid_stream(bedrock: Any, llm_simulator: Simulator, failure: ProviderFailure, code: str) -> None:
    """An exception message, which ends the stream."""
    llm_simulator.script(Faulty(step=Answer(text="one two"), faults=(FailMidway(failure=failure, after_events=2),)))
    events = bedrock.converse_stream(modelId=CLAUDE, messages=HELLO)["stream"]
    with pytest.raises(EventStreamError) as caught:
        list(events)
    events.close()
    assert caught.value.response["Error"]["Code"] == code
