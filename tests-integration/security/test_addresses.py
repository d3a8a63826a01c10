"""K10: no credential goes to an address where machines keep credentials, whatever name leads there."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

import anthropic
import httpcore2
import httpx2
import pytest
from everyone import EVERYONE, KEY, MODELS

from penguiflow_llm import LLMConfigurationError, create_client
from penguiflow_llm_anthropic._transport._sdk import _SDK as ANTHROPIC_SDK
from penguiflow_llm_google._transport._engines import Httpx2Engine
from penguiflow_llm_openai_compat.transport import OPENAI_SDK
from penguiflow_llm_types.wire import guard_connection

NAME = "rebound.example.org"
FORBIDDEN = ("169.254.169.254", "fe80::a9fe:a9fe", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200")


@EVERYONE
@pytest.mark.parametrize("address", FORBIDDEN)
async def test_a_name_that_leads_there(provider: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name server is the attacker's: it says so only once the URL has been looked at."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 443, 0, 0)[: 4 if ":" in address else 2])]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    async with create_client(MODELS[provider], api_key=KEY, base_url=f"https://{NAME}/v1") as client:
        with pytest.raises(LLMConfigurationError, match="machines keep credentials") as caught:
            await client.complete("Hello.")
    assert ("connect", "no", 1) == (caught.value.phase, caught.value.billed, caught.value.attempts)
    assert KEY not in repr(caught.value)


class _Stream(httpcore2.AsyncNetworkStream):
    """A connection to `address` that keeps what is written."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.written = b""
        self.closed = False

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore2's
        self.written += buffer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return b""

    async def aclose(self) -> None:
        self.closed = True

    def get_extra_info(self, info: str) -> Any:
        return (self.address, 80) if info == "server_addr" else None


class _Network(httpcore2.AsyncNetworkBackend):
    """Every connection is `stream`."""

    def __init__(self, stream: _Stream) -> None:
        self.stream = stream

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        return self.stream


def _engines() -> dict[str, Any]:
    """The httpx2 clients that requests go through."""
    return {
        "openai": OPENAI_SDK.http_client(use_aiohttp=False),
        "anthropic": ANTHROPIC_SDK.http_client(use_aiohttp=False),
        "google": Httpx2Engine(connect_timeout_s=1.0)._client,
        "tokens": httpx2.AsyncClient(event_hooks={"request": [guard_connection]}),
    }


@pytest.mark.parametrize("name", ["openai", "anthropic", "google", "tokens"])
@pytest.mark.parametrize(("address", "allowed"), [*((address, False) for address in FORBIDDEN), ("127.0.0.1", True)])
async def test_a_connection_there_is_closed_before_a_byte_is_written(name: str, address: str, allowed: bool) -> None:
    """Over httpx2, whose connection says where it leads."""
    stream = _Stream(address)
    async with _engines()[name] as engine:
        engine._transport._pool._network_backend = _Network(stream)
        with pytest.raises(httpx2.RemoteProtocolError if allowed else OSError):
            await engine.post("http://name.example.org/", headers={"authorization": KEY})
    assert (allowed, True) == (KEY.encode() in stream.written, stream.closed)


def test_the_sdks_make_the_sessions_that_are_replaced() -> None:
    """Their aiohttp transports have no setting for a resolver, so that theirs is set aside."""
    for sdk in (OPENAI_SDK, ANTHROPIC_SDK):
        assert callable(sdk.http_client(use_aiohttp=True)._transport.client)
    assert anthropic.DefaultAioHttpClient is ANTHROPIC_SDK.make_aiohttp_client
