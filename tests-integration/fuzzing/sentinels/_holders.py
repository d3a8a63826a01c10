"""Clients that hold a credential, one way for each way there is to give them one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, TypeAlias

import anthropic
import boto3
import google.auth.credentials
import google.auth.exceptions
import openai
from google import genai

from penguiflow_llm import LLMClient, create_client

from ._values import key, secret_of_aws, session_token


@dataclass(slots=True, kw_only=True)
class Held:
    """What a client is made with."""

    model: str
    secrets: tuple[str, ...]
    """What is sent, so that it can come back."""
    kept: tuple[str, ...] = ()
    """What never leaves."""
    fetched: str | None = None
    """Of `secrets` the one that a token endpoint gives."""
    settings: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def hidden(self) -> tuple[str, ...]:
        """What nothing may show."""
        return (*self.secrets, *self.kept)


Holder: TypeAlias = Callable[[Random, str], Held]
"""Takes the base URL of the provider."""

GATEWAY: Final = "X-Gateway-Token"


class AccessToken(google.auth.credentials.Credentials):
    """Credentials with a token that is good, as a service account gives them."""

    def __init__(self, token: str, private_key: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.token = token
        self.private_key = private_key
        self._good = token
        self._asked = 0

    def refresh(self, request: Any) -> None:
        """Every other time the endpoint gives a token, and the other times it refuses."""
        self._asked += 1
        if self._asked % 2 == 0:
            self.token = self._good
            return
        message = f"invalid_grant: the assertion of {self._good} is expired"
        raise google.auth.exceptions.RefreshError(message)  # type: ignore[no-untyped-call]


def openai_key(rng: Random, url: str) -> Held:
    secret = key(rng, "sk-")
    return Held(
        model="openai/gpt-5.4-mini",
        secrets=(secret,),
        settings={"api_key": secret, "base_url": url, "api": "responses"},
    )


def openai_chat_key(rng: Random, url: str) -> Held:
    secret = key(rng, "")  # as gateways give them: nothing to recognise them by
    return Held(model="openai/gpt-4.1-mini", secrets=(secret,), settings={"api_key": secret, "base_url": url})


def openai_headers(rng: Random, url: str) -> Held:
    secret, token, cookie = key(rng, "sk-"), key(rng, "gw"), key(rng, "")
    headers = {
        GATEWAY: token,
        "Cookie": f"session={cookie}",
        "X-Auth": f"Basic {key(rng, '', 6)}",
        "X-Team": "research",
    }
    return Held(
        model="openai/gpt-4.1-mini",
        secrets=(secret, token, cookie),
        settings={"api_key": secret, "base_url": url, "default_headers": headers},
    )


def openai_client(rng: Random, url: str) -> Held:
    secret = key(rng, "")
    client = openai.AsyncOpenAI(api_key=secret, base_url=url)
    return Held(model="openai/gpt-4.1-mini", secrets=(secret,), settings={"client": client})


def anthropic_key(rng: Random, url: str) -> Held:
    secret = key(rng, "sk-ant-api03-", 60)
    return Held(model="anthropic/claude-sonnet-4-6", secrets=(secret,), settings={"api_key": secret, "base_url": url})


def anthropic_token(rng: Random, url: str) -> Held:
    secret, gateway = key(rng, ""), key(rng, "gw-")
    return Held(
        model="anthropic/claude-sonnet-4-6",
        secrets=(secret, gateway),
        settings={"auth_token": secret, "base_url": url, "default_headers": {GATEWAY: gateway}},
    )


def anthropic_client(rng: Random, url: str) -> Held:
    secret = key(rng, "")
    client = anthropic.AsyncAnthropic(api_key=secret, base_url=url)
    return Held(model="anthropic/claude-sonnet-4-6", secrets=(secret,), settings={"client": client})


def google_key(rng: Random, url: str) -> Held:
    secret, gateway = key(rng, "AIza", 35), key(rng, "")
    return Held(
        model="google/gemini-3-flash-preview",
        secrets=(secret, gateway),
        settings={"api_key": secret, "base_url": url, "default_headers": {GATEWAY: gateway}},
    )


def google_credentials(rng: Random, url: str) -> Held:
    token, private = key(rng, "tok", 60), key(rng, "MIIEv", 200, "abcdefgh+/")
    return Held(
        model="google/gemini-3-flash-preview",
        secrets=(token,),
        kept=(private,),
        settings={
            "vertexai": True,
            "project": "p",
            "location": "global",
            "base_url": url,
            "credentials": AccessToken(token, private),
        },
    )


def google_client(rng: Random, url: str) -> Held:
    secret = key(rng, "AIza", 35)
    client = genai.Client(api_key=secret, http_options=genai.types.HttpOptions(base_url=url))
    return Held(model="google/gemini-3-flash-preview", secrets=(secret,), settings={"client": client})


_CLAUDE: Final = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"


def bedrock_bearer(rng: Random, url: str) -> Held:
    secret = key(rng, "ABSKQmVkcm9j", 80, _B64)
    return Held(model=_CLAUDE, secrets=(secret,), settings={"api_key": secret, "base_url": url, "region": "us-east-1"})


def bedrock_keys(rng: Random, url: str) -> Held:
    access, secret, token = key(rng, "ASIA", 16, _UPPER), secret_of_aws(rng), session_token(rng)
    return Held(
        model=_CLAUDE,
        secrets=(access, secret, token),
        settings={
            "aws_access_key_id": access, "aws_secret_access_key": secret, "aws_session_token": token, "base_url": url,
            "region": "us-east-1",
        },
    )  # fmt: skip


def bedrock_environment(rng: Random, url: str) -> Held:
    access, secret, token = key(rng, "ASIA", 16, _UPPER), secret_of_aws(rng), session_token(rng)
    environ = {"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
    return Held(
        model=_CLAUDE,
        secrets=(access, secret, token),
        settings={"base_url": url, "region": "us-east-1"},
        environ=environ,
    )


def bedrock_client(rng: Random, url: str) -> Held:
    access, secret = key(rng, "AKIA", 16, _UPPER), secret_of_aws(rng)
    client = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=access,
        aws_secret_access_key=secret,
    )
    return Held(model=_CLAUDE, secrets=(access, secret), settings={"client": client})


def databricks_token(rng: Random, url: str) -> Held:
    secret = key(rng, "dapi", 32, "0123456789abcdef")
    return Held(
        model="databricks/databricks-gpt-5-4-mini", secrets=(secret,), settings={"api_key": secret, "base_url": url}
    )


def databricks_machine(rng: Random, url: str) -> Held:
    secret, token = key(rng, "dose", 32, "0123456789abcdef"), key(rng, "", 40)
    return Held(
        model="databricks/databricks-gpt-5-4-mini",
        secrets=(secret, token),
        fetched=token,
        settings={"client_id": "an-application", "client_secret": secret, "base_url": url},
    )


def openrouter_key(rng: Random, url: str) -> Held:
    secret = key(rng, "sk-or-v1-", 64, "0123456789abcdef")
    return Held(
        model="openrouter/anthropic/claude-sonnet-4.6", secrets=(secret,), settings={"api_key": secret, "base_url": url}
    )


_UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_B64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

HOLDERS: Final[Mapping[str, Holder]] = {
    "openai, key": openai_key,
    "openai, key of a gateway": openai_chat_key,
    "openai, headers": openai_headers,
    "openai, own client": openai_client,
    "anthropic, key": anthropic_key,
    "anthropic, token and header": anthropic_token,
    "anthropic, own client": anthropic_client,
    "google, key and header": google_key,
    "google, access token": google_credentials,
    "google, own client": google_client,
    "bedrock, bearer token": bedrock_bearer,
    "bedrock, keys": bedrock_keys,
    "bedrock, environment": bedrock_environment,
    "bedrock, own client": bedrock_client,
    "databricks, token": databricks_token,
    "databricks, OAuth for machines": databricks_machine,
    "openrouter, key": openrouter_key,
}


def made(held: Held, stack: ExitStack, **settings: Any) -> LLMClient:
    """A client of what is held; the environment is as it says for as long as `stack` is open."""
    for name, value in held.environ.items():
        before = os.environ.get(name)
        os.environ[name] = value
        stack.callback(_restore, name, before)
    return create_client(held.model, **held.settings, **settings)


async def close_own(held: Held) -> None:
    """Close an SDK client that was passed; boto3's needs no closing."""
    client = held.settings.get("client")
    if isinstance(client, openai.AsyncOpenAI | anthropic.AsyncAnthropic):
        await client.close()
    elif isinstance(client, genai.Client):
        await client.aio.aclose()
        client.close()


def _restore(name: str, before: str | None) -> None:
    if before is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = before
