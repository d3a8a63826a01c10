"""Making a client from model references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from penguiflow_llm_core._client import LLMClient
from penguiflow_llm_core._clock import SYSTEM_CLOCK, Clock
from penguiflow_llm_core._defaults import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT_S, ClientDefaults
from penguiflow_llm_core._endpoint import Endpoint
from penguiflow_llm_core._fallback import FallbackConfig, ModelConfig
from penguiflow_llm_core._limits import ConcurrencyLimit, Pacer
from penguiflow_llm_core._model_price import ModelPrice
from penguiflow_llm_core._options import check_limits, to_usd
from penguiflow_llm_core._recipe import Recipe
from penguiflow_llm_core._references import parse_reference
from penguiflow_llm_core._registry import ProviderRegistry, default_registry
from penguiflow_llm_core.telemetry import Hook, HookConfig
from penguiflow_llm_types import SPEC_VERSION, LLMConfigurationError, Provider, Secret, forgetful


@forgetful
def create_client(
    model: str | Sequence[str | ModelConfig] | FallbackConfig,
    *,
    api_key: str | Secret | None = None,
    base_url: str | None = None,
    provider: Provider | None = None,
    registry: ProviderRegistry | None = None,
    timeout_s: float | None = DEFAULT_TIMEOUT_S,
    max_retries: int = DEFAULT_MAX_RETRIES,
    first_output_timeout_s: float | None = None,
    progress_timeout_s: float | None = None,
    max_cost_usd: Decimal | float | str | None = None,
    max_total_cost_usd: Decimal | float | str | None = None,
    max_usage_tokens: int | None = None,
    max_total_usage_tokens: int | None = None,
    max_concurrency: int | None = None,
    pace: bool = False,
    hooks: Iterable[Hook | HookConfig] = (),
    prices: Mapping[str, ModelPrice] | None = None,
    clock: Clock = SYSTEM_CLOCK,
    **provider_options: Any,
) -> LLMClient:
    """A client for `model`, written `provider/model` ("openai/gpt-5.4-mini").

    A list of models, or a `FallbackConfig`, is tried in order. `api_key` defaults to the provider's usual environment
    variable. `provider_options` are the provider's own; a wrong one is an error that lists them. A ready-made
    `provider` object may be handed over instead.

    Defaults that each call can change: `timeout_s` (seconds a call, None for no limit), `max_retries` (additional
    attempts), `first_output_timeout_s`, `progress_timeout_s`, `max_cost_usd`, `max_usage_tokens` (input and output, of
    all attempts). For all calls together: `max_total_cost_usd` and `max_total_usage_tokens` (after which nothing more
    is sent), `max_concurrency` (requests at once to each model, in each event loop), `pace` (hold back while the
    provider's rate limits are used up), `prices` (what you pay, by `provider/model`, in place of the price list and of
    what the provider reports). `hooks` are called with the events of every call, apart from it. `clock` is for tests.

    Raises `LLMConfigurationError` for a model nobody serves, a provider that is not installed, or settings that cannot
    work.
    """
    limits = {
        "timeout_s": timeout_s, "max_retries": max_retries, "first_output_timeout_s": first_output_timeout_s,
        "progress_timeout_s": progress_timeout_s, "max_cost_usd": max_cost_usd,
        "max_total_cost_usd": max_total_cost_usd, "max_usage_tokens": max_usage_tokens,
        "max_total_usage_tokens": max_total_usage_tokens,
    }  # fmt: skip
    check_limits(limits)
    hooks = tuple(hooks)
    config = _fallback(model, api_key, base_url, provider_options)
    given = None if provider is None else _given(provider, config, api_key, base_url, provider_options)
    endpoints = _endpoints(config, registry or default_registry) if given is None else [given]
    _set_up(endpoints, max_concurrency, pace=pace, prices=prices or {})
    settings: dict[str, Any] = {"api_key": api_key, "base_url": base_url, "provider": provider, "registry": registry}
    settings |= {**limits, "max_concurrency": max_concurrency, "pace": pace, "prices": prices}
    settings |= {"hooks": hooks or None, **provider_options}
    return LLMClient(
        endpoints,
        defaults=_defaults(limits, config.cooldown_s),
        clock=clock,
        hooks=hooks,
        recipe=Recipe(make=create_client, models=config, settings=settings),
    )


def _defaults(limits: dict[str, Any], cooldown_s: float) -> ClientDefaults:
    money = {name: to_usd(value, name) for name, value in limits.items() if name.endswith("_usd") and value is not None}
    return ClientDefaults(**{**limits, **money}, cooldown_s=cooldown_s)


def _fallback(
    model: str | Sequence[str | ModelConfig] | FallbackConfig,
    api_key: object,
    base_url: object,
    options: dict[str, Any],
) -> FallbackConfig:
    """Whatever `model` is as a list of models; settings of one model cannot be those of several."""
    if isinstance(model, str):
        own = ModelConfig(model=model, api_key=api_key, base_url=base_url, options=options)  # type: ignore[arg-type]
        return FallbackConfig(models=(own,))
    spare = [name for name, value in (("api_key", api_key), ("base_url", base_url)) if value is not None]
    if spare := [*spare, *options]:
        raise LLMConfigurationError(
            f"{spare[0]!r} cannot be that of several models; give each its own with ModelConfig", phase="local"
        )
    return model if isinstance(model, FallbackConfig) else FallbackConfig(models=tuple(model))


def _models(config: FallbackConfig) -> list[ModelConfig]:
    return [ModelConfig(model=found) if isinstance(found, str) else found for found in config.models]


def _endpoints(config: FallbackConfig, registry: ProviderRegistry) -> list[Endpoint]:
    return [_endpoint(found, registry) for found in _models(config)]


def _endpoint(config: ModelConfig, registry: ProviderRegistry) -> Endpoint:
    plugin, reference = registry.resolve(config.model)
    made = plugin.create(api_key=config.api_key, base_url=config.base_url, **config.options)
    _check_version(made)
    return Endpoint(provider=made, model=reference.model, price_provider=plugin.price_provider)


def _set_up(
    endpoints: list[Endpoint], max_concurrency: int | None, *, pace: bool, prices: Mapping[str, ModelPrice]
) -> None:
    if max_concurrency is not None and not (isinstance(max_concurrency, int) and max_concurrency > 0):
        raise LLMConfigurationError(
            f"max_concurrency is {max_concurrency!r}; give a whole number of requests above 0, or None", phase="local"
        )
    for endpoint in endpoints:
        endpoint.slots = ConcurrencyLimit(max_concurrency)
        endpoint.pacer = Pacer() if pace else None
        endpoint.prices = dict(prices)


def _given(
    provider: Provider, config: FallbackConfig, api_key: object, base_url: object, options: dict[str, Any]
) -> Endpoint:
    settings = [
        *options,
        *(name for name, value in (("api_key", api_key), ("base_url", base_url)) if value is not None),
    ]
    if settings or len(config.models) != 1:
        what = repr(settings[0]) if settings else "a list of models"
        raise LLMConfigurationError(
            f"{what} has no effect beside a ready-made provider; give it to the provider instead", phase="local"
        )
    _check_version(provider)
    model = _models(config)[0].model
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
