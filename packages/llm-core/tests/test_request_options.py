"""The settings of a call: how they reach the neutral request, and how wrong ones are told."""

from typing import Any

import pytest

from penguiflow_llm_core._options import build_request
from penguiflow_llm_types import (
    CacheConfig,
    LLMConfigurationError,
    LLMMessage,
    LLMRequest,
    NamedTool,
    ReasoningConfig,
    Sampling,
)

MESSAGES = (LLMMessage.user("x"),)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, {}, id="nothing set"),
        pytest.param(
            dict.fromkeys(("temperature", "stop", "reasoning", "extra", "metadata", "timeout_s", "max_tokens")),
            {},
            id="None is nothing set",
        ),
        pytest.param(
            {"temperature": 0.0, "top_p": 0.5, "top_k": 3, "seed": 7, "presence_penalty": 1, "frequency_penalty": 2},
            {
                "sampling": Sampling(
                    temperature=0.0, top_p=0.5, top_k=3, seed=7, presence_penalty=1, frequency_penalty=2
                )
            },
            id="sampling",
        ),
        pytest.param({"stop": "END"}, {"stop": ("END",)}, id="one stop sequence"),
        pytest.param({"stop": iter(["A", "B"])}, {"stop": ("A", "B")}, id="several"),
        pytest.param({"reasoning": "low"}, {"reasoning": ReasoningConfig(effort="low")}, id="reasoning"),
        pytest.param(
            {"max_tokens": 10, "parallel_tool_calls": False, "service_tier": "flex", "cache": CacheConfig(key="k")},
            {"max_tokens": 10, "parallel_tool_calls": False, "service_tier": "flex", "cache": CacheConfig(key="k")},
            id="as they are",
        ),
        pytest.param(
            {"metadata": {"user": "7"}, "extra": {"store": True}},
            {"metadata": {"user": "7"}, "extra": {"store": True}},
            id="mappings",
        ),
        pytest.param({"timeout_s": 1, "max_retries": 0}, {}, id="the client's own settings are not sent"),
    ],
)
def test_settings_reach_the_request(options: Any, expected: dict[str, Any]) -> None:
    """What the caller does not set is not sent: many models refuse even a default temperature."""
    assert LLMRequest(model="m", messages=MESSAGES, **expected) == build_request("m", "x", options)


def test_tool_choice_reaches_the_request() -> None:
    """A name forces that tool."""
    expected = LLMRequest(model="m", messages=MESSAGES, tool_choice=NamedTool(name="f"))
    assert expected == build_request("m", "x", {}, tool_choice="f")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"timeout_s": 0}, "timeout_s is 0; give seconds above 0, or None"),
        ({"timeout_s": -1.5}, "timeout_s is -1.5; give seconds above 0, or None"),
        ({"timeout_s": float("nan")}, "timeout_s is nan; give seconds above 0, or None"),
        ({"timeout_s": "5"}, "timeout_s is '5'; give seconds above 0, or None"),
        ({"max_tokens": 0}, "max_tokens is 0; give a whole number above 0, or leave it out"),
        ({"max_tokens": 1.5}, "max_tokens is 1.5; give a whole number above 0, or leave it out"),
        ({"max_retries": -1}, "max_retries is -1; give a whole number of additional attempts, 0 or more"),
        ({"max_retries": "2"}, "max_retries is '2'; give a whole number of additional attempts, 0 or more"),
        (
            {"reasoning": 3},
            "reasoning is 3; use a ReasoningConfig or one of none, minimal, low, medium, high, xhigh, max",
        ),
    ],
)
def test_refused_settings(options: Any, problem: str) -> None:
    """A setting that cannot be is told before anything is sent, not by the provider in its own words."""
    with pytest.raises(LLMConfigurationError) as caught:
        build_request("m", "x", options)
    assert (problem, "local") == (caught.value.message, caught.value.phase)


def test_an_unknown_setting_is_named_beside_the_known_ones() -> None:
    """A typing error in a keyword would otherwise be a setting that silently does nothing."""
    options: Any = {"temprature": 1.0}
    with pytest.raises(LLMConfigurationError) as caught:
        build_request("m", "x", options)
    assert caught.value.message == (
        "unknown setting 'temprature'; known ones are cache, cancel, extra, first_output_timeout_s, "
        "frequency_penalty, max_cost_usd, max_retries, max_tokens, max_tokens_ceiling, max_usage_tokens, metadata, "
        "parallel_tool_calls, presence_penalty, progress_timeout_s, reasoning, seed, service_tier, stop, temperature, "
        "timeout_s, top_k, "
        "top_p; a provider's own body fields go into extra"
    )
