"""A log of the standard library."""

from penguiflow_llm_core.telemetry.logs import LogHook

__all__ = ["LogHook"]
