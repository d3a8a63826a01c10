"""The OpenAI SDK: credentials, URLs, the connection pool. Requests go through its public `post`, answers come back raw.

Raw, because three quarters of the SDK's time per streamed chunk go into its response models.
"""

from __future__ import annotations

import importlib.util
import os
import ssl
import sys
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, cast

import httpx2
import openai

from penguiflow_llm_openai._options import Settings
from penguiflow_llm_openai._transport._answer import Answer
from penguiflow_llm_openai._transport._failures import failure
from penguiflow_llm_openai_compat import error_from_response
from penguiflow_llm_types import LLMConfigurationError, LLMError

_MAX_ERROR_BYTES: Final = 1024 * 1024


class Connection:
    """One SDK client on one event loop."""

    __slots__ = ("_broken", "_client", "_guard", "_owned", "_plain", "_settings", "_streamed")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._owned = settings.client is None
        self._client = _make_client(settings) if self._owned else cast("openai.AsyncOpenAI", settings.client)
        self._guard = _closing(self._client)
        self._broken = _exceptions()
        timeout = openai.Timeout(None, connect=settings.connect_timeout_s)
        self._plain = _options(timeout, accept_encoding="gzip, deflate")
        self._streamed = _options(timeout, accept_encoding="identity")

    async def close_with_loop(self) -> None:
        """Have the event loop close the client when it shuts down: it closes asynchronous generators that run on it."""
        if self._owned:
            await anext(self._guard)

    async def aclose(self) -> None:
        """Close the client, unless it is the caller's."""
        await self._guard.aclose()

    async def send(self, path: str, body: Mapping[str, Any], *, stream: bool) -> Answer:
        """See `Transport.send`."""
        error: LLMError
        try:
            response: Any = await self._client.post(
                path,
                cast_to=httpx2.Response,
                body=body,
                options=self._streamed if stream else self._plain,
                stream=True,  # always: the body is read here, within bounds
                stream_cls=openai.AsyncStream[object],
            )
        except _Refused as refused:
            error = self._refusal(refused.status, refused.body, refused.headers)
        except openai.APIStatusError as refused:  # from a client of the caller's, which has read the body
            answer = refused.response
            error = self._refusal(answer.status_code, answer.content, answer.headers)
        except (TypeError, ValueError) as cause:  # a body that is not JSON, a credential that does not resolve
            why = self._settings.redact(str(cause))
            error = LLMConfigurationError(
                f"the request could not be made: {why}; check extra, headers and the credential", phase="local"
            )
        except self._broken as cause:
            error = failure(cause, stage="headers", host=self._client.base_url.host)
        else:
            return Answer(response, stream=stream, broken=self._broken)
        raise error  # outside of the handlers, so that no exception of the SDK, and no request of its, hangs on it

    def _refusal(self, status: int, body: bytes, headers: Mapping[str, str]) -> LLMError:
        lower = {name.lower(): value for name, value in headers.items()}
        return error_from_response(status, body, lower, now=datetime.now(UTC), redact=self._settings.redact)


class _Refused(Exception):  # noqa: N818 - carries an answer out of the SDK, and is never seen outside of this module
    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers


async def _refuse(response: httpx2.Response) -> None:
    """Take refusals away from the SDK, which would read them without bound and hang the request on its exception."""
    if response.status_code >= 300:
        raise _Refused(response.status_code, await _start_of(response), response.headers)


async def _start_of(response: httpx2.Response) -> bytes:
    """The body of a refusal, as far as it is worth reading."""
    answer = Answer(response, stream=False, broken=_exceptions())
    body = b""
    try:
        async for data in answer:
            body += data
            if len(body) > _MAX_ERROR_BYTES:
                break
    except LLMError:
        pass  # the status says enough
    finally:
        await answer.aclose()
    return body


async def _closing(client: openai.AsyncOpenAI) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await client.close()


def _options(timeout: openai.Timeout, *, accept_encoding: str) -> openai.RequestOptions:
    return {
        "max_retries": 0,
        "timeout": timeout,
        "follow_redirects": False,
        "headers": {"Accept-Encoding": accept_encoding},
    }


def _exceptions() -> tuple[type[BaseException], ...]:
    """What the SDK and the engines under it raise when a connection fails."""
    kinds: tuple[type[BaseException], ...] = (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, OSError)
    for name, error in (("httpx", "HTTPError"), ("aiohttp", "ClientError"), ("anyio", "EndOfStream")):
        engine = sys.modules.get(name)  # only one that is in use can raise
        if engine is not None:
            kinds += (getattr(engine, error),)
    return kinds


def _make_client(settings: Settings) -> openai.AsyncOpenAI:
    make = openai.DefaultAioHttpClient if _takes_aiohttp(settings) else openai.DefaultAsyncHttpx2Client
    http_client = make(
        verify=_ssl_context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
        follow_redirects=False,
        event_hooks={"response": [_refuse]},
    )
    common: dict[str, Any] = {
        "api_key": None if settings.api_key is None else settings.api_key.reveal(),
        "organization": settings.organization,
        "project": settings.project,
        "default_headers": settings.default_headers,
        "default_query": settings.default_query,
        "max_retries": 0,
        "http_client": http_client,
    }
    if settings.endpoint == "azure":
        return openai.AsyncAzureOpenAI(
            azure_endpoint=settings.azure_endpoint or "",
            api_version=settings.api_version,
            azure_deployment=settings.azure_deployment,
            azure_ad_token_provider=settings.azure_ad_token_provider,
            **common,
        )
    return openai.AsyncOpenAI(base_url=settings.base_url, **common)


def _takes_aiohttp(settings: Settings) -> bool:
    installed = importlib.util.find_spec("aiohttp") is not None
    if settings.use_aiohttp and not installed:
        raise LLMConfigurationError(
            "use_aiohttp=True, but aiohttp is not installed; install penguiflow-llm-openai[aiohttp]", provider="openai"
        )
    return installed if settings.use_aiohttp is None else settings.use_aiohttp


@lru_cache(maxsize=8)
def _ssl_context(cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:  # noqa: ARG001 - the cache's key
    """One context for all clients: making it is most of what a client costs. httpx2 reads the two variables itself."""
    return httpx2.create_ssl_context()
