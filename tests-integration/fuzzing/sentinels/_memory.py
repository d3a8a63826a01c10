"""The mass of the paths: the public client and the real providers, over a transport that answers from memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from hostile_input import Spoken
from pydantic import BaseModel

from penguiflow_llm import LLMClient, LLMError
from penguiflow_llm_types.wire import Answer, Encoded, error_from_response, failure

from ._holders import HOLDERS, close_own, made
from ._injections import Injection, injected, spoken_by
from ._surfaces import of_error, of_object
from ._tally import Tally

# Whose credential is known only once a connection has looked it up, or lies in a client of the caller's.
_ONLY_SOCKETS: Final = (
    "google, access token",
    "google, own client",
    "bedrock, environment",
    "bedrock, own client",
    "databricks, OAuth for machines",
)
FROM_MEMORY: Final = tuple(name for name in HOLDERS if name not in _ONLY_SOCKETS)
_EACH_CLIENT: Final = 25  # paths that one client goes


class City(BaseModel):
    """What is asked for."""

    name: str


class Memory:
    """A transport whose next answer is what it is told."""

    def __init__(self, spoken: Spoken, provider: Any) -> None:
        self._spoken = spoken
        self._redact = provider._redact
        self.next: Injection | None = None

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        injection = self.next
        assert injection is not None
        headers = dict(injection.headers)
        if injection.kind == "no connection":
            raise failure(OSError(injection.body.decode()), stage="headers", host="127.0.0.1")
        if injection.status >= 300:
            raise error_from_response(
                injection.status,
                injection.body,
                headers,
                self._spoken.errors,
                now=datetime.now(UTC),
                redact=self._redact,
            )
        return Answer(
            headers=headers,
            chunks=_chunks(injection),
            close=_nothing,
            host="127.0.0.1",
            broken=(OSError,),
            stream=stream,
            request_id_headers=self._spoken.errors.request_id_headers,
        )

    async def aclose(self) -> None:
        pass


async def _chunks(injection: Injection) -> AsyncGenerator[bytes, None]:
    for at in range(0, len(injection.body), 700):
        yield injection.body[at : at + 700]
    if injection.cut:
        raise OSError(f"broken: {injection.body[-200:]!r}")


async def _nothing() -> None:
    pass


async def tried(name: str, paths: int, *, seed: int) -> Tally:
    """So many failures of a client that holds what `name` says."""
    rng, tally = Random(f"{seed} {name}"), Tally()
    while tally.paths < paths:
        with ExitStack() as stack:
            held = HOLDERS[name](rng, "http://127.0.0.1:9")
            client = made(held, stack, max_retries=0)
            spoken = spoken_by(held.model, held.settings)
            provider: Any = client.provider
            memory = Memory(spoken, provider)
            provider._transport = memory
            for _ in range(min(_EACH_CLIENT, paths - tally.paths)):
                streamed = rng.random() < 0.4
                memory.next = injected(spoken, held.secrets, rng, streamed=streamed)
                await _path(client, memory.next, tally, held.secrets, streamed=streamed)
            tally.look("any", [*of_object("a client", client), *of_object("a provider", provider)], held.secrets)
            await client.aclose()
            await close_own(held)
    return tally


async def _path(
    client: LLMClient, injection: Injection, tally: Tally, secrets: tuple[str, ...], *, streamed: bool
) -> None:
    tally.paths += 1
    try:
        result = await ask(client, streamed=streamed, typed=tally.paths % 3 == 0)
    except LLMError as error:
        tally.ends[type(error).__name__] += 1
        tally.look(injection.kind, of_error(error), secrets)
    else:
        tally.ends["answered"] += 1
        repr(result)


async def ask(client: LLMClient, *, streamed: bool, typed: bool) -> Any:
    """One call, the prompt of which says nothing."""
    callback = _nothing_of if streamed else None
    if typed:
        return await client.generate("Which town?", City, on_stream_event=callback)
    return await client.complete("Which town?", on_stream_event=callback)


def _nothing_of(event: object) -> None:
    pass


def run(name: str, paths: int, *, seed: int) -> Tally:
    """`tried`, in a loop of its own."""
    return asyncio.run(tried(name, paths, seed=seed))
