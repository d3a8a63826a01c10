"""Reasoning, asked for as each family wants it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_bedrock._encode import encode_converse
from penguiflow_llm_bedrock._profiles import bedrock_profile
from penguiflow_llm_types import LLMMessage, LLMRequest, NamedTool, ReasoningConfig, ReasoningPart, Sampling, ToolSpec

BUDGET: Final = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
ADAPTIVE: Final = "us.anthropic.claude-opus-5"
NOVA: Final = "us.amazon.nova-2-lite-v1:0"
OSS: Final = "openai.gpt-oss-120b-1:0"
QWEN: Final = "qwen.qwen3-32b-v1:0"
R1: Final = "us.deepseek.r1-v1:0"
PLAIN: Final = "amazon.nova-lite-v1:0"


def encode(model: str, reasoning: ReasoningConfig, **more: Any) -> tuple[dict[str, Any], list[str | None]]:
    request = LLMRequest(model=model, messages=(LLMMessage.user("q"),), reasoning=reasoning, **more)
    body, warnings = encode_converse(request, bedrock_profile(model), defaults={})
    return body, [warning.setting for warning in warnings]


def thinking(budget: int) -> dict[str, Any]:
    return {"thinking": {"type": "enabled", "budget_tokens": budget}}


def nova(effort: str) -> dict[str, Any]:
    return {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": effort}}


_FIELDS: list[tuple[str, ReasoningConfig, int | None, dict[str, Any], list[str]]] = [
    (BUDGET, ReasoningConfig(budget_tokens=2000), None, thinking(2000), []),
    (BUDGET, ReasoningConfig(budget_tokens=10), None, thinking(1024), ["reasoning.budget_tokens"]),
    (BUDGET, ReasoningConfig(effort="medium"), None, thinking(8192), ["reasoning.effort"]),
    (BUDGET, ReasoningConfig(effort="max"), None, thinking(32_000), ["reasoning.effort"]),
    (BUDGET, ReasoningConfig(budget_tokens=8000), 6000, thinking(3000), ["reasoning.budget_tokens"]),
    (BUDGET, ReasoningConfig(budget_tokens=8000), 1000, {}, ["reasoning"]),
    (BUDGET, ReasoningConfig(effort="none"), None, {}, []),
    (BUDGET, ReasoningConfig(budget_tokens=0), None, {}, []),
    (BUDGET, ReasoningConfig(include=True), None, {}, ["reasoning.include"]),
    (BUDGET, ReasoningConfig(include=False), None, {}, []),
    (ADAPTIVE, ReasoningConfig(effort="none"), None, {"thinking": {"type": "disabled"}}, []),
    (ADAPTIVE, ReasoningConfig(include=True), None, {"thinking": {"type": "adaptive", "display": "summarized"}}, []),
    (ADAPTIVE, ReasoningConfig(include=False), None, {"thinking": {"type": "adaptive", "display": "omitted"}}, []),
    (NOVA, ReasoningConfig(effort="low"), 50, nova("low"), []),
    (NOVA, ReasoningConfig(effort="none"), None, {}, []),
    (NOVA, ReasoningConfig(budget_tokens=0), None, {}, []),
    (QWEN, ReasoningConfig(effort="none"), None, {}, []),
    (PLAIN, ReasoningConfig(effort="none"), None, {}, []),
    (OSS, ReasoningConfig(effort="high"), None, {"reasoning_effort": "high"}, []),
    (OSS, ReasoningConfig(effort="none"), None, {"reasoning_effort": "low"}, ["reasoning.effort"]),
    (QWEN, ReasoningConfig(effort="high"), None, {"reasoning_config": "high"}, []),
    (QWEN, ReasoningConfig(effort="high", include=True), None, {"reasoning_config": "high"}, ["reasoning.include"]),
    (R1, ReasoningConfig(effort="high"), None, {}, ["reasoning.effort"]),
    (PLAIN, ReasoningConfig(budget_tokens=5000), None, {}, ["reasoning.budget_tokens", "reasoning.effort"]),
    (PLAIN, ReasoningConfig(), None, {}, []),
    ("tomorrow.model", ReasoningConfig(effort="high"), None, {}, ["model", "reasoning.effort"]),
]


@pytest.mark.parametrize(("model", "config", "limit", "fields", "told"), _FIELDS)
def test_fields(
    model: str, config: ReasoningConfig, limit: int | None, fields: dict[str, Any], told: list[str]
) -> None:
    """What is sent, and what is said about what was not sent as asked."""
    body, warnings = encode(model, config, max_tokens=limit)
    assert fields == body.get("additionalModelRequestFields", {})
    assert told == warnings


@pytest.mark.parametrize(
    ("model", "config", "effort", "told"),
    [
        (ADAPTIVE, ReasoningConfig(effort="xhigh"), "xhigh", []),
        (ADAPTIVE, ReasoningConfig(effort="minimal"), "low", ["reasoning.effort"]),
        (ADAPTIVE, ReasoningConfig(budget_tokens=8000), "medium", ["reasoning.budget_tokens"]),
        ("us.anthropic.claude-sonnet-4-6", ReasoningConfig(effort="xhigh"), "high", ["reasoning.effort"]),
    ],
)
def test_effort(model: str, config: ReasoningConfig, effort: str, told: list[str]) -> None:
    """Claude that decides for itself how long to think takes an effort, in Converse's own field."""
    body, warnings = encode(model, config)
    assert body["outputConfig"] == {"effort": effort}
    assert body["additionalModelRequestFields"] == {"thinking": {"type": "adaptive"}}
    assert told == warnings


def test_what_is_refused_beside_reasoning_is_left_out() -> None:
    """Sampling, a forced tool, and for Nova at its highest effort the limit."""
    tools = {"tools": (ToolSpec(name="f"),), "tool_choice": NamedTool(name="f")}
    body, warnings = encode(BUDGET, ReasoningConfig(budget_tokens=2000), sampling=Sampling(temperature=0.3), **tools)
    assert ("inferenceConfig" in body, "toolChoice" in body["toolConfig"]) == (False, False)
    assert warnings == ["temperature", "tool_choice"]
    body, warnings = encode(NOVA, ReasoningConfig(effort="high"), max_tokens=100, sampling=Sampling(top_p=0.3))
    assert "inferenceConfig" not in body
    assert warnings == ["max_tokens", "top_p"]


@pytest.mark.parametrize(("model", "kept"), [(BUDGET, True), (NOVA, False), (R1, False), (OSS, False)])
def test_reasoning_goes_back_to_who_signs_it(model: str, kept: bool) -> None:
    """The others refuse it or have no use for it; nothing is lost there, so nothing is said."""
    thought = ReasoningPart(text="Hm.", signature="EqQB", provider="bedrock")
    talk = (LLMMessage.user("q"), LLMMessage(role="assistant", parts=(thought,)), LLMMessage.user("r"))
    request = LLMRequest(model=model, messages=talk)
    body, warnings = encode_converse(request, bedrock_profile(model), defaults={})
    assert kept == any("reasoningContent" in block for turn in body["messages"] for block in turn["content"])
    assert warnings == ()
