"""Settings of the provider: what `create` takes, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from penguiflow_llm_openai_compat import SERVICE_OPTIONS, Service, ServiceSettings, read_service
from penguiflow_llm_types import LLMConfigurationError, Secret
from penguiflow_llm_types.wire import check_option_names

SERVICE: Final = Service(
    provider="openrouter",
    title="OpenRouter",
    base_url="https://openrouter.ai/api/v1",
    key_variables=("OPENROUTER_API_KEY",),
    url_variable="OPENROUTER_BASE_URL",
)

_ROUTING: Final = {
    "models": "models to try in this order when the one asked for is down, limited or refuses",
    "provider": "provider preferences, such as {'order': ['anthropic'], 'allow_fallbacks': False, 'zdr': True}",
    "plugins": "OpenRouter plugins, such as [{'id': 'context-compression'}]",
}
_HEADERS: Final = {
    "http_referer": ("HTTP-Referer", "your application's address, for OpenRouter's rankings"),
    "title": ("X-OpenRouter-Title", "your application's name, for OpenRouter's rankings"),
    "categories": ("X-OpenRouter-Categories", "your application's categories, separated by commas"),
}
OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {**_ROUTING, **{name: meaning for name, (_, meaning) in _HEADERS.items()}, **SERVICE_OPTIONS}
)

# openrouter 1.3.84, components.ProviderPreferences, read 2026-11.
_PREFERENCES: Final = frozenset(
    {
        "order", "only", "ignore", "allow_fallbacks", "require_parameters", "data_collection", "zdr", "quantizations",
        "sort", "max_price", "preferred_min_throughput", "preferred_max_latency", "enforce_distillable_text", "options",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Where requests may go; fields of every body, unless a request's `extra` says otherwise."""

    models: tuple[str, ...] = ()
    provider: Mapping[str, Any] = field(default_factory=dict)
    plugins: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the transport and the wire need to know."""

    service: ServiceSettings
    routing: Routing


def read_settings(
    api_key: str | Secret | None, base_url: str | None, options: Mapping[str, Any], environ: Mapping[str, str]
) -> Settings:
    """Settings from arguments, then from `environ`; see `read_service` for where keys go.

    Raises:
        LLMConfigurationError: an unknown option or preference, a URL that must not be used, a missing credential.
    """
    check_option_names(options, OPTIONS, provider="openrouter")
    given = {name: value for name, value in options.items() if value is not None}
    named = {_HEADERS[name][0]: str(given[name]) for name in _HEADERS if name in given}
    if named:
        given["default_headers"] = {**named, **given.get("default_headers", {})}
    shared = {name: value for name, value in given.items() if name in SERVICE_OPTIONS}
    return Settings(service=read_service(SERVICE, api_key, base_url, shared, environ), routing=_routing(given))


def _routing(given: Mapping[str, Any]) -> Routing:
    return Routing(
        models=_models(given.get("models", ())),
        provider=_preferences(given.get("provider", {})),
        plugins=tuple(given.get("plugins", ())),
    )


def _models(models: object) -> tuple[str, ...]:
    if isinstance(models, str) or not isinstance(models, Sequence) or not all(isinstance(m, str) for m in models):
        raise LLMConfigurationError(
            "models is no list of model names; pass one such as ['openai/gpt-5.4', 'anthropic/claude-sonnet-5']",
            provider="openrouter",
        )
    return tuple(models)


def _preferences(provider: object) -> Mapping[str, Any]:
    if not isinstance(provider, Mapping):
        raise LLMConfigurationError(
            "provider is no mapping; pass preferences such as {'order': ['anthropic']}", provider="openrouter"
        )
    for name in provider:
        if name not in _PREFERENCES:
            raise LLMConfigurationError(
                f"OpenRouter has no provider preference {name!r}; use one of: {', '.join(sorted(_PREFERENCES))}",
                provider="openrouter",
            )
    return dict(provider)
