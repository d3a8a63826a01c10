"""The OpenAI SDK's clients: credentials, URLs, the connection pool."""

from __future__ import annotations

from typing import Any, cast

import openai

from penguiflow_llm_openai._options import Settings
from penguiflow_llm_openai_compat.transport import OPENAI_SDK, chat_connection
from penguiflow_llm_types.wire import StainlessConnection


def connection(settings: Settings) -> StainlessConnection:
    """A connection over a client of our own, or over the caller's."""
    owned = settings.client is None
    return chat_connection(
        _make_client(settings) if owned else cast("openai.AsyncOpenAI", settings.client),
        owned=owned,
        connect_timeout_s=settings.connect_timeout_s,
        redact=settings.redact,
    )


def _make_client(settings: Settings) -> openai.AsyncOpenAI:
    """The SDK's client without what it would take from the environment: settings hold what it may have of that."""
    ids = {"OpenAI-Organization": settings.organization, "OpenAI-Project": settings.project}
    omitted: dict[str, Any] = {name: openai.Omit() for name, value in ids.items() if value is None}
    common: dict[str, Any] = {
        "api_key": None if settings.api_key is None else settings.api_key.reveal(),
        "organization": settings.organization,
        "project": settings.project,
        "headers": {**omitted, **settings.default_headers},
        "default_query": settings.default_query,
        "http_client": OPENAI_SDK.http_client(use_aiohttp=settings.use_aiohttp),
    }
    if settings.endpoint == "azure":
        return OPENAI_SDK.made(
            openai.AsyncAzureOpenAI,
            azure_endpoint=settings.azure_endpoint or "",
            api_version=settings.api_version,
            azure_deployment=settings.azure_deployment,
            azure_ad_token_provider=settings.azure_ad_token_provider,
            **common,
        )
    return OPENAI_SDK.made(openai.AsyncOpenAI, base_url=settings.base_url, **common)
