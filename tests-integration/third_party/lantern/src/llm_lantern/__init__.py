"""Lantern's models for penguiflow-llm."""

from ._provider import plugin

__all__ = ["plugin"]
