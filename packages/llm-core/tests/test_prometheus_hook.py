"""Metrics of calls, read back with the Prometheus client's own parser of what it exposes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core.telemetry import CallEnded, CallStarted
from penguiflow_llm_types import LLMError, LLMInvalidRequestError, LLMRateLimitError, Usage

prometheus_client = pytest.importorskip("prometheus_client", reason="the extra prometheus is not installed")

from prometheus_client.parser import text_string_to_metric_families  # noqa: E402

from penguiflow_llm_core.telemetry.prometheus import PrometheusHook  # noqa: E402

LABELS = ("provider", "model", "mode", "direction", "outcome", "error")


class City(BaseModel):
    name: str


def exposed(registry: Any) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Samples a scrape would see: name, label values, value; without buckets and times of creation."""
    text = prometheus_client.generate_latest(registry).decode()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if not sample.name.endswith(("_bucket", "_created")):
                yield sample.name, tuple(sample.labels[name] for name in LABELS if name in sample.labels), sample.value


async def test_calls_attempts_tokens_and_money(bench: Any) -> None:
    """Each by labels that are closed lists."""
    registry = prometheus_client.CollectorRegistry()
    spent = Usage(input_tokens=12, output_tokens=3, reported_cost_usd=Decimal("0.25"))
    provider = bench.provider(
        LLMRateLimitError("slow down"),
        bench.answer('{"name": "Oslo"}', usage=spent, model="whatever the server says"),
        LLMInvalidRequestError("no", code="x" * 50),
    )
    client = bench.client(provider, hooks=[PrometheusHook(registry)])
    await client.generate("x", City)
    with pytest.raises(LLMError):
        await client.complete("x")
    assert await client.flush_hooks()
    seen = {(name, labels): value for name, labels, value in exposed(registry) if "seconds_sum" not in name}
    assert seen == {
        ("penguiflow_llm_calls_total", ("scripted", "m", "ok", "")): 1,
        ("penguiflow_llm_calls_total", ("scripted", "m", "error", "LLMInvalidRequestError")): 1,
        ("penguiflow_llm_call_duration_seconds_count", ("scripted", "m")): 2,
        ("penguiflow_llm_attempts_total", ("scripted", "m", "native", "LLMRateLimitError")): 1,
        ("penguiflow_llm_attempts_total", ("scripted", "m", "native", "")): 1,
        ("penguiflow_llm_attempts_total", ("scripted", "m", "", "LLMInvalidRequestError")): 1,
        ("penguiflow_llm_tokens_total", ("scripted", "m", "input")): 12,
        ("penguiflow_llm_tokens_total", ("scripted", "m", "output")): 3,
        ("penguiflow_llm_cost_usd_total", ("scripted", "m")): 0.25,
    }


async def test_streams_have_their_first_output(bench: Any) -> None:
    """Counted apart from the duration."""
    registry = prometheus_client.CollectorRegistry()
    client = bench.client(bench.provider(bench.answer("hello")), hooks=[PrometheusHook(registry)])
    async with client.stream("x") as stream:
        await stream.result()
    assert await client.flush_hooks()
    assert ("penguiflow_llm_first_output_seconds_count", ("scripted", "m"), 1.0) in exposed(registry)


def test_labels_are_bounded() -> None:
    """Whoever makes up model names, a service of fine-tuned ones for example, gets no series for each."""
    registry = prometheus_client.CollectorRegistry()
    hook = PrometheusHook(registry, max_models=3)
    for number in range(50):
        call = CallStarted(
            call_id="c", at_s=0.0, provider="p", model=f"m{number}", server=None, streamed=False, typed=False
        )
        hook(CallEnded(call_id="c", at_s=1.0, call=call, outcome="ok"))
    calls = {labels[:2]: value for name, labels, value in exposed(registry) if name == "penguiflow_llm_calls_total"}
    assert calls == {("p", "m0"): 1, ("p", "m1"): 1, ("p", "m2"): 1, ("other", "other"): 47}
