"""Spans and metrics of whole calls, attribute by attribute, by the names of OpenTelemetry's conventions.

The names come from `opentelemetry-semantic-conventions`, which has those of version 1.41.0; our own are spelled out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as gen_ai
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.semconv.attributes import error_attributes, http_attributes, server_attributes
from opentelemetry.trace import SpanKind, StatusCode
from pydantic import BaseModel

from penguiflow_llm_core import LLMClient, ManualClock
from penguiflow_llm_core.telemetry import HookConfig
from penguiflow_llm_core.telemetry.otel import OpenTelemetryHook
from penguiflow_llm_types import (
    LLMError,
    LLMMessage,
    LLMOverloadedError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    TextPart,
    ToolSpec,
    Usage,
)


class City(BaseModel):
    name: str


class Recorder:
    """The SDK, with everything kept in memory."""

    def __init__(self, **settings: Any) -> None:
        self._spans = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self._metrics = InMemoryMetricReader()
        self.hook = OpenTelemetryHook(
            tracer_provider=self.tracers, meter_provider=MeterProvider(metric_readers=[self._metrics]), **settings
        )

    def call(self) -> ReadableSpan:
        """The one call's span."""
        [span] = [span for span in self._spans.get_finished_spans() if span.name.startswith("chat ")]
        return span

    def attempts(self) -> Sequence[ReadableSpan]:
        """Spans of its attempts."""
        return [span for span in self._spans.get_finished_spans() if span.name.startswith("attempt ")]

    def points(self, metric: str) -> list[tuple[HistogramDataPoint, dict[str, Any]]]:
        """The data points of a metric, with their attributes."""
        data = self._metrics.get_metrics_data()
        assert data is not None
        found = [
            found
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for found in scope.metrics
            if found.name == metric
        ]
        return [(point, dict(point.attributes or {})) for one in found for point in one.data.data_points]  # type: ignore[misc]


@pytest.fixture
def recorder() -> Recorder:
    """A hook, and what it exports."""
    return Recorder()


def shown(span: ReadableSpan) -> Mapping[str, Any]:
    return dict(span.attributes or {})


def located(provider: Any, server: str | None = "api.example.org:443") -> Any:
    """The provider, saying where its requests go."""
    provider.server = server
    return provider


async def ended(client: LLMClient, call: Any) -> None:
    try:
        await call
    except LLMError:
        pass
    finally:
        assert await client.flush_hooks()


CALL: Final = {
    gen_ai.GEN_AI_OPERATION_NAME: "chat",
    gen_ai.GEN_AI_PROVIDER_NAME: "scripted",
    gen_ai.GEN_AI_REQUEST_MODEL: "m",
    server_attributes.SERVER_ADDRESS: "api.example.org",
    server_attributes.SERVER_PORT: 443,
    gen_ai.GEN_AI_OUTPUT_TYPE: "json",
    gen_ai.GEN_AI_REQUEST_MAX_TOKENS: 64,
    gen_ai.GEN_AI_REQUEST_TEMPERATURE: 0.5,
    gen_ai.GEN_AI_REQUEST_TOP_P: 0.9,
    gen_ai.GEN_AI_REQUEST_TOP_K: 40,
    gen_ai.GEN_AI_REQUEST_SEED: 7,
    gen_ai.GEN_AI_REQUEST_PRESENCE_PENALTY: 0.1,
    gen_ai.GEN_AI_REQUEST_FREQUENCY_PENALTY: 0.2,
    gen_ai.GEN_AI_REQUEST_STOP_SEQUENCES: ("END",),
    gen_ai.GEN_AI_USAGE_INPUT_TOKENS: 121,
    gen_ai.GEN_AI_USAGE_OUTPUT_TOKENS: 9,
    gen_ai.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: 100,
    gen_ai.GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS: 5,
    gen_ai.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: 4,
    gen_ai.GEN_AI_RESPONSE_ID: "resp_1",
    gen_ai.GEN_AI_RESPONSE_MODEL: "m-2026",
    gen_ai.GEN_AI_RESPONSE_FINISH_REASONS: ("tool_call",),
    "penguiflow_llm.attempts": 3,
    "penguiflow_llm.mode": "tools",
    "penguiflow_llm.outcome": "ok",
}
ASKED: Final = {
    gen_ai.GEN_AI_PROVIDER_NAME: "scripted",
    gen_ai.GEN_AI_REQUEST_MODEL: "m",
    "penguiflow_llm.attempt.wait_s": 0.0,
}
ATTEMPTS: Final = [
    {
        error_attributes.ERROR_TYPE: "LLMRateLimitError",
        http_attributes.HTTP_RESPONSE_STATUS_CODE: 429,
        "penguiflow_llm.attempt.number": 1,
        "penguiflow_llm.attempt.mode": "native",
        "penguiflow_llm.attempt.next_step": "retry",
    },
    {
        error_attributes.ERROR_TYPE: "LLMSchemaRejectedError",
        http_attributes.HTTP_RESPONSE_STATUS_CODE: 400,
        "penguiflow_llm.attempt.number": 2,
        "penguiflow_llm.attempt.mode": "native",
        "penguiflow_llm.attempt.next_step": "step down",
        "penguiflow_llm.attempt.input_tokens": 1,
        "penguiflow_llm.attempt.output_tokens": 0,
    },
    {
        gen_ai.GEN_AI_RESPONSE_ID: "resp_1",
        gen_ai.GEN_AI_RESPONSE_MODEL: "m-2026",
        gen_ai.GEN_AI_RESPONSE_FINISH_REASONS: ("tool_call",),
        "penguiflow_llm.attempt.number": 3,
        "penguiflow_llm.attempt.mode": "tools",
        "penguiflow_llm.attempt.next_step": "return",
        "penguiflow_llm.attempt.input_tokens": 120,
        "penguiflow_llm.attempt.output_tokens": 9,
    },
]


async def test_a_retry_and_a_step_down_attribute_by_attribute(bench: Any, recorder: Recorder) -> None:
    """One call, three attempts: one span for the operation, one below it for each request, and nothing else in them."""
    spent = Usage(input_tokens=120, output_tokens=9, cache_read_tokens=100, cache_write_tokens=5, reasoning_tokens=4)
    provider = located(
        bench.provider(
            LLMRateLimitError("slow down", status=429),
            LLMSchemaRejectedError("no such keyword", status=400, usage=Usage(input_tokens=1, output_tokens=0)),
            bench.calls(("City", '{"name": "Oslo"}'), usage=spent, response_id="resp_1", model="m-2026"),
        )
    )
    client = bench.client(provider, hooks=[recorder.hook])
    call = client.generate(
        "x", City, temperature=0.5, top_p=0.9, top_k=40, seed=7, presence_penalty=0.1, frequency_penalty=0.2,
        max_tokens=64, stop=["END"],
    )  # fmt: skip
    await ended(client, call)
    span, attempts = recorder.call(), recorder.attempts()
    assert (span.name, span.kind, span.parent, span.status.status_code) == (
        *("chat m", SpanKind.CLIENT),
        *(None, StatusCode.UNSET),
    )
    assert shown(span) == CALL
    assert [shown(attempt) for attempt in attempts] == [ASKED | own for own in ATTEMPTS]
    assert {(one.name, one.kind) for one in attempts} == {("attempt m", SpanKind.INTERNAL)}
    assert [one.parent and one.parent.span_id for one in attempts] == [span.context.span_id] * 3
    assert [one.status.status_code for one in attempts] == [StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET]


async def test_the_metrics_of_the_same_call(bench: Any, recorder: Recorder) -> None:
    """One duration, and every token once."""
    spent = Usage(input_tokens=120, output_tokens=9)
    provider = located(
        bench.provider(
            LLMRateLimitError("slow down"),
            LLMSchemaRejectedError("no", usage=Usage(input_tokens=1)),
            bench.calls(("City", '{"name": "Oslo"}'), usage=spent, model="m-2026"),
        )
    )
    client = bench.client(provider, hooks=[recorder.hook])
    await ended(client, client.generate("x", City))
    labels = {
        gen_ai.GEN_AI_OPERATION_NAME: "chat",
        gen_ai.GEN_AI_PROVIDER_NAME: "scripted",
        gen_ai.GEN_AI_REQUEST_MODEL: "m",
        gen_ai.GEN_AI_RESPONSE_MODEL: "m-2026",
        server_attributes.SERVER_ADDRESS: "api.example.org",
        server_attributes.SERVER_PORT: 443,
    }
    [(duration, seen)] = recorder.points(gen_ai_metrics.GEN_AI_CLIENT_OPERATION_DURATION)
    assert (duration.count, seen) == (1, labels)
    assert list(duration.explicit_bounds) == [0.01 * 2**power for power in range(14)]
    tokens = {
        seen.pop(gen_ai.GEN_AI_TOKEN_TYPE): (point.count, point.sum, seen, list(point.explicit_bounds))
        for point, seen in recorder.points(gen_ai_metrics.GEN_AI_CLIENT_TOKEN_USAGE)
    }
    bounds = [4**power for power in range(14)]
    assert tokens == {"input": (1, 121, labels, bounds), "output": (1, 9, labels, bounds)}
    assert recorder.points(gen_ai_metrics.GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK) == []


async def test_a_stream_has_its_first_chunk(bench: Any, recorder: Recorder) -> None:
    """As an attribute and as a metric; "stream" is only said of streams."""
    clock = ManualClock()
    client = bench.client(bench.provider(bench.answer("hello there")), hooks=[recorder.hook], clock=clock)
    async with client.stream("x") as stream:
        await anext(stream)  # the attempt's start
        await clock.advance(0.25)
        await stream.result()
    assert await client.flush_hooks()
    seen = shown(recorder.call())
    assert seen[gen_ai.GEN_AI_REQUEST_STREAM] is True
    assert seen[gen_ai.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK] == pytest.approx(0.25, abs=1e-6)
    [(point, _)] = recorder.points(gen_ai_metrics.GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK)
    assert point.sum == pytest.approx(0.25, abs=1e-6)
    assert gen_ai.GEN_AI_OUTPUT_TYPE not in seen


async def test_a_failed_call(bench: Any, recorder: Recorder) -> None:
    """The span and the duration name the error's class, and no text of the provider's."""
    client = bench.client(bench.provider(LLMOverloadedError("you said xyzzy", status=529)), max_retries=0,
                          hooks=[recorder.hook])  # fmt: skip
    await ended(client, client.complete("x"))
    span = recorder.call()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert shown(span)[error_attributes.ERROR_TYPE] == "LLMOverloadedError"
    [(_, seen)] = recorder.points(gen_ai_metrics.GEN_AI_CLIENT_OPERATION_DURATION)
    assert seen[error_attributes.ERROR_TYPE] == "LLMOverloadedError"
    assert recorder.points(gen_ai_metrics.GEN_AI_CLIENT_TOKEN_USAGE) == []


async def test_the_span_is_a_child_of_the_callers(bench: Any, recorder: Recorder) -> None:
    """Although it is made in another thread, when the caller's may be over; its times are those of the call."""
    client = bench.client(bench.provider(bench.answer("hello")), hooks=[recorder.hook])
    with recorder.tracers.get_tracer("app").start_as_current_span("outer") as outer:
        await client.complete("x")
    assert await client.flush_hooks()
    span = recorder.call()
    assert span.parent is not None
    assert span.parent.span_id == outer.get_span_context().span_id
    assert isinstance(outer, ReadableSpan)
    [attempt] = recorder.attempts()
    times = [outer.start_time, span.start_time, attempt.start_time, attempt.end_time, span.end_time, outer.end_time]
    assert sorted(time or 0 for time in times) == pytest.approx([time or 0 for time in times], abs=2_000_000)


async def test_a_call_that_fell_back_counts_tokens_by_model(bench: Any, recorder: Recorder) -> None:
    """The call is that of its first model; each token is that of the model that used it."""
    first = bench.provider(LLMOverloadedError("busy", usage=Usage(input_tokens=3)), name="mistral")
    second = bench.provider(bench.answer("hello", usage=Usage(input_tokens=5, output_tokens=1)), name="bedrock")
    client = bench.clients(first, second, hooks=[recorder.hook], max_retries=1)
    await ended(client, client.complete("x"))
    assert shown(recorder.call())[gen_ai.GEN_AI_PROVIDER_NAME] == "mistral_ai"
    counted = {
        (seen[gen_ai.GEN_AI_PROVIDER_NAME], seen[gen_ai.GEN_AI_TOKEN_TYPE]): point.sum
        for point, seen in recorder.points(gen_ai_metrics.GEN_AI_CLIENT_TOKEN_USAGE)
    }
    assert counted == {("mistral_ai", "input"): 3, ("aws.bedrock", "input"): 5, ("aws.bedrock", "output"): 1}


@pytest.mark.parametrize(
    ("provider", "server", "known_as"),
    [
        ("openai", "api.openai.com:443", gen_ai.GenAiProviderNameValues.OPENAI),
        ("openai", "name.openai.azure.com:443", gen_ai.GenAiProviderNameValues.AZURE_AI_OPENAI),
        ("anthropic", None, gen_ai.GenAiProviderNameValues.ANTHROPIC),
        ("google", "generativelanguage.googleapis.com:443", gen_ai.GenAiProviderNameValues.GCP_GEMINI),
        ("google", "us-central1-aiplatform.googleapis.com:443", gen_ai.GenAiProviderNameValues.GCP_VERTEX_AI),
        ("google", None, gen_ai.GenAiProviderNameValues.GCP_GEN_AI),
        ("bedrock", None, gen_ai.GenAiProviderNameValues.AWS_BEDROCK),
        ("groq", None, gen_ai.GenAiProviderNameValues.GROQ),
        ("deepseek", None, gen_ai.GenAiProviderNameValues.DEEPSEEK),
        ("mistral", None, gen_ai.GenAiProviderNameValues.MISTRAL_AI),
        ("xai", None, gen_ai.GenAiProviderNameValues.X_AI),
    ],
)
async def test_the_conventions_names_of_providers(
    bench: Any, recorder: Recorder, provider: str, server: str | None, known_as: gen_ai.GenAiProviderNameValues
) -> None:
    """Where the conventions list one, it has to be used; Databricks and OpenRouter go by ours."""
    asked = located(bench.provider(bench.answer("hello"), name=provider), server)
    client = bench.client(asked, hooks=[recorder.hook])
    await ended(client, client.complete("x"))
    assert shown(recorder.call())[gen_ai.GEN_AI_PROVIDER_NAME] == known_as.value


async def test_content_only_where_it_is_switched_on(bench: Any) -> None:
    """By argument; then as the conventions' JSON."""
    silent, full = Recorder(), Recorder()
    provider = bench.provider(bench.calls(("look_up", '{"city": "Oslo"}')))
    client = bench.client(provider, hooks=[silent.hook, HookConfig(hook=full.hook, content=True)])
    messages = [LLMMessage.system("Be brief."), LLMMessage(role="user", parts=(TextPart(text="Oslo?"),))]
    await client.complete(messages, tools=[ToolSpec(name="look_up")])
    assert await client.flush_hooks()
    names = [
        *(gen_ai.GEN_AI_INPUT_MESSAGES, gen_ai.GEN_AI_SYSTEM_INSTRUCTIONS),
        *(gen_ai.GEN_AI_TOOL_DEFINITIONS, gen_ai.GEN_AI_OUTPUT_MESSAGES),
    ]
    assert [name for name in names if name in shown(silent.call())] == []
    assert [json.loads(shown(full.call())[name]) for name in names] == [
        [{"role": "user", "parts": [{"type": "text", "content": "Oslo?"}]}],
        [{"type": "text", "content": "Be brief."}],
        [{"type": "function", "name": "look_up"}],
        [
            {
                "role": "assistant",
                "parts": [{"type": "tool_call", "id": "call_0", "name": "look_up", "arguments": {"city": "Oslo"}}],
                "finish_reason": "tool_call",
            }
        ],
    ]


async def test_without_an_sdk_nothing_happens(bench: Any) -> None:
    """The API alone exports nothing, and is what a library that depends on us may have."""
    client = bench.client(bench.provider(bench.answer("hello")), hooks=[OpenTelemetryHook()])
    await ended(client, client.complete("x"))
    [counts] = client.hook_counts
    assert (counts.hook, counts.delivered, counts.failed) == ("OpenTelemetryHook()", 4, 0)
    assert trace.get_current_span() is trace.INVALID_SPAN


async def test_models_that_answer_are_bounded_in_metrics(bench: Any) -> None:
    """A server that names another one each time makes no series for each; spans say whom it named."""
    recorder = Recorder(max_models=3)
    names = [f"m-{number}" for number in range(50)] + ["x" * 1_000, "m-0"]
    answers = [bench.answer("x", model=name, usage=Usage(input_tokens=1)) for name in names]
    client = bench.client(bench.provider(*answers), hooks=[recorder.hook])
    for _ in names:
        await client.complete("x")
    assert await client.flush_hooks()
    for metric in (gen_ai_metrics.GEN_AI_CLIENT_OPERATION_DURATION, gen_ai_metrics.GEN_AI_CLIENT_TOKEN_USAGE):
        seen = {labels[gen_ai.GEN_AI_RESPONSE_MODEL]: point.count for point, labels in recorder.points(metric)}
        assert {"m-0": 2, "m-1": 1, "m-2": 1, "other": 48} == seen
    said = [(span.attributes or {}).get(gen_ai.GEN_AI_RESPONSE_MODEL) for span in recorder.attempts()]
    assert names == said
