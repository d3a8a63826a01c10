"""Everything that shows a call to somebody, at its most talkative: logs of anybody's, spans, metrics."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, generate_latest

from penguiflow_llm.telemetry import Hook
from penguiflow_llm.telemetry.logs import LogHook
from penguiflow_llm.telemetry.otel import OpenTelemetryHook
from penguiflow_llm.telemetry.prometheus import PrometheusHook


class Shown:
    """What one cell shows: its hooks go to every client of the cell's."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self._metrics = InMemoryMetricReader()
        meters = MeterProvider([self._metrics], shutdown_on_exit=False)
        self._registry = CollectorRegistry()
        self.hooks: tuple[Hook, ...] = (
            LogHook(),
            PrometheusHook(self._registry),
            OpenTelemetryHook(tracer_provider=tracers, meter_provider=meters),
        )

    def texts(self) -> list[tuple[str, str]]:
        """Where, and what: all spans and metrics so far."""
        data = self._metrics.get_metrics_data()
        return [
            *(("a span", span.to_json()) for span in self._spans.get_finished_spans()),
            ("a metric", "" if data is None else data.to_json()),
            ("a metric", generate_latest(self._registry).decode()),
        ]


@contextmanager
def all_logs() -> Iterator[list[tuple[str, str]]]:
    """Every record of every logger, botocore's and the SDKs' among them: whatever level they were set to."""
    said: list[tuple[str, str]] = []

    class _Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append((f"the log of {record.name}", record.getMessage()))

    handler = _Kept(level=logging.DEBUG)
    with ExitStack() as stack:
        root = logging.getLogger()
        for logger in (root, *_reserved()):
            stack.callback(logger.setLevel, logger.level)
            stack.callback(setattr, logger, "propagate", logger.propagate)
            logger.setLevel(logging.DEBUG)
            logger.propagate = True
        root.addHandler(handler)
        stack.callback(root.removeHandler, handler)
        yield said


def _reserved() -> list[logging.Logger]:
    """The loggers that would keep something from the root's handlers."""
    loggers = [found for found in logging.getLogger().manager.loggerDict.values() if isinstance(found, logging.Logger)]
    return [logger for logger in loggers if logger.level != logging.NOTSET or not logger.propagate]
