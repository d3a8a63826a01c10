"""Spans of calls over every provider's real SDK: they say what was on the wire, and the prompt is not in them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as gen_ai
from pydantic import BaseModel

from penguiflow_llm import create_client
from penguiflow_llm.telemetry.logs import LogHook
from penguiflow_llm.telemetry.otel import OpenTelemetryHook
from penguiflow_llm_testing import Simulator, invalid_schema, rate_limited

SENTINEL = "xyzzy-7f3a"

# Model, and the conventions' name of its provider; custom ones where they list none.
MODELS = [
    ("openai/gpt-5.4-mini", "openai"),
    ("anthropic/claude-sonnet-4-6", "anthropic"),
    ("google/gemini-3-flash-preview", "gcp.gen_ai"),
    ("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws.bedrock"),
    ("openrouter/anthropic/claude-sonnet-4.6", "openrouter"),
    ("databricks/databricks-gpt-5-4-mini", "databricks"),
]


class Person(BaseModel):
    """Somebody."""

    name: str
    notes: str = ""


def said(spans: Sequence[ReadableSpan], attribute: str) -> list[object]:
    return [dict(span.attributes or {}).get(attribute) for span in spans]


@pytest.mark.parametrize(("model", "provider"), MODELS)
async def test_a_retry_and_a_step_down(
    llm_simulator: Simulator, caplog: pytest.LogCaptureFixture, model: str, provider: str
) -> None:
    """Three requests, three attempts below one call, whose tokens are those of the result."""
    exporter, metrics = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    hook = OpenTelemetryHook(tracer_provider=tracers, meter_provider=MeterProvider(metric_readers=[metrics]))
    llm_simulator.script(rate_limited(retry_after_s=0.01), invalid_schema())
    base_url = llm_simulator.base_url(model.partition("/")[0])
    with caplog.at_level(logging.DEBUG):
        async with create_client(model, base_url=base_url, api_key="simulated", hooks=[hook, LogHook()]) as client:
            result = await client.generate(f"Ada, {SENTINEL}", Person)
    *attempts, call = exporter.get_finished_spans()
    server = urlsplit(base_url)
    assert dict(call.attributes or {}) | {
        gen_ai.GEN_AI_OPERATION_NAME: "chat",
        gen_ai.GEN_AI_PROVIDER_NAME: provider,
        gen_ai.GEN_AI_REQUEST_MODEL: model.partition("/")[2],
        "server.address": server.hostname,
        "server.port": server.port,
        gen_ai.GEN_AI_USAGE_INPUT_TOKENS: result.usage.input_tokens,
        gen_ai.GEN_AI_USAGE_OUTPUT_TOKENS: result.usage.output_tokens,
        "penguiflow_llm.attempts": 3,
        "penguiflow_llm.mode": "tools",
    } == dict(call.attributes or {})
    assert said(attempts, "penguiflow_llm.attempt.next_step") == ["retry", "step down", "return"]
    assert said(attempts, "error.type") == ["LLMRateLimitError", "LLMSchemaRejectedError", None]
    assert said(attempts, "http.response.status_code")[:2] == [request.status for request in llm_simulator.journal][:2]
    assert SENTINEL not in "".join(span.to_json() for span in exporter.get_finished_spans())
    assert SENTINEL not in str(metrics.get_metrics_data())
    assert SENTINEL not in caplog.text
