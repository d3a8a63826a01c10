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


class RequestOptions(TypedDict, total=False):
    """Settings every call takes beside its own. None, or absent, leaves a setting to the client or the provider."""

    timeout_s: float | None
    """Seconds for the whole call: every attempt, wait, and callback."""
    max_retries: int | None
    """Most additional attempts: to send again, to have the model correct its answer, or to use another mode."""
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
    check_limits(options.get("timeout_s"), options.get("max_retries"))
    max_tokens: object = options.get("max_tokens")
    if max_tokens is not None and not (isinstance(max_tokens, int) and max_tokens > 0):
        raise LLMConfigurationError(
            f"max_tokens is {max_tokens!r}; give a whole number above 0, or leave it out", phase="local"
        )


def check_limits(timeout_s: object, max_retries: object) -> None:
    """Refuse a timeout or a number of retries that cannot be; None is none of ours."""
    if timeout_s is not None and not (isinstance(timeout_s, int | float) and timeout_s > 0):
        raise LLMConfigurationError(f"timeout_s is {timeout_s!r}; give seconds above 0, or None", phase="local")
    if max_retries is not None and not (isinstance(max_retries, int) and max_retries >= 0):
        raise LLMConfigurationError(
            f"max_retries is {max_retries!r}; give a whole number of additional attempts, 0 or more", phase="local"
        )
