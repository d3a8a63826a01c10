"""The Anthropic SDK's clients: credentials, URLs, the connection pool.

Its clients for Bedrock, Vertex AI and Foundry turn a `post` to /v1/messages into their own URLs, and sign it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import anthropic
import httpx2

from penguiflow_llm_anthropic._errors import ERRORS
from penguiflow_llm_anthropic._options import Settings
from penguiflow_llm_types import LLMError
from penguiflow_llm_types.wire import StainlessConnection, StainlessSDK, error_from_response

_SDK: Final = StainlessSDK(
    engine=httpx2,
    stream_type=anthropic.AsyncStream,
    timeout_type=anthropic.Timeout,
    base_error=anthropic.AnthropicError,
    status_error=anthropic.APIStatusError,
    make_http_client=anthropic.DefaultAsyncHttpxClient,
    make_aiohttp_client=anthropic.DefaultAioHttpClient,
)


def connection(settings: Settings) -> StainlessConnection:
    """A connection over a client of our own, or over the caller's."""
    owned = settings.client is None
    engine = _SDK.http_client(use_aiohttp=settings.use_aiohttp) if owned else None
    lasting = settings.has_credential and not settings.default_query
    return StainlessConnection(
        _SDK,
        _make_client(settings, engine) if owned else settings.client,
        owned=owned,
        connect_timeout_s=settings.connect_timeout_s,
        refusal=partial(_refusal, settings),
        redact=settings.redact,
        request_id_headers=ERRORS.request_id_headers,
        as_bytes=settings.host == "anthropic",
        engine=engine if lasting else None,
    )


def _refusal(settings: Settings, status: int, body: bytes, headers: Mapping[str, str]) -> LLMError:
    return error_from_response(status, body, headers, ERRORS, now=datetime.now(UTC), redact=settings.redact)


def _make_client(settings: Settings, engine: Any) -> anthropic.AsyncAnthropic:
    """Only the credential that was found is handed over: with none at all, the SDK finds one of its own."""
    credential: dict[str, Any] = {}
    if settings.api_key is not None:
        credential["api_key"] = settings.api_key.reveal()
    if settings.auth_token is not None:
        credential["auth_token"] = settings.auth_token.reveal()
    return _SDK.made(
        anthropic.AsyncAnthropic,
        base_url=settings.base_url,
        headers=settings.default_headers,
        default_query=settings.default_query,
        open_telemetry=False,  # spans are the client's, once for every provider
        http_client=engine,
        **credential,
    )
