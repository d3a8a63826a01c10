"""Plugins of services that speak Chat Completions, one entry point each: `groq/llama-3.3-70b-versatile`, and so on.

`azure` is Azure OpenAI: the model is the deployment's name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from penguiflow_llm_openai._options import OPTIONS, read_settings
from penguiflow_llm_openai._presets import PRESETS, Preset
from penguiflow_llm_openai._profiles import openai_profile
from penguiflow_llm_openai._provider import provider_of
from penguiflow_llm_openai._transport import load_service
from penguiflow_llm_openai_compat import SERVICE_OPTIONS, ChatWire, read_service
from penguiflow_llm_types import CredentialStatus, ProviderPlugin, Secret
from penguiflow_llm_types.wire import PerLoop, WireProvider

__all__ = [
    "azure", "deepseek", "fireworks", "groq", "lmstudio", "mistral", "nim", "ollama", "together", "vllm", "xai",
]  # fmt: skip


def _create(
    preset: Preset, api_key: str | Secret | None = None, base_url: str | None = None, **options: Any
) -> WireProvider:
    """A provider of one service; see `read_service` for where keys go."""
    settings = read_service(preset.service, api_key, base_url, options, os.environ)
    return WireProvider(
        name=preset.service.provider,
        wire=ChatWire(dialect=preset.dialect),
        transport=PerLoop(partial(load_service, settings, preset.dialect.errors)),
        profile=preset.profile,
        redact=settings.redact,
        description=settings.describe(),
    )


def _plugin(name: str) -> ProviderPlugin:
    preset = PRESETS[name]
    return ProviderPlugin(
        name=name,
        create=partial(_create, preset),
        credentials=preset.service.credentials,
        options=SERVICE_OPTIONS,
        price_provider=preset.price_provider,
        profile=preset.profile,
    )


def _create_azure(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> WireProvider:
    """Azure OpenAI at `azure_endpoint`, which may also be given as `base_url` or AZURE_OPENAI_ENDPOINT."""
    endpoint = options.pop("azure_endpoint", None) or base_url or os.environ.get("AZURE_OPENAI_ENDPOINT")
    own_client = options.get("client") is not None
    named = {} if own_client else {"azure_endpoint": endpoint or ""}
    return provider_of(read_settings(api_key, None, {**options, **named}, os.environ), name="azure")


def _azure_credentials(environ: Mapping[str, str]) -> CredentialStatus:
    if environ.get("AZURE_OPENAI_API_KEY"):
        return CredentialStatus(found=True, source="AZURE_OPENAI_API_KEY")
    return CredentialStatus(
        found=False, remedy="set AZURE_OPENAI_API_KEY, AZURE_OPENAI_ENDPOINT and OPENAI_API_VERSION"
    )


azure: Final = ProviderPlugin(
    name="azure",
    create=_create_azure,
    credentials=_azure_credentials,
    options=OPTIONS,
    price_provider="azure",
    profile=partial(openai_profile, api="chat", endpoint="azure"),
)
ollama: Final = _plugin("ollama")
vllm: Final = _plugin("vllm")
lmstudio: Final = _plugin("lmstudio")
groq: Final = _plugin("groq")
mistral: Final = _plugin("mistral")
together: Final = _plugin("together")
deepseek: Final = _plugin("deepseek")
xai: Final = _plugin("xai")
fireworks: Final = _plugin("fireworks")
nim: Final = _plugin("nim")
