"""Settings of the provider: what `create` takes, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from penguiflow_llm_openai._profiles import API, Endpoint
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
        "client": "an AsyncOpenAI or AsyncAzureOpenAI of your own; it stays yours to close",
        "api": "'responses' or 'chat'; default: Responses at OpenAI itself, Chat Completions anywhere else",
        "organization": "OpenAI organization id; default: OPENAI_ORG_ID",
        "project": "OpenAI project id; default: OPENAI_PROJECT_ID",
        "default_headers": "headers sent with every request; they cannot replace the credential",
        "default_query": "query parameters sent with every request",
        "connect_timeout_s": "seconds to wait for a connection; default 5. The deadline of a call is the client's",
        "azure_endpoint": "the Azure resource, such as https://NAME.openai.azure.com; then Azure is spoken to",
        "api_version": "Azure API version; default: OPENAI_API_VERSION",
        "azure_deployment": "Azure deployment, where it is not the model's name",
        "azure_ad_token_provider": "a function that returns a Microsoft Entra token, in place of an Azure key",
        "store": "whether OpenAI may keep the response; default False",
        "use_aiohttp": "True or False; default: the SDK's aiohttp engine where aiohttp is installed",
        "allow_insecure_http": "allow http:// to a host that is not this machine; the credential is sent in the clear",
    }
)


_HOME: Final = "https://api.openai.com/v1"


class SDKClient(Protocol):
    """What is needed here of an SDK client, so that the SDK is not loaded to name it."""

    @property
    def base_url(self) -> object:
        """Where it leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the transport and the wires need to know."""

    endpoint: Endpoint
    api: API
    api_key: Secret | None = None
    base_url: str | None = None
    base_url_source: str = "default"
    client: SDKClient | None = field(default=None, repr=False)
    organization: str | None = None
    project: str | None = None
    default_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    default_query: Mapping[str, object] = field(default_factory=dict, repr=False)
    connect_timeout_s: float = 5.0
    azure_endpoint: str | None = None
    api_version: str | None = None
    azure_deployment: str | None = None
    azure_ad_token_provider: Callable[[], str | Awaitable[str]] | None = field(default=None, repr=False)
    store: bool | None = None
    use_aiohttp: bool | None = None

    def describe(self) -> ProviderDescription:
        """See `Provider`."""
        if self.client is not None:
            return client_description(
                self.api, base_url=str(self.client.base_url), connect_timeout_s=self.connect_timeout_s
            )
        return ProviderDescription(
            api=self.api,
            base_url=self.base_url or self.azure_endpoint or _HOME,
            base_url_source=self.base_url_source,
            credential_source="azure_ad_token_provider" if self.api_key is None else self.api_key.setting,
            engine=engine_name(use_aiohttp=self.use_aiohttp),
            extra_headers=tuple(self.default_headers),
            connect_timeout_s=self.connect_timeout_s,
        )

    def redact(self, text: str) -> str:
        """`text` of the provider's without the credential, and without anything that looks like one."""
        redact = Redactor([self.api_key], settings=[self.default_headers, self.default_query])
        redact.remember(getattr(self.client, "api_key", None))
        return redact(text)


def read_settings(
    api_key: str | Secret | None, base_url: str | None, options: Mapping[str, Any], environ: Mapping[str, str]
) -> Settings:
    """Settings from arguments, then from `environ`.

    A key from the environment goes to OpenAI, and to a base URL that is from the environment too; a `base_url`
    argument that leads elsewhere gets only the key passed beside it.

    Raises:
        LLMConfigurationError: an unknown option, a URL that must not be used, a missing or malformed credential.
    """
    check_option_names(options, OPTIONS, provider="openai")
    given = {name: value for name, value in options.items() if value is not None}
    allow_http = bool(given.pop("allow_insecure_http", False))
    if "client" in given:
        return _of_client(api_key, base_url, given)
    check_headers(given.get("default_headers", {}), provider="openai")
    check_query(given.get("default_query", {}), provider="openai")
    if given.keys() & {"azure_endpoint", "azure_deployment", "azure_ad_token_provider"}:
        return _azure(api_key, base_url, given, environ, allow_http=allow_http)
    url, url_source = found("base_url", base_url or None, environ, "OPENAI_BASE_URL")
    if url is not None:
        check_url(url, "base_url", provider="openai", allow_http=allow_http)
    endpoint: Endpoint = "openai" if url is None or _is_openai(url) else "compatible"
    trusted = environ if endpoint == "openai" or base_url is None else {}
    key = found_secret("api_key", api_key, trusted, "OPENAI_API_KEY", provider="openai")
    if key is None and endpoint == "openai":
        raise LLMConfigurationError(
            "no credential for OpenAI; pass api_key=... or set OPENAI_API_KEY", provider="openai"
        )
    return Settings(
        endpoint=endpoint,
        api=_api(given, "responses" if endpoint == "openai" else "chat"),
        api_key=key or NO_KEY,
        base_url=url,
        base_url_source=url_source,
        **_without(_with_environment(given, trusted), "api"),
    )


def _of_client(api_key: str | Secret | None, base_url: str | None, given: dict[str, Any]) -> Settings:
    spare = sorted(given.keys() - {"client", "api", "store", "connect_timeout_s"})
    spare += [name for name, value in (("api_key", api_key), ("base_url", base_url)) if value is not None]
    if spare:
        raise LLMConfigurationError(
            f"client was passed beside {', '.join(spare)}; make the SDK client with them instead", provider="openai"
        )
    url = str(given["client"].base_url)
    is_azure = any(base.__name__ == "AsyncAzureOpenAI" for base in type(given["client"]).__mro__)
    endpoint: Endpoint = "azure" if is_azure else "openai" if _is_openai(url) else "compatible"
    default: API = "responses" if endpoint == "openai" else "chat"
    return Settings(endpoint=endpoint, api=_api(given, default), **_without(given, "api"))


def _azure(
    api_key: str | Secret | None,
    base_url: str | None,
    given: dict[str, Any],
    environ: Mapping[str, str],
    *,
    allow_http: bool,
) -> Settings:
    if base_url is not None:
        raise LLMConfigurationError("base_url and Azure options exclude each other; pass one", provider="openai")
    named: str | None = given.get("azure_endpoint") or None
    address, address_source = found("azure_endpoint", named, environ, "AZURE_OPENAI_ENDPOINT")
    version = given.get("api_version") or environ.get("OPENAI_API_VERSION")
    if address is None or version is None:
        raise LLMConfigurationError(
            "Azure needs azure_endpoint and api_version; pass them or set AZURE_OPENAI_ENDPOINT and OPENAI_API_VERSION",
            provider="openai",
        )
    check_url(address, "azure_endpoint", provider="openai", allow_http=allow_http)
    by_token = "azure_ad_token_provider" in given
    of_key = {} if by_token else environ
    key = found_secret("api_key", api_key, of_key, "AZURE_OPENAI_API_KEY", provider="openai")
    if key is None and not by_token:
        raise LLMConfigurationError(
            "no credential for Azure; pass api_key=... or azure_ad_token_provider=..., or set AZURE_OPENAI_API_KEY",
            provider="openai",
        )
    return Settings(
        endpoint="azure",
        api=_api(given, "chat"),
        api_key=key,
        base_url_source=address_source,
        azure_endpoint=address,
        api_version=version,
        **_without(_with_environment(given, environ), "api", "azure_endpoint", "api_version"),
    )


def _without(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


def _with_environment(given: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """`given` with what the SDK takes from `environ` besides: that of a host which gets its credential too."""
    headers = header_lines(environ.get("OPENAI_CUSTOM_HEADERS", ""), provider="openai")
    own = {"organization": environ.get("OPENAI_ORG_ID"), "project": environ.get("OPENAI_PROJECT_ID")}
    return {**own, **given, "default_headers": {**headers, **given.get("default_headers", {})}}


def _api(given: Mapping[str, Any], default: API) -> API:
    match given.get("api", default):
        case "responses":
            return "responses"
        case "chat":
            return "chat"
        case other:
            raise LLMConfigurationError(f"api is {other!r}; pass 'responses' or 'chat'", provider="openai")


def _is_openai(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")  # eu.api.openai.com and its like
