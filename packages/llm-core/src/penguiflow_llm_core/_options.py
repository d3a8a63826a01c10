"""The settings every call takes, and the neutral request they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
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
    first_output_timeout_s: float | None
    """Seconds an attempt may take to its first output: a stream's first event, a plain call's answer."""
    progress_timeout_s: float | None
    """Seconds a stream may pause between two events."""
    max_cost_usd: Decimal | float | str | None
    """No further request is made once the call has cost so many US dollars."""
    max_usage_tokens: int | None
    """No further request is made once the call has used so many tokens, input and output; prices are not needed."""
    max_tokens: int | None
    max_tokens_ceiling: int | None
    """`generate` asks once more, with up to so many tokens, where an answer was cut off at `max_tokens`."""
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
    check_limits({name: options.get(name) for name in LIMITS})
    for name in ("max_tokens", "max_tokens_ceiling"):
        tokens: object = options.get(name)
        if tokens is not None:
            _check_tokens(tokens, name)


LIMITS: Final = (
    "timeout_s", "max_retries", "first_output_timeout_s", "progress_timeout_s", "max_cost_usd", "max_usage_tokens",
)  # fmt: skip
"""The settings of a call that are limits; a client has defaults for them."""


def check_limits(given: Mapping[str, object]) -> None:
    """Refuse a limit that cannot be; None is none of ours."""
    for name, value in given.items():
        if value is None:
            continue
        if name == "max_retries":
            if not (isinstance(value, int) and value >= 0):
                raise LLMConfigurationError(
                    f"max_retries is {value!r}; give a whole number of additional attempts, 0 or more", phase="local"
                )
        elif name.endswith("_usd"):
            to_usd(value, name)
        elif name.endswith("_tokens"):
            _check_tokens(value, name)
        elif not (isinstance(value, int | float) and value > 0):
            raise LLMConfigurationError(f"{name} is {value!r}; give seconds above 0, or None", phase="local")


def _check_tokens(value: object, setting: str) -> None:
    if not (isinstance(value, int) and value > 0):
        raise LLMConfigurationError(
            f"{setting} is {value!r}; give a whole number above 0, or leave it out", phase="local"
        )


def to_usd(value: object, setting: str) -> Decimal:
    """An amount of money, exactly as it is written."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise LLMConfigurationError(
            f"{setting} is {value!r}; give US dollars, 0 or more, such as Decimal('0.05')", phase="local"
        )
    return amount
