"""Goldens for what each family of models behind Databricks' endpoints is sent."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_databricks import databricks_profile
from penguiflow_llm_databricks._wire import DatabricksWire
from penguiflow_llm_types import (
    CacheBreakpoint,
    CacheConfig,
    LLMConfigurationError,
    LLMMessage,
    LLMRequest,
    Part,
    ReasoningConfig,
    ReasoningPart,
    Sampling,
    StructuredOutput,
    TextPart,
    ToolCallPart,
    ToolSpec,
)

CLAUDE: Final = "databricks-claude-sonnet-4-5"
GPT: Final = "databricks-gpt-5-4-mini"
LLAMA: Final = "databricks-meta-llama-3-3-70b-instruct"
CALL: Final = ToolCallPart(id="c", name="f", arguments="{}")
STRICT: Final = ToolSpec(name="f", strict=True)


def _encode(model: str, *messages: LLMMessage, stream: bool = False, **fields: Any) -> tuple[dict[str, Any], list[str]]:
    request = LLMRequest(model=model, messages=messages or (LLMMessage.user("hi"),), **fields)
    encoded = DatabricksWire().encode(request, databricks_profile(model), stream=stream)
    assert encoded.path == "/chat/completions"
    return dict(encoded.body), [warning.setting or warning.kind for warning in encoded.warnings]


def _assistant(*parts: Part) -> LLMMessage:
    return LLMMessage(role="assistant", parts=parts)


def test_everything_claude_takes() -> None:
    """One body with all of it."""
    body, told = _encode(
        CLAUDE,
        stream=True,
        max_tokens=20_000,
        stop=("END",),
        tools=(ToolSpec(name="f"),),
        tool_choice="auto",
        reasoning=ReasoningConfig(budget_tokens=10_240),
    )
    expected = {
        "model": CLAUDE,
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}],
        "tool_choice": "auto",
        "max_tokens": 20_000,
        "stop": ["END"],
        "thinking": {"type": "enabled", "budget_tokens": 10_240},
        "stream": True,
    }
    assert (expected, []) == (body, told)


@pytest.mark.parametrize(
    "fields",
    [
        {"sampling": Sampling(seed=1)},
        {"sampling": Sampling(presence_penalty=0.5)},
        {"sampling": Sampling(frequency_penalty=0.5)},
        {"parallel_tool_calls": False, "tools": (ToolSpec(name="f"),)},
        {"metadata": {"a": "b"}},
        {"service_tier": "flex"},
        {"cache": CacheConfig(key="k")},
        {"cache": CacheConfig(ttl="1h")},
    ],
    ids=str,
)
@pytest.mark.parametrize("model", [CLAUDE, GPT, LLAMA])
def test_what_databricks_refuses_is_left_out_and_told(model: str, fields: dict[str, Any]) -> None:
    """It refuses fields it does not know by name: "json: unknown field ...".  The caller hears of it."""
    known = {"model", "messages", "tools"}
    body, told = _encode(model, **fields)
    assert known >= body.keys()
    assert len(told) == 1


@pytest.mark.parametrize(
    ("model", "sent", "told"), [(GPT, True, []), (CLAUDE, False, ["tools.strict"]), (LLAMA, False, ["tools.strict"])]
)
def test_strict_is_for_gpt(model: str, sent: bool, told: list[str]) -> None:
    """databricks-openai 0.18.0; Claude answers "tools.0.custom.strict: Extra inputs are not permitted"."""
    body, warnings = _encode(model, tools=(STRICT,))
    assert (sent, told) == ("strict" in body["tools"][0]["function"], warnings)


@pytest.mark.parametrize(("model", "content"), [(CLAUDE, " "), (GPT, None), (LLAMA, None)])
def test_a_call_without_words(model: str, content: str | None) -> None:
    """Claude refuses empty content beside a call."""
    body, _ = _encode(
        model, LLMMessage.user("hi"), _assistant(CALL), LLMMessage.tool_result("c", "done"), tools=(ToolSpec(name="f"),)
    )
    assert content == body["messages"][1]["content"]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (GPT, {"reasoning_effort": "low"}),
        ("databricks-gpt-oss-120b", {"reasoning_effort": "low"}),
        (CLAUDE, {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
        ("databricks-claude-opus-5-5", {"thinking": {"type": "adaptive"}}),
        ("databricks-gemini-3-1-pro", {"reasoning_effort": "low"}),
        (LLAMA, {}),
    ],
)
def test_how_each_family_is_asked_to_reason(model: str, fields: dict[str, Any]) -> None:
    """Databricks documentation, "Query reasoning models", read 2026-11."""
    body, _ = _encode(model, reasoning=ReasoningConfig(effort="low"))
    assert fields == {name: body[name] for name in ("reasoning_effort", "thinking") if name in body}


def test_a_signed_thought_goes_back_as_it_came() -> None:
    """Before the text, in the content; a thought of another provider's does not."""
    thought = ReasoningPart(text="hm", signature="s", provider="databricks")
    foreign = ReasoningPart(text="hm", signature="s", provider="anthropic")
    turn = _assistant(thought, foreign, TextPart(text="Oslo"))
    body, told = _encode(CLAUDE, LLMMessage.user("hi"), turn, LLMMessage.user("and?"))
    summary = {"type": "summary_text", "text": "hm", "signature": "s"}
    expected = [{"type": "reasoning", "summary": [summary]}, {"type": "text", "text": "Oslo"}]
    assert (expected, ["messages"]) == (body["messages"][1]["content"], told)


@pytest.mark.parametrize(("model", "marked"), [(CLAUDE, True), ("databricks-claude-opus-5", True), (GPT, False)])
def test_who_takes_cache_breakpoints(model: str, marked: bool) -> None:
    """Claude, on parts."""
    part = TextPart(text="long", cache=CacheBreakpoint())
    body, told = _encode(model, LLMMessage(role="user", parts=(part,)))
    block = [{"type": "text", "text": "long", "cache_control": {"type": "ephemeral"}}]
    assert (block if marked else "long", [] if marked else ["cache"]) == (body["messages"][0]["content"], told)


def test_more_tools_than_databricks_takes() -> None:
    """Told before anything is sent."""
    tools = tuple(ToolSpec(name=f"f{number}") for number in range(33))
    with pytest.raises(LLMConfigurationError, match="takes 32 tools, not 33") as raised:
        _encode(CLAUDE, tools=tools)
    assert ("local", CLAUDE) == (raised.value.phase, raised.value.model)
    body, _ = _encode(CLAUDE, tools=tools[:32])
    assert len(body["tools"]) == 32


def test_structured_output_has_a_name() -> None:
    """GPT answers "Missing required parameter: 'response_format.json_schema.name'." without one."""
    body, _ = _encode(GPT, structured_output=StructuredOutput(json_schema={"type": "object"}))
    assert body["response_format"]["json_schema"]["name"] == "response"


PROFILES: Final[list[tuple[str, dict[str, Any]]]] = [
    ("databricks-claude-3-5-sonnet", {"family": "claude", "reasoning": False}),
    ("databricks-claude-3-7-sonnet", {"reasoning_budget": True, "native_streams": False, "reasons_unasked": False}),
    ("databricks-claude-opus-4", {"reasoning_budget": True}),
    ("databricks-claude-opus-4-7", {"family": "claude-adaptive", "temperature": False}),
    ("system.ai.claude-opus-5", {"family": "claude-adaptive", "native_dialect": "databricks/output@2026-11"}),
    ("databricks-claude-sonnet-5-5", {"native_dialect": None, "known": True}),
    ("databricks-claude-fable-5-1", {"native_dialect": None, "known": True}),
    ("databricks-claude-opus-9", {"family": "claude-adaptive", "known": False}),
    ("databricks-gpt-5", {"efforts": ("minimal", "low", "medium", "high")}),
    ("databricks-gpt-5-2", {"efforts": ("none", "low", "medium", "high", "xhigh")}),
    ("databricks-gpt-9", {"family": "gpt", "known": False}),
    ("databricks-gpt-oss-20b", {"family": "gpt-oss", "strict_tool_dialect": None, "reasoning": True}),
    ("databricks-gemini-2-5-flash", {"family": "gemini", "reasoning": False}),
    ("databricks-gemini-3-1-pro", {"efforts": ("low", "medium", "high")}),
    ("databricks-llama-4-maverick", {"image_input": True}),
    ("databricks-meta-llama-3-1-8b-instruct", {"image_input": False, "family": "open"}),
    ("databricks-qwen35-122b-a10b", {"family": "open", "known": True}),
    ("databricks-tomorrow-1", {"family": "open", "known": False}),
    ("databricks-dbrx-instruct", {"native_dialect": None, "forced_tool": False}),
    ("my-endpoint", {"family": "custom", "native_dialect": None, "known": False}),
]


@pytest.mark.parametrize(("model", "facts"), PROFILES, ids=[row[0] for row in PROFILES])
def test_what_is_known_of_a_model(model: str, facts: dict[str, Any]) -> None:
    """Names of genai-prices 0.2.3 and of Databricks' documentation, and of tomorrow."""
    profile = databricks_profile(model)
    assert facts == {name: getattr(profile, name) for name in facts}
    assert (model, "databricks") == (profile.model, profile.provider)
