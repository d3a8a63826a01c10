"""Recordings through the public client: real SDK, real sockets, `client.complete` and `client.stream`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias, get_args

import openai

from penguiflow_llm_core import LLMClient, create_client
from penguiflow_llm_types import LLMError, StreamEvent
from wire_replay._clients import CLIENTS
from wire_replay._corpus import Recording
from wire_replay._outcome import Answered, Crashed, Failed, Outcome
from wire_replay._server import Delivery, RecordingServer

Engine: TypeAlias = Literal["httpx2", "aiohttp"]
"""The SDK's transport: its default, or the one of the `aiohttp` extra."""

_AT_ONCE: Final = 24
_TIMEOUT_S: Final = 30.0
_STREAM_EVENTS: Final = get_args(StreamEvent)


class Replayer:
    """Plays recordings while it is entered. All clients share one connection pool: a pool is what is costly to make."""

    def __init__(self, server: RecordingServer, *, engine: Engine = "httpx2") -> None:
        self._server = server
        self._engine = engine
        self._pool: Any = None

    async def __aenter__(self) -> Self:
        self._pool = openai.DefaultAioHttpClient() if self._engine == "aiohttp" else openai.DefaultAsyncHttpx2Client()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()

    async def play_all(
        self, recordings: Iterable[Recording], delivery: Delivery = "whole", *, streamed: bool | None = None
    ) -> Sequence[tuple[Recording, Outcome]]:
        """Every recording with what became of it, in order; a few are under way at a time."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def play(recording: Recording) -> tuple[Recording, Outcome]:
            async with gate:
                return recording, await self.play(recording, delivery, streamed=streamed)

        return await asyncio.gather(*(play(recording) for recording in recordings))

    async def play(
        self, recording: Recording, delivery: Delivery = "whole", *, streamed: bool | None = None
    ) -> Outcome:
        """What the client makes of one recording, asked the way it was recorded unless `streamed` says otherwise."""
        url = self._server.base_url(recording, delivery)
        options = CLIENTS[recording.package](recording, url, self._pool)
        client = create_client(f"{recording.package}/{recording.model}", max_retries=0, timeout_s=_TIMEOUT_S, **options)
        return await ask(client, streamed=recording.stream if streamed is None else streamed)


async def ask(client: LLMClient, *, streamed: bool) -> Outcome:
    """One call. What is asked does not matter: the server has one answer."""
    events: list[StreamEvent] = []
    try:
        if not streamed:
            return Answered(response=await client.complete("hello"))
        async with client.stream("hello") as stream:
            async for event in stream:
                if isinstance(event, _STREAM_EVENTS):
                    events.append(event)
            return Answered(response=await stream.result(), events=tuple(events))
    except LLMError as error:
        return Failed(error=error, events=tuple(events))
    except Exception as error:  # noqa: BLE001 - a finding of its own, which must not end the run of all the others
        return Crashed(error=error)
