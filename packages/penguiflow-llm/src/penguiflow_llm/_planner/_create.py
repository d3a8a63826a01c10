"""Making an adapter the way penguiflow makes its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from penguiflow_llm._planner._adapter import NativeLLMAdapter
from penguiflow_llm._planner._messages import INLINE_LIMIT_BYTES
from penguiflow_llm._planner._settings import refuse_what_is_elsewhere


def create_native_adapter(
    model: str | Mapping[str, Any],
    *,
    temperature: float | None = None,
    json_schema_mode: bool = True,
    max_retries: int = 3,
    timeout_s: float = 360.0,
    streaming_enabled: bool = True,
    use_native_reasoning: bool = True,
    reasoning_effort: str | None = None,
    reasoning_display: str | None = None,
    fallback: object = None,
    cooldown_store: object = None,
    trace_sink: object = None,
    transport: str | None = None,
    multimodal_inline_data_limit_bytes: int = INLINE_LIMIT_BYTES,
    **kwargs: Any,
) -> NativeLLMAdapter:
    """A `NativeLLMAdapter` for a model, or for a mapping with `model`, `api_key`, `base_url` and further settings.

    With `fallback`, an object like penguiflow's `ModelFallbackConfig`, calls go to its models where `model` fails.
    `kwargs` are settings of the adapter, the client and the provider.

    Raises `LLMConfigurationError` for settings that cannot work.
    """
    refuse_what_is_elsewhere(cooldown_store=cooldown_store)
    settings: dict[str, Any] = {
        "temperature": temperature,
        "json_schema_mode": json_schema_mode,
        "max_retries": max_retries,
        "timeout_s": timeout_s,
        "streaming_enabled": streaming_enabled,
        "use_native_reasoning": use_native_reasoning,
        "reasoning_effort": reasoning_effort,
        "reasoning_display": reasoning_display,
        "fallback": fallback,
        "trace_sink": trace_sink,
        "transport": transport,
        "multimodal_inline_data_limit_bytes": multimodal_inline_data_limit_bytes,
        **kwargs,
    }
    if isinstance(model, Mapping):
        settings |= model
        model = str(settings.pop("model", ""))
        api_base = settings.pop("api_base", None)
        settings["base_url"] = settings.get("base_url") or api_base
    return NativeLLMAdapter(model, **settings)
