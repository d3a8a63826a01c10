"""What `create` takes and refuses, where keys go, and what is known of models."""

from __future__ import annotations

from typing import Any, Final

import openai
import pytest

from penguiflow_llm_openai import OPTIONS, create, openai_profile, plugin
from penguiflow_llm_openai._options import Settings, read_settings
from penguiflow_llm_types import LLMConfigurationError, Provider, Secret
from penguiflow_llm_types.wire import WireProvider

KEY: Final = "sk-SENTINEL-0123456789"
AZURE: Final = {"azure_endpoint": "https://a.openai.azure.com", "api_version": "2025-04-01-preview"}


def _read(
    api_key: Any = KEY, base_url: str | None = None, environ: dict[str, str] | None = None, **options: Any
) -> Settings:
    return read_settings(api_key, base_url, options, environ or {})


def _key(settings: Settings) -> str | None:
    return None if settings.api_key is None else settings.api_key.reveal()


@pytest.mark.parametrize(
    ("arguments", "endpoint", "api"),
    [
        ({}, "openai", "responses"),
        ({"api": "chat"}, "openai", "chat"),
        ({"base_url": "https://eu.api.openai.com/v1"}, "openai", "responses"),
        ({"base_url": "https://example.org/v1"}, "compatible", "chat"),
        ({"base_url": "https://example.org/v1", "api": "responses"}, "compatible", "responses"),
        ({"base_url": "https://api.openai.com.example.org/v1"}, "compatible", "chat"),
        ({"environ": {"OPENAI_BASE_URL": "https://example.org/v1"}}, "compatible", "chat"),
        (AZURE, "azure", "chat"),
        (AZURE | {"api": "responses"}, "azure", "responses"),
    ],
)
def test_which_api_by_default(arguments: dict[str, Any], endpoint: str, api: str) -> None:
    """Responses at OpenAI itself, Chat Completions everywhere else."""
    settings = _read(**arguments)
    assert (endpoint, api) == (settings.endpoint, settings.api)


ENV: Final = {"OPENAI_API_KEY": "sk-from-environment"}
HERE: Final = {"OPENAI_BASE_URL": "https://example.org/v1"}


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"environ": ENV}, "sk-from-environment"),
        ({"api_key": KEY, "environ": ENV}, KEY),
        ({"environ": ENV | HERE}, "sk-from-environment"),
        ({"environ": ENV, "base_url": "https://example.org/v1"}, "no-key"),
        ({"environ": ENV, "base_url": "https://eu.api.openai.com/v1"}, "sk-from-environment"),
        ({"base_url": "http://localhost:8000/v1"}, "no-key"),
        (AZURE | {"environ": {"AZURE_OPENAI_API_KEY": "az"}}, "az"),
        (AZURE | {"azure_ad_token_provider": lambda: "token"}, None),
    ],
)
def test_where_keys_go(arguments: dict[str, Any], key: str | None) -> None:
    """A key from the environment does not follow a base_url argument to another host."""
    assert key == _key(_read(**{"api_key": None} | arguments))


REFUSED: Final = [
    ({"api": "assistants"}, "'responses' or 'chat'"),
    ({"api_key": None}, "OPENAI_API_KEY"),
    ({"api_key": f"{KEY}\n"}, "without quotes or line breaks"),
    ({"api_key": ""}, "api_key"),
    ({"base_url": "http://[::1"}, "no URL"),
    ({"base_url": "https://example.org/#x"}, "fragment"),
    ({"base_url": "https://example.org/v1?api-key=SENTINEL"}, "a query"),
    ({"base_url": "https://example.org/v1", "default_query": {"subscription-key": "SENTINEL"}}, "URLs are logged"),
    ({"base_url": "https://example.org/v1", "default_query": {"apikey": "SENTINEL"}}, "URLs are logged"),
    ({"base_url": "http://169.254.169.254/v1"}, "link-local"),
    ({"base_url": "http://[::ffff:169.254.169.254]/v1"}, "link-local"),
    ({"base_url": "http://2852039166/v1"}, "link-local"),
    ({"default_headers": {"Authorization": "x"}}, "may not set"),
    ({"default_headers": {"api-key": "x"}}, "may not set"),
    ({"default_headers": {"X-A": "a\r\nX-B: b"}}, "control"),
    ({"default_headers": {"X A": "a"}}, "control"),
    ({"azure_endpoint": "https://a.openai.azure.com"}, "OPENAI_API_VERSION"),
    ({"azure_deployment": "d"}, "AZURE_OPENAI_ENDPOINT"),
    (AZURE | {"api_key": None}, "AZURE_OPENAI_API_KEY"),
    (AZURE | {"base_url": "https://example.org"}, "exclude each other"),
    ({"client": object(), "api_key": KEY}, "make the SDK client with them"),
    ({"client": object(), "api_key": None, "organization": "o"}, "organization"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_settings_that_cannot_work(arguments: dict[str, Any], words: str) -> None:
    """Refused before anything is sent, in words that say what to do and never the key."""
    with pytest.raises(LLMConfigurationError) as caught:
        _read(**arguments)
    assert words in str(caught.value)
    assert "SENTINEL" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://localhost:1/v1", "http://127.0.0.9/v1", "http://[::1]:1/v1", "https://x.org"])
def test_urls_that_are_fine(url: str) -> None:
    """This machine may be spoken to in the clear."""
    assert url == _read(base_url=url).base_url


def test_insecure_http_warns_each_time() -> None:
    """Accepted on request, and said aloud."""
    for _ in range(2):
        with pytest.warns(UserWarning, match="in the clear"):
            assert "http://example.org" == _read(base_url="http://example.org", allow_insecure_http=True).base_url


def test_clients_of_the_callers() -> None:
    """Their own base URL says which API they speak."""
    plain = openai.AsyncOpenAI(api_key="x")
    custom = openai.AsyncOpenAI(api_key="x", base_url="https://example.org/v1")
    azure = openai.AsyncAzureOpenAI(api_key="x", azure_endpoint="https://a.openai.azure.com", api_version="v")
    expected = [("openai", "responses"), ("compatible", "chat"), ("azure", "chat")]
    found = [_read(None, client=client) for client in (plain, custom, azure)]
    assert expected == [(settings.endpoint, settings.api) for settings in found]


def test_nothing_tells_the_key() -> None:
    """Not a provider, not its settings."""
    provider = create(KEY, default_headers={"X-Org": "SENTINEL"})
    assert "SENTINEL" not in f"{provider!r} {provider} {_read(KEY)!r}"
    assert not hasattr(provider, "__dict__")
    assert isinstance(create(Secret(KEY)), Provider)


def test_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the client reads before it makes a provider."""
    assert ("openai", OPTIONS, "openai") == (plugin.name, plugin.options, plugin.price_provider)
    assert "OPENAI_API_KEY" == plugin.credentials({"OPENAI_API_KEY": "x"}).source
    assert "AZURE_OPENAI_API_KEY" == plugin.credentials({"AZURE_OPENAI_API_KEY": "x"}).source
    missing = plugin.credentials({})
    assert (False, "set OPENAI_API_KEY") == (missing.found, missing.remedy)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert isinstance(plugin.create(), WireProvider)


PROFILES: Final = [
    ("gpt-3.5-turbo", "gpt-3.5", "-st", True, ()),
    ("gpt-4", "gpt-4", "-st", True, ()),
    ("gpt-4-0314", "gpt-4", "---", True, ()),
    ("gpt-4-turbo-2024-04-09", "gpt-4-turbo", "-st", True, ()),
    ("gpt-4o", "gpt-4o", "nst", True, ()),
    ("gpt-4o-2024-05-13", "gpt-4o", "-st", True, ()),
    ("gpt-4o-mini-2024-07-18", "gpt-4o", "nst", True, ()),
    ("gpt-4o-audio-preview", "gpt-audio", "-st", True, ()),
    ("gpt-4o-search-preview", "gpt-4o-search", "n--", False, ()),
    ("chatgpt-4o-latest", "chatgpt-4o", "---", True, ()),
    ("gpt-4.1-nano", "gpt-4.1", "nst", True, ()),
    ("ft:gpt-4.1-mini:org::id", "gpt-4.1", "nst", True, ()),
    ("o1-mini", "o1-preview", "---", False, ()),
    ("o1", "o1", "nst", False, ("low", "medium", "high")),
    ("o3-mini", "o3", "nst", False, ("low", "medium", "high")),
    ("o4-mini", "o4", "nst", False, ("low", "medium", "high")),
    ("o3-deep-research", "deep-research", "---", False, ("low", "medium", "high")),
    ("gpt-5", "gpt-5", "nst", False, ("minimal", "low", "medium", "high")),
    ("gpt-5-mini-2025-08-07", "gpt-5", "nst", False, ("minimal", "low", "medium", "high")),
    ("gpt-5-pro", "gpt-5", "nst", False, ("high",)),
    ("gpt-5-chat-latest", "gpt-5-chat", "---", True, ()),
    ("gpt-5.1", "gpt-5.1", "nst", False, ("none", "low", "medium", "high")),
    ("gpt-5.2-chat-latest", "gpt-5-chat-latest", "nst", False, ("medium",)),
    ("gpt-5.4-mini", "gpt-5.2", "nst", False, ("none", "low", "medium", "high", "xhigh")),
    ("gpt-5.6-terra", "gpt-5.6", "nst", False, ("none", "low", "medium", "high", "xhigh", "max")),
    ("gpt-6-sol", "gpt-6", "nst", False, ("none", "low", "medium", "high", "xhigh", "max")),
    ("gpt-6-astra", "gpt-6-astra", "nst", False, ("low", "medium", "high", "xhigh", "max")),
    ("gpt-6.2-sol", "gpt-6.1", "nst", False, ("low", "medium", "high", "xhigh", "max")),
    ("openai/gpt-oss-120b", "gpt-oss", "--t", True, ("low", "medium", "high")),
]


@pytest.mark.parametrize(("model", "family", "dialects", "temperature", "efforts"), PROFILES)
def test_known_models(model: str, family: str, dialects: str, temperature: bool, efforts: tuple[str, ...]) -> None:
    """One row per family: what it is asked in, whether it samples, how hard it thinks."""
    profile = openai_profile(model)
    has = (("n", profile.native_dialect), ("s", profile.strict_tool_dialect), ("t", profile.tool_dialect))
    assert dialects == "".join(letter if dialect else "-" for letter, dialect in has)
    assert (model, family, True) == (profile.model, profile.family, profile.known)
    assert (temperature, efforts) == (profile.temperature, profile.efforts)
    assert profile.source is not None


@pytest.mark.parametrize(
    ("model", "endpoint", "family", "native"),
    [
        ("gpt-7-nova", "openai", "gpt-6.1", True),
        ("gpt-7-nova", "compatible", "gpt-6.1", True),
        ("something", "openai", "gpt-6.1", True),
        ("my-deployment", "azure", "azure-deployment", True),
        ("llama-4", "compatible", "compatible", False),
    ],
)
def test_unknown_models(model: str, endpoint: Any, family: str, native: bool) -> None:
    """Tomorrow's name is taken for the newest family's; a stranger's name is judged by who serves it."""
    profile = openai_profile(model, endpoint=endpoint)
    assert (family, False, native) == (profile.family, profile.known, profile.native_dialect is not None)


def test_some_models_take_tools_over_responses_only() -> None:
    """So tools mode is not chosen for them over Chat Completions."""
    assert openai_profile("gpt-6.1-sol", api="chat").tool_dialect is None
    assert openai_profile("gpt-6.1-sol").tool_dialect is not None
