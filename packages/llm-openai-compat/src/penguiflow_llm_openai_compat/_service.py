"""Where a service that speaks Chat Completions is, and the settings every one of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from penguiflow_llm_types import CredentialStatus, LLMConfigurationError, ProviderDescription, Secret
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
)

SERVICE_OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "client": "an AsyncOpenAI of your own, made for this service; it stays yours to close",
        "default_headers": "headers sent with every request; they cannot replace the credential",
        "default_query": "query parameters sent with every request",
        "connect_timeout_s": "seconds to wait for a connection; default 5. The deadline of a call is the client's",
        "use_aiohttp": "True or False; default: the SDK's aiohttp engine where aiohttp is installed",
        "allow_insecure_http": "allow http:// to a host that is not this machine; the credential is sent in the clear",
    }
)
"""Options of every service; a provider adds its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where one service is, and which environment variables speak of it."""

    provider: str
    """Its name in model references."""
    title: str
    """Its name in sentences."""
    base_url: str
    key_variables: tuple[str, ...] = ()
    url_variable: str | None = None
    needs_key: bool = True

    def credentials(self, environ: Mapping[str, str]) -> CredentialStatus:
        """Whether the environment holds a key; a service that needs none always has what it takes."""
        for name in self.key_variables:
            if environ.get(name):
                return CredentialStatus(found=True, source=name)
        if not self.needs_key:
            return CredentialStatus(found=True)
        return CredentialStatus(found=False, remedy=f"set {self.key_variables[0]}")


class SDKClient(Protocol):
    """What is needed here of an SDK client, so that the SDK is not loaded to name it."""

    @property
    def base_url(self) -> object:
        """Where it leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """How a service is reached."""

    base_url: str
    base_url_source: str = "default"
    api_key: Secret | None = None
    """None where the client is the caller's, or where keys are fetched while it runs."""
    client: SDKClient | None = field(default=None, repr=False)
    default_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    default_query: Mapping[str, object] = field(default_factory=dict, repr=False)
    connect_timeout_s: float = 5.0
    use_aiohttp: bool | None = None

    def describe(self, *, credential_source: str | None = None) -> ProviderDescription:
        """See `Provider`. `credential_source` where keys are fetched while it runs."""
        if self.client is not None:
            return client_description("chat", base_url=self.base_url, connect_timeout_s=self.connect_timeout_s)
        key_source = "none" if self.api_key is None else self.api_key.setting
        return ProviderDescription(
            api="chat",
            base_url=self.base_url,
            base_url_source=self.base_url_source,
            credential_source=credential_source or key_source,
            engine=engine_name(use_aiohttp=self.use_aiohttp),
            extra_headers=tuple(self.default_headers),
            connect_timeout_s=self.connect_timeout_s,
        )

    def redact(self, text: str) -> str:
        """`text` of the service's without the credential, and without anything that looks like one."""
        redact = Redactor([self.api_key], settings=[self.default_headers, self.default_query])
        redact.remember(getattr(self.client, "api_key", None))
        return redact(text)


def read_service(
    service: Service,
    api_key: str | Secret | None,
    base_url: str | None,
    options: Mapping[str, Any],
    environ: Mapping[str, str],
) -> ServiceSettings:
    """Settings from arguments, then from `environ`; of `options` those that are in `SERVICE_OPTIONS`.

    A key from the environment goes to the service itself, and to a base URL that is from the environment too; a
    `base_url` argument that leads elsewhere gets only the key passed beside it.

    Raises:
        LLMConfigurationError: an unknown option, a URL that must not be used, a missing or malformed credential.
    """
    name = service.provider
    check_option_names(options, SERVICE_OPTIONS, provider=name)
    given = {option: value for option, value in options.items() if value is not None}
    allow_http = bool(given.pop("allow_insecure_http", False))
    if "client" in given:
        return _of_client(name, api_key, base_url, given)
    check_headers(given.get("default_headers", {}), provider=name)
    check_query(given.get("default_query", {}), provider=name)
    named, url_source = found("base_url", base_url or None, environ, service.url_variable or "")
    url = named or service.base_url
    check_url(url, "base_url", provider=name, allow_http=allow_http)
    is_home = base_url is None or urlsplit(url).hostname == urlsplit(service.base_url).hostname
    key = found_secret("api_key", api_key, environ if is_home else {}, *service.key_variables, provider=name)
    if key is None and service.needs_key and is_home:
        raise LLMConfigurationError(
            f"no credential for {service.title}; pass api_key=... or set {service.key_variables[0]}",
            provider=name,
        )
    return ServiceSettings(
        base_url=url,
        base_url_source=url_source,
        api_key=key or NO_KEY,
        **_known(given),
    )


def _of_client(
    provider: str, api_key: str | Secret | None, base_url: str | None, given: Mapping[str, Any]
) -> ServiceSettings:
    spare = sorted(given.keys() - {"client", "connect_timeout_s"})
    spare += [name for name, value in (("api_key", api_key), ("base_url", base_url)) if value is not None]
    if spare:
        raise LLMConfigurationError(
            f"client was passed beside {', '.join(spare)}; make the SDK client with them instead", provider=provider
        )
    return ServiceSettings(base_url=str(given["client"].base_url), **_known(given))


def _known(given: Mapping[str, Any]) -> dict[str, Any]:
    names = {known.name for known in fields(ServiceSettings)}
    return {name: value for name, value in given.items() if name in names}
