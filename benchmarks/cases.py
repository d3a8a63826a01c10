"""What every client is measured at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

from canned.text import asking_for, words
from clients.contract import Client
from measuring import Case
from shapes import PERSON, WIDE, Shape
from wires import Peer, Wire

CHUNKS = 2000
SHORT, LONG = 500, 8000
CALLS = 100
WIDE_CALLS = 20
AT_ONCE = 50


@asynccontextmanager
async def connected(wire: Wire, server: str) -> AsyncIterator[list[Case]]:
    """All cases of one wire; clients are used for all rounds, and closed in the end."""
    async with AsyncExitStack() as stack:

        def connect(peer: Peer) -> Client:
            client = peer.connect(server)
            stack.push_async_callback(client.aclose)
            return client

        peers = wire.peers(at_once=AT_ONCE)
        alone = {peer: connect(peer) for peer in peers}
        yield [
            *(case for peer, client in alone.items() for case in _of(wire, peer.name, client)),
            # Clients of their own: to walk past fifty idle connections would make every later call dearer.
            *(_together(wire.title, peer.name, connect(peer)) for peer in peers),
            *_by_length(wire.title, next(client for peer, client in alone.items() if peer.ours)),
        ]


def _of(wire: Wire, name: str, client: Client) -> Iterator[Case]:
    yield _streamed(f"{wire.title}: stream", name, client, CHUNKS)
    called = f"{wire.title}: structured call"
    yield _called(called, name, client, PERSON, CALLS)
    if wire.wide:
        yield _called(f"{called}, {len(WIDE.properties)} properties", name, client, WIDE, WIDE_CALLS)


def _by_length(title: str, ours: Client) -> list[Case]:
    group = f"{title}: stream by length"
    return [_streamed(group, f"ours, {chunks} chunks", ours, chunks) for chunks in (SHORT, LONG)]


def _streamed(group: str, name: str, client: Client, chunks: int) -> Case:
    expected = "".join(words(chunks))

    async def run() -> None:
        text = await client.stream(asking_for(chunks))
        assert text == expected, text

    return Case(group=group, name=name, run=run, units=chunks)


def _called(group: str, name: str, client: Client, shape: Shape, calls: int) -> Case:
    async def run() -> None:
        for _ in range(calls):
            value = await client.call(shape)
            assert type(value) is shape.model, value

    return Case(group=group, name=name, run=run, units=calls)


def _together(title: str, name: str, client: Client) -> Case:
    async def run() -> None:
        for _ in range(CALLS // AT_ONCE):
            values = await client.together(PERSON, AT_ONCE)
            assert [type(value) for value in values] == [PERSON.model] * AT_ONCE, values[0]

    return Case(group=f"{title}: structured call, {AT_ONCE} at once", name=name, run=run, units=CALLS)
