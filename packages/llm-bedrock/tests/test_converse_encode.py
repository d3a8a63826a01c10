"""Settings into Converse bodies: the bytes that are sent, and what is said about what could not be."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from penguiflow_llm_bedrock._encode import encode_converse
from penguiflow_llm_bedrock._profiles import bedrock_profile
from penguiflow_llm_bedrock._wire import ConverseWire
from penguiflow_llm_types import (
    CacheBreakpoint,
    CacheConfig,
    CallWarning,
    LLMMessage,
    LLMRequest,
    NamedTool,
    Part,
    Sampling,
    StructuredOutput,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)

CLAUDE: Final = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA: Final = "amazon.nova-lite-v1:0"
MISTRAL: Final = "mistral.mistral-large-2402-v1:0"
HELLO: Final = (LLMMessage.user("hello"),)


def encode(model: str = CLAUDE, **fields: Any) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    fields.setdefault("messages", HELLO)
    return encode_converse(LLMRequest(model=model, **fields), bedrock_profile(model), defaults={})


def user(*parts: Part) -> LLMMessage:
    return LLMMessage(role="user", parts=parts)


def result(*content: Any, call: str = "t", **more: Any) -> LLMMessage:
    return LLMMessage(role="tool", parts=(ToolResultPart(tool_call_id=call, content=content, **more),))


def test_bytes_sent() -> None:
    """A golden: key order is part of it."""
    body, warnings = encode(
        messages=(LLMMessage.system("Be brief."), LLMMessage.user("hello")), max_tokens=64, stop=("END",)
    )
    assert json.dumps(body, separators=(",", ":")) == (
        '{"messages":[{"role":"user","content":[{"text":"hello"}]}],"system":[{"text":"Be brief."}],'
        '"inferenceConfig":{"maxTokens":64,"stopSequences":["END"]}}'
    )
    assert warnings == ()


_CALL = ToolCallPart(id="tooluse_1", name="f", arguments='{"a":1}')

_TOOL: Final = ToolSpec(name="f", description="Does.", json_schema={"type": "object", "properties": {}}, strict=True)
_SPEC: Final = {
    "name": "f",
    "description": "Does.",
    "inputSchema": {"json": {"type": "object", "properties": {}}},
    "strict": True,
}

_CHOICES: list[tuple[str, Any, dict[str, Any] | None]] = [
    (CLAUDE, None, None),
    (CLAUDE, "auto", {"auto": {}}),
    (CLAUDE, "required", {"any": {}}),
    (CLAUDE, NamedTool(name="f"), {"tool": {"name": "f"}}),
    (NOVA, NamedTool(name="f"), {"tool": {"name": "f"}}),
    (MISTRAL, "required", None),
    ("tomorrow.model-v1:0", "required", {"any": {}}),
]


@pytest.mark.parametrize(("model", "choice", "sent"), _CHOICES)
def test_tool_choice(model: str, choice: Any, sent: dict[str, Any] | None) -> None:
    """A model that cannot be forced is not, and says so; what is not known is left to the service."""
    body, warnings = encode(model, tools=(_TOOL,), tool_choice=choice)
    assert sent == body["toolConfig"].get("toolChoice")
    dropped = any(warning.setting == "tool_choice" for warning in warnings)
    assert dropped == (choice is not None and sent is None)


def test_tools() -> None:
    """Strict where the model has strict tools, cached where it caches them, no empty description."""
    body, warnings = encode(tools=(_TOOL, ToolSpec(name="g", description="", cache=CacheBreakpoint(ttl="5m"))))
    plain = {"name": "g", "inputSchema": {"json": {"type": "object", "properties": {}}}}
    point = {"cachePoint": {"type": "default", "ttl": "5m"}}
    assert body["toolConfig"] == {"tools": [{"toolSpec": _SPEC}, {"toolSpec": plain}, point]}
    assert warnings == ()
    body, warnings = encode(NOVA, tools=(ToolSpec(name="f", strict=True, cache=CacheBreakpoint()),))
    assert body["toolConfig"]["tools"][0]["toolSpec"].keys() == {"name", "inputSchema"}
    assert [warning.setting for warning in warnings] == ["tools.strict", "tools.cache"]


def test_no_tools_by_choice() -> None:
    """Converse has no "none": tools are left out, unless calls in the messages need them."""
    assert "toolConfig" not in encode(tools=(_TOOL,), tool_choice="none")[0]
    talk = (LLMMessage.user("q"), LLMMessage.assistant("", _CALL), result(TextPart(text="1"), call="tooluse_1"))
    body, warnings = encode(messages=talk, tools=(_TOOL,), tool_choice="none")
    assert body["toolConfig"] == {"tools": [{"toolSpec": _SPEC}]}
    assert [warning.setting for warning in warnings] == ["tool_choice"]


def test_no_switch_for_parallel_calls() -> None:
    """Asking for it is the default; asking for none is told."""
    assert encode(tools=(_TOOL,), parallel_tool_calls=True)[1] == ()
    assert [w.setting for w in encode(tools=(_TOOL,), parallel_tool_calls=False)[1]] == ["parallel_tool_calls"]


def test_structured_output() -> None:
    """The schema is sent as a JSON text."""
    schema = {"type": "object", "properties": {"ü": {"type": "string"}}}
    body, _ = encode(structured_output=StructuredOutput(json_schema=schema, name="person", description="A person."))
    assert body["outputConfig"] == {
        "textFormat": {
            "type": "json_schema",
            "structure": {
                "jsonSchema": {
                    "schema": '{"type":"object","properties":{"ü":{"type":"string"}}}',
                    "name": "person",
                    "description": "A person.",
                }
            },
        }
    }
    body, warnings = encode(structured_output=StructuredOutput(json_schema=None))
    assert "outputConfig" not in body
    assert [warning.setting for warning in warnings] == ["structured_output"]


_SAMPLED: list[tuple[str, Sampling, dict[str, Any], dict[str, Any], list[str]]] = [
    (CLAUDE, Sampling(temperature=0.5), {"temperature": 0.5}, {}, []),
    (CLAUDE, Sampling(temperature=1.5), {"temperature": 1}, {}, ["temperature"]),
    (CLAUDE, Sampling(temperature=0.5, top_p=0.9), {"temperature": 0.5}, {}, ["top_p"]),
    (NOVA, Sampling(temperature=0.5, top_p=0.9), {"temperature": 0.5, "topP": 0.9}, {}, []),
    (CLAUDE, Sampling(top_k=5), {}, {"top_k": 5}, []),
    (NOVA, Sampling(top_k=5), {}, {"inferenceConfig": {"topK": 5}}, []),
    (MISTRAL, Sampling(top_k=5, seed=1, presence_penalty=0.1), {}, {}, ["seed", "presence_penalty", "top_k"]),
    ("us.anthropic.claude-opus-4-8", Sampling(temperature=0.5, top_p=1), {}, {}, ["temperature", "top_p"]),
]


@pytest.mark.parametrize(("model", "sampling", "config", "fields", "told"), _SAMPLED)
def test_sampling(
    model: str, sampling: Sampling, config: dict[str, Any], fields: dict[str, Any], told: list[str]
) -> None:
    """Converse has two settings, Claude and Nova a third of their own, and some take one or none."""
    body, warnings = encode(model, sampling=sampling)
    assert (config, fields) == (body.get("inferenceConfig", {}), body.get("additionalModelRequestFields", {}))
    assert told == [warning.setting for warning in warnings]


def test_delivery() -> None:
    """Tier and metadata; what Bedrock's alphabet does not hold is told."""
    body, warnings = encode(service_tier="flex", metadata={"team": "a b", "bad": "ü!", "": "x"})
    assert (body["serviceTier"], body["requestMetadata"]) == ({"type": "flex"}, {"team": "a b"})
    assert [warning.setting for warning in warnings] == ["metadata.bad", "metadata."]
    assert "serviceTier" not in encode(service_tier="auto")[0]
    many = {f"k{number}": "v" for number in range(18)}
    body, warnings = encode(metadata=many)
    assert (len(body["requestMetadata"]), len(warnings)) == (16, 2)


def test_cache_settings_of_the_whole_request() -> None:
    """A lifetime goes to points that have none, and makes one at the end where there is none."""
    body, _ = encode(cache=CacheConfig(ttl="1h"))
    assert body["messages"][0]["content"] == [{"text": "hello"}, {"cachePoint": {"type": "default", "ttl": "1h"}}]
    marked = (user(TextPart(text="a", cache=CacheBreakpoint()), TextPart(text="b", cache=CacheBreakpoint(ttl="5m"))),)
    body, _ = encode(messages=marked, cache=CacheConfig(ttl="1h"))
    points = [block["cachePoint"] for block in body["messages"][0]["content"] if "cachePoint" in block]
    assert points == [{"type": "default", "ttl": "1h"}, {"type": "default", "ttl": "5m"}]
    body, warnings = encode(MISTRAL, messages=marked, cache=CacheConfig(ttl="1h", key="k", content="c"))
    assert "cachePoint" not in json.dumps(body)
    assert [warning.setting for warning in warnings] == ["cache", "cache", "cache.key", "cache.content", "cache.ttl"]


def test_four_cache_points_are_kept() -> None:
    """The last ones, which save the most."""
    parts = [TextPart(text=str(number), cache=CacheBreakpoint()) for number in range(6)]
    body, warnings = encode(messages=(LLMMessage(role="system", parts=(parts[0],)), user(*parts[1:])))
    assert body["system"] == [{"text": "0"}]
    assert [next(iter(block)) for block in body["messages"][0]["content"]] == ["text"] + ["text", "cachePoint"] * 4
    assert [warning.setting for warning in warnings] == ["cache"]


def test_extra_is_merged_in_last() -> None:
    """Over the provider's own defaults, which are over the request's settings."""
    request = LLMRequest(
        model=NOVA, messages=HELLO, max_tokens=5, extra={"inferenceConfig": {"topP": 1}, "guardrailConfig": {"a": 2}}
    )
    wire = ConverseWire(defaults={"guardrailConfig": {"guardrailIdentifier": "g", "a": 1}})
    body = wire.encode(request, bedrock_profile(NOVA), stream=False).body
    assert body["inferenceConfig"] == {"maxTokens": 5, "topP": 1}
    assert body["guardrailConfig"] == {"guardrailIdentifier": "g", "a": 2}


@pytest.mark.parametrize(
    ("model", "stream", "path"),
    [
        (NOVA, False, "/model/amazon.nova-lite-v1%3A0/converse"),
        (NOVA, True, "/model/amazon.nova-lite-v1%3A0/converse-stream"),
        (
            "arn:aws:bedrock:us-east-1:123:inference-profile/us.amazon.nova-lite-v1:0",
            False,
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0/converse",
        ),
    ],
)
def test_path(model: str, stream: bool, path: str) -> None:
    """The model is one segment of it, whatever is in its name."""
    request = LLMRequest(model=model, messages=HELLO)
    assert path == ConverseWire().encode(request, bedrock_profile(model), stream=stream).path
