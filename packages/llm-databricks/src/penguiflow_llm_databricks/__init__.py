"""Databricks: Foundation Model APIs and serving endpoints over Chat Completions."""

from importlib.metadata import version

__version__ = version("penguiflow-llm-databricks")
