"""Prometheus metrics of calls (extra `prometheus`).

Labels are closed lists, or come from who configured the client; nothing that a model or a provider says becomes one.
"""

from __future__ import annotations

from typing import Final

from penguiflow_llm_core._first_names import OTHER, FirstNames
from penguiflow_llm_core.telemetry._events import AttemptEnded, CallEnded, CallEvent

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "telemetry for Prometheus needs its client library; install penguiflow-llm[prometheus]", name=error.name
    ) from error

_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0)
_MODEL: Final = ("provider", "model")


class PrometheusHook:
    """A hook that counts calls. One object serves any number of clients; two need a registry each.

    `penguiflow_llm_calls_total` (provider, model, outcome, error), `penguiflow_llm_call_duration_seconds` and
    `penguiflow_llm_first_output_seconds` (provider, model) are of whole calls, by the model each began with.
    `penguiflow_llm_attempts_total` (provider, model, mode, error), `penguiflow_llm_tokens_total` (provider, model,
    direction) and `penguiflow_llm_cost_usd_total` (provider, model) are of attempts, by the model that was asked. A
    price that is not known adds nothing.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY, *, max_models: int = 100) -> None:
        """Models beyond the first `max_models` that are seen are all counted as "other"."""
        self._models = FirstNames(max_models)
        self._calls = Counter(
            "penguiflow_llm_calls", "Calls that are over.", (*_MODEL, "outcome", "error"), registry=registry
        )
        self._duration = Histogram(
            "penguiflow_llm_call_duration_seconds",
            "Seconds a call took, waits included.",
            _MODEL,
            registry=registry,
            buckets=_SECONDS,
        )
        self._first_output = Histogram(
            "penguiflow_llm_first_output_seconds",
            "Seconds from the start of a streamed call to its first output.",
            _MODEL,
            registry=registry,
            buckets=_SECONDS,
        )
        self._attempts = Counter(
            "penguiflow_llm_attempts", "Requests, failed ones included.", (*_MODEL, "mode", "error"), registry=registry
        )
        self._tokens = Counter(
            "penguiflow_llm_tokens",
            "Tokens of all requests; cached ones are among the input, reasoning is among the output.",
            (*_MODEL, "direction"),
            registry=registry,
        )
        self._cost = Counter(
            "penguiflow_llm_cost_usd", "US dollars of requests with a known price.", _MODEL, registry=registry
        )

    def __repr__(self) -> str:
        return "PrometheusHook()"

    def __call__(self, event: CallEvent) -> None:
        """Count what is over."""
        match event:
            case AttemptEnded():
                self._count_attempt(event)
            case CallEnded():
                self._count_call(event)
            case _:
                pass

    def _count_call(self, event: CallEnded) -> None:
        model = self._labels(event.call.provider, event.call.model)
        self._calls.labels(*model, event.outcome, event.failure.type if event.failure is not None else "").inc()
        self._duration.labels(*model).observe(event.duration_s)
        if event.first_output_s is not None:
            self._first_output.labels(*model).observe(event.first_output_s)

    def _count_attempt(self, event: AttemptEnded) -> None:
        model, mode = self._labels(event.started.provider, event.started.model), event.started.mode
        failed = event.failure.type if event.failure is not None else ""
        self._attempts.labels(*model, mode.value if mode is not None else "", failed).inc()
        if event.usage is not None:
            self._tokens.labels(*model, "input").inc(event.usage.input_tokens or 0)
            self._tokens.labels(*model, "output").inc(event.usage.output_tokens or 0)
        if event.cost is not None:
            self._cost.labels(*model).inc(float(event.cost))

    def _labels(self, provider: str, model: str) -> tuple[str, str]:
        return (provider, model) if self._models.admits(provider, model) else (OTHER, OTHER)
