"""Raw requests over an SDK that Stainless generated: openai 3 and anthropic 2, which are built alike.

The SDK does credentials, URLs, headers and the connection pool; its public `post` sends the body and gives the bytes
back. Raw, because three quarters of such an SDK's time per streamed chunk go into its response models.

Nothing is imported here: a provider's transport hands over the SDK's classes as a `StainlessSDK`.
"""

from __future__ import annotations

import json
import os
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeAlias, TypeVar, cast

from penguiflow_llm_types._errors import LLMConfigurationError, LLMError
from penguiflow_llm_types.wire._aiohttp import aiohttp_session
from penguiflow_llm_types.wire._answer import Answer
from penguiflow_llm_types.wire._environment import engine_name, has_aiohttp
from penguiflow_llm_types.wire._exchange import Encoded
from penguiflow_llm_types.wire._failures import failure
from penguiflow_llm_types.wire._httpx2 import guard_connection

T = TypeVar("T")

Refusal: TypeAlias = Callable[[int, bytes, Mapping[str, str]], LLMError]
"""The error that a status, a body and headers in lower case mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StainlessSDK:
    """The parts of one SDK that requests go through."""

    engine: Any
    """The module of the HTTP engine under it (httpx2)."""
    stream_type: Any
    """Its `AsyncStream`."""
    timeout_type: Any
    base_error: type[Exception]
    status_error: type[Exception]
    """Raised for a refusal; has the engine's `response`."""
    make_http_client: Callable[..., Any]
    make_aiohttp_client: Callable[..., Any]

    def http_client(self, *, use_aiohttp: bool | None) -> Any:
        """An engine for the SDK's client, which is to be made with it.

        It follows no redirect, connects to no forbidden address, and takes refusals away from the SDK.
        `use_aiohttp` None: where aiohttp is installed.
        """
        takes_aiohttp = self._takes_aiohttp(use_aiohttp)
        make = self.make_aiohttp_client if takes_aiohttp else self.make_http_client
        client = make(
            verify=_ssl_context(self.engine, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            follow_redirects=False,
            event_hooks={"request": [] if takes_aiohttp else [guard_connection], "response": [self._refuse]},
        )
        if takes_aiohttp:
            _replace_sessions(client)
        return client

    def made(self, client_type: Callable[..., T], *, headers: Mapping[str, Any], **settings: Any) -> T:
        """The SDK's client, which sends no headers but its own and these.

        Left to itself it takes more from OPENAI_CUSTOM_HEADERS or ANTHROPIC_CUSTOM_HEADERS, credentials too, and sends
        them to whatever host it is made for (openai 3.54, anthropic 2.12).
        """
        client: Any = client_type(max_retries=0, **settings)
        client._custom_headers = dict(headers)  # noqa: SLF001 - no argument says so; a test holds it
        return cast("T", client)

    def exceptions(self) -> tuple[type[BaseException], ...]:
        """What the SDK and the engines under it raise when a connection fails."""
        kinds: tuple[type[BaseException], ...] = (self.base_error, self.engine.HTTPError, self.engine.InvalidURL)
        for name, error in (("httpx", "HTTPError"), ("aiohttp", "ClientError"), ("anyio", "EndOfStream")):
            engine = sys.modules.get(name)  # only one that is in use can raise
            if engine is not None:
                kinds += (getattr(engine, error),)
        return (*kinds, OSError)

    def answer(self, response: Any, *, stream: bool, request_id_headers: tuple[str, ...] = ()) -> Answer:
        """The engine's response as an `Answer`."""
        return Answer(
            headers=response.headers,
            chunks=response.aiter_raw(),
            close=response.aclose,
            host=response.url.host,
            broken=self.exceptions(),
            stream=stream,
            request_id_headers=request_id_headers,
        )

    async def _refuse(self, response: Any) -> None:
        """Take refusals from the SDK, which would read them without bound and hang the request on its exception."""
        if response.status_code >= 300:
            raise _Refused(
                response.status_code, await self.answer(response, stream=False).read_start(), response.headers
            )

    def _takes_aiohttp(self, wanted: bool | None) -> bool:
        if wanted and not has_aiohttp():
            raise LLMConfigurationError(
                "use_aiohttp=True, but aiohttp is not installed; install penguiflow-llm[aiohttp]", phase="local"
            )
        return engine_name(use_aiohttp=wanted) == "aiohttp"


class StainlessConnection:
    """One SDK client on one event loop. `owned` says whether it is closed with the connection.

    `as_bytes` hands the body over as the bytes to send: anthropic 2 copies any other body twice. A client that reads
    the body, to put the model into the URL, needs it as it is.

    `engine` is the HTTP engine the client was made with, where only the body changes from one request to the next:
    then requests go through the engine, with the URL and the headers the client names. It would build them anew for
    each call, which is a fifth of a call's CPU (anthropic 2.12). Not for credentials that expire.
    """

    __slots__ = (
        "_as_bytes", "_broken", "_client", "_engine", "_headers", "_owned", "_plain", "_redact", "_refusal",
        "_request_ids", "_sdk", "_streamed", "_urls",
    )  # fmt: skip

    def __init__(
        self,
        sdk: StainlessSDK,
        client: Any,
        *,
        owned: bool,
        connect_timeout_s: float,
        refusal: Refusal,
        redact: Callable[[str], str],
        request_id_headers: tuple[str, ...],
        as_bytes: bool = False,
        engine: Any = None,
    ) -> None:
        self._as_bytes = as_bytes
        self._engine = engine
        self._headers: Mapping[str, str] | None = None
        self._urls: dict[str, Any] = {}
        self._sdk = sdk
        self._client = client
        self._owned = owned
        self._refusal = refusal
        self._redact = redact
        self._request_ids = request_id_headers
        self._broken = sdk.exceptions()
        timeout = sdk.timeout_type(None, connect=connect_timeout_s)
        self._plain = _options(timeout, accept_encoding="gzip, deflate")
        self._streamed = _options(timeout, accept_encoding="identity")

    async def aclose(self) -> None:
        """Close the client, unless it is the caller's."""
        if self._owned:
            await self._client.close()

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """See `Transport.send`."""
        error: LLMError
        options = self._streamed if stream else self._plain
        if request.headers:
            options = {**options, "headers": {**options["headers"], **request.headers}}
        try:
            send = self._through_sdk if self._engine is None else self._through_engine
            response = await send(request, options)
        except _Refused as refused:
            error = self._refused(refused.status, refused.body, refused.headers)
        except self._sdk.status_error as refused:  # from a client of the caller's, which has read the body
            answer: Any = refused.response  # type: ignore[attr-defined]
            error = self._refused(answer.status_code, answer.content, answer.headers)
        except LLMError as own:  # from a credential that a function of ours fetches
            error = own
        except (TypeError, ValueError) as cause:  # a body that is not JSON, a credential that does not resolve
            why = self._redact(str(cause))
            error = LLMConfigurationError(
                f"the request could not be made: {why}; check extra, headers and the credential", phase="local"
            )
        except self._broken as cause:
            hidden = _refusal_in(cause)
            if hidden is None:
                error = failure(cause, stage="headers", host=self._client.base_url.host)
            else:
                error = self._refused(hidden.status, hidden.body, hidden.headers)
        else:
            return self._sdk.answer(response, stream=stream, request_id_headers=self._request_ids)
        raise error  # outside of the handlers, so that no exception of the SDK, and no request of its, hangs on it

    async def _through_sdk(self, request: Encoded, options: Mapping[str, Any]) -> Any:
        return await self._client.post(
            request.path,
            cast_to=self._sdk.engine.Response,
            **({"content": _dumped(request.body)} if self._as_bytes else {"body": request.body}),
            options=options,
            stream=True,  # always: the body is read here, within bounds
            stream_cls=self._sdk.stream_type[object],
        )

    async def _through_engine(self, request: Encoded, options: Mapping[str, Any]) -> Any:
        if self._headers is None:
            named = self._client.default_headers.items()
            self._headers = {name: value for name, value in named if isinstance(value, str)}
        url = self._urls.get(request.path)
        if url is None:
            url = self._sdk.engine.URL(str(self._client.base_url).rstrip("/") + request.path)
            self._urls[request.path] = url
        prepared = self._engine.build_request(
            "POST",
            url,
            content=_dumped(request.body),
            headers={**self._headers, **options["headers"]},
            timeout=options["timeout"],
        )
        return await self._engine.send(prepared, stream=True)

    def _refused(self, status: int, body: bytes, headers: Mapping[str, str]) -> LLMError:
        return self._refusal(status, body, {name.lower(): value for name, value in headers.items()})


class _Refused(Exception):  # noqa: N818 - carries an answer out of the SDK, and is never seen outside of this module
    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers


def _refusal_in(error: BaseException) -> _Refused | None:
    """The refusal an SDK took for a broken connection: anthropic 2 wraps whatever its engine raises."""
    cause = error.__cause__
    return cause if isinstance(cause, _Refused) else None


def _replace_sessions(client: Any) -> None:
    """Have the SDK's aiohttp transports, that of each proxy included, use a session of ours."""
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001 - the only way; a test holds it
        if transport is not None:
            transport.client = partial(_session, transport)


def _session(transport: Any) -> Any:
    """As the SDKs make it (openai 3.54, anthropic 2.12), but for what `aiohttp_session` adds."""
    aiohttp = sys.modules["aiohttp"]  # which its transport has imported
    connector = {"keepalive_timeout": transport.limits.keepalive_expiry, "ssl": transport.ssl_context}
    return aiohttp_session(aiohttp, connector=connector)


def _dumped(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _options(timeout: Any, *, accept_encoding: str) -> dict[str, Any]:
    return {
        "max_retries": 0,
        "timeout": timeout,
        "follow_redirects": False,
        "headers": {"Accept-Encoding": accept_encoding},
    }


@lru_cache(maxsize=8)
def _ssl_context(engine: Any, cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:  # noqa: ARG001 - the key
    """One context for all clients: making it is most of what a client costs. httpx2 reads the two variables itself."""
    context: ssl.SSLContext = engine.create_ssl_context()
    return context
