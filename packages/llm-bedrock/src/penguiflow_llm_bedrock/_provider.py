"""Joins the rooms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from penguiflow_llm_bedrock._options import BEARER_VARIABLE, OPTIONS, PROVIDER, Settings, read_settings
from penguiflow_llm_bedrock._profiles import bedrock_profile
from penguiflow_llm_bedrock._transport import Identities, load
from penguiflow_llm_bedrock._wire import ConverseWire
from penguiflow_llm_types import CredentialStatus, ModelProfile, ProviderPlugin, Secret, forgetful
from penguiflow_llm_types.wire import PerLoop, WireProvider

# What tells that botocore has something to look at, without looking.
_SOURCES: Final = (
    BEARER_VARIABLE,
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


@forgetful
def create(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> WireProvider:
    """A provider from arguments and the environment; `plugin.options` says what `options` may hold.

    `api_key` is a Bedrock API key. Without one, and without keys or a profile, botocore's own search is used, on the
    first request and in a thread.

    Raises:
        LLMConfigurationError: settings that cannot work; nothing was sent.
    """
    settings = read_settings(api_key, base_url, options, os.environ)
    identities = Identities(settings)
    return WireProvider(
        name=PROVIDER,
        wire=ConverseWire(defaults=settings.body_defaults),
        transport=PerLoop(partial(load, settings, identities)),
        profile=partial(_profile, settings),
        redact=identities.redact,
        description=settings.describe(),
    )


def _profile(settings: Settings, model: str) -> ModelProfile:
    return replace(bedrock_profile(settings.models.get(model, model)), model=model)


def find_credentials(environ: Mapping[str, str]) -> CredentialStatus:
    """Whether there is a source of credentials to see; the role of an instance shows only when it is used."""
    for name in _SOURCES:
        if environ.get(name):
            return CredentialStatus(found=True, source=name)
    for variable, file in (("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")):
        path = environ.get(variable) or Path(environ.get("HOME", "~")).expanduser() / ".aws" / file
        if Path(path).exists():
            return CredentialStatus(found=True, source=f"~/.aws/{file}")
    return CredentialStatus(found=False, remedy=f"set {BEARER_VARIABLE}, or AWS_PROFILE, or AWS_ACCESS_KEY_ID")


plugin = ProviderPlugin(
    name=PROVIDER,
    create=create,
    credentials=find_credentials,
    options=OPTIONS,
    price_provider="aws",
    profile=bedrock_profile,
)
