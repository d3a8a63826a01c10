"""Requests of one event loop: the SDK's addresses and credentials over an engine."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

from penguiflow_llm_google._errors import ERRORS
from penguiflow_llm_google._options import Settings
from penguiflow_llm_google._transport._engines import (
    AiohttpEngine,
    Engine,
    Httpx2Engine,
    Response,
    engine_errors,
    host_of,
    make_engine,
)
from penguiflow_llm_google._transport._sdk import AUTH_ERRORS, auth_error, make_client
from penguiflow_llm_google._transport._seam import GenaiClient
from penguiflow_llm_types import LLMAuthError, LLMConfigurationError, LLMError
from penguiflow_llm_types.wire import Answer, Encoded, Redactor, error_from_response, failure


class Connection:
    """One SDK client and one engine. A client of the caller's is used with the engine it has."""

    __slots__ = ("_broken", "_client", "_engine", "_making", "_redact", "_settings")

    def __init__(self, settings: Settings, redact: Redactor) -> None:
        self._redact = redact
        self._settings = settings
        self._making = asyncio.Lock()
        self._client: GenaiClient | None = None
        if settings.client is not None:
            self._client = GenaiClient(settings.client)
            self._engine = _engine_of(self._client, settings.connect_timeout_s)
        else:
            self._engine = make_engine(use_aiohttp=settings.use_aiohttp, connect_timeout_s=settings.connect_timeout_s)
        self._broken = engine_errors()

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """See `Transport.send`."""
        client = self._client or await self._made()
        url, headers = client.address(request.path)
        headers = {**headers, **request.headers, "Accept-Encoding": "identity" if stream else "gzip, deflate"}
        if client.uses_token:
            headers |= await self._token_headers(client)
        self._redact.remember(*client.secrets)
        body = self._body(request)
        try:
            response = await self._engine.post(url, headers, body)
        except self._broken as cause:
            error = failure(cause, stage="headers", host=host_of(url))
        else:
            if response.status < 300:
                return self._answer(response, url, stream=stream)
            error = await self._refusal(response, url, client)
        raise error  # outside of the handler, so that the engine's exception and its request are not held by ours

    async def aclose(self) -> None:
        """Close what is not the caller's."""
        await self._engine.aclose()
        if self._client is not None and self._settings.client is None:
            await self._client.aclose()

    async def _made(self) -> GenaiClient:
        """The SDK's client. For Vertex AI it may have to look for credentials, which must not stop the loop."""
        async with self._making:
            if self._client is None:
                made = (
                    await asyncio.to_thread(make_client, self._settings)
                    if self._settings.vertex
                    else make_client(self._settings)
                )
                self._client = GenaiClient(made)
        return self._client

    async def _token_headers(self, client: GenaiClient) -> dict[str, str]:
        try:
            return await client.token_headers()
        except AUTH_ERRORS as cause:
            error = auth_error(cause, self._redact)
        raise error

    def _body(self, request: Encoded) -> bytes:
        try:
            return json.dumps(request.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        except (TypeError, ValueError) as cause:
            why = self._redact(str(cause))
        raise LLMConfigurationError(f"the request is no JSON: {why}; check extra", phase="local")

    def _answer(self, response: Response, url: str, *, stream: bool) -> Answer:
        return Answer(
            headers=response.headers,
            chunks=response.chunks,
            close=response.close,
            host=host_of(url),
            broken=self._broken,
            stream=stream,
            request_id_headers=(),
        )

    async def _refusal(self, response: Response, url: str, client: GenaiClient) -> LLMError:
        headers = {name.lower(): value for name, value in response.headers.items()}
        body = await self._answer(response, url, stream=False).read_start()
        error = error_from_response(response.status, body, headers, ERRORS, now=datetime.now(UTC), redact=self._redact)
        if isinstance(error, LLMAuthError) and response.status == 401 and client.uses_token:
            client.forget_token()
            error.kind = "expired"  # a new token may be good: one more try, with one
        return error


def _engine_of(client: GenaiClient, connect_timeout_s: float) -> Engine:
    if client.own_aiohttp is not None:
        return AiohttpEngine(client.own_aiohttp, connect_timeout_s=connect_timeout_s)
    return Httpx2Engine(client.own_httpx, connect_timeout_s=connect_timeout_s)
