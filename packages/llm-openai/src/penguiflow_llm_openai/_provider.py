"""Joins the rooms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from penguiflow_llm_openai._options import OPTIONS, Settings, read_settings
from penguiflow_llm_openai._profiles import openai_profile
from penguiflow_llm_openai._transport import load
from penguiflow_llm_openai._wires import ChatWire, ResponsesWire
from penguiflow_llm_types import CredentialStatus, ProviderPlugin, Secret, forgetful
from penguiflow_llm_types.wire import PerLoop, Wire, WireProvider


@forgetful
def create(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> WireProvider:
    """A provider from arguments and the environment; `plugin.options` says what `options` may hold.

    Raises:
        LLMConfigurationError: settings that cannot work; nothing was sent.
    """
    return provider_of(read_settings(api_key, base_url, options, os.environ))


def provider_of(settings: Settings, *, name: str = "openai") -> WireProvider:
    """The provider that `settings` describe, called `name` in errors."""
    return WireProvider(
        name=name,
        wire=_wire(settings),
        transport=PerLoop(partial(load, settings)),
        profile=partial(openai_profile, api=settings.api, endpoint=settings.endpoint),
        redact=settings.redact,
        description=settings.describe(),
    )


def _wire(settings: Settings) -> Wire:
    if settings.api == "responses":
        return ResponsesWire(store=bool(settings.store))
    return ChatWire.of(settings.endpoint, store=settings.store)


def find_credentials(environ: Mapping[str, str]) -> CredentialStatus:
    """Whether the environment holds an OpenAI or an Azure key."""
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"):
        if environ.get(name):
            return CredentialStatus(found=True, source=name)
    return CredentialStatus(found=False, remedy="set OPENAI_API_KEY")


plugin = ProviderPlugin(
    name="openai",
    create=create,
    credentials=find_credentials,
    options=OPTIONS,
    price_provider="openai",
    profile=openai_profile,
)
