"""Our client, with everything a call does: plan, encoding, deadline, decoding, restoring, validation, cost."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from clients.contract import CONNECT_S, Concurrent
from penguiflow_llm import OutputMode, TextDelta, create_client
from shapes import Shape


class Ours(Concurrent):
    """`create_client(...)`."""

    def __init__(self, base_url: str, model: str, **settings: Any) -> None:
        self._client = create_client(model, base_url=base_url, connect_timeout_s=CONNECT_S, **settings)

    async def stream(self, prompt: str) -> str:
        """See `Client`."""
        async with self._client.stream(prompt) as events:
            return "".join([event.text async for event in events if isinstance(event, TextDelta)])

    async def call(self, shape: Shape) -> BaseModel:
        """See `Client`."""
        result = await self._client.generate(shape.prompt, shape.model)
        assert result.mode_used is OutputMode.NATIVE, result.mode_used
        return result.data

    async def aclose(self) -> None:
        """See `Client`."""
        await self._client.aclose()
