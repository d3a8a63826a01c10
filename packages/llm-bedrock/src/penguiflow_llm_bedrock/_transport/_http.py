"""Requests over aiohttp, with a bearer token or signed."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import aiohttp
from yarl import URL

from penguiflow_llm_bedrock._errors import ERRORS
from penguiflow_llm_bedrock._options import Settings
from penguiflow_llm_bedrock._sigv4 import signed_headers
from penguiflow_llm_bedrock._transport._identity import Identities, Identity
from penguiflow_llm_types import LLMAuthError, LLMConfigurationError, LLMError
from penguiflow_llm_types.wire import Answer, Encoded, aiohttp_session, error_from_response, failure, proxy_of

_BROKEN: Final = (aiohttp.ClientError, OSError)


class HTTPConnection:
    """One pool of connections on one event loop. It has no limit: a call waits for the provider, not for another."""

    __slots__ = ("_identities", "_proxies", "_search", "_session", "_settings")

    def __init__(self, settings: Settings, identities: Identities) -> None:
        self._settings = settings
        self._identities = identities
        self._search: asyncio.Task[Identity | LLMError] | None = None
        self._proxies: dict[str, str | None] = {}
        self._session = aiohttp_session(
            aiohttp,
            connector={"ssl": _ssl_context(_ca_bundle())},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout_s),
            headers={"accept-encoding": "identity", "content-type": "application/json", **settings.default_headers},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if self._search is not None:
            self._search.cancel()
        await self._session.close()

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """See `Transport.send`."""
        body = _bytes(request.body)
        identity = self._identities.current() or await self._found()
        if self._identities.is_due():
            self._start_search()
        headers = {**request.headers, **_proof(identity, request.path, body)}
        error: LLMError
        try:
            response = await self._session.post(
                URL(f"{identity.url}{request.path}", encoded=True),
                data=body,
                headers=headers,
                allow_redirects=False,
                proxy=self._proxy(identity),
            )
        except _BROKEN as cause:
            error = failure(cause, stage="headers", host=identity.host)
        except ValueError as cause:  # a URL or a header that cannot be sent
            why = self._identities.redact(str(cause))
            error = LLMConfigurationError(f"the request could not be made: {why}", phase="local")
        else:
            answer = _answer(response, identity.host, stream=stream)
            if response.status < 300:
                return answer
            error = await self._refused(response.status, answer, identity)
        raise error  # outside of the handlers, so that no exception of the engine, and no request, hangs on it

    async def _found(self) -> Identity:
        """The identity, looked for in a thread; calls that come meanwhile wait for the same search."""
        found = await asyncio.shield(self._start_search())
        if isinstance(found, LLMError):
            raise copy.copy(found)  # one for each call: the client writes on it
        return found

    def _start_search(self) -> asyncio.Task[Identity | LLMError]:
        if self._search is None:
            self._search = asyncio.get_running_loop().create_task(self._look())
        return self._search

    async def _look(self) -> Identity | LLMError:
        try:
            return await asyncio.to_thread(self._identities.find)
        except LLMError as error:
            return error.with_traceback(None)
        finally:
            self._search = None

    async def _refused(self, status: int, answer: Answer, identity: Identity) -> LLMError:
        body = await answer.read_start()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        error = error_from_response(
            status, body, headers, ERRORS, now=datetime.now(UTC), redact=self._identities.redact
        )
        if isinstance(error, LLMAuthError):
            self._identities.forget(identity)
        return error

    def _proxy(self, identity: Identity) -> str | None:
        """The proxy that the environment names for this address; credentials of `.netrc` are never looked at."""
        if identity.url not in self._proxies:
            self._proxies[identity.url] = proxy_of(identity.url)
        return self._proxies[identity.url]


def _bytes(body: Mapping[str, Any]) -> bytes:
    problem = ""
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as cause:
        problem = f"{type(cause).__name__}: {cause}" if isinstance(cause, TypeError) else type(cause).__name__
    raise LLMConfigurationError(f"the request is not JSON ({problem}); check extra and the messages", phase="local")


def _proof(identity: Identity, path: str, body: bytes) -> dict[str, str]:
    if identity.keys is None:
        token = "" if identity.token is None else identity.token.reveal()
        return {"authorization": f"Bearer {token}"}
    return signed_headers(
        identity.keys,
        region=identity.region,
        host=identity.host,
        path=f"{identity.path}{path}",
        body=body,
        now=datetime.now(UTC),
    )


def _answer(response: aiohttp.ClientResponse, host: str, *, stream: bool) -> Answer:
    return Answer(
        headers=response.headers,
        chunks=_chunks(response.content),
        close=_closing(response),
        host=host,
        broken=_BROKEN,
        stream=stream,
        request_id_headers=ERRORS.request_id_headers,
    )


async def _chunks(content: aiohttp.StreamReader) -> AsyncGenerator[bytes, None]:
    while chunk := await content.readany():
        yield chunk


def _closing(response: aiohttp.ClientResponse) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        response.close()

    return close


def _ca_bundle() -> str | None:
    """A bundle of the caller's, in the variables that boto3 reads; None: what the system trusts."""
    return os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE") or None


@lru_cache(maxsize=8)
def _ssl_context(ca_bundle: str | None) -> ssl.SSLContext:
    """One context for all connections: making it costs 20 ms."""
    return ssl.create_default_context(cafile=ca_bundle)
