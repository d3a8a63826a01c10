"""Joins the rooms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from penguiflow_llm_anthropic._options import FOUND_BY_SDK, OPTIONS, read_settings
from penguiflow_llm_anthropic._profiles import anthropic_profile
from penguiflow_llm_anthropic._transport import load
from penguiflow_llm_anthropic._wire import MessagesWire
from penguiflow_llm_types import CredentialStatus, ProviderPlugin, Secret, forgetful
from penguiflow_llm_types.wire import PerLoop, WireProvider


@forgetful
def create(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> WireProvider:
    """A provider from arguments and the environment; `plugin.options` says what `options` may hold.

    Raises:
        LLMConfigurationError: settings that cannot work; nothing was sent.
    """
    settings = read_settings(api_key, base_url, options, os.environ)
    return WireProvider(
        name="anthropic",
        wire=MessagesWire(host=settings.host, betas=settings.betas, citations=settings.citations),
        transport=PerLoop(partial(load, settings)),
        profile=anthropic_profile,
        redact=settings.redact,
        description=settings.describe(),
    )


def find_credentials(environ: Mapping[str, str]) -> CredentialStatus:
    """Whether the environment holds a key, a token, or what the SDK makes a token of."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", *FOUND_BY_SDK):
        if environ.get(name):
            return CredentialStatus(found=True, source=name)
    return CredentialStatus(found=False, remedy="set ANTHROPIC_API_KEY")


plugin = ProviderPlugin(
    name="anthropic",
    create=create,
    credentials=find_credentials,
    options=OPTIONS,
    price_provider="anthropic",
    profile=anthropic_profile,
)
