"""What is measured of every client, ours or a raw SDK."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final, Protocol

import httpx2
from pydantic import BaseModel

from shapes import Shape

CONNECT_S: Final = 60.0
"""How long every client waits for a connection: a thousand at once on a busy machine take more than the usual five."""

NO_LIMITS: Final = httpx2.Limits(max_connections=100_000, max_keepalive_connections=100_000)
"""Of connections: the engines' own, of a hundred or a thousand, would let calls wait for each other.

A number, because SDKs take None for aiohttp's own hundred (openai 3.54, anthropic 2.14, read 2026-11-26).
"""


class Client(Protocol):
    """One client, made once and used for all of its cases, as its documentation advises."""

    async def stream(self, prompt: str) -> str:
        """Read a streamed answer; its text."""

    async def call(self, shape: Shape) -> BaseModel:
        """Ask for a value, natively, and validate it."""

    async def together(self, shape: Shape, count: int) -> Sequence[BaseModel | BaseException]:
        """`count` calls at once; failures are returned."""

    async def streams_together(self, prompt: str, count: int) -> Sequence[str | BaseException]:
        """Read `count` streamed answers at once; their texts, failures in their place."""

    async def aclose(self) -> None:
        """Release connections."""


class Concurrent(ABC):
    """How an asynchronous client makes calls at once."""

    @abstractmethod
    async def stream(self, prompt: str) -> str:
        """See `Client`."""

    @abstractmethod
    async def call(self, shape: Shape) -> BaseModel:
        """See `Client`."""

    async def together(self, shape: Shape, count: int) -> Sequence[BaseModel | BaseException]:
        """See `Client`."""
        return await asyncio.gather(*(self.call(shape) for _ in range(count)), return_exceptions=True)

    async def streams_together(self, prompt: str, count: int) -> Sequence[str | BaseException]:
        """See `Client`."""
        return await asyncio.gather(*(self.stream(prompt) for _ in range(count)), return_exceptions=True)
