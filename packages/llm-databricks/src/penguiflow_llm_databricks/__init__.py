"""Databricks: Foundation Model APIs and serving endpoints over Chat Completions, with a workspace's sign-ins."""

from importlib.metadata import version

from penguiflow_llm_databricks._options import OPTIONS
from penguiflow_llm_databricks._profiles import databricks_profile
from penguiflow_llm_databricks._provider import create, plugin

__version__ = version("penguiflow-llm-databricks")

__all__ = ["OPTIONS", "create", "databricks_profile", "plugin"]
