"""Making a client from a model reference."""

from __future__ import annotations

from typing import Any

from penguiflow_llm_core._client import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT_S, ClientDefaults, LLMClient
from penguiflow_llm_core._options import check_limits
from penguiflow_llm_core._references import parse_reference
from penguiflow_llm_core._registry import ProviderRegistry, default_registry
from penguiflow_llm_core._runner import Endpoint
from penguiflow_llm_types import SPEC_VERSION, LLMConfigurationError, Provider, Secret


def create_client(
    model: str,
    *,
    api_key: str | Secret | None = None,
    base_url: str | None = None,
    provider: Provider | None = None,
    registry: ProviderRegistry | None = None,
    timeout_s: float | None = DEFAULT_TIMEOUT_S,
    max_retries: int = DEFAULT_MAX_RETRIES,
    **provider_options: Any,
) -> LLMClient:
    """A client for `model`, written `provider/model` ("openai/gpt-5.4-mini").

    `api_key` defaults to the provider's usual environment variable. `provider_options` are the provider's own; a wrong
    one is an error that lists them. A ready-made `provider` object may be handed over instead. `timeout_s` (seconds a
    call, None for no limit) and `max_retries` (additional attempts) are defaults that each call can change.

    Raises `LLMConfigurationError` for a model nobody serves, a provider that is not installed, or settings that cannot
    work.
    """
    check_limits(timeout_s, max_retries)
    defaults = ClientDefaults(timeout_s=timeout_s, max_retries=max_retries)
    if provider is not None:
        return LLMClient(_given(provider, model, api_key, base_url, provider_options), defaults=defaults)
    plugin, reference = (registry or default_registry).resolve(model)
    made = plugin.create(api_key=api_key, base_url=base_url, **provider_options)
    _check_version(made)
    return LLMClient(
        Endpoint(provider=made, model=reference.model, price_provider=plugin.price_provider), defaults=defaults
    )


def _given(provider: Provider, model: str, api_key: object, base_url: object, options: dict[str, Any]) -> Endpoint:
    settings = [
        *options,
        *(name for name, value in (("api_key", api_key), ("base_url", base_url)) if value is not None),
    ]
    if settings:
        raise LLMConfigurationError(
            f"{settings[0]!r} has no effect beside a ready-made provider; give it to the provider instead",
            phase="local",
        )
    _check_version(provider)
    reference = parse_reference(model)
    own = reference.model if reference is not None and reference.provider == provider.name else model
    return Endpoint(provider=provider, model=own, price_provider=None)


def _check_version(provider: Provider) -> None:
    if provider.spec_version != SPEC_VERSION:
        raise LLMConfigurationError(
            f"provider {provider.name!r} is written for version {provider.spec_version} of the provider contract, "
            f"this client for version {SPEC_VERSION}; install matching versions of both",
            phase="local",
        )
