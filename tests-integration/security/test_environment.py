"""K11: what the environment decides at every provider, and what it never adds: a credential."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anthropic
import boto3
import openai
import pytest
from everyone import EVERYONE, KEY, MODELS
from google import genai

from penguiflow_llm import LLMClient, LLMConfigurationError, LLMConnectionError, LLMError, create_client
from penguiflow_llm_testing import RecordedRequest, Simulator

URLS = {
    "openai": "OPENAI_BASE_URL",
    "anthropic": "ANTHROPIC_BASE_URL",
    "google": "GOOGLE_GEMINI_BASE_URL",
    "bedrock": "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "databricks": "DATABRICKS_HOST",
    "openrouter": "OPENROUTER_BASE_URL",
}
KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GOOGLE_API_KEY",
    "bedrock": "AWS_BEARER_TOKEN_BEDROCK",
    "databricks": "DATABRICKS_TOKEN",
    "openrouter": "OPENROUTER_API_KEY",
}
OTHERS = {  # what the SDKs read besides, of credentials and of headers that may hold one
    "OPENAI_ADMIN_KEY": "STRAY-openai-admin",
    "OPENAI_ORG_ID": "STRAY-org",
    "OPENAI_PROJECT_ID": "STRAY-project",
    "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer STRAY-openai\nX-Stray: STRAY-openai-header",
    "ANTHROPIC_AUTH_TOKEN": "STRAY-anthropic-token",
    "ANTHROPIC_CUSTOM_HEADERS": "Authorization: Bearer STRAY-anthropic\nX-Stray: STRAY-anthropic-header",
    "GEMINI_API_KEY": "STRAY-gemini",
    "AWS_ACCESS_KEY_ID": "STRAY-aws",
    "AWS_SECRET_ACCESS_KEY": "STRAY-aws-secret",
    "AWS_SESSION_TOKEN": "STRAY-aws-session",
    "DATABRICKS_CLIENT_SECRET": "STRAY-databricks",
}
ENGINES = pytest.mark.parametrize("use_aiohttp", [True, False])


@pytest.fixture
def netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A file with a login for every host, and an environment without proxies."""
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login me password STRAY-netrc\ndefault login me password STRAY-netrc\n")
    monkeypatch.setenv("NETRC", str(file))
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    return iter(())


def engine(provider: str, *, use_aiohttp: bool) -> dict[str, Any]:
    """The setting of an engine; Bedrock has one only."""
    if provider == "bedrock":
        return {} if use_aiohttp else pytest.skip("Bedrock's requests go over aiohttp alone")
    return {"use_aiohttp": use_aiohttp}


async def seen_by(client: LLMClient, simulator: Simulator) -> RecordedRequest:
    """A call's one request."""
    async with client:
        await client.complete("Hello.")
    return simulator.journal[-1]


def assert_one_credential(request: RecordedRequest, key: str) -> None:
    """The key in one header, and nothing of the environment's in any; the journal keeps digests of credentials."""
    headers = dict(request.headers)
    assert request.was_sent_with(key)
    assert 1 == sum("sha256:" in value for value in headers.values())
    assert {} == {name: value for name, value in headers.items() if "STRAY" in value}


@EVERYONE
@ENGINES
@pytest.mark.usefixtures("netrc")
async def test_a_url_of_ours_gets_only_what_is_given_with_it(
    provider: str, use_aiohttp: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key, no header and no login of the environment, whatever the SDK reads by itself."""
    for name, value in {**OTHERS, **dict.fromkeys(KEYS.values(), "STRAY-key")}.items():
        monkeypatch.setenv(name, value)
    with Simulator() as simulator:
        settings = engine(provider, use_aiohttp=use_aiohttp)
        client = create_client(MODELS[provider], api_key=KEY, base_url=simulator.base_url(provider), **settings)
        request = await seen_by(client, simulator)
    assert_one_credential(request, KEY)


@EVERYONE
@ENGINES
@pytest.mark.usefixtures("netrc")
async def test_the_sdk_s_own_variables_lead_there(
    provider: str, use_aiohttp: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its users expect; the description says by which name, and whose key goes along."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv(KEYS[provider], KEY)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: blue\nAuthorization: Bearer STRAY\napi-key: STRAY")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Team: blue\nAuthorization: Bearer STRAY\nX-Api-Key: STRAY")
    with Simulator() as simulator:
        url = simulator.base_url(provider)
        monkeypatch.setenv(URLS[provider], url)
        client = create_client(MODELS[provider], **engine(provider, use_aiohttp=use_aiohttp))
        (described,) = client.describe().models
        request = await seen_by(client, simulator)
    assert_one_credential(request, KEY)
    setup = described.setup
    assert setup is not None
    assert (setup.base_url_source, setup.credential_source) == (URLS[provider], KEYS[provider])
    assert (setup.base_url or "").startswith(url)
    team = ("X-Team",) if provider in ("openai", "anthropic") else ()
    assert (team, "blue" if team else None) == (setup.extra_headers, request.header("x-team"))


@EVERYONE
@ENGINES
@pytest.mark.usefixtures("netrc")
@pytest.mark.filterwarnings("ignore:.*(BasicAuth|proxy_auth).*:DeprecationWarning")  # aiohttp, of the SDKs
async def test_a_proxy_gets_its_own_password_and_no_other(
    provider: str, use_aiohttp: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who names a user for the proxy wants it sent to the proxy; the provider's credential is what it was."""
    with Simulator() as simulator:
        address = simulator.url.replace("http://", "http://me:STRAY-proxy@")
        monkeypatch.setenv("http_proxy", address)
        with pytest.warns(UserWarning, match="in the clear"):
            client = create_client(
                MODELS[provider],
                api_key=KEY,
                base_url="http://models.test/v1",
                allow_insecure_http=True,
                **engine(provider, use_aiohttp=use_aiohttp),
            )
        (described,) = client.describe().models
        async with client:
            with pytest.raises(LLMError):  # the simulator is no proxy, and knows no such path
                await client.complete("Hello.", max_retries=0)
        request = simulator.journal[-1]
    login = base64.b64encode(b"me:STRAY-proxy").decode()
    credentials = {name for name, value in request.headers if "sha256:" in value}
    assert request.path.startswith("http://models.test/v1")
    assert (2, True, True) == (len(credentials), request.was_sent_with(login), request.was_sent_with(KEY))
    assert "proxy-authorization" in credentials
    assert described.setup is not None
    assert simulator.url == described.setup.proxy


@EVERYONE
@ENGINES
@pytest.mark.usefixtures("netrc")
async def test_a_proxy_that_no_engine_can_use(
    provider: str, use_aiohttp: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SOCKS proxy takes a package that may be missing: one of ours says so, or that nobody answers there."""
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    settings = engine(provider, use_aiohttp=use_aiohttp)
    async with create_client(MODELS[provider], api_key=KEY, base_url="https://models.test/v1", **settings) as client:
        with pytest.raises((LLMConfigurationError, LLMConnectionError)):
            await client.complete("Hello.", max_retries=0)


@EVERYONE
def test_a_description_holds_no_credential(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is for bug reports: neither what is given, nor what proxies and headers hold."""
    monkeypatch.setenv("https_proxy", "http://me:STRAY-proxy@proxy.example.org:3128")
    monkeypatch.setenv("no_proxy", "")
    secret: dict[str, Any] = {"default_headers": {"X-Session": "STRAY-header"}}
    client = create_client(MODELS[provider], api_key=KEY, base_url="https://models.example.org/v1", **secret)
    described = client.describe()
    texts = (str(described), repr(described), json.dumps(described.as_dict()), repr(client.provider))
    for text in texts:
        assert "STRAY" not in text
        assert KEY not in text
    for word in (MODELS[provider], "https://models.example.org/v1", "(base_url)", "api_key", "X-Session", "timeout_s"):
        assert word in texts[0]
    assert "http://proxy.example.org:3128" in texts[0]


CLIENTS: dict[str, Callable[[], Any]] = {
    "openai": lambda: openai.AsyncOpenAI(api_key=KEY, base_url=HANDED_OVER),
    "anthropic": lambda: anthropic.AsyncAnthropic(api_key=KEY, base_url=HANDED_OVER),
    "google": lambda: genai.Client(api_key=KEY),
    "bedrock": lambda: boto3.client(
        "bedrock-runtime", "eu-west-1", aws_access_key_id=KEY, aws_secret_access_key=KEY, endpoint_url=HANDED_OVER
    ),
    "databricks": lambda: openai.AsyncOpenAI(api_key=KEY, base_url=HANDED_OVER),
    "openrouter": lambda: openai.AsyncOpenAI(api_key=KEY, base_url=HANDED_OVER),
}
HANDED_OVER = "https://me:STRAY@models.example.org/v1"


@EVERYONE
def test_an_sdk_client_that_is_handed_over_is_said_to_be_one(provider: str) -> None:
    """Its address, without the credential that it may hold; its settings are not ours to tell."""
    described = create_client(MODELS[provider], client=CLIENTS[provider]()).describe()
    setup = described.models[0].setup
    assert setup is not None
    assert ("client", "client", "client", None) == (
        setup.base_url_source, setup.credential_source, setup.engine, setup.proxy,
    )  # fmt: skip
    assert (setup.base_url or "").rstrip("/") == ("" if provider == "google" else "https://models.example.org/v1")
    assert "STRAY" not in f"{described}{described!r}"


def test_what_only_the_first_request_finds_is_not_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vertex AI's address follows from its location, AWS's from its region, a profile of Anthropic's may hold one."""
    for name in (*KEYS.values(), *URLS.values(), "ANTHROPIC_AUTH_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_PROFILE", "work")
    clients = {
        "google": create_client(MODELS["google"], vertexai=True, project="p", location="eu"),
        "bedrock": create_client(MODELS["bedrock"], region="eu-west-1", profile="work"),
        "anthropic": create_client(MODELS["anthropic"]),
    }
    setups = {name: client.describe().models[0].setup for name, client in clients.items()}
    said = {
        name: setup and (setup.base_url, setup.base_url_source, setup.region, setup.credential_source)
        for name, setup in setups.items()
    }
    assert said == {
        "google": (None, "default", "eu", "Application Default Credentials"),
        "bedrock": (None, "default", "eu-west-1", "profile"),
        "anthropic": (None, "ANTHROPIC_PROFILE", None, "ANTHROPIC_PROFILE"),
    }
