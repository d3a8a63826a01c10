"""What hooks cost a call: CPU of the whole process, the hooks' own threads included, until all events are delivered.

`uv run python benchmarks/telemetry.py` prints the table; `--write` also puts it into benchmarks/README.md. "In process"
is a provider that answers from memory, so that the difference is seen; the others are over a socket. The SDK's exporter
throws spans away.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from prometheus_client import CollectorRegistry

from measuring import Case, least_cpu_us, server
from penguiflow_llm import LLMClient, TextDelta, create_client
from penguiflow_llm.telemetry import CallEvent, Hook
from penguiflow_llm.telemetry.logs import LogHook
from penguiflow_llm.telemetry.otel import OpenTelemetryHook
from penguiflow_llm.telemetry.prometheus import PrometheusHook
from penguiflow_llm_testing import ScriptedProvider
from report import Row, table, versions, write
from shapes import PERSON

CALLS = 200
CHUNKS = 2000


class _Nowhere(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - the signature is theirs
        return SpanExportResult.SUCCESS


def _nothing(event: CallEvent) -> None:
    pass


def _hooks() -> dict[str, list[Hook]]:
    log = logging.getLogger("benchmark")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(logging.NullHandler())
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(_Nowhere()))
    meters = MeterProvider(metric_readers=[InMemoryMetricReader()])
    return {
        "no hook": [],
        "a function that does nothing": [_nothing],
        "log": [LogHook(log)],
        "Prometheus": [PrometheusHook(CollectorRegistry())],
        "OpenTelemetry, API alone": [OpenTelemetryHook()],
        "OpenTelemetry, SDK": [OpenTelemetryHook(tracer_provider=tracers, meter_provider=meters)],
    }


def _cases(address: str, stack: AsyncExitStack) -> Iterator[Case]:
    for name, hooks in _hooks().items():
        answers = ScriptedProvider(json.loads(PERSON.answer), repeat_last=True)
        scripted = create_client("scripted/any", provider=answers, hooks=hooks)
        wired = create_client("openai/gpt-5.4-mini", base_url=f"{address}/v1", api_key="bench", api="chat", hooks=hooks)
        for client in (scripted, wired):
            stack.push_async_callback(client.aclose)
        yield _called("structured call in process", name, scripted)
        yield _called("structured call", name, wired)
        yield _streamed("stream", name, wired)


def _called(group: str, name: str, client: LLMClient) -> Case:
    async def run() -> None:
        for _ in range(CALLS):
            assert type((await client.generate(PERSON.prompt, PERSON.model)).data) is PERSON.model
        assert await client.flush_hooks()

    return Case(group=group, name=name, run=run, units=CALLS)


def _streamed(group: str, name: str, client: LLMClient) -> Case:
    async def run() -> None:
        async with client.stream(f"Tell it in {CHUNKS} chunks.") as events:
            assert sum([1 async for event in events if isinstance(event, TextDelta)]) == CHUNKS
        assert await client.flush_hooks()

    return Case(group=f"{group}, {CHUNKS} chunks", name=name, run=run, units=1)


async def _measured(address: str, rounds: int) -> list[Row]:
    async with AsyncExitStack() as stack:
        cases = list(_cases(address, stack))
        best = await least_cpu_us(cases, rounds)
    return [Row(group=case.group, name=case.name, value=value) for case, value in zip(cases, best, strict=True)]


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count (default: 7)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    with server() as address:
        rows = asyncio.run(_measured(address, options.rounds))
    heading = (
        f"{CALLS} calls one after another, or one stream; OpenAI Chat over httpx2; least of {options.rounds} rounds; "
        f"{versions(['opentelemetry-sdk', 'prometheus-client'])}."
    )
    text = f"{heading}\n\n{table(rows, unit='CPU, microseconds a call or stream')}"
    print(text)
    if options.write:
        write("telemetry", text)


if __name__ == "__main__":
    main()
