"""Databricks' Foundation Model APIs as far as chat goes, and the workspace's tokens for machines."""

from ._personality import DatabricksPersonality

__all__ = ["DatabricksPersonality"]
