"""Settings of the provider: what `create` takes, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from penguiflow_llm_anthropic._profiles import Host
from penguiflow_llm_types import LLMConfigurationError, ProviderDescription, Secret
from penguiflow_llm_types.wire import (
    NO_KEY,
    Redactor,
    check_headers,
    check_option_names,
    check_query,
    check_url,
    client_description,
    engine_name,
    found,
    found_secret,
    header_lines,
)

OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "client": "an AsyncAnthropic, or the SDK's client for Bedrock, Vertex AI or Foundry; it stays yours to close",
        "auth_token": "a bearer token in place of an API key; default: ANTHROPIC_AUTH_TOKEN",
        "betas": "names of beta features asked for with every request; a request adds its own in extra['betas']",
        "citations": "True asks for citations of the documents sent; not together with structured output",
        "default_headers": "headers sent with every request; they cannot replace the credential",
        "default_query": "query parameters sent with every request",
        "connect_timeout_s": "seconds to wait for a connection; default 5. The deadline of a call is the client's",
        "use_aiohttp": "True or False; default: the SDK's aiohttp engine where aiohttp is installed",
        "allow_insecure_http": "allow http:// to a host that is not this machine; the credential is sent in the clear",
    }
)

_WITH_CLIENT: Final = frozenset({"client", "betas", "citations", "connect_timeout_s"})
_HOME: Final = "https://api.anthropic.com"

# The SDK's clients that build other URLs; the rest send to /v1/messages (anthropic 2.12.0).
_HOSTS: Final[Mapping[str, Host]] = {"AsyncAnthropicBedrock": "bedrock", "AsyncAnthropicVertex": "vertex"}

# Where the SDK finds a credential by itself, without a key or a token (anthropic 2.12.0, `lib/credentials`).
FOUND_BY_SDK: Final = ("ANTHROPIC_PROFILE", "ANTHROPIC_IDENTITY_TOKEN", "ANTHROPIC_IDENTITY_TOKEN_FILE")


class SDKClient(Protocol):
    """What is needed here of an SDK client, so that the SDK is not loaded to name it."""

    @property
    def base_url(self) -> object:
        """Where it leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the transport and the wire need to know."""

    host: Host = "anthropic"
    api_key: Secret | None = None
    auth_token: Secret | None = None
    found_by_sdk: str | None = None
    """The variable that leads the SDK to a credential of its own."""
    base_url: str | None = None
    base_url_source: str = "default"
    client: SDKClient | None = field(default=None, repr=False)
    betas: tuple[str, ...] = ()
    citations: bool = False
    default_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    default_query: Mapping[str, object] = field(default_factory=dict, repr=False)
    connect_timeout_s: float = 5.0
    use_aiohttp: bool | None = None

    def describe(self) -> ProviderDescription:
        """See `Provider`. A credential that the SDK finds may come with an address of its own."""
        if self.client is not None:
            return client_description(
                "messages", base_url=str(self.client.base_url), connect_timeout_s=self.connect_timeout_s
            )
        secret = self.api_key or self.auth_token
        return ProviderDescription(
            api="messages",
            base_url=self.base_url or (None if self.found_by_sdk else _HOME),
            base_url_source=(self.found_by_sdk if self.base_url is None else None) or self.base_url_source,
            credential_source=self.found_by_sdk or ("none" if secret is None else secret.setting),
            engine=engine_name(use_aiohttp=self.use_aiohttp),
            extra_headers=tuple(self.default_headers),
            connect_timeout_s=self.connect_timeout_s,
        )

    @property
    def has_credential(self) -> bool:
        """Whether the credential was given; else the SDK finds one of its own, and renews it."""
        return self.api_key is not None or self.auth_token is not None

    def redact(self, text: str) -> str:
        """`text` of the provider's without the credential, and without anything that looks like one."""
        redact = Redactor([self.api_key, self.auth_token], settings=[self.default_headers, self.default_query])
        redact.remember(getattr(self.client, "api_key", None), getattr(self.client, "auth_token", None))
        return redact(text)


def read_settings(
    api_key: str | Secret | None, base_url: str | None, options: Mapping[str, Any], environ: Mapping[str, str]
) -> Settings:
    """Settings from arguments, then from `environ`.

    A credential from the environment goes to Anthropic, and to a base URL that is from the environment too; a
    `base_url` argument that leads elsewhere gets only the credential passed beside it.

    Raises:
        LLMConfigurationError: an unknown option, a URL that must not be used, a missing or malformed credential.
    """
    check_option_names(options, OPTIONS, provider="anthropic")
    given = {name: value for name, value in options.items() if value is not None}
    given["betas"] = _betas(given.get("betas", ()))
    allow_http = bool(given.pop("allow_insecure_http", False))
    if "client" in given:
        return _of_client(api_key, base_url, given)
    check_headers(given.get("default_headers", {}), provider="anthropic")
    check_query(given.get("default_query", {}), provider="anthropic")
    url, url_source = found("base_url", base_url or None, environ, "ANTHROPIC_BASE_URL")
    if url is not None:
        check_url(url, "base_url", provider="anthropic", allow_http=allow_http)
    is_foreign = base_url is not None and not _is_anthropic(base_url)
    trusted: Mapping[str, str] = {} if is_foreign else environ
    credential = _credential(api_key, given.pop("auth_token", None), trusted, is_foreign=is_foreign)
    of_environment = header_lines(trusted.get("ANTHROPIC_CUSTOM_HEADERS", ""), provider="anthropic")  # as the SDK's
    given["default_headers"] = {**of_environment, **given.get("default_headers", {})}
    return Settings(base_url=url, base_url_source=url_source, **credential, **given)


def _credential(
    api_key: str | Secret | None, auth_token: str | Secret | None, environ: Mapping[str, str], *, is_foreign: bool
) -> dict[str, Any]:
    """The key or the token to use, or the variable by which the SDK finds a credential of its own."""
    if api_key is not None and auth_token is not None:
        raise LLMConfigurationError("api_key and auth_token exclude each other; pass one", provider="anthropic")
    of_key = {} if auth_token is not None else environ
    key = found_secret("api_key", api_key, of_key, "ANTHROPIC_API_KEY", provider="anthropic")
    if key is not None:
        return {"api_key": key}
    token = found_secret("auth_token", auth_token, environ, "ANTHROPIC_AUTH_TOKEN", provider="anthropic")
    if token is not None:
        return {"auth_token": token}
    if is_foreign:
        return {"api_key": NO_KEY}
    leads = next((name for name in FOUND_BY_SDK if environ.get(name)), None)
    if leads is not None:
        return {"found_by_sdk": leads}
    raise LLMConfigurationError(
        "no credential for Anthropic; pass api_key=... or set ANTHROPIC_API_KEY", provider="anthropic"
    )


def _of_client(api_key: str | Secret | None, base_url: str | None, given: dict[str, Any]) -> Settings:
    spare = sorted(given.keys() - _WITH_CLIENT)
    spare += [name for name, value in (("api_key", api_key), ("base_url", base_url)) if value is not None]
    if spare:
        raise LLMConfigurationError(
            f"client was passed beside {', '.join(spare)}; make the SDK client with them instead", provider="anthropic"
        )
    names = [base.__name__ for base in type(given["client"]).__mro__]
    host: Host = next((_HOSTS[name] for name in names if name in _HOSTS), "anthropic")
    return Settings(host=host, **given)


def _betas(given: object) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list | tuple) else None
    if names is None or not all(isinstance(name, str) and name for name in names):
        raise LLMConfigurationError("betas is no list of names; pass the names of beta features", provider="anthropic")
    check_headers({"anthropic-beta": ",".join(names)}, provider="anthropic")
    return names


def _is_anthropic(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "api.anthropic.com" or host.endswith(".anthropic.com")
