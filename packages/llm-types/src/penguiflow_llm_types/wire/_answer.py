"""One answer of the provider, read as it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from penguiflow_llm_types._errors import LLMError
from penguiflow_llm_types._headers import first_header
from penguiflow_llm_types._response import CompletionResponse
from penguiflow_llm_types.wire._content import MAX_BODY_BYTES, MAX_STREAM_BYTES, ContentDecoder
from penguiflow_llm_types.wire._failures import failure

_DRAIN_S: Final = 0.02
_MAX_START_BYTES: Final = 1024 * 1024


class Answer:
    """Headers that have come, and a body that is coming: iterate over its bytes, and close it at any time.

    Whatever engine it comes from, it is made of `headers` (names in any case), `chunks` (the body as it arrives, not
    decompressed), `close` (releases the connection, or closes it where the body was not read to its end), `host` (for
    messages) and `broken` (what the engine raises when the connection fails).
    """

    __slots__ = ("_broken", "_chunks", "_close", "_content", "_host", "_request_ids", "_stage", "headers", "partial")

    def __init__(
        self,
        *,
        headers: Mapping[str, str],
        chunks: AsyncGenerator[bytes, None],
        close: Callable[[], Awaitable[None]],
        host: str,
        broken: tuple[type[BaseException], ...],
        stream: bool,
        request_id_headers: tuple[str, ...] = ("x-request-id",),
    ) -> None:
        self.headers: Mapping[str, str] = headers
        """Names in any case."""
        self.partial: Callable[[], CompletionResponse] | None = None
        """What to report when the connection breaks; set by the reader."""
        self._stage: Final = "stream" if stream else "body"
        self._broken = broken
        self._chunks = chunks
        self._close = close
        self._host = host
        self._request_ids = request_id_headers
        encoding = headers.get("content-encoding", "")
        self._content = ContentDecoder(encoding, max_bytes=MAX_STREAM_BYTES if self.is_event_stream else MAX_BODY_BYTES)

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
        return first_header(self.headers, self._request_ids)

    def __aiter__(self) -> Answer:
        return self

    async def __anext__(self) -> bytes:
        try:
            data = await anext(self._chunks)
        except StopAsyncIteration:
            self._content.end()
            raise
        except self._broken as error:
            partial = None if self.partial is None else self.partial()
            lost = failure(error, stage=self._stage, host=self._host, partial=partial)
        else:
            return self._content.feed(data)
        raise lost  # outside of the handler, so that the engine's exception and its request are not held by ours

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([data async for data in self])

    async def read_start(self) -> bytes:
        """The body of a refusal as far as it is worth reading, which closes it; "" where it cannot be read."""
        body = b""
        try:
            async for data in self:
                body += data
                if len(body) > _MAX_START_BYTES:
                    break
        except LLMError:
            pass  # the status says enough
        finally:
            await self.aclose()
        return body

    async def drain(self) -> None:
        """Wait a moment for the end, after which the connection can serve another request, and close."""
        try:
            with suppress(TimeoutError, *self._broken):
                async with asyncio.timeout(_DRAIN_S):
                    async for _ in self._chunks:
                        pass
        finally:  # also where a call is stopped meanwhile
            await self.aclose()

    async def aclose(self) -> None:
        """Close the connection, unless the body was read to its end. Closing twice is allowed."""
        with suppress(*self._broken):
            try:
                await self._chunks.aclose()
            finally:
                await self._close()
