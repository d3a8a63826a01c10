"""OpenTelemetry: a span and metrics for each call, by the semantic conventions for generative AI (extra `otel`).

The conventions are those of version 1.41.0, the last that was published before they moved to a repository of their own,
which has released nothing yet (read 2026-11). All names are "Development" there, so a later version of this package may
follow a later one of theirs.

A call is one span `chat MODEL` of kind CLIENT, with the tokens of all attempts. Each attempt is a child of kind
INTERNAL, whose tokens have names of our own: who sums up `gen_ai.usage.*` counts every token once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from importlib.metadata import version
from typing import Final, TypeAlias

from penguiflow_llm_core._first_names import OTHER, FirstNames
from penguiflow_llm_core.telemetry._content import messages_json, output_json, system_json, tools_json
from penguiflow_llm_core.telemetry._events import (
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallEvent,
    CallStarted,
    Failure,
)
from penguiflow_llm_types import FinishReason, Usage

try:
    from opentelemetry.context import Context
    from opentelemetry.metrics import Histogram, MeterProvider, get_meter
    from opentelemetry.trace import (
        Span,
        SpanKind,
        Status,
        StatusCode,
        TracerProvider,
        get_tracer,
        set_span_in_context,
    )
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "telemetry for OpenTelemetry needs its API; install penguiflow-llm[otel]", name=error.name
    ) from error

Value: TypeAlias = str | bool | int | float | tuple[str, ...]

_SCOPE: Final = "penguiflow_llm"
_SCHEMA: Final = "https://opentelemetry.io/schemas/1.41.0"

# "gen_ai.provider.name" of the conventions, 1.41.0; who is not listed there goes by our name for it.
_PROVIDERS: Final[Mapping[str, str]] = {
    "bedrock": "aws.bedrock",
    "google": "gcp.gen_ai",
    "mistral": "mistral_ai",
    "xai": "x_ai",
}
_HOSTS: Final[Mapping[str, str]] = {
    "openai.azure.com": "azure.ai.openai",
    "generativelanguage.googleapis.com": "gcp.gemini",
    "aiplatform.googleapis.com": "gcp.vertex_ai",
}
# Spelled as in the conventions' schema of output messages, 1.41.0.
_FINISH_REASONS: Final[Mapping[FinishReason, str]] = {"tool_calls": "tool_call"}

# Advised by the conventions, 1.41.0.
_SECONDS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_FIRST_CHUNK_SECONDS: Final = (
    0.001,
    0.005,
    0.01,
    0.02,
    0.04,
    0.06,
    0.08,
    0.1,
    0.25,
    0.5,
    0.75,
    1.0,
    2.5,
    5.0,
    7.5,
    10.0,
)
_TOKENS: Final = tuple(4**power for power in range(14))


class OpenTelemetryHook:
    """A hook that makes spans and metrics of calls, once they are over, with the times they happened at.

    A call's span is a child of the span that was current where the call was made. Prompts and answers are in it where
    the hook is registered with `HookConfig(content=True)`, and nowhere otherwise. The providers default to the global
    ones at the time the hook is made.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        max_models: int = 100,
    ) -> None:
        """In metrics, models that answered beyond the first `max_models` are all "other": servers name them freely."""
        self._models = FirstNames(max_models)
        ours = version("penguiflow-llm-core")
        self._tracer = get_tracer(_SCOPE, ours, tracer_provider, schema_url=_SCHEMA)
        meter = get_meter(_SCOPE, ours, meter_provider, schema_url=_SCHEMA)
        self._duration = meter.create_histogram(
            "gen_ai.client.operation.duration",
            unit="s",
            description="GenAI operation duration.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._first_chunk = meter.create_histogram(
            "gen_ai.client.operation.time_to_first_chunk",
            unit="s",
            description="Time to receive the first chunk of a stream.",
            explicit_bucket_boundaries_advisory=_FIRST_CHUNK_SECONDS,
        )
        self._tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            unit="{token}",
            description="Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=_TOKENS,
        )

    def __repr__(self) -> str:
        return "OpenTelemetryHook()"

    def __call__(self, event: CallEvent) -> None:
        """Export a call that is over."""
        if isinstance(event, CallEnded):
            span = self._tracer.start_span(
                f"chat {event.call.model}",
                kind=SpanKind.CLIENT,
                attributes=_identity(event.call),
                start_time=_ns(event.call.at_s),
            )
            inside = set_span_in_context(span)
            for attempt in event.attempts:
                self._attempt(attempt, inside)
            span.set_attributes({**_request(event), **_response(event), **_content(event)})
            _fail(span, event.failure)
            span.end(_ns(event.at_s))
            self._measure(event, inside)

    def _attempt(self, attempt: AttemptEnded, call: Context) -> None:
        span = self._tracer.start_span(
            f"attempt {attempt.started.model}",
            context=call,
            attributes=_attempt_attributes(attempt),
            start_time=_ns(attempt.started.at_s),
        )
        _fail(span, attempt.failure)
        span.end(_ns(attempt.at_s))

    def _measure(self, event: CallEnded, span: Context) -> None:
        labels = {**_identity(event.call), **self._answered_by(event.attempts)}
        failed = {"error.type": event.failure.type} if event.failure is not None else {}
        self._duration.record(event.duration_s, {**labels, **failed}, span)
        if event.first_output_s is not None:
            self._first_chunk.record(event.first_output_s, {**labels, **failed}, span)
        for attempts in _attempts_by_model(event):
            labels = {**_identity(attempts[0].started), **self._answered_by(attempts)}
            usage = Usage.sum(attempt.usage for attempt in attempts if attempt.usage is not None)
            _count(self._tokens, usage.input_tokens, {**labels, "gen_ai.token.type": "input"}, span)
            _count(self._tokens, usage.output_tokens, {**labels, "gen_ai.token.type": "output"}, span)

    def _answered_by(self, attempts: Sequence[AttemptEnded]) -> dict[str, Value]:
        answered = attempts[-1].response_model if attempts else None
        if answered is None:
            return {}
        return {"gen_ai.response.model": answered if self._models.admits(answered) else OTHER}


def _identity(asked: CallStarted | AttemptStarted) -> dict[str, Value]:
    """Whom it is asked of: what a sampler may decide by, and what metrics are told apart by."""
    found: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": _provider(asked.provider, asked.server),
        "gen_ai.request.model": asked.model,
    }
    if asked.server is not None:
        host, _, port = asked.server.rpartition(":")
        found |= {"server.address": host, "server.port": int(port)}
    return found


def _request(event: CallEnded) -> dict[str, Value]:
    """What was asked for, by the first attempt."""
    found: dict[str, Value | None] = {
        "gen_ai.output.type": "json" if event.call.typed else None,
        "gen_ai.request.stream": True if event.call.streamed else None,
    }
    if event.attempts:
        settings = event.attempts[0].started.settings
        sampling = settings.sampling
        found |= {
            "gen_ai.request.max_tokens": settings.max_tokens,
            "gen_ai.request.temperature": sampling.temperature,
            "gen_ai.request.top_p": sampling.top_p,
            "gen_ai.request.top_k": sampling.top_k,
            "gen_ai.request.seed": sampling.seed,
            "gen_ai.request.presence_penalty": sampling.presence_penalty,
            "gen_ai.request.frequency_penalty": sampling.frequency_penalty,
            "gen_ai.request.stop_sequences": settings.stop or None,
        }
    return _known(found)


def _response(event: CallEnded) -> dict[str, Value]:
    """What came of it: the last attempt's answer, and the tokens of all."""
    usage, cost = event.usage, event.cost
    found: dict[str, Value | None] = {
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage.cache_read_tokens,
        "gen_ai.usage.cache_creation.input_tokens": usage.cache_write_tokens,
        "gen_ai.usage.reasoning.output_tokens": usage.reasoning_tokens,
        "gen_ai.response.time_to_first_chunk": event.first_output_s,
        "penguiflow_llm.attempts": len(event.attempts),
        "penguiflow_llm.cost_usd": float(cost) if cost is not None else None,
        "penguiflow_llm.outcome": event.outcome,
    }
    if event.attempts:
        last = event.attempts[-1]
        mode = last.started.mode
        found |= {"penguiflow_llm.mode": mode.value if mode is not None else None, **_answer(last)}
    return _known(found)


def _answer(attempt: AttemptEnded) -> dict[str, Value | None]:
    reason = attempt.finish_reason
    return {
        "gen_ai.response.id": attempt.response_id,
        "gen_ai.response.model": attempt.response_model,
        "gen_ai.response.finish_reasons": (_FINISH_REASONS.get(reason, reason),) if reason is not None else None,
    }


def _attempt_attributes(attempt: AttemptEnded) -> dict[str, Value]:
    started, usage, cost = attempt.started, attempt.usage or Usage(), attempt.cost
    return _known(
        {
            "gen_ai.provider.name": _provider(started.provider, started.server),
            "gen_ai.request.model": started.model,
            **_answer(attempt),
            "http.response.status_code": attempt.failure.status if attempt.failure is not None else None,
            "penguiflow_llm.attempt.number": started.number,
            "penguiflow_llm.attempt.mode": started.mode.value if started.mode is not None else None,
            "penguiflow_llm.attempt.next_step": attempt.next_step,
            "penguiflow_llm.attempt.wait_s": attempt.wait_s,
            "penguiflow_llm.attempt.input_tokens": usage.input_tokens,
            "penguiflow_llm.attempt.output_tokens": usage.output_tokens,
            "penguiflow_llm.attempt.cost_usd": float(cost) if cost is not None else None,
        }
    )


def _content(event: CallEnded) -> dict[str, Value]:
    """Prompt and answer, where the hook may see them."""
    request, response = event.request, event.response
    found: dict[str, Value | None] = {}
    if request is not None:
        found |= {
            "gen_ai.input.messages": messages_json(request.messages),
            "gen_ai.system_instructions": system_json(request.messages),
            "gen_ai.tool.definitions": tools_json(request.tools),
        }
    if response is not None:
        reason = response.finish_reason
        found["gen_ai.output.messages"] = output_json(response.message, _FINISH_REASONS.get(reason, reason))
    return _known(found)


def _attempts_by_model(event: CallEnded) -> Collection[Sequence[AttemptEnded]]:
    """Those of each model that was asked: of one for most calls, of several where one fell back."""
    asked: dict[tuple[str, str], list[AttemptEnded]] = {}
    for attempt in event.attempts:
        asked.setdefault((attempt.started.provider, attempt.started.model), []).append(attempt)
    return asked.values()


def _count(histogram: Histogram, tokens: int | None, labels: Mapping[str, Value], span: Context) -> None:
    if tokens is not None:
        histogram.record(tokens, labels, span)


def _fail(span: Span, failure: Failure | None) -> None:
    if failure is not None:
        kind = {"penguiflow_llm.error.kind": failure.kind} if failure.kind is not None else {}
        span.set_attributes({"error.type": failure.type, **kind})
        span.set_status(Status(StatusCode.ERROR, failure.message))


def _known(attributes: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in attributes.items() if value is not None}


def _provider(name: str, server: str | None) -> str:
    host = (server or "").rpartition(":")[0]
    for suffix, provider in _HOSTS.items():
        if host == suffix or host.endswith((f".{suffix}", f"-{suffix}")):
            return provider
    return _PROVIDERS.get(name, name)


def _ns(at_s: float) -> int:
    return int(at_s * 1_000_000_000)
