"""What `create` takes and refuses, where credentials go, and what is known of models."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Final

import anthropic
import pytest
from anthropic.types.model_param import ModelParam

from penguiflow_llm_anthropic import OPTIONS, anthropic_profile, create, plugin
from penguiflow_llm_anthropic._options import Settings, read_settings
from penguiflow_llm_anthropic._profiles import claude_facts, default_max_tokens
from penguiflow_llm_types import LLMConfigurationError, ModelProfile, Provider, Secret

KEY: Final = "sk-ant-SENTINEL-0123456789"
ELSEWHERE: Final = "https://example.org"


def _read(
    api_key: Any = KEY, base_url: str | None = None, environ: dict[str, str] | None = None, **options: Any
) -> Settings:
    return read_settings(api_key, base_url, options, environ or {})


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


ENV: Final = {"ANTHROPIC_API_KEY": "from-environment"}
TOKEN: Final = {"ANTHROPIC_AUTH_TOKEN": "token-from-environment"}


@pytest.mark.parametrize(
    ("arguments", "key", "token"),
    [
        ({"environ": ENV}, "from-environment", None),
        ({"api_key": KEY, "environ": ENV}, KEY, None),
        ({"environ": TOKEN}, None, "token-from-environment"),
        ({"environ": ENV | TOKEN}, "from-environment", None),
        ({"auth_token": "t", "environ": ENV}, None, "t"),
        ({"environ": ENV | {"ANTHROPIC_BASE_URL": ELSEWHERE}}, "from-environment", None),
        ({"environ": ENV, "base_url": ELSEWHERE}, "no-key", None),
        ({"environ": ENV, "base_url": "https://api.anthropic.com"}, "from-environment", None),
        ({"environ": {"ANTHROPIC_PROFILE": "work"}}, None, None),
        ({"base_url": "http://localhost:8000"}, "no-key", None),
    ],
)
def test_where_credentials_go(arguments: dict[str, Any], key: str | None, token: str | None) -> None:
    """One from the environment does not follow a base_url argument to another host."""
    settings = _read(**{"api_key": None} | arguments)
    assert (key, token) == (_revealed(settings.api_key), _revealed(settings.auth_token))


REFUSED: Final = [
    ({"colour": "red"}, "use one of"),
    ({"api_key": None}, "ANTHROPIC_API_KEY"),
    ({"api_key": f"{KEY}\n"}, "without quotes or line breaks"),
    ({"auth_token": "t"}, "exclude each other"),
    ({"api_key": None, "auth_token": f"{KEY} "}, "auth_token"),
    ({"base_url": "ftp://example.org"}, "no URL"),
    ({"base_url": "http://example.org"}, "allow_insecure_http"),
    ({"base_url": "http://169.254.169.254"}, "link-local"),
    ({"default_headers": {"X-API-Key": "x"}}, "may not set"),
    ({"betas": 3}, "no list of names"),
    ({"betas": ("a", "")}, "no list of names"),
    ({"betas": "a\r\nX: b"}, "control"),
    ({"client": object(), "api_key": KEY}, "make the SDK client with them"),
    ({"client": object(), "api_key": None, "default_headers": {"a": "b"}}, "default_headers"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_settings_that_cannot_work(arguments: dict[str, Any], words: str) -> None:
    """Refused before anything is sent, in words that say what to do and never the key."""
    with pytest.raises(LLMConfigurationError) as caught:
        _read(**arguments)
    assert words in str(caught.value)
    assert "SENTINEL" not in str(caught.value)


def test_insecure_http_is_said_aloud() -> None:
    """Accepted on request."""
    with pytest.warns(UserWarning, match="in the clear"):
        _read(base_url="http://example.org", allow_insecure_http=True)


@pytest.mark.parametrize(
    ("client", "host"),
    [
        (anthropic.AsyncAnthropic(api_key="k"), "anthropic"),
        (anthropic.AsyncAnthropicFoundry(api_key="k", resource="r"), "anthropic"),
        (anthropic.AsyncAnthropicBedrock(api_key="k", aws_region="us-east-1"), "bedrock"),
        (anthropic.AsyncAnthropicVertex(access_token="t", region="us-east5", project_id="p"), "vertex"),
    ],
)
def test_whose_client_it_is(client: Any, host: str) -> None:
    """The SDK's clients for other hosts want the version of the API elsewhere, and stream in other frames."""
    settings = _read(api_key=None, client=client, betas="b")
    assert (host, ("b",)) == (settings.host, settings.betas)
    assert (str(client.base_url), "client") == (settings.describe().base_url, settings.describe().engine)


def test_nothing_shows_the_key() -> None:
    """Not settings, not the provider, not what the provider said of it."""
    settings = _read(default_headers={"X-A": "a"})
    provider = create(KEY)
    assert isinstance(provider, Provider)
    assert "SENTINEL" not in f"{settings!r} {provider!r} {settings.redact(f'bad key {KEY}')}"
    assert "api.anthropic.com" in repr(provider)
    assert "a token [redacted]" == _read(api_key=None, auth_token="tokentoken").redact("a token tokentoken")


@pytest.mark.parametrize(
    ("environ", "source"),
    [
        (ENV, "ANTHROPIC_API_KEY"),
        (TOKEN, "ANTHROPIC_AUTH_TOKEN"),
        ({"ANTHROPIC_PROFILE": "p"}, "ANTHROPIC_PROFILE"),
        ({}, None),
    ],
)
def test_credentials_are_looked_for(environ: dict[str, str], source: str | None) -> None:
    """By name, without a request; what to set where there is none."""
    status = plugin.credentials(environ)
    assert (source is not None, source) == (status.found, status.source)
    assert (status.remedy is None) == status.found
    assert OPTIONS == plugin.options


def test_importing_loads_no_sdk() -> None:
    """The SDK takes more than a second, which who does not call it should not wait."""
    code = "import sys, penguiflow_llm_anthropic; print(sorted({'anthropic', 'httpx2'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout


LISTED: Final = [name for name in ModelParam.__args__[0].__args__ if isinstance(name, str)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", LISTED)
def test_the_sdks_models_are_known(model: str) -> None:
    """Every name the installed SDK lists is in a rule, and its facts fit together."""
    profile, facts = anthropic_profile(model), claude_facts(anthropic_profile(model))
    assert (model, True) == (profile.model, profile.known)
    assert profile.native_dialect is not None
    assert profile.reasoning == bool(facts.thinking)
    assert bool(profile.efforts) == ("adaptive" in facts.thinking)
    assert profile.reasoning_budget == ("enabled" in facts.thinking)
    assert default_max_tokens(profile) <= (profile.max_output_tokens or 0)


NAMES: Final = [
    ("claude-sonnet-4-5-20250929", "claude-4.5"),
    ("claude-sonnet-4-5@20250929", "claude-4.5"),
    ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-4.5"),
    ("anthropic.claude-opus-4-6-v1", "claude-4.6"),
    ("anthropic.claude-v2", "claude-2"),
    ("claude-2.1", "claude-2"),
    ("claude-3-5-haiku-latest", "claude-3.5"),
    ("claude-3-7-sonnet-20250219", "claude-3.7"),
    ("claude-opus-4-1-20250805", "claude-opus-4.1"),
    ("claude-opus-4-20250514", "claude-opus-4"),
    ("claude-4-sonnet-20250514", "claude-sonnet-4"),
    ("claude-opus-5", "claude-opus-5"),
    ("claude-opus-5-20260701", "claude-opus-5"),
    ("claude-opus-5-5", "claude-opus-5.5"),
    ("claude-opus-5.5", "claude-opus-5.5"),
    ("claude-mythos-5-2", "claude-fable-5.1"),
    ("claude-saga-9", "claude-5.5"),
    ("my-proxy-name", "claude-5.5"),
]


@pytest.mark.parametrize(("model", "family"), NAMES)
def test_families(model: str, family: str) -> None:
    """Whoever serves it and whatever date it bears; a name nobody knows is one of the newest family's."""
    profile = anthropic_profile(model)
    assert (family, family != "claude-5.5") == (profile.family, profile.known)


def test_facts_of_a_profile_from_elsewhere() -> None:
    """A caller's own profile is taken for one of the newest family."""
    foreign = ModelProfile(provider="x", model="y", family="z")
    assert frozenset({"adaptive"}) == claude_facts(foreign).thinking
    assert 8_192 == default_max_tokens(foreign)
