"""The raw openai SDK: for OpenAI, and with a base URL for OpenRouter and Databricks, as their documentation tells."""

from __future__ import annotations

from typing import Any

import openai
from pydantic import BaseModel

from clients.contract import CONNECT_S, NO_LIMITS, Concurrent
from shapes import Shape


def _sdk(base_url: str, *, aiohttp: bool) -> openai.AsyncOpenAI:
    engine = openai.DefaultAioHttpClient(limits=NO_LIMITS) if aiohttp else None
    timeout = openai.Timeout(600, connect=CONNECT_S)
    return openai.AsyncOpenAI(api_key="bench", base_url=base_url, max_retries=0, timeout=timeout, http_client=engine)


class RawChat(Concurrent):
    """Chat Completions."""

    def __init__(self, base_url: str, model: str, *, aiohttp: bool) -> None:
        self._sdk = _sdk(base_url, aiohttp=aiohttp)
        self._model = model

    async def stream(self, prompt: str) -> str:
        """See `Client`."""
        stream = await self._sdk.chat.completions.create(
            model=self._model, messages=_user(prompt), stream=True, stream_options={"include_usage": True}
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

    async def call(self, shape: Shape) -> BaseModel:
        """See `Client`."""
        answer = await self._sdk.chat.completions.create(
            model=self._model,
            messages=_user(shape.prompt),
            response_format={
                "type": "json_schema",
                "json_schema": {"name": shape.name, "schema": shape.schema, "strict": True},
            },
        )
        return shape.model.model_validate_json(answer.choices[0].message.content or "")

    async def aclose(self) -> None:
        """See `Client`."""
        await self._sdk.close()


class RawResponses(Concurrent):
    """The Responses API."""

    def __init__(self, base_url: str, model: str, *, aiohttp: bool) -> None:
        self._sdk = _sdk(base_url, aiohttp=aiohttp)
        self._model = model

    async def stream(self, prompt: str) -> str:
        """See `Client`."""
        stream = await self._sdk.responses.create(model=self._model, input=prompt, stream=True, store=False)
        return "".join([event.delta async for event in stream if event.type == "response.output_text.delta"])

    async def call(self, shape: Shape) -> BaseModel:
        """See `Client`."""
        answer = await self._sdk.responses.create(
            model=self._model,
            input=shape.prompt,
            text={"format": {"type": "json_schema", "name": shape.name, "schema": shape.schema, "strict": True}},
            store=False,
        )
        return shape.model.model_validate_json(answer.output_text)

    async def aclose(self) -> None:
        """See `Client`."""
        await self._sdk.close()


def _user(prompt: str) -> list[Any]:
    return [{"role": "user", "content": prompt}]
