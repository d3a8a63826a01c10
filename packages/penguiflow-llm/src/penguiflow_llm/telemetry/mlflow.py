"""MLflow Tracing (extra `mlflow`)."""

from penguiflow_llm_core.telemetry.mlflow import MLflowHook

__all__ = ["MLflowHook"]
