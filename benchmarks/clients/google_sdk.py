"""The raw google-genai SDK."""

from __future__ import annotations

from typing import Any, Final

import httpx2
from google import genai
from google.genai import types
from pydantic import BaseModel

from clients.contract import NO_LIMITS, Concurrent
from shapes import Shape

# What would make the SDK look for more to do: nothing here asks for it.
_PLAIN: Final[dict[str, Any]] = {
    "automatic_continuation": False,
    "automatic_function_calling": types.AutomaticFunctionCallingConfig(disable=True),
}


class RawGemini(Concurrent):
    """generateContent. Where aiohttp is installed the SDK uses it unasked; a client of httpx2 is how to say no."""

    def __init__(self, base_url: str, model: str, *, aiohttp: bool) -> None:
        engine = None if aiohttp else httpx2.AsyncClient(timeout=None, limits=NO_LIMITS)
        self._sdk = genai.Client(
            api_key="bench",
            http_options=types.HttpOptions(
                base_url=base_url,
                httpx_async_client=engine,
                retry_options=types.HttpRetryOptions(attempts=1),
            ),
        )
        self._model = model
        self._stream_config = types.GenerateContentConfig(**_PLAIN)

    async def stream(self, prompt: str) -> str:
        """See `Client`."""
        stream = await self._sdk.aio.models.generate_content_stream(
            model=self._model, contents=prompt, config=self._stream_config
        )
        return "".join([chunk.text or "" async for chunk in stream])

    async def call(self, shape: Shape) -> BaseModel:
        """See `Client`."""
        answer = await self._sdk.aio.models.generate_content(
            model=self._model,
            contents=shape.prompt,
            config=types.GenerateContentConfig(
                response_mime_type="application/json", response_json_schema=shape.schema, **_PLAIN
            ),
        )
        return shape.model.model_validate_json(answer.text or "")

    async def aclose(self) -> None:
        """See `Client`."""
        await self._sdk.aio.aclose()
