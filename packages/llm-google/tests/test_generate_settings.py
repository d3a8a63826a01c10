"""Settings in `generateContent` bodies: tools, structured output, sampling, thinking, paths."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from penguiflow_llm_google._encode import encode_generate
from penguiflow_llm_google._options import read_settings
from penguiflow_llm_google._profiles import google_profile
from penguiflow_llm_google._wire import GenerateWire
from penguiflow_llm_types import (
    CacheBreakpoint,
    CacheConfig,
    LLMConfigurationError,
    LLMMessage,
    LLMRequest,
    NamedTool,
    ReasoningConfig,
    Sampling,
    StructuredOutput,
    ToolChoice,
    ToolSpec,
)

_HELLO = LLMMessage.user("Hello")
_OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
_WEATHER = ToolSpec(name="weather", description="The weather.", json_schema=_OBJECT)
_CLOCK = ToolSpec(name="clock")


def _encode(model: str = "gemini-2.5-flash", **fields: Any) -> tuple[dict[str, Any], list[str | None]]:
    body, warnings = encode_generate(LLMRequest(model=model, messages=(_HELLO,), **fields), google_profile(model))
    return body, [warning.setting for warning in warnings]


def test_tools() -> None:
    """One tool of all declarations; JSON Schema where the model takes it; no parameters for a function without."""
    body, warnings = _encode(tools=(_WEATHER, _CLOCK))
    assert [
        {
            "functionDeclarations": [
                {"name": "weather", "description": "The weather.", "parametersJsonSchema": _OBJECT},
                {"name": "clock"},
            ]
        }
    ] == body["tools"]
    assert ("toolConfig" in body, warnings) == (False, [])
    body, _ = _encode(tools=(_WEATHER,), model="gemini-1.5-pro")
    assert _OBJECT == body["tools"][0]["functionDeclarations"][0]["parameters"]


_CHOICES: list[tuple[ToolChoice | None, bool, dict[str, Any] | None]] = [
    (None, False, None),
    (None, True, {"mode": "VALIDATED"}),
    ("auto", False, {"mode": "AUTO"}),
    ("auto", True, {"mode": "VALIDATED"}),
    ("none", True, {"mode": "NONE"}),
    ("required", False, {"mode": "ANY"}),
    (NamedTool(name="weather"), True, {"mode": "ANY", "allowedFunctionNames": ["weather"]}),
]


@pytest.mark.parametrize(("choice", "strict", "config"), _CHOICES)
def test_tool_choice(choice: ToolChoice | None, strict: bool, config: dict[str, Any] | None) -> None:
    """VALIDATED and ANY hold the model to the schemas."""
    body, _ = _encode(tools=(replace(_WEATHER, strict=strict or None), _CLOCK), tool_choice=choice)
    assert (None if config is None else {"functionCallingConfig": config}) == body.get("toolConfig")


def test_tools_that_cannot_be_held() -> None:
    """What the wire or the model has no word for is told."""
    tool = replace(_WEATHER, strict=True, cache=CacheBreakpoint())
    body, warnings = _encode(tools=(tool,), parallel_tool_calls=False, model="gemini-2.0-flash")
    assert ("toolConfig" in body, warnings) == (False, ["parallel_tool_calls", "tools.cache", "tools.strict"])


def test_structured_output() -> None:
    """JSON Schema or the older message, by the model; JSON mode without a schema."""
    output = StructuredOutput(json_schema=_OBJECT)
    config = _encode(structured_output=output)[0]["generationConfig"]
    assert {"responseMimeType": "application/json", "responseJsonSchema": _OBJECT} == config
    config = _encode(structured_output=output, model="gemini-1.5-flash")[0]["generationConfig"]
    assert {"responseMimeType": "application/json", "responseSchema": _OBJECT} == config
    config = _encode(structured_output=StructuredOutput(json_schema=None))[0]["generationConfig"]
    assert {"responseMimeType": "application/json"} == config


def test_settings() -> None:
    """Every setting in its place."""
    sampling = Sampling(temperature=0.5, top_p=0.9, top_k=40, seed=7, presence_penalty=0.1, frequency_penalty=0.2)
    body, warnings = _encode(
        sampling=sampling,
        max_tokens=100,
        stop=tuple("abcdef"),
        service_tier="flex",
        metadata={"team": "x"},
        cache=CacheConfig(content="abc", key="k", ttl="1h"),
        extra={"safetySettings": [], "generationConfig": {"topK": 3}},
    )
    assert {
        "temperature": 0.5,
        "topP": 0.9,
        "topK": 3,
        "seed": 7,
        "presencePenalty": 0.1,
        "frequencyPenalty": 0.2,
        "maxOutputTokens": 100,
        "stopSequences": list("abcde"),
    } == body["generationConfig"]
    assert ("flex", {"team": "x"}, "cachedContents/abc", []) == (
        body["serviceTier"],
        body["labels"],
        body["cachedContent"],
        body["safetySettings"],
    )
    assert ["stop", "cache.key", "cache.ttl"] == warnings
    assert (
        "projects/p/cachedContents/x"
        == _encode(cache=CacheConfig(content="projects/p/cachedContents/x"))[0]["cachedContent"]
    )


def test_sampling_is_not_sent_to_new_models() -> None:
    """From Gemini 3.6 on it is refused or ignored; the seed stays."""
    body, warnings = _encode(sampling=Sampling(temperature=0.0, seed=1), model="gemini-3.8-flash")
    assert ({"seed": 1}, ["temperature"]) == (body["generationConfig"], warnings)


_THINKING: list[tuple[str, ReasoningConfig, dict[str, Any] | None, list[str | None]]] = [
    ("gemini-3.8-flash", ReasoningConfig(effort="high"), {"thinkingLevel": "HIGH"}, []),
    ("gemini-3.8-flash", ReasoningConfig(effort="minimal"), {"thinkingLevel": "LOW"}, ["reasoning.effort"]),
    ("gemini-3.5-flash", ReasoningConfig(effort="none"), {"thinkingLevel": "MINIMAL"}, ["reasoning.effort"]),
    ("gemini-3.5-flash", ReasoningConfig(effort="max"), {"thinkingLevel": "HIGH"}, ["reasoning.effort"]),
    (
        "gemini-3-pro-preview",
        ReasoningConfig(effort="high", include=True),
        {"includeThoughts": True, "thinkingLevel": "HIGH"},
        [],
    ),
    ("gemini-4-argon", ReasoningConfig(budget_tokens=5000), {"thinkingLevel": "MEDIUM"}, ["reasoning.budget_tokens"]),
    ("gemini-2.5-flash", ReasoningConfig(budget_tokens=5000), {"thinkingBudget": 5000}, []),
    ("gemini-2.5-flash", ReasoningConfig(budget_tokens=0), {"thinkingBudget": 0}, []),
    ("gemini-2.5-flash", ReasoningConfig(budget_tokens=-1), {"thinkingBudget": -1}, []),
    ("gemini-2.5-pro", ReasoningConfig(budget_tokens=0), {"thinkingBudget": 128}, ["reasoning.budget_tokens"]),
    (
        "gemini-2.5-flash",
        ReasoningConfig(budget_tokens=99_999),
        {"thinkingBudget": 24_576},
        ["reasoning.budget_tokens"],
    ),
    ("gemini-2.5-flash", ReasoningConfig(effort="low"), {"thinkingBudget": 1024}, ["reasoning.effort"]),
    ("gemini-2.5-pro", ReasoningConfig(effort="max"), {"thinkingBudget": 32_768}, ["reasoning.effort"]),
    ("gemini-2.5-flash", ReasoningConfig(effort="low", budget_tokens=9), {"thinkingBudget": 9}, ["reasoning.effort"]),
    ("gemini-2.5-flash", ReasoningConfig(include=False), {"includeThoughts": False}, []),
    ("gemini-2.0-flash", ReasoningConfig(effort="low"), None, ["reasoning"]),
    ("gemini-2.0-flash", ReasoningConfig(effort="none"), None, []),
    ("gemini-2.5-flash", ReasoningConfig(), None, []),
]


@pytest.mark.parametrize(("model", "config", "sent", "told"), _THINKING)
def test_thinking(model: str, config: ReasoningConfig, sent: dict[str, Any] | None, told: list[str | None]) -> None:
    """A level from Gemini 3 on, a budget before; each is translated into the other, and it is told."""
    body, warnings = _encode(reasoning=config, model=model)
    assert (sent, told) == (body.get("generationConfig", {}).get("thinkingConfig"), warnings)


_PATHS = [
    ("gemini-x", False, False, "/models/gemini-x:generateContent"),
    ("gemini-x", False, True, "/models/gemini-x:streamGenerateContent?alt=sse"),
    ("models/gemini-x", False, False, "/models/gemini-x:generateContent"),
    ("tunedModels/mine", False, False, "/tunedModels/mine:generateContent"),
    ("gemini-x", True, False, "/publishers/google/models/gemini-x:generateContent"),
    ("meta/llama-4", True, False, "/publishers/meta/models/llama-4:generateContent"),
    (
        "projects/p/locations/l/endpoints/5",
        True,
        True,
        "/projects/p/locations/l/endpoints/5:streamGenerateContent?alt=sse",
    ),
]


@pytest.mark.parametrize(("model", "vertex", "stream", "path"), _PATHS)
def test_paths(model: str, vertex: bool, stream: bool, path: str) -> None:
    """A model's name is part of the URL, by the SDK's own rules."""
    request = LLMRequest(model=model, messages=(_HELLO,))
    assert path == GenerateWire(vertex=vertex).encode(request, google_profile(model), stream=stream).path


@pytest.mark.parametrize(
    ("project", "location", "name", "sent"),
    [
        ("p", "eu", "abc", "projects/p/locations/eu/cachedContents/abc"),
        ("p", None, "cachedContents/abc", "projects/p/locations/global/cachedContents/abc"),
        ("p", None, "projects/q/locations/us/cachedContents/abc", "projects/q/locations/us/cachedContents/abc"),
        (None, None, "abc", "cachedContents/abc"),
    ],
)
def test_a_cache_at_vertex(project: str | None, location: str | None, name: str, sent: str) -> None:
    """There it is named with its project."""
    settings = read_settings(None, None, {"vertexai": True, "project": project, "location": location}, {})
    wire = GenerateWire(vertex=True, parent=settings.parent)
    request = LLMRequest(model="gemini-x", messages=(_HELLO,), cache=CacheConfig(content=name))
    assert sent == wire.encode(request, google_profile("gemini-x"), stream=False).body["cachedContent"]


@pytest.mark.parametrize("model", ["", "a b", "../x", "x?alt=y", "x#y", "x/../y", "models/", "x%2fy", "x\r\ny"])
def test_names_that_cannot_stand_in_a_url(model: str) -> None:
    """They would lead elsewhere."""
    with pytest.raises(LLMConfigurationError):
        GenerateWire().encode(LLMRequest(model=model, messages=(_HELLO,)), google_profile(model), stream=False)
