"""What settings come from the environment: by which variable, through which proxy, over which engine."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from penguiflow_llm_types._provider import ProviderDescription
from penguiflow_llm_types._secret import Secret
from penguiflow_llm_types.wire._checks import RESERVED_HEADERS, check_headers, make_secret

_BEHIND: Final = re.compile(r"[?#]")

NO_KEY: Final = Secret("no-key", setting="none")
"""In place of a key: SDKs insist on one, a local server ignores it."""


def found(setting: str, value: str | None, environ: Mapping[str, str], *variables: str) -> tuple[str | None, str]:
    """`value`, else that of the first variable that is set, and by what name it was given; (None, "default") for none.

    A variable that is empty counts as not set.
    """
    if value is not None:
        return value, setting
    name = next((name for name in variables if environ.get(name)), None)
    return (None, "default") if name is None else (environ[name], name)


def found_secret(
    setting: str, value: str | Secret | None, environ: Mapping[str, str], *variables: str, provider: str
) -> Secret | None:
    """The same for a credential, which knows by what name it was given; see `make_secret`."""
    if isinstance(value, Secret):
        return value
    key, source = found(setting, value, environ, *variables)
    return None if key is None else make_secret(key, provider=provider, setting=source)


def header_lines(text: str, *, provider: str) -> dict[str, str]:
    """The headers of a variable that SDKs read them from, one `name: value` a line, without credentials.

    Credentials, and what frames a request, are left out: they have settings of their own. `LLMConfigurationError` for
    one that no request can carry.
    """
    pairs = (line.partition(":") for line in text.split("\n"))
    headers = {name.strip(): value.strip() for name, colon, value in pairs if colon}
    ours = {name: value for name, value in headers.items() if name.lower() not in RESERVED_HEADERS}
    check_headers(ours, provider=provider)
    return ours


def client_description(api: str, *, base_url: str | None, connect_timeout_s: float | None) -> ProviderDescription:
    """That of a provider over an SDK client that was handed over."""
    return ProviderDescription(
        api=api,
        base_url=base_url,
        base_url_source="client",
        credential_source="client",
        engine="client",
        connect_timeout_s=connect_timeout_s,
    )


def engine_name(*, use_aiohttp: bool | None) -> str:
    """The HTTP engine that requests go over; `use_aiohttp` None: aiohttp where it is installed."""
    takes_aiohttp = has_aiohttp() if use_aiohttp is None else use_aiohttp
    return "aiohttp" if takes_aiohttp else "httpx2"


def has_aiohttp() -> bool:
    """Whether aiohttp is installed; it is not loaded to find out."""
    return importlib.util.find_spec("aiohttp") is not None


def proxy_of(url: str) -> str | None:
    """The environment's proxy for `url`, with the user name and password it may have; None for none.

    Engines look at the environment themselves, or are told: aiohttp would look in two threads for each request, and
    take credentials from a .netrc file.
    """
    # Here and not above: it loads an HTTP client, which takes as long as the rest of this package.
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def shown_proxy(url: str) -> str | None:
    """`proxy_of` without the user name and password."""
    proxy = proxy_of(url)
    return None if proxy is None else shown_url(proxy)


def shown_url(url: str) -> str:
    """`url` without what may be a credential in it: user name, password, query, fragment."""
    scheme, mark, rest = url.rpartition("://")
    return f"{scheme}{mark}{_BEHIND.split(rest.rpartition('@')[2])[0]}"
