"""Joins the rooms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from penguiflow_llm_google._options import OPTIONS, find_credential, read_settings
from penguiflow_llm_google._profiles import google_profile
from penguiflow_llm_google._transport import load
from penguiflow_llm_google._wire import GenerateWire
from penguiflow_llm_types import CredentialStatus, ProviderPlugin, Secret, forgetful
from penguiflow_llm_types.wire import PerLoop, WireProvider


@forgetful
def create(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> WireProvider:
    """A provider from arguments and the environment; `plugin.options` says what `options` may hold.

    Raises:
        LLMConfigurationError: settings that cannot work; nothing was sent.
    """
    settings = read_settings(api_key, base_url, options, os.environ)
    redact = settings.redactor()
    return WireProvider(
        name="google",
        wire=GenerateWire(vertex=settings.vertex, parent=settings.parent),
        transport=PerLoop(partial(load, settings, redact)),
        profile=partial(google_profile, vertex=settings.vertex),
        redact=redact,
        description=settings.describe(),
    )


def find_credentials(environ: Mapping[str, str]) -> CredentialStatus:
    """Whether the environment holds a key, or leads to Google Cloud."""
    source = find_credential(environ)
    if source is not None:
        return CredentialStatus(found=True, source=source)
    return CredentialStatus(found=False, remedy="set GOOGLE_API_KEY")


plugin = ProviderPlugin(
    name="google",
    create=create,
    credentials=find_credentials,
    options=OPTIONS,
    price_provider="google",
    profile=google_profile,
)
