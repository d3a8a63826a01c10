"""Settings: what is taken, from where, and what is refused before anything is sent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from penguiflow_llm_bedrock import OPTIONS, create, plugin
from penguiflow_llm_bedrock._options import read_settings
from penguiflow_llm_types import LLMConfigurationError, Secret

ACCESS: Final = "AKIAIOSFODNN7EXAMPLE"
KEYS: Final = {"aws_access_key_id": ACCESS, "aws_secret_access_key": "SECRET-SENTINEL"}

_REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"regoin": "us-east-1"}, "has no option 'regoin'; use one of: allow_insecure_http, aws_access_key_id"),
    ({"base_url": "ftp://host"}, "base_url is no URL"),
    ({"base_url": "http://example.org"}, "would send the credential in the clear"),
    ({"base_url": "http://169.254.169.254/"}, "link-local"),
    ({"api_key": "two words"}, "api_key is empty or holds a blank"),
    ({"api_key": "k", **KEYS}, "api_key and AWS keys exclude each other"),
    ({"profile": "p", **KEYS}, "profile and AWS keys exclude each other"),
    ({"aws_access_key_id": ACCESS}, "aws_secret_access_key is missing"),
    ({"aws_session_token": "t"}, "aws_access_key_id is missing"),
    ({**KEYS, "aws_session_token": "a\nb"}, "aws_session_token is empty or holds"),
    ({"default_headers": {"Authorization": "x"}}, "may not set 'Authorization'"),
    ({"default_headers": {"X-Amz-Security-Token": "x"}}, "may not set 'X-Amz-Security-Token'"),
    ({"default_headers": {"x-a": "b\r\nc"}}, "holds a control"),
    ({"guardrail": {"id": "x"}}, "names no 'guardrailIdentifier'"),
    ({"guardrail": "g1"}, "names no 'guardrailIdentifier'"),
]


@pytest.mark.parametrize(("given", "why"), _REFUSED)
def test_refused(given: dict[str, Any], why: str) -> None:
    """With a sentence that says what to do, and no secret in it."""
    with pytest.raises(LLMConfigurationError) as caught:
        create(**given)
    assert why in caught.value.message
    assert "SENTINEL" not in repr(caught.value)


@pytest.mark.parametrize(
    ("given", "environ", "token"),
    [
        ({}, {"AWS_BEARER_TOKEN_BEDROCK": "from-env"}, "from-env"),
        ({"api_key": "mine"}, {"AWS_BEARER_TOKEN_BEDROCK": "from-env"}, "mine"),
        ({"profile": "p"}, {"AWS_BEARER_TOKEN_BEDROCK": "from-env"}, None),
        (KEYS, {"AWS_BEARER_TOKEN_BEDROCK": "from-env"}, None),
        ({"base_url": "https://gateway.example.org"}, {"AWS_BEARER_TOKEN_BEDROCK": "from-env"}, None),
        (
            {"base_url": "https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com"},
            {"AWS_BEARER_TOKEN_BEDROCK": "from-env"},
            "from-env",
        ),
        ({"base_url": "https://evilamazonaws.com"}, {"AWS_BEARER_TOKEN_BEDROCK": "from-env"}, None),
        ({}, {"AWS_BEARER_TOKEN_BEDROCK": ""}, None),
    ],
)
def test_token(given: dict[str, Any], environ: dict[str, str], token: str | None) -> None:
    """What is passed comes first, and a token of the environment goes to AWS alone."""
    options = {name: value for name, value in given.items() if name not in ("api_key", "base_url")}
    settings = read_settings(given.get("api_key"), given.get("base_url"), options, environ)
    assert token == (None if settings.token is None else settings.token.reveal())


@pytest.mark.parametrize(
    ("given", "environ", "region"),
    [
        ({"region": "eu-west-1"}, {"AWS_REGION": "us-east-1"}, "eu-west-1"),
        ({}, {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-west-2"}, "us-east-1"),
        ({}, {"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        ({}, {}, None),
    ],
)
def test_region(given: dict[str, Any], environ: dict[str, str], region: str | None) -> None:
    """As boto3 and the command line have it."""
    assert region == read_settings(None, None, given, environ).region


def test_fields_of_every_request() -> None:
    """A guardrail and the latency, in the words of the wire."""
    guardrail = {"guardrailIdentifier": "g1", "guardrailVersion": "2"}
    settings = read_settings(None, None, {"guardrail": guardrail, "latency": "optimized"}, {})
    assert settings.body_defaults == {"guardrailConfig": guardrail, "performanceConfig": {"latency": "optimized"}}


def test_models_behind_names_that_do_not_tell() -> None:
    """The facts are those of the base model, the name stays."""
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"
    profile = create("k", region="us-east-1", models={arn: "us.anthropic.claude-sonnet-4-6"}).profile(arn)
    assert (profile.model, profile.family, profile.known) == (arn, "claude-4.6", True)


def test_insecure_http_is_allowed_by_name_and_warned_of() -> None:
    """Only when asked for."""
    with pytest.warns(UserWarning, match="in the clear"):
        create("k", "http://gateway.example.org", allow_insecure_http=True)


def test_nothing_shows_a_secret() -> None:
    """Neither the provider nor its settings."""
    provider = create(base_url="https://bedrock.example.org/", region="us-east-1", **KEYS)
    assert repr(provider) == "<bedrock provider at https://bedrock.example.org (converse)>"
    settings = read_settings(Secret("TOKEN-SENTINEL-1"), None, {}, {})
    assert "SENTINEL" not in repr(settings)
    assert settings.redact("bad key TOKEN-SENTINEL-1") == "bad key [redacted]"
    assert "SENTINEL" not in read_settings(None, None, KEYS, {}).redact("bad SECRET-SENTINEL")


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"AWS_BEARER_TOKEN_BEDROCK": "x"}, "AWS_BEARER_TOKEN_BEDROCK"),
        ({"AWS_ACCESS_KEY_ID": "x"}, "AWS_ACCESS_KEY_ID"),
        ({"AWS_PROFILE": "x"}, "AWS_PROFILE"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "x"}, "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        ({}, None),
    ],
)
def test_find_credentials(environ: dict[str, str], found: str | None, tmp_path: Path) -> None:
    """By the names of variables, and by files that botocore reads."""
    status = plugin.credentials({"HOME": str(tmp_path / "home"), **environ})
    assert (found is not None, found) == (status.found, status.source)
    assert status.found or "AWS_BEARER_TOKEN_BEDROCK" in (status.remedy or "")


def test_find_credentials_in_files(tmp_path: Path) -> None:
    """The shared files count when they are there."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").touch()
    assert plugin.credentials({"HOME": str(tmp_path)}).source == "~/.aws/credentials"
    assert plugin.credentials({"HOME": "/nowhere", "AWS_CONFIG_FILE": str(tmp_path)}).source == "~/.aws/config"


def test_every_option_is_explained() -> None:
    """One line each."""
    assert all(text and "\n" not in text for text in OPTIONS.values())


def test_importing_loads_neither_boto3_nor_the_engine() -> None:
    """Both are slow; making a provider loads neither."""
    program = (
        "import sys; from penguiflow_llm_bedrock import create; create('k', region='us-east-1'); "
        "print(sorted({'boto3', 'botocore', 'aiohttp', 'urllib3'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
