"""The openai SDK as a transport, for every provider that speaks to its service over it. Importing this loads the SDK.

Needs the extra `sdk`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, cast

import httpx2
import openai

from penguiflow_llm_openai_compat._error_tables import CHAT_ERRORS
from penguiflow_llm_openai_compat._service import ServiceSettings
from penguiflow_llm_types import LLMError
from penguiflow_llm_types.wire import ErrorTables, StainlessConnection, StainlessSDK, error_from_response

__all__ = ["OPENAI_SDK", "chat_connection", "service_connection"]

_REPLACED: Final = "replaced"  # the SDK insists on a key, also where every request brings its own

OPENAI_SDK: Final = StainlessSDK(
    engine=httpx2,
    stream_type=openai.AsyncStream,
    timeout_type=openai.Timeout,
    base_error=openai.OpenAIError,
    status_error=openai.APIStatusError,
    make_http_client=openai.DefaultAsyncHttpx2Client,
    make_aiohttp_client=openai.DefaultAioHttpClient,
)
"""What requests go through; makes the engine for an SDK client (`OPENAI_SDK.http_client`)."""


def chat_connection(
    client: openai.AsyncOpenAI,
    *,
    owned: bool,
    connect_timeout_s: float,
    redact: Callable[[str], str],
    errors: ErrorTables = CHAT_ERRORS,
) -> StainlessConnection:
    """A connection over `client`, which is closed with it where it is `owned`; refusals are read by `errors`."""
    return StainlessConnection(
        OPENAI_SDK,
        client,
        owned=owned,
        connect_timeout_s=connect_timeout_s,
        refusal=partial(_refusal, errors=errors, redact=redact),
        redact=redact,
        request_id_headers=errors.request_id_headers,
    )


def service_connection(
    settings: ServiceSettings, *, errors: ErrorTables = CHAT_ERRORS, redact: Callable[[str], str] | None = None
) -> StainlessConnection:
    """A connection over a client of our own, or over the caller's.

    Settings without a key leave the `Authorization` header to each request; `redact` then knows what stands in it.
    """
    owned = settings.client is None
    return chat_connection(
        _service_client(settings) if owned else cast("openai.AsyncOpenAI", settings.client),
        owned=owned,
        connect_timeout_s=settings.connect_timeout_s,
        redact=redact or settings.redact,
        errors=errors,
    )


def _service_client(settings: ServiceSettings) -> openai.AsyncOpenAI:
    """The SDK's client without what it would take from OpenAI's own environment variables."""
    of_openai: dict[str, Any] = dict.fromkeys(("OpenAI-Organization", "OpenAI-Project"), openai.Omit())
    return OPENAI_SDK.made(
        openai.AsyncOpenAI,
        headers={**of_openai, **settings.default_headers},
        api_key=_REPLACED if settings.api_key is None else settings.api_key.reveal(),
        base_url=settings.base_url,
        default_query=settings.default_query,
        http_client=OPENAI_SDK.http_client(use_aiohttp=settings.use_aiohttp),
    )


def _refusal(
    status: int, body: bytes, headers: Mapping[str, str], *, errors: ErrorTables, redact: Callable[[str], str]
) -> LLMError:
    return error_from_response(status, body, headers, errors, now=datetime.now(UTC), redact=redact)
