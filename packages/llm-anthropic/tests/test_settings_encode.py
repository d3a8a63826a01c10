"""Settings as each family of models takes them, and a warning for each that it does not."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_anthropic import anthropic_profile
from penguiflow_llm_anthropic._encode import encode_request
from penguiflow_llm_types import (
    CacheBreakpoint,
    CacheConfig,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    NamedTool,
    ReasoningConfig,
    Sampling,
    StructuredOutput,
    TextPart,
    ToolSpec,
)
from penguiflow_llm_types.wire import Encoded

USER: Final = LLMMessage.user("Hello.")
TOOL: Final = ToolSpec(name="weather", description="A city's weather.", json_schema={"type": "object"})


def encode(
    model: str = "claude-sonnet-5", *messages: LLMMessage, how: dict[str, Any] | None = None, **more: Any
) -> Encoded:
    request = LLMRequest(model=model, messages=messages or (USER,), **more)
    return encode_request(request, anthropic_profile(model), **({"stream": False} | (how or {})))


def told(encoded: Encoded) -> list[tuple[str, str | None]]:
    return [(warning.kind, warning.setting) for warning in encoded.warnings]


def test_settings_without_a_counterpart() -> None:
    """Each is told of by its name."""
    encoded = encode(
        "claude-haiku-4-5",
        LLMMessage(role="user", parts=(ImagePart(url="https://x", detail="high"),), name="Ann"),
        sampling=Sampling(seed=1, presence_penalty=1, frequency_penalty=1),
        cache=CacheConfig(key="k", content="c", ttl="30m"),
        service_tier="flex",
        structured_output=StructuredOutput(json_schema=None),
    )
    names = ["messages.name", "ImagePart.detail", "cache.key", "cache.content", "cache.ttl", "structured_output"]
    assert [*names, "seed", "presence_penalty", "frequency_penalty", "service_tier"] == [
        name for _, name in told(encoded)
    ]
    assert {"type": "ephemeral"} == encoded.body["cache_control"]


REASONING: Final = [
    ("claude-sonnet-5", {"effort": "high"}, {"type": "adaptive"}, "high", []),
    ("claude-sonnet-5", {"effort": "minimal"}, {"type": "adaptive"}, "low", ["reasoning.effort"]),
    ("claude-sonnet-5", {"budget_tokens": 9_000}, {"type": "adaptive"}, "high", ["reasoning.budget_tokens"]),
    ("claude-sonnet-5", {"include": True}, {"type": "adaptive", "display": "summarized"}, None, []),
    ("claude-sonnet-5", {"include": False, "effort": "max"}, {"type": "adaptive", "display": "omitted"}, "max", []),
    ("claude-sonnet-5", {"effort": "none"}, {"type": "disabled"}, None, []),
    ("claude-sonnet-5-5", {"effort": "none"}, {"type": "between_tools"}, None, []),
    ("claude-opus-5-5", {"effort": "none"}, None, "low", ["reasoning.effort"]),
    ("claude-opus-4-8", {"effort": "none"}, None, None, []),
    ("claude-sonnet-4-6", {"effort": "xhigh"}, {"type": "adaptive"}, "high", ["reasoning.effort"]),
    ("claude-sonnet-4-6", {"budget_tokens": 2_000}, {"type": "enabled", "budget_tokens": 2_000}, None, []),
    (
        "claude-sonnet-4-6",
        {"budget_tokens": 2_000, "effort": "low"},
        {"type": "adaptive"},
        "low",
        ["reasoning.budget_tokens"],
    ),
    ("claude-haiku-4-5", {"effort": "low"}, {"type": "enabled", "budget_tokens": 2_048}, None, ["reasoning.effort"]),
    ("claude-haiku-4-5", {"effort": "none"}, None, None, []),
    ("claude-haiku-4-5", {"budget_tokens": 0}, None, None, []),
    ("claude-sonnet-5", {"budget_tokens": 0}, {"type": "disabled"}, None, []),
    (
        "claude-haiku-4-5",
        {"budget_tokens": 9},
        {"type": "enabled", "budget_tokens": 1_024},
        None,
        ["reasoning.budget_tokens"],
    ),
    ("claude-haiku-4-5", {"include": True}, None, None, ["reasoning.include"]),
    ("claude-3-haiku-20240307", {"effort": "high"}, None, None, ["reasoning"]),
    ("claude-sonnet-5", {}, None, None, []),
]


@pytest.mark.parametrize(("model", "asked", "thinking", "effort", "warnings"), REASONING)
def test_reasoning(model: str, asked: dict[str, Any], thinking: Any, effort: str | None, warnings: list[str]) -> None:
    """An effort where the family takes one, a budget where it takes that, and what was changed is told."""
    encoded = encode(model, reasoning=ReasoningConfig(**asked))
    assert thinking == encoded.body.get("thinking")
    assert effort == encoded.body.get("output_config", {}).get("effort")
    assert warnings == [name for _, name in told(encoded)]


@pytest.mark.parametrize(
    ("more", "thinking", "warnings"),
    [
        ({"max_tokens": 3_000}, {"type": "enabled", "budget_tokens": 2_999}, ["reasoning.budget_tokens"]),
        ({"max_tokens": 1_024}, None, ["reasoning"]),
        ({"tools": (TOOL,), "tool_choice": "required"}, None, ["reasoning"]),
        ({"tools": (TOOL,), "tool_choice": NamedTool(name="weather")}, None, ["reasoning"]),
        ({"tools": (TOOL,), "tool_choice": "auto"}, {"type": "enabled", "budget_tokens": 8_000}, []),
    ],
)
def test_what_a_budget_does_not_go_with(more: dict[str, Any], thinking: Any, warnings: list[str]) -> None:
    """A limit below it makes it smaller, a forced tool excludes it."""
    encoded = encode("claude-haiku-4-5", reasoning=ReasoningConfig(budget_tokens=8_000), **more)
    assert (thinking, warnings) == (encoded.body.get("thinking"), [name for _, name in told(encoded)])


OLD: Final = {"anthropic-version": "2023-06-01"}
SAMPLING: Final = [
    ("claude-sonnet-5", {"temperature": 0.5, "top_k": 3}, {}, {}, ["temperature", "top_k"]),
    ("claude-haiku-4-5", {"temperature": 0.5}, {"temperature": 0.5}, OLD, []),
    ("claude-haiku-4-5", {"temperature": 1.7}, {"temperature": 1.0}, OLD, ["temperature"]),
    ("claude-haiku-4-5", {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5}, OLD, ["top_p"]),
    ("claude-sonnet-4-0", {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5, "top_p": 0.9}, OLD, []),
    ("claude-3-haiku-20240307", {"top_k": 3}, {"top_k": 3}, OLD, []),
    ("claude-haiku-4-5", {}, {}, {}, []),
]


@pytest.mark.parametrize(("model", "asked", "sent", "headers", "warnings"), SAMPLING)
def test_sampling(
    model: str, asked: dict[str, Any], sent: dict[str, Any], headers: dict[str, str], warnings: list[str]
) -> None:
    """Only the older version of the API takes these settings, and only of models that have them."""
    encoded = encode(model, sampling=Sampling(**asked))
    assert sent == {name: encoded.body[name] for name in ("temperature", "top_p", "top_k") if name in encoded.body}
    assert (headers, warnings) == (encoded.headers, [name for _, name in told(encoded)])


@pytest.mark.parametrize(
    ("asked", "sent", "warnings"),
    [
        ({"temperature": 1.0}, {"temperature": 1.0}, []),
        ({"top_p": 0.97}, {"top_p": 0.97}, []),
        ({"temperature": 0.5}, {}, ["temperature"]),
        ({"top_k": 5, "top_p": 0.5}, {}, ["top_k", "top_p"]),
    ],
)
def test_sampling_beside_thinking(asked: dict[str, Any], sent: dict[str, Any], warnings: list[str]) -> None:
    """A thinking model takes next to nothing of it."""
    reasoning = ReasoningConfig(budget_tokens=2_000)
    encoded = encode("claude-haiku-4-5", sampling=Sampling(**asked), reasoning=reasoning)
    assert sent == {name: encoded.body[name] for name in ("temperature", "top_p", "top_k") if name in encoded.body}
    assert warnings == [name for _, name in told(encoded)]


HOSTS: Final = [
    ("bedrock", {}, "bedrock-2023-05-31"),
    ("vertex", {}, None),
    ("vertex", {"sampling": Sampling(temperature=0.1)}, "vertex-2023-10-16"),
    ("anthropic", {"sampling": Sampling(temperature=0.1)}, None),
]


@pytest.mark.parametrize(("host", "more", "version"), HOSTS)
def test_where_hosts_want_the_version(host: str, more: dict[str, Any], version: str | None) -> None:
    """Amazon and Google have it in the body, under a name of their own."""
    encoded = encode("claude-haiku-4-5", how={"host": host}, **more)
    assert version == encoded.body.get("anthropic_version")
    assert ("anthropic-version" in encoded.headers) == (host == "anthropic")


CHOICES: Final = [
    ("claude-sonnet-5", "required", None, {"type": "any"}, []),
    ("claude-sonnet-5", "none", False, {"type": "none"}, []),
    ("claude-sonnet-5", "auto", None, {"type": "auto"}, []),
    ("claude-sonnet-5", None, False, {"type": "auto", "disable_parallel_tool_use": True}, []),
    ("claude-sonnet-5", None, True, None, []),
    ("claude-sonnet-5-5", "required", None, {"type": "auto"}, ["tool_choice"]),
    ("claude-sonnet-5-5", "none", None, {"type": "none"}, []),
]


@pytest.mark.parametrize(("model", "choice", "parallel", "sent", "warnings"), CHOICES)
def test_tool_choice(model: str, choice: Any, parallel: bool | None, sent: Any, warnings: list[str]) -> None:
    """A model that cannot be forced is not."""
    encoded = encode(model, tools=(TOOL,), tool_choice=choice, parallel_tool_calls=parallel)
    assert (sent, warnings) == (encoded.body.get("tool_choice"), [name for _, name in told(encoded)])


@pytest.mark.parametrize(
    ("model", "strict", "sent", "warnings"),
    [
        ("claude-sonnet-5", True, True, []),
        ("claude-sonnet-5", False, None, []),
        ("claude-sonnet-4-0", True, None, ["tools.strict"]),
    ],
)
def test_strict_tools(model: str, strict: bool, sent: Any, warnings: list[str]) -> None:
    """Where the model guarantees arguments."""
    tool = ToolSpec(name="f", json_schema={"type": "object"}, strict=strict, cache=CacheBreakpoint(ttl="5m"))
    encoded = encode(model, tools=(tool,))
    assert (sent, warnings) == (encoded.body["tools"][0].get("strict"), [name for _, name in told(encoded)])
    assert {"type": "ephemeral", "ttl": "5m"} == encoded.body["tools"][0]["cache_control"]


def test_structured_output_and_citations() -> None:
    """The schema in `output_config`; documents are cited only where the answer is text."""
    document = LLMMessage(role="user", parts=(DocumentPart(url="https://x/y.pdf"),))
    output = StructuredOutput(json_schema={"type": "object"})
    cited = encode("claude-sonnet-5", document, how={"citations": True})
    typed = encode("claude-sonnet-5", document, how={"citations": True}, structured_output=output)
    assert {"enabled": True} == cited.body["messages"][0]["content"][0]["citations"]
    assert {"format": {"type": "json_schema", "schema": {"type": "object"}}} == typed.body["output_config"]
    assert "citations" not in typed.body["messages"][0]["content"][0]
    assert [("unsupported_setting", "citations")] == told(typed)


def test_extra_is_merged_last() -> None:
    """Tools that Anthropic runs stand behind the request's own; names of betas go in a header, each once."""
    search = {"type": "web_search_20260318", "name": "web_search"}
    encoded = encode(
        "claude-sonnet-5",
        LLMMessage(role="user", parts=(ImagePart(file_id="f"),)),
        tools=(TOOL,),
        extra={"tools": [search], "betas": "b2", "container": "c", "output_config": {"task_budget": 1}},
        reasoning=ReasoningConfig(effort="low"),
        how={"betas": ("b1", "b2")},
    )
    assert search == encoded.body["tools"][1]
    assert ({"effort": "low", "task_budget": 1}, "c") == (encoded.body["output_config"], encoded.body["container"])
    assert {"anthropic-beta": "b1,b2,files-api-2025-04-14"} == encoded.headers


def test_four_breakpoints_at_most() -> None:
    """The last ones are worth most: the earliest go."""
    marked = tuple(TextPart(text=str(number), cache=CacheBreakpoint()) for number in range(5))
    tool = ToolSpec(name="f", cache=CacheBreakpoint())
    encoded = encode("claude-sonnet-5", LLMMessage(role="user", parts=marked), tools=(tool,), cache=CacheConfig())
    blocks = encoded.body["messages"][0]["content"]
    assert [False, False, False, True, True] == ["cache_control" in block for block in blocks]
    assert [("unsupported_setting", "cache")] == told(encoded)


def test_a_model_nobody_knows() -> None:
    """It is asked as the newest are, and told of."""
    encoded = encode("claude-saga-9", reasoning=ReasoningConfig(effort="high"))
    assert ({"type": "adaptive"}, [("assumed_model", "model")]) == (encoded.body["thinking"], told(encoded))
