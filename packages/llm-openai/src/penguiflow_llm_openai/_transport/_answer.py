"""One answer of the provider, read as it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from typing import Final

import httpx2

from penguiflow_llm_openai._transport._content import MAX_BODY_BYTES, ContentDecoder
from penguiflow_llm_openai._transport._failures import failure
from penguiflow_llm_types import CompletionResponse

_DRAIN_S: Final = 0.02


class Answer:
    """Headers that have come, and a body that is coming: iterate over its bytes, and close it at any time."""

    __slots__ = ("_broken", "_content", "_raw", "_response", "_stage", "headers", "partial")

    def __init__(self, response: httpx2.Response, *, stream: bool, broken: tuple[type[BaseException], ...]) -> None:
        self.headers: Mapping[str, str] = response.headers
        """Names in any case."""
        self.partial: Callable[[], CompletionResponse] | None = None
        """What to report when the connection breaks; set by the reader."""
        self._stage: Final = "stream" if stream else "body"
        self._broken = broken
        self._response = response
        self._raw: AsyncGenerator[bytes, None] = response.aiter_raw()
        encoding = response.headers.get("content-encoding", "")
        self._content = ContentDecoder(encoding, max_bytes=None if self.is_event_stream else MAX_BODY_BYTES)

    @property
    def content_type(self) -> str:
        """As the provider names it, in lower case; "" when it does not."""
        return str(self.headers.get("content-type", "")).lower()

    @property
    def is_event_stream(self) -> bool:
        """Whether to read the body as events: unless it is said to be something else."""
        return self._stage == "stream" and not ("json" in self.content_type or "html" in self.content_type)

    @property
    def request_id(self) -> str | None:
        """Id for the provider's support."""
        return self.headers.get("x-request-id") or self.headers.get("apim-request-id")

    def __aiter__(self) -> Answer:
        return self

    async def __anext__(self) -> bytes:
        try:
            data = await self._raw.__anext__()
        except StopAsyncIteration:
            self._content.end()
            raise
        except self._broken as error:
            partial = None if self.partial is None else self.partial()
            lost = failure(error, stage=self._stage, host=self._response.url.host, partial=partial)
        else:
            return self._content.feed(data)
        raise lost  # outside of the handler, so that the engine's exception and its request are not held by ours

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([data async for data in self])

    async def drain(self) -> None:
        """Wait a moment for the end, after which the connection can serve another request."""
        with suppress(TimeoutError, *self._broken):
            async with asyncio.timeout(_DRAIN_S):
                async for _ in self._raw:
                    pass

    async def aclose(self) -> None:
        """Close the connection, unless the body was read to its end. Closing twice is allowed."""
        with suppress(*self._broken):
            await self._raw.aclose()
            await self._response.aclose()
