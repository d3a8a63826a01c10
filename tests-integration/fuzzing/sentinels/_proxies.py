"""Failures on the way through a proxy whose address, in the environment, holds a user name and a password."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from random import Random
from typing import Final

from penguiflow_llm import LLMError
from penguiflow_llm_testing import Disconnect, Failure, Raw, Simulator

from ._holders import HOLDERS, close_own, made
from ._memory import ask
from ._surfaces import of_error, of_object, watched
from ._tally import Tally
from ._values import echo, key

HOLDERS_OF: Final = tuple(name for name in HOLDERS if name != "bedrock, own client" and "Google" not in name)
"""A boto3 client reads the environment when it is made, and quotes nothing."""


async def tried(name: str, paths: int, *, seed: int) -> Tally:
    """So many failures of clients that hold what `name` says, behind a proxy."""
    rng, tally = Random(f"{seed} {name} behind a proxy"), Tally()
    with Simulator(seed=seed) as proxy:
        while tally.paths < paths:
            with ExitStack() as stack, watched() as said:
                held = HOLDERS[name](rng, "http://127.0.0.1:9/v1")
                user, password = key(rng, "user"), key(rng, "")
                address = proxy.url.replace("://", f"://{user}:{password}@")
                held.environ |= {"HTTP_PROXY": address, "http_proxy": address, "NO_PROXY": "", "no_proxy": ""}
                hidden = (*held.hidden, password)
                client = made(held, stack, max_retries=0, timeout_s=5.0)
                tally.paths += 1
                _fail(proxy, password, rng)
                try:
                    await ask(client, streamed=rng.random() < 0.4, typed=False)
                except LLMError as error:
                    tally.ends[type(error).__name__] += 1
                    tally.look("proxy", of_error(error), hidden)
                else:
                    tally.ends["answered"] += 1
                tally.look("proxy", [*of_object("a client", client), *of_object("a provider", client.provider)], hidden)
                await client.aclose()
                await close_own(held)
            tally.look("proxy", said, hidden)
    return tally


def _fail(proxy: Simulator, password: str, rng: Random) -> None:
    """A proxy that wants another credential, answers itself, or says nothing; what it quotes it was told."""
    proxy.clear_script()
    said = echo(password, rng) if rng.random() < 0.5 else "no"
    match rng.randrange(4):
        case 0:
            proxy.script(Failure(status=407, body=f"<html>Proxy-Authorization: Basic {said}</html>".encode()))
        case 1:
            proxy.script(Failure(status=rng.choice((403, 502, 503)), body=f"denied: {said}".encode()))
        case 2:
            proxy.script(
                Raw(data=b"HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\nProxy-Authenticate: Basic\r\n\r\n")
            )
        case _:
            proxy.script_connection(Disconnect(how="rst"))


def run(name: str, paths: int, *, seed: int) -> Tally:
    """`tried`, in a loop of its own."""
    return asyncio.run(tried(name, paths, seed=seed))
