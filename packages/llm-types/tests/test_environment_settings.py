"""What settings come from the environment, and what of it is shown."""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_types import LLMConfigurationError, ProviderDescription, Secret
from penguiflow_llm_types.wire import client_description, engine_name, found, found_secret, header_lines, proxy_of
from penguiflow_llm_types.wire._environment import shown_proxy, shown_url

ENVIRON = {"EMPTY": "", "FIRST": "1", "SECOND": "2"}
KEY = "sk-SENTINEL-0123456789"


@pytest.mark.parametrize(
    ("value", "variables", "expected"),
    [
        ("0", ("FIRST",), ("0", "url")),
        ("", ("FIRST",), ("", "url")),
        (None, ("EMPTY", "MISSING", "SECOND", "FIRST"), ("2", "SECOND")),
        (None, ("EMPTY", "MISSING"), (None, "default")),
        (None, (), (None, "default")),
    ],
)
def test_a_setting_and_where_it_is_from(
    value: str | None, variables: tuple[str, ...], expected: tuple[str | None, str]
) -> None:
    """The argument goes first; a variable that is empty is none."""
    assert expected == found("url", value, ENVIRON, *variables)


def test_a_credential_knows_where_it_is_from() -> None:
    """So that an error names the variable to correct, and a description whose key it is."""
    ours = Secret("mine", setting="vault")
    assert "vault" == getattr(found_secret("api_key", ours, {}, provider="p"), "setting", None)
    assert "A_KEY" == getattr(found_secret("api_key", None, {"A_KEY": KEY}, "A_KEY", provider="p"), "setting", None)
    assert found_secret("api_key", None, {}, "A_KEY", provider="p") is None
    with pytest.raises(LLMConfigurationError, match="A_KEY is empty or holds a blank") as caught:
        found_secret("api_key", None, {"A_KEY": f"{KEY}\n"}, "A_KEY", provider="p")
    assert "SENTINEL" not in str(caught.value)


def test_headers_of_a_variable() -> None:
    """One a line, as the SDKs read them, without credentials; what is no header is passed over."""
    text = "X-Team: blue\nnothing\nAuthorization: Bearer x\n X-API-Key : y \nX-When: 12:30\nHost: z"
    assert {"X-Team": "blue", "X-When": "12:30"} == header_lines(text, provider="p")
    assert {} == header_lines("", provider="p")
    with pytest.raises(LLMConfigurationError, match="control or a non-ASCII character"):
        header_lines("X-Team: blau\u00e9", provider="p")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host/v1", "https://host/v1"),
        ("https://me:STRAY@host:8443/v1", "https://host:8443/v1"),
        ("https://me:ST/R@AY#x@host/v1", "https://host/v1"),
        ("https://host/v1?key=STRAY#STRAY", "https://host/v1"),
        ("me:STRAY@proxy:3128", "proxy:3128"),
    ],
)
def test_a_url_is_shown_without_credentials(url: str, shown: str) -> None:
    """However badly it is written."""
    assert shown == shown_url(url)


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({}, "https://api.test", None),
        ({"https_proxy": "http://a:1"}, "https://api.test/v1", "http://a:1"),
        ({"https_proxy": "http://a:1"}, "http://api.test", None),
        ({"all_proxy": "http://b:2"}, "http://api.test", "http://b:2"),
        ({"https_proxy": "http://a:1", "all_proxy": "http://b:2"}, "https://api.test", "http://a:1"),
        ({"https_proxy": "http://a:1", "no_proxy": "api.test"}, "https://api.test", None),
        ({"https_proxy": "http://me:STRAY@a:1"}, "https://", "http://me:STRAY@a:1"),
    ],
)
def test_the_proxy_of_an_address(
    environ: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the variables say that everybody reads; shown, it has no password."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.setenv(name, environ[name]) if name in environ else monkeypatch.delenv(name, raising=False)
    assert proxy == proxy_of(url)
    assert (None if proxy is None else proxy.replace("me:STRAY@", "")) == shown_proxy(url)


@pytest.mark.parametrize(
    ("wanted", "installed", "name"),
    [(None, True, "aiohttp"), (None, False, "httpx2"), (False, True, "httpx2"), (True, True, "aiohttp")],
)
def test_the_engine(wanted: Any, installed: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """aiohttp where it is installed, unless told otherwise."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: object() if installed else None)
    assert name == engine_name(use_aiohttp=wanted)


def test_a_client_that_was_handed_over() -> None:
    """Its settings are its maker's."""
    said = client_description("chat", base_url="https://host", connect_timeout_s=5.0)
    expected = ProviderDescription(
        api="chat", base_url="https://host", base_url_source="client", credential_source="client", engine="client",
        connect_timeout_s=5.0,
    )  # fmt: skip
    assert expected == said
