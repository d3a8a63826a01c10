"""The raw anthropic SDK."""

from __future__ import annotations

import anthropic
from anthropic.types import MessageParam, TextBlock
from pydantic import BaseModel

from clients.contract import CONNECT_S, NO_LIMITS, Concurrent
from shapes import Shape


class RawMessages(Concurrent):
    """The Messages API; streams by `create(stream=True)`, which is cheaper than the `stream` helper."""

    def __init__(self, base_url: str, model: str, *, aiohttp: bool) -> None:
        engine = anthropic.DefaultAioHttpClient(limits=NO_LIMITS) if aiohttp else None
        self._sdk = anthropic.AsyncAnthropic(
            api_key="bench",
            base_url=base_url,
            max_retries=0,
            timeout=anthropic.Timeout(600, connect=CONNECT_S),
            http_client=engine,
        )
        self._model = model

    async def stream(self, prompt: str) -> str:
        """See `Client`."""
        stream = await self._sdk.messages.create(
            model=self._model, max_tokens=16000, messages=_user(prompt), stream=True
        )
        return "".join(
            [
                event.delta.text
                async for event in stream
                if event.type == "content_block_delta" and event.delta.type == "text_delta"
            ]
        )

    async def call(self, shape: Shape) -> BaseModel:
        """See `Client`."""
        answer = await self._sdk.messages.create(
            model=self._model,
            max_tokens=16000,
            messages=_user(shape.prompt),
            output_config={"format": {"type": "json_schema", "schema": shape.schema}},
        )
        text = "".join(block.text for block in answer.content if isinstance(block, TextBlock))
        return shape.model.model_validate_json(text)

    async def aclose(self) -> None:
        """See `Client`."""
        await self._sdk.close()


def _user(prompt: str) -> list[MessageParam]:
    return [{"role": "user", "content": prompt}]
