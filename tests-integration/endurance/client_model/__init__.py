"""A stateful model of the client, its slots, budget, circuits, fallbacks, pace and account."""

from ._machine import ClientMachine

__all__ = ["ClientMachine"]
