"""OpenTelemetry (extra `otel`)."""

from penguiflow_llm_core.telemetry.otel import OpenTelemetryHook

__all__ = ["OpenTelemetryHook"]
