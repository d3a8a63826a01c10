"""What `create` takes and refuses, and what every request carries."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Final

import pytest

from penguiflow_llm_openrouter import OPTIONS, create, openrouter_profile, plugin
from penguiflow_llm_openrouter._options import Settings, read_settings
from penguiflow_llm_testing import Answer, Simulator
from penguiflow_llm_types import LLMConfigurationError, LLMMessage, LLMRequest, ModelProfile

KEY: Final = "sk-or-SENTINEL-0123456789"


def _read(api_key: str | None = KEY, base_url: str | None = None, **options: Any) -> Settings:
    return read_settings(api_key, base_url, options, {})


REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({"colour": "red"}, "has no option 'colour'"),
    ({"api_key": None}, "OPENROUTER_API_KEY"),
    ({"provider": {"colour": "red"}}, "no provider preference 'colour'"),
    ({"provider": "anthropic"}, "provider is no mapping"),
    ({"models": "openai/gpt-5.4"}, "models is no list"),
    ({"models": [1]}, "models is no list"),
    ({"title": "a\r\nX-B: b"}, "control"),
    ({"base_url": "http://example.org"}, "allow_insecure_http"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_settings_that_cannot_work(arguments: dict[str, Any], words: str) -> None:
    """Told when the provider is made; nothing is sent."""
    with pytest.raises(LLMConfigurationError, match=words):
        _read(**arguments)


def test_where_requests_may_go() -> None:
    """As given, and None is not given."""
    settings = _read(models=["a/b"], provider={"zdr": True}, plugins=[{"id": "web"}], title=None)
    routing = settings.routing
    assert (("a/b",), {"zdr": True}, ({"id": "web"},)) == (routing.models, routing.provider, routing.plugins)
    assert ("https://openrouter.ai/api/v1", {}) == (settings.service.base_url, settings.service.default_headers)


async def test_what_every_request_carries() -> None:
    """OpenRouter's headers, the credential, and nothing of OpenAI's own environment."""
    with Simulator() as simulator:
        provider = create(
            KEY,
            simulator.base_url("openrouter"),
            http_referer="https://example.org",
            title="My application",
            categories="cli-agent",
            default_headers={"X-OpenRouter-Metadata": "enabled"},
        )
        simulator.script(Answer(text="hi"))
        response = await provider.complete(LLMRequest(model="openai/gpt-4o", messages=(LLMMessage.user("hello"),)))
        await provider.aclose()
        (sent,) = simulator.journal
    headers = {name.lower(): value for name, value in dict(sent.headers).items()}
    names = ("http-referer", "x-openrouter-title", "x-openrouter-categories", "x-openrouter-metadata")
    assert ["https://example.org", "My application", "cli-agent", "enabled"] == [headers[name] for name in names]
    assert "openai-organization" not in headers
    assert sent.was_sent_with(KEY)
    assert (response.response_id, "OpenAI") == (response.request_id, response.provider_name)
    assert response.usage.reported_cost_usd is not None


PROFILES: Final[list[tuple[str, dict[str, Any]]]] = [
    ("openai/gpt-4o", {"family": "openai", "reasoning": False, "temperature": True}),
    ("openai/gpt-4o:extended", {"family": "openai", "known": True}),
    ("openai/gpt-5.4-mini", {"family": "openai-reasoning", "temperature": False, "reasoning": True}),
    ("openai/gpt-3.5-turbo", {"native_dialect": None, "tool_dialect": "openrouter/openai-tool@2026-11"}),
    ("openai/gpt-4-turbo", {"native_dialect": None}),
    ("openai/gpt-oss-120b:free", {"native_dialect": "openrouter/portable@2026-11", "reasoning": True}),
    ("openai/gpt-audio-mini", {"audio_input": True, "native_dialect": None}),
    ("openai/gpt-5.3-chat", {"tool_dialect": None}),
    ("openai/o4-mini", {"family": "openai-reasoning"}),
    ("openai/gpt-9-nova", {"family": "openai-reasoning", "known": False}),
    ("~openai/gpt-latest", {"family": "openai-reasoning", "known": True}),
    ("anthropic/claude-2", {"tool_dialect": None}),
    ("anthropic/claude-3.5-haiku", {"native_dialect": None, "reasoning": False}),
    ("anthropic/claude-3.7-sonnet:thinking", {"native_dialect": None, "reasoning_budget": True}),
    ("anthropic/claude-sonnet-4", {"native_dialect": None, "reasoning": True}),
    ("anthropic/claude-sonnet-4.5", {"native_dialect": "openrouter/anthropic@2026-11", "reasons_unasked": False}),
    ("anthropic/claude-sonnet-4-5", {"native_dialect": "openrouter/anthropic@2026-11"}),
    ("anthropic/claude-opus-4.7-fast", {"family": "claude-adaptive", "temperature": False}),
    ("anthropic/claude-fable-5.1", {"family": "claude-adaptive", "forced_tool_with_reasoning": False}),
    ("~anthropic/claude-haiku-latest", {"family": "claude-adaptive", "known": True}),
    ("anthropic/claude-opus-9", {"family": "claude-adaptive", "known": False}),
    ("google/gemini-2.0-flash-001", {"family": "gemini", "reasoning": False}),
    ("google/gemini-3.8-flash:batch", {"family": "gemini-reasoning", "audio_input": True}),
    ("google/gemini-9-xenon", {"family": "gemini-reasoning", "known": False}),
    ("google/gemma-4-31b-it", {"family": "gemma", "image_input": True}),
    ("deepseek/deepseek-r1-0528", {"reasoning": True}),
    ("deepseek/deepseek-chat", {"reasoning": False, "known": True}),
    ("x-ai/grok-4.7", {"family": "grok", "image_input": True}),
    ("qwen/qwen3-vl-8b-instruct", {"family": "qwen", "image_input": True}),
    ("qwen/qwen-2.5-7b-instruct", {"family": "qwen", "reasoning": False}),
    ("moonshotai/kimi-k3", {"reasoning": True}),
    ("z-ai/glm-5.3", {"reasoning": True}),
    ("meta-llama/llama-4-maverick", {"image_input": True, "known": True}),
    ("meta-llama/llama-3.3-70b-instruct", {"image_input": False, "known": True}),
    ("openrouter/auto", {"family": "router", "known": True}),
    ("acme/anvil-1", {"family": "open", "known": False}),
]


@pytest.mark.parametrize(("model", "facts"), PROFILES, ids=[row[0] for row in PROFILES])
def test_what_is_known_of_a_model(model: str, facts: dict[str, Any]) -> None:
    """Names of genai-prices 0.2.3, and of tomorrow."""
    profile = openrouter_profile(model)
    assert facts == {name: getattr(profile, name) for name in facts}
    assert (model, "openrouter", True) == (profile.model, profile.provider, profile.document_input)


def test_the_plugin() -> None:
    """What an entry point loads to."""
    assert plugin.profile is not None
    assert isinstance(plugin.profile("openai/gpt-4o"), ModelProfile)
    assert ("openrouter", OPTIONS, "openrouter") == (plugin.name, plugin.options, plugin.price_provider)
    found = plugin.credentials({"OPENROUTER_API_KEY": KEY})
    assert (True, "OPENROUTER_API_KEY") == (found.found, found.source)


def test_importing_it_loads_no_sdk() -> None:
    """The SDK takes most of a second, which belongs to the first request."""
    code = "import sys, penguiflow_llm_openrouter; sys.exit('openai' in sys.modules or 'httpx2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
