"""Settings checked before anything is sent: names of options, URLs, headers and credentials."""

from __future__ import annotations

import re
import warnings
from collections.abc import Container, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from penguiflow_llm_types._errors import LLMConfigurationError
from penguiflow_llm_types._secret import Secret
from penguiflow_llm_types.wire._addresses import address_of, is_forbidden

RESERVED_HEADERS: Final = frozenset(
    {
        "authorization", "api-key", "x-api-key", "x-goog-api-key", "host", "content-length", "content-type",
        "transfer-encoding", "accept-encoding",
    }
)  # fmt: skip
"""Headers, in lower case, that a caller may not set: credentials, and what the engine has to be right about."""

_KEY_NAME: Final = re.compile(r"(?:.*[-_.])?(?:api)?(?:key|token|secret|password|auth|sig|signature)", re.IGNORECASE)
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE: Final = re.compile(r"[ -~]*")


def check_option_names(given: Iterable[str], known: Container[str] | Iterable[str], *, provider: str) -> None:
    """Raise `LLMConfigurationError` for an option of `given` that is not among the `known` ones."""
    names = frozenset(known)  # type: ignore[arg-type]
    for name in given:
        if name not in names:
            raise LLMConfigurationError(
                f"{provider} has no option {name!r}; use one of: {', '.join(sorted(names))}. "
                "Body fields go in a request's extra",
                provider=provider,
            )


def make_secret(key: str | Secret, *, provider: str, setting: str = "api_key") -> Secret:
    """`key` as a `Secret`; raises `LLMConfigurationError` for one that cannot be sent, naming `setting` only."""
    if isinstance(key, Secret):
        return key
    try:
        return Secret(key, setting=setting)
    except ValueError as error:  # its message names the setting, never the value
        raise LLMConfigurationError(str(error), provider=provider) from None


def check_headers(headers: Mapping[str, str], *, provider: str, reserved: frozenset[str] = RESERVED_HEADERS) -> None:
    """Raise `LLMConfigurationError` for a header that would replace one of ours, or that holds a control character."""
    for name, value in headers.items():
        if name.lower() in reserved:
            raise LLMConfigurationError(
                f"default_headers may not set {name!r}; pass api_key for a credential, leave the rest to the client",
                provider=provider,
            )
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise LLMConfigurationError(
                f"header {name!r} holds a control or a non-ASCII character; remove it", provider=provider
            )


def check_query(query: Mapping[str, object], *, provider: str) -> None:
    """Raise `LLMConfigurationError` for a query parameter that is a credential by its name.

    HTTP engines write the URLs of requests into their logs (httpx at INFO), as servers and proxies do.
    """
    for name in query:
        if _KEY_NAME.fullmatch(name):
            raise LLMConfigurationError(
                f"default_query holds a credential by the name of {name!r}, and URLs are logged; send it in "
                "default_headers, or pass an SDK client of your own",
                provider=provider,
            )


def check_url(url: str, setting: str, *, provider: str, allow_http: bool) -> None:
    """Raise `LLMConfigurationError` for a URL that a credential must not be sent to.

    http:// is for this machine only, unless `allow_http`, which warns.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("http", "https"):
        raise LLMConfigurationError(f"{setting} is no URL; pass one such as 'https://host/v1'", provider=provider)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise LLMConfigurationError(
            f"{setting} holds a user name, a query or a fragment; leave them out and pass the credential as api_key",
            provider=provider,
        )
    address = address_of(host)
    if address is not None and is_forbidden(address):
        raise LLMConfigurationError(
            f"{setting} leads to {host!r}, a link-local or metadata address where machines keep credentials; "
            "use another",
            provider=provider,
        )
    if parts.scheme == "http" and not (host == "localhost" or (address is not None and address.is_loopback)):
        if not allow_http:
            raise LLMConfigurationError(
                f"{setting} is http:// and would send the credential in the clear; use https://, or pass "
                "allow_insecure_http=True if you accept that",
                provider=provider,
            )
        warnings.warn(f"{setting} is http://: the credential is sent to {host!r} in the clear", stacklevel=5)
