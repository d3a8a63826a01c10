"""K21: what a model or a server says becomes no URL, path or header, no format of a log and no label of a metric."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from everyone import EVERYONE, KEY, MODELS
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry, generate_latest

from penguiflow_llm import LLMClient, LLMError, LLMMessage, TextPart, ToolResultPart, create_client
from penguiflow_llm.telemetry import Hook
from penguiflow_llm.telemetry.logs import LogHook
from penguiflow_llm.telemetry.otel import OpenTelemetryHook
from penguiflow_llm.telemetry.prometheus import PrometheusHook
from penguiflow_llm_testing import Answer, RecordedRequest, Replay, ScriptedToolCall, Simulator

TAINT = "TAINT"
HOSTILE = {
    "a printf format": f"{TAINT}%s%n%(secret)s%",
    "a brace format": f"{TAINT}{{0.__class__}}{{{{}}}}{{",
    "line breaks": f"{TAINT}\r\nX-Injected: 1\r\n\r\nGET /admin HTTP/1.1",
    "a path": f"../../../{TAINT}?x=1#y",
    "a URL": f"https://evil.test/{TAINT}",
    "NUL and more": f"\x00\x1b[31m{TAINT}\u2028\ud83d",
    "very long": TAINT + "a" * 20_000,
}
JSON = (("content-type", "application/json"),)
WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"town": {"type": "string"}}}},
}


def _chat(said: str) -> Any:
    call = {"id": said, "type": said, "function": {"name": said, "arguments": json.dumps({"town": said})}}
    message = {"role": said, "content": said, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": said, "native_finish_reason": said}
    return {"id": said, "model": said, "provider": said, "service_tier": said, "choices": [choice]}


def _messages(said: str) -> Any:
    call = {"type": "tool_use", "id": said, "name": said, "input": {"town": said}}
    blocks = [{"type": "text", "text": said}, call, {"type": said, "x": said}]
    usage = {"input_tokens": 1, "output_tokens": 1, "service_tier": said}
    top = {"id": said, "type": "message", "role": "assistant", "model": said, "stop_reason": said}
    return {**top, "stop_sequence": said, "content": blocks, "usage": usage}


def _generate(said: str) -> Any:
    call = {"functionCall": {"id": said, "name": said, "args": {"town": said}}, "thoughtSignature": said}
    candidate = {"content": {"role": "model", "parts": [{"text": said}, call]}, "finishReason": said}
    return {"responseId": said, "modelVersion": said, "candidates": [candidate], "usageMetadata": {"trafficType": said}}


def _converse(said: str) -> Any:
    call = {"toolUse": {"toolUseId": said, "name": said, "input": {"town": said}}}
    message = {"role": "assistant", "content": [{"text": said}, call]}
    return {"output": {"message": message}, "stopReason": said, "usage": {"inputTokens": 1, "outputTokens": 1}}


ANSWERS = {
    "openai": _chat,
    "anthropic": _messages,
    "google": _generate,
    "bedrock": _converse,
    "databricks": _chat,
    "openrouter": _chat,
}


def routed(request: RecordedRequest) -> tuple[object, ...]:
    """Where a request went and with what headers, but for its length."""
    headers = {name: value for name, value in request.headers if name != "content-length"}
    return request.method, request.path, request.query, headers


def an_answer(provider: str, said: str) -> Replay:
    """One that has `said` wherever a server may say something."""
    return Replay(body=json.dumps(ANSWERS[provider](said)).encode(), headers=JSON)


def a_refusal(said: str) -> Replay:
    """The same, in any provider's form."""
    problem = {"message": said, "type": said, "code": said, "status": said, "param": said}
    return Replay(
        status=400, body=json.dumps({"error": problem, "message": said, "__type": said}).encode(), headers=JSON
    )


def a_stream(said: str) -> Answer:
    """Text, and a tool call, in the provider's own events."""
    return Answer(text=said, tool_calls=(ScriptedToolCall(name=said, arguments={"town": said}),))


async def two_turns(client: LLMClient, *, streamed: bool = False) -> None:
    """A question, and a second one that hands the answer and the result of its tool call back."""
    question = LLMMessage(role="user", parts=(TextPart(text="Hello."),))
    if streamed:
        answer = await client.stream(question, tools=[WEATHER]).result()
    else:
        answer = await client.complete(question, tools=[WEATHER])
    assert answer.tool_calls
    results = [ToolResultPart(tool_call_id=call.id, name=call.name, content=()) for call in answer.tool_calls]
    history = [question, answer.message, LLMMessage(role="tool", parts=tuple(results))]
    with pytest.raises(LLMError):
        await client.complete(history, tools=[WEATHER])


@EVERYONE
@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_goes_back_in_the_body_alone(provider: str, streamed: bool) -> None:
    """The turn after a hostile answer is sent where, and with the headers that, the one after any answer is."""
    with Simulator() as simulator:
        url = simulator.base_url(provider)
        async with create_client(MODELS[provider], api_key=KEY, base_url=url, max_retries=0) as client:
            sent = {}
            for how, said in {"usual": "weather", **HOSTILE}.items():
                simulator.script(a_stream(said) if streamed else an_answer(provider, said), a_refusal("no"))
                await two_turns(client, streamed=streamed)
                sent[how] = routed(simulator.journal[-1])
    assert dict.fromkeys(sent, sent["usual"]) == sent


@EVERYONE
async def test_no_format_and_no_label(provider: str, caplog: pytest.LogCaptureFixture) -> None:
    """Logs have it as data at most, and on one line; metrics as the name of who answered, and only so many of those."""
    registry, reader = CollectorRegistry(), InMemoryMetricReader()
    meters = MeterProvider(metric_readers=[reader])
    spans = OpenTelemetryHook(tracer_provider=TracerProvider(), meter_provider=meters, max_models=0)
    hooks: list[Hook] = [LogHook(), PrometheusHook(registry), spans]
    with Simulator() as simulator, caplog.at_level(logging.DEBUG):
        url = simulator.base_url(provider)
        async with create_client(MODELS[provider], api_key=KEY, base_url=url, max_retries=0, hooks=hooks) as client:
            for said in HOSTILE.values():
                simulator.script(an_answer(provider, said), a_refusal(said))
                await two_turns(client)
            assert client.totals_by_model  # has the price of every name looked up, and missed
            assert await client.flush_hooks()
        assert [0, 0, 0] == [count.failed for count in client.hook_counts]
    assert len(caplog.records) > len(HOSTILE)
    for record in caplog.records:
        assert TAINT not in str(record.msg)
        assert "\nX-Injected" not in record.getMessage()
    assert TAINT not in generate_latest(registry).decode()
    assert TAINT not in str(reader.get_metrics_data())
