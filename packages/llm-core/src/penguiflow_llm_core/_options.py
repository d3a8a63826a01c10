"""The settings every call takes, and the neutral request they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypedDict

from penguiflow_llm_core._cancel import CancelToken
from penguiflow_llm_core._inputs import (
    MessagesInput,
    ReasoningInput,
    ToolChoiceInput,
    to_messages,
    to_reasoning,
    to_tool_choice,
)
from penguiflow_llm_types import CacheConfig, LLMConfigurationError, LLMRequest, Sampling

_POSITIVE: Final = ("timeout_s", "max_tokens")


class RequestOptions(TypedDict, total=False):
    """Settings every call takes beside its own. None, or absent, leaves a setting to the client or the provider."""

    timeout_s: float | None
    """Seconds for the whole call: every attempt, wait, and callback."""
    max_retries: int | None
    """Most additional attempts, whether to send again or to have the model correct its answer."""
    max_tokens: int | None
    temperature: float | None
    top_p: float | None
    top_k: int | None
    seed: int | None
    presence_penalty: float | None
    frequency_penalty: float | None
    stop: str | Iterable[str] | None
    reasoning: ReasoningInput
    """A `ReasoningConfig`, or an effort such as "low"."""
    parallel_tool_calls: bool | None
    cache: CacheConfig | None
    service_tier: str | None
    metadata: Mapping[str, str] | None
    extra: Mapping[str, Any] | None
    """Provider-only body fields, merged last into what is sent."""
    cancel: CancelToken | None


_KNOWN: Final = frozenset(RequestOptions.__annotations__)
_SAMPLING: Final = ("temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty")


def build_request(
    model: str, messages: MessagesInput, options: RequestOptions, *, tool_choice: ToolChoiceInput = None
) -> LLMRequest:
    """The neutral request of one call. `LLMConfigurationError` for a setting that cannot be."""
    _check(options)
    stop = options.get("stop") or ()
    return LLMRequest(
        model=model,
        messages=to_messages(messages),
        tool_choice=to_tool_choice(tool_choice),
        parallel_tool_calls=options.get("parallel_tool_calls"),
        sampling=Sampling(**{name: options.get(name) for name in _SAMPLING}),  # type: ignore[arg-type]
        max_tokens=options.get("max_tokens"),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        reasoning=to_reasoning(options.get("reasoning")),
        cache=options.get("cache"),
        service_tier=options.get("service_tier"),
        metadata=options.get("metadata") or {},
        extra=options.get("extra") or {},
    )


def _check(options: RequestOptions) -> None:
    unknown = sorted(set(options) - _KNOWN)
    if unknown:
        raise LLMConfigurationError(
            f"unknown setting {unknown[0]!r}; known ones are {', '.join(sorted(_KNOWN))}; "
            "a provider's own body fields go into extra",
            phase="local",
        )
    for name in _POSITIVE:
        value = options.get(name)
        if value is not None and not (isinstance(value, int | float) and value > 0):
            raise LLMConfigurationError(f"{name} is {value!r}; give a number above 0, or leave it out", phase="local")
    retries = options.get("max_retries")
    if retries is not None and retries < 0:
        raise LLMConfigurationError(f"max_retries is {retries!r}; give 0 or more additional attempts", phase="local")
