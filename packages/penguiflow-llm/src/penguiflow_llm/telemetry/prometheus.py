"""Prometheus (extra `prometheus`)."""

from penguiflow_llm_core.telemetry.prometheus import PrometheusHook

__all__ = ["PrometheusHook"]
