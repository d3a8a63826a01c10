"""What is sent: bodies word for word, and a warning for everything that could not be said."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_anthropic import anthropic_profile
from penguiflow_llm_anthropic._encode import encode_request
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    CacheConfig,
    Citation,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    NamedTool,
    OpaquePart,
    Part,
    ReasoningConfig,
    ReasoningPart,
    Sampling,
    StructuredOutput,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from penguiflow_llm_types.wire import Encoded

USER: Final = LLMMessage.user("Hello.")
TOOL: Final = ToolSpec(name="weather", description="A city's weather.", json_schema={"type": "object"})
PNG: Final = b"\x89PNG"


def encode(
    model: str = "claude-sonnet-5", *messages: LLMMessage, how: dict[str, Any] | None = None, **more: Any
) -> Encoded:
    request = LLMRequest(model=model, messages=messages or (USER,), **more)
    return encode_request(request, anthropic_profile(model), **({"stream": False} | (how or {})))


def told(encoded: Encoded) -> list[tuple[str, str | None]]:
    return [(warning.kind, warning.setting) for warning in encoded.warnings]


def turns(*messages: LLMMessage, model: str = "claude-sonnet-5", **more: Any) -> tuple[Any, Any, list[str | None]]:
    encoded = encode(model, *messages, **more)
    return encoded.body.get("system"), encoded.body["messages"], [warning.setting for warning in encoded.warnings]


def test_a_whole_request() -> None:
    """The fields that every family takes, as they go over the wire."""
    encoded = encode(
        "claude-sonnet-5",
        LLMMessage.system("Be brief."),
        USER,
        tools=(TOOL,),
        tool_choice=NamedTool(name="weather"),
        parallel_tool_calls=False,
        max_tokens=100,
        stop=("END", "  "),
        metadata={"user_id": "u1", "team": "x"},
        service_tier="default",
        how={"stream": True},
    )
    assert encoded.body == {
        "model": "claude-sonnet-5",
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "Hello."}],
        "tools": [{"name": "weather", "description": "A city's weather.", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "tool", "name": "weather", "disable_parallel_tool_use": True},
        "stop_sequences": ["END"],
        "service_tier": "standard_only",
        "metadata": {"user_id": "u1"},
        "stream": True,
    }
    assert ("/v1/messages", {}) == (encoded.path, encoded.headers)
    assert [("unsupported_setting", "stop"), ("unsupported_setting", "metadata.team")] == told(encoded)


@pytest.mark.parametrize(
    ("model", "more", "tokens"),
    [
        ("claude-sonnet-5", {}, 32_000),
        ("claude-sonnet-5", {"max_tokens": 7}, 7),
        ("claude-haiku-4-5", {"reasoning": ReasoningConfig(budget_tokens=10_000)}, 42_000),
        ("claude-haiku-4-5", {"reasoning": ReasoningConfig(budget_tokens=50_000)}, 64_000),
        ("claude-sonnet-4-0", {}, 8_192),
        ("claude-3-haiku-20240307", {}, 4_096),
        ("claude-opus-4-1", {}, 32_000),
        ("claude-tomorrow", {}, 32_000),
    ],
)
def test_max_tokens_nobody_gave(model: str, more: dict[str, Any], tokens: int) -> None:
    """The API requires it: the documented default, never above the model's own limit."""
    assert tokens == encode(model, **more).body["max_tokens"]


PARTS: Final[list[tuple[Part, Any]]] = [
    (TextPart(text="a"), {"type": "text", "text": "a"}),
    (
        TextPart(text="a", cache=CacheBreakpoint(ttl="1h")),
        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ),
    (
        TextPart(text="a", cache=CacheBreakpoint()),
        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
    ),
    (
        ImagePart(data=PNG, media_type="image/png", detail="auto"),
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
    ),
    (ImagePart(url="https://x/y.png"), {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}}),
    (ImagePart(file_id="f1"), {"type": "image", "source": {"type": "file", "file_id": "f1"}}),
    (
        DocumentPart(data=b"%PDF", media_type="application/pdf", name="a.pdf"),
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="},
            "title": "a.pdf",
        },
    ),
    (
        DocumentPart(data=b"a,b", media_type="text/csv; charset=utf-8"),
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a,b"}},
    ),
    (DocumentPart(url="https://x/y.pdf"), {"type": "document", "source": {"type": "url", "url": "https://x/y.pdf"}}),
    (
        OpaquePart(provider="anthropic", kind="search_result", data='{"type":"search_result","title":"t"}'),
        {"type": "search_result", "title": "t"},
    ),
]


@pytest.mark.parametrize(("part", "block"), PARTS)
def test_parts_of_a_users_turn(part: Part, block: Any) -> None:
    """Each in the block the API has for it."""
    sent = encode("claude-sonnet-5", LLMMessage(role="user", parts=(TextPart(text="x"), part))).body["messages"]
    assert sent == [{"role": "user", "content": [{"type": "text", "text": "x"}, block]}]


DROPPED: Final[list[tuple[str, Part]]] = [
    ("user", TextPart(text=" \n")),
    ("user", AudioPart(data=b"x", media_type="audio/wav")),
    ("user", DocumentPart(data=b"x", media_type="application/zip")),
    ("user", ReasoningPart(text="x", provider="anthropic", signature="s")),
    ("user", OpaquePart(provider="openai", kind="web_search_call", data="{}")),
    ("user", OpaquePart(provider="anthropic", kind="x", data="no JSON")),
    ("assistant", ReasoningPart(text="x", provider="openai")),
    ("assistant", ReasoningPart(text="x", provider="anthropic")),
    ("assistant", ImagePart(url="https://x")),
    ("assistant", AudioPart(file_id="f")),
    ("system", ImagePart(url="https://x")),
]


@pytest.mark.parametrize(("role", "part"), DROPPED)
def test_parts_that_have_no_place(role: Any, part: Part) -> None:
    """Left out, and said so."""
    encoded = encode("claude-sonnet-5", USER, LLMMessage(role=role, parts=(TextPart(text="x"), part)))
    assert ("dropped_part", "messages") in told(encoded)
    assert type(part).__name__ in encoded.warnings[0].message


def test_what_a_model_said_goes_back_as_it_came() -> None:
    """Seals, withheld thinking, citations and callers included; blocks of Anthropic's own tools word for word."""
    parts = (
        ReasoningPart(text="hm", signature="s1", provider="anthropic"),
        ReasoningPart(redacted_data="d1", provider="anthropic"),
        TextPart(text=""),
        TextPart(text="a", citations=(Citation(url="u"),), signature='[{"url":"u","index":1}]', provider="anthropic"),
        OpaquePart(provider="anthropic", kind="server_tool_use", data='{"type":"server_tool_use","id":"x"}'),
        ToolCallPart(id="t1", name="f", arguments='{"a": 1}'),
        ToolCallPart(id="t2", name="f", arguments="", signature='{"type":"code"}', provider="anthropic"),
        AudioPart(file_id="f", transcript="spoken"),
    )
    _, sent, warnings = turns(USER, LLMMessage(role="assistant", parts=parts))
    assert sent[1]["content"] == [
        {"type": "thinking", "thinking": "hm", "signature": "s1"},
        {"type": "redacted_thinking", "data": "d1"},
        {"type": "text", "text": "a", "citations": [{"url": "u", "index": 1}]},
        {"type": "server_tool_use", "id": "x"},
        {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
        {"type": "tool_use", "id": "t2", "name": "f", "input": {}, "caller": {"type": "code"}},
        {"type": "text", "text": "spoken"},
    ]
    assert [] == warnings


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        (ToolCallPart(id="fc_1|call.2", name="f", arguments="{}"), ("fc_1_call_2", {})),
        (ToolCallPart(id="", name="f", arguments="{"), ("_", {"INVALID_JSON": "{"})),
        (ToolCallPart(id="a", name="f", arguments="[1]"), ("a", {"INVALID_JSON": "[1]"})),
        (ToolCallPart(id="a", name="f", arguments="free", kind="custom"), ("a", {"input": "free"})),
    ],
)
def test_calls_of_other_providers_are_taken(call: ToolCallPart, sent: tuple[str, Any]) -> None:
    """Ids in the alphabet the API has, the same in call and result; arguments that are none in an object."""
    result = LLMMessage.tool_result(call.id, "ok")
    _, messages, _ = turns(USER, LLMMessage(role="assistant", parts=(call,)), result)
    block = messages[1]["content"][0]
    assert sent == (block["id"], block["input"])
    assert sent[0] == messages[2]["content"][0]["tool_use_id"]


def test_results_stand_first_in_the_users_turn() -> None:
    """Whatever order they were given in; turns of one role are one."""
    call = LLMMessage(role="assistant", parts=(ToolCallPart(id="a", name="f", arguments="{}"),))
    image = ToolResultPart(
        tool_call_id="a",
        content=(TextPart(text="seen"), ImagePart(data=PNG, media_type="image/png")),
        is_error=True,
        cache=CacheBreakpoint(),
    )
    _, sent, warnings = turns(USER, call, LLMMessage.user("Go on."), LLMMessage(role="tool", parts=(image,)))
    assert ["user", "assistant", "user"] == [message["role"] for message in sent]
    assert sent[2]["content"] == [
        {
            "type": "tool_result",
            "tool_use_id": "a",
            "content": [
                {"type": "text", "text": "seen"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
            ],
            "is_error": True,
            "cache_control": {"type": "ephemeral"},
        },
        {"type": "text", "text": "Go on."},
    ]
    assert [] == warnings


@pytest.mark.parametrize(
    ("content", "sent"), [((), ""), ((TextPart(text=""),), ""), ((TextPart(text="a"), TextPart(text="b")), 2)]
)
def test_results_of_text(content: Any, sent: Any) -> None:
    """A text alone is a string."""
    result = LLMMessage(role="tool", parts=(ToolResultPart(tool_call_id="a", content=content),))
    block = encode("claude-sonnet-5", USER, result).body["messages"][0]["content"][0]
    assert sent == (block["content"] if isinstance(sent, str) else len(block["content"]))


INNER: Final = (LLMMessage.system("First."), USER, LLMMessage.assistant("Hi."), LLMMessage.system("Now in French."))


@pytest.mark.parametrize(
    ("model", "system", "roles", "warnings"),
    [
        ("claude-opus-4-8", "First.", ["user", "assistant", "user", "system"], []),
        ("claude-sonnet-5", 2, ["user", "assistant", "user"], ["messages"]),
    ],
)
def test_a_system_message_inside(model: str, system: Any, roles: list[str], warnings: list[str]) -> None:
    """Behind the user's turn it stands at, for models that follow it there; else at the start, and said so."""
    first, sent, told_of = turns(*INNER, LLMMessage.user("Again."), model=model)
    assert roles == [message["role"] for message in sent]
    assert system == (first if isinstance(system, str) else len(first))
    assert warnings == told_of


def test_blocks_of_its_own_in_a_system_message() -> None:
    """Such as tools that become available in the middle of a conversation."""
    added = OpaquePart(provider="anthropic", kind="tool_addition", data='{"type":"tool_addition"}')
    _, sent, _ = turns(USER, LLMMessage(role="system", parts=(added,)), model="claude-opus-5")
    assert {"role": "system", "content": [{"type": "tool_addition"}]} == sent[1]


def test_messages_that_say_nothing() -> None:
    """The API refuses an empty turn; an empty word of the model's is nothing to tell of."""
    empty = LLMMessage(role="assistant", parts=(TextPart(text=""),))
    _, sent, warnings = turns(USER, empty, LLMMessage.user(""), LLMMessage(role="assistant", parts=()))
    assert [{"role": "user", "content": "Hello."}] == sent
    assert ["messages", "messages"] == warnings


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
