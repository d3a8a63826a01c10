"""Joins the rooms."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from penguiflow_llm_openrouter._options import OPTIONS, SERVICE, read_settings
from penguiflow_llm_openrouter._profiles import openrouter_profile
from penguiflow_llm_openrouter._transport import load
from penguiflow_llm_openrouter._wire import OpenRouterWire
from penguiflow_llm_types import ProviderPlugin, Secret, forgetful
from penguiflow_llm_types.wire import PerLoop, WireProvider


@forgetful
def create(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> WireProvider:
    """A provider from arguments and the environment; `plugin.options` says what `options` may hold.

    Raises:
        LLMConfigurationError: settings that cannot work; nothing was sent.
    """
    settings = read_settings(api_key, base_url, options, os.environ)
    return WireProvider(
        name="openrouter",
        wire=OpenRouterWire(routing=settings.routing),
        transport=PerLoop(partial(load, settings)),
        profile=openrouter_profile,
        redact=settings.service.redact,
        description=settings.service.describe(),
    )


plugin = ProviderPlugin(
    name="openrouter",
    create=create,
    credentials=SERVICE.credentials,
    options=OPTIONS,
    price_provider="openrouter",
    profile=openrouter_profile,
)
