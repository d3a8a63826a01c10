"""The two HTTP engines behind one face: a body out, bytes in. No redirect is followed, nothing is retried."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import httpx2

from penguiflow_llm_google._transport._sdk import ssl_context
from penguiflow_llm_types import LLMConfigurationError
from penguiflow_llm_types.wire import aiohttp_session, engine_name, guard_connection, has_aiohttp, proxy_of

_MOST_AT_ONCE: Final = 500  # with 1,000, httpx2 was busy with its pool for longer than a connection may take
_MOST_KEPT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer whose headers have come."""

    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    chunks: AsyncGenerator[bytes, None]
    close: Callable[[], Awaitable[None]]


class Engine(Protocol):
    """Sends requests on one event loop."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """The answer to a request, once its headers are there."""
        ...

    async def aclose(self) -> None:
        """Close its connections, unless they are the caller's."""
        ...


class Httpx2Engine:
    """Over httpx2, or over a client of the caller's with the same face (httpx)."""

    __slots__ = ("_client", "_owned", "_timeout")

    def __init__(self, client: Any = None, *, connect_timeout_s: float) -> None:
        self._timeout = httpx2.Timeout(None, connect=connect_timeout_s)
        self._owned = client is None
        limits = httpx2.Limits(max_connections=_MOST_AT_ONCE, max_keepalive_connections=_MOST_KEPT)
        self._client: Any = client or httpx2.AsyncClient(
            verify=ssl_context(), limits=limits, timeout=self._timeout, event_hooks={"request": [guard_connection]}
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """See `Engine`."""
        timeout = {"timeout": self._timeout} if self._owned else {}
        request = self._client.build_request("POST", url, headers=headers, content=body, **timeout)
        response = await self._client.send(request, stream=True, follow_redirects=False)
        return Response(
            status=response.status_code,
            headers=response.headers,
            chunks=response.aiter_raw(),
            close=response.aclose,
        )

    async def aclose(self) -> None:
        """See `Engine`."""
        if self._owned:
            await self._client.aclose()


class AiohttpEngine:
    """Over aiohttp, which costs a third."""

    __slots__ = ("_owned", "_proxies", "_session", "_timeout")

    def __init__(self, session: Any = None, *, connect_timeout_s: float) -> None:
        import aiohttp  # an extra

        self._owned = session is None
        self._proxies: dict[str, str | None] = {}
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout_s)
        self._session: Any = session or aiohttp_session(
            aiohttp, connector={"ssl": ssl_context()}, auto_decompress=False
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """See `Engine`. A session of the caller's decompresses by itself, so that nothing compressed is asked for."""
        if not self._owned:
            headers = {**headers, "Accept-Encoding": "identity"}
        response = await self._session.post(
            url, headers=headers, data=body, timeout=self._timeout, allow_redirects=False, proxy=self._proxy(url)
        )

        async def close() -> None:
            response.close()

        return Response(status=response.status, headers=response.headers, chunks=_chunks(response.content), close=close)

    async def aclose(self) -> None:
        """See `Engine`."""
        if self._owned:
            await self._session.close()

    def _proxy(self, url: str) -> str | None:
        """The environment's proxy for a session of ours, looked up once per host."""
        if not self._owned:
            return None
        host = host_of(url)
        if host not in self._proxies:
            self._proxies[host] = proxy_of(url)
        return self._proxies[host]


async def _chunks(content: Any) -> AsyncGenerator[bytes, None]:
    async for data in content.iter_any():
        yield data


def make_engine(*, use_aiohttp: bool | None, connect_timeout_s: float) -> Engine:
    """An engine of ours; `use_aiohttp` None means where aiohttp is installed."""
    if use_aiohttp and not has_aiohttp():
        raise LLMConfigurationError(
            "use_aiohttp=True, but aiohttp is not installed; install penguiflow-llm-google[aiohttp]", phase="local"
        )
    if engine_name(use_aiohttp=use_aiohttp) == "aiohttp":
        return AiohttpEngine(connect_timeout_s=connect_timeout_s)
    return Httpx2Engine(connect_timeout_s=connect_timeout_s)


def engine_errors() -> tuple[type[BaseException], ...]:
    """What the engines raise when a connection fails."""
    kinds: tuple[type[BaseException], ...] = (httpx2.HTTPError, httpx2.InvalidURL, OSError)
    for name, error in (("httpx", "HTTPError"), ("aiohttp", "ClientError"), ("anyio", "EndOfStream")):
        engine = sys.modules.get(name)  # only one that is in use can raise
        if engine is not None:
            kinds += (getattr(engine, error),)
    return kinds


def host_of(url: str) -> str:
    """The host of `url`, for messages."""
    return urlsplit(url).hostname or ""
