"""Goldens for what goes to OpenRouter beyond the shared body: where it may go, caches, sessions."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_openrouter import openrouter_profile
from penguiflow_llm_openrouter._options import Routing
from penguiflow_llm_openrouter._wire import OpenRouterWire
from penguiflow_llm_types import (
    CacheBreakpoint,
    CacheConfig,
    LLMMessage,
    LLMRequest,
    ReasoningConfig,
    Sampling,
    StructuredOutput,
    TextPart,
)

CLAUDE: Final = "anthropic/claude-sonnet-4.5"
OUTPUT: Final = StructuredOutput(json_schema={"type": "object", "properties": {}})
ORDER: Final = {"order": ["anthropic"], "allow_fallbacks": False}


def _encode(routing: Routing, model: str = CLAUDE, *, stream: bool = False, **fields: Any) -> tuple[Any, list[str]]:
    request = LLMRequest(model=model, messages=(LLMMessage.user("hi"),), **fields)
    encoded = OpenRouterWire(routing=routing).encode(request, openrouter_profile(model), stream=stream)
    return encoded.body, [warning.setting or warning.kind for warning in encoded.warnings]


def test_everything_at_once() -> None:
    """One body with all of it, as OpenRouter's reference spells it."""
    routing = Routing(
        models=("openai/gpt-5.4", "google/gemini-3.6-flash"),
        provider={"order": ["anthropic"]},
        plugins=({"id": "context-compression"},),
    )
    body, told = _encode(
        routing,
        stream=True,
        max_tokens=100,
        sampling=Sampling(temperature=0.5, top_k=40),
        reasoning=ReasoningConfig(budget_tokens=2048, include=False),
        structured_output=OUTPUT,
        cache=CacheConfig(key="session-1"),
    )
    expected = {
        "model": CLAUDE,
        "messages": [{"role": "user", "content": "hi"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "response", "schema": {"type": "object", "properties": {}}, "strict": True},
        },
        "max_tokens": 100,
        "temperature": 0.5,
        "top_k": 40,
        "reasoning": {"max_tokens": 2048, "exclude": True},
        "session_id": "session-1",
        "models": ["openai/gpt-5.4", "google/gemini-3.6-flash"],
        "provider": {"order": ["anthropic"], "require_parameters": True},
        "plugins": [{"id": "context-compression"}],
        "stream": True,
    }
    assert (expected, []) == (body, told)


ROUTED: Final[list[tuple[str, Routing, dict[str, Any], Any]]] = [
    ("nothing asked", Routing(), {}, None),
    ("structured output", Routing(), {"structured_output": OUTPUT}, {"require_parameters": True}),
    (
        "structured output, without the rule",
        Routing(provider={"require_parameters": False}),
        {"structured_output": OUTPUT},
        {"require_parameters": False},
    ),
    ("preferences", Routing(provider=ORDER), {}, ORDER),
    ("a request's own", Routing(), {"extra": {"provider": {"only": ["azure"]}}}, {"only": ["azure"]}),
    (
        "a request's own over the others",
        Routing(provider=ORDER),
        {"extra": {"provider": {"order": ["azure"]}}},
        {"order": ["azure"], "allow_fallbacks": False},
    ),
]


@pytest.mark.parametrize(("routing", "fields", "provider"), [row[1:] for row in ROUTED], ids=[row[0] for row in ROUTED])
def test_where_a_request_may_go(routing: Routing, fields: dict[str, Any], provider: Any) -> None:
    """Providers that do not know structured output would leave the schema out in silence."""
    body, _ = _encode(routing, **fields)
    assert provider == body.get("provider")


def test_one_requests_own_models() -> None:
    """`extra` has the last word."""
    body, _ = _encode(Routing(models=("openai/gpt-5.4",)), extra={"models": ["x-ai/grok-4.7"]})
    assert ["x-ai/grok-4.7"] == body["models"]


@pytest.mark.parametrize(
    ("model", "marked"),
    [
        (CLAUDE, True),
        ("anthropic/claude-opus-5.5", True),
        ("google/gemini-3.6-flash", True),
        ("qwen/qwen3-max", True),
        ("openai/gpt-4o", False),
    ],
)
def test_who_takes_cache_breakpoints(model: str, marked: bool) -> None:
    """OpenRouter documentation, "Prompt caching", read 2026-11; OpenAI's models cache by themselves."""
    part = TextPart(text="long", cache=CacheBreakpoint(ttl="1h"))
    request = LLMRequest(model=model, messages=(LLMMessage(role="system", parts=(part,)), LLMMessage.user("hi")))
    encoded = OpenRouterWire(routing=Routing()).encode(request, openrouter_profile(model), stream=False)
    control = {"type": "ephemeral", "ttl": "1h"}
    expected = [{"type": "text", "text": "long", "cache_control": control}] if marked else "long"
    assert expected == encoded.body["messages"][0]["content"]
    assert ([] if marked else ["cache"]) == [warning.setting for warning in encoded.warnings]


@pytest.mark.parametrize(
    ("model", "told"), [("openai/gpt-5.4-mini", ["temperature"]), ("openai/gpt-4o", []), (CLAUDE, [])]
)
def test_a_temperature_that_no_provider_takes(model: str, told: list[str]) -> None:
    """With `require_parameters` it would rule every provider out."""
    body, warnings = _encode(Routing(), model, sampling=Sampling(temperature=0.1), structured_output=OUTPUT)
    assert (told, not told) == (warnings, "temperature" in body)
