"""An adapter's settings, by penguiflow's names and meanings, as those of the client."""

from __future__ import annotations

from typing import Any, Final

from penguiflow_llm_core import FallbackConfig, LLMClient, ModelConfig, RequestOptions, create_client
from penguiflow_llm_types import LLMConfigurationError, ReasoningConfig

_OFF: Final = frozenset({"", "off", "none", "false", "0", "disable", "disabled", "no"})
_DISPLAYS: Final = {None: None, "summarized": True, "omitted": False}

# Settings of penguiflow 3.11 that mean nothing here, with the values that ask for nothing and what to do instead.
_ELSEWHERE: Final = (
    ("retry_rate_limit_errors", (True,), "give create_native_adapter a fallback, which moves on at once"),
    ("trace_sink", (None,), "give hooks=[...], as to create_client"),
    ("transport", (None, "native"), "leave it out: every provider is called over its vendor's own SDK"),
    ("cooldown_store", (None,), "leave it out: the models of one adapter share their cooldowns"),
)


def refuse_what_is_elsewhere(**given: object) -> None:
    """Raise `LLMConfigurationError` for a setting that would have no effect."""
    for name, idle, remedy in _ELSEWHERE:
        if name in given and given[name] not in idle:
            raise LLMConfigurationError(
                f"{name}={given[name]!r} has no effect in this adapter; {remedy}", phase="local"
            )


def make_client(
    model: str,
    fallback: Any,
    *,
    api_key: Any,
    base_url: str | None,
    timeout_s: float,
    max_retries: int,
    provider_options: dict[str, Any],
) -> LLMClient:
    """The client of one model, or of `model` and those of a `ModelFallbackConfig` after it.

    `max_retries` counts attempts, as it does in penguiflow: 3 are the first and 2 more.
    """
    limits: dict[str, Any] = {"timeout_s": timeout_s, "max_retries": max(0, max_retries - 1)}
    if fallback is None:
        return create_client(model, api_key=api_key, base_url=base_url, **limits, **provider_options)
    models = [model, *(other for other in fallback.models if other != model)]
    keys = getattr(fallback, "api_keys", None) or [api_key]
    chain = [
        ModelConfig(model=one, api_key=key, base_url=base_url, options=provider_options)
        for one in models
        for key in keys
    ]
    cooldown = {"cooldown_s": fallback.cooldown_s} if hasattr(fallback, "cooldown_s") else {}
    return create_client(FallbackConfig(models=chain, **cooldown), **limits)


def request_options(
    *, temperature: float | None, use_native_reasoning: bool, effort: str | None, display: str | None
) -> RequestOptions:
    """What every call of an adapter sends beside its messages."""
    if display not in _DISPLAYS:
        raise LLMConfigurationError(
            f"reasoning_display is {display!r}; use None, 'summarized' or 'omitted'", phase="local"
        )
    options: RequestOptions = {"temperature": temperature}
    if use_native_reasoning and (effort is not None or display is not None):
        options["reasoning"] = _reasoning(effort, display)
    return options


def _reasoning(effort: Any, display: str | None) -> ReasoningConfig:
    if effort is not None and str(effort).strip().lower() in _OFF:
        return ReasoningConfig(effort="none")
    return ReasoningConfig(effort=effort, include=_DISPLAYS[display])
