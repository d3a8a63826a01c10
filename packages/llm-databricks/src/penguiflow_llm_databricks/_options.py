"""Settings of the provider: what `create` takes, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from penguiflow_llm_databricks._credentials import (
    PROVIDER,
    Credential,
    MachineClient,
    PersonalToken,
    credential_source,
    find_credential,
)
from penguiflow_llm_openai_compat import SERVICE_OPTIONS, Service, ServiceSettings, read_service
from penguiflow_llm_types import LLMConfigurationError, ProviderDescription, Secret
from penguiflow_llm_types.wire import Redactor, check_option_names, check_url, found

OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "host": "the workspace's address, such as https://NAME.cloud.databricks.com; default: DATABRICKS_HOST",
        "gateway": "True: model services of Unity AI Gateway (system.ai.*) in place of serving endpoints",
        "client_id": "OAuth for machines: the service principal's id; default: DATABRICKS_CLIENT_ID",
        "client_secret": "OAuth for machines: its secret; default: DATABRICKS_CLIENT_SECRET",
        "profile": "a profile of ~/.databrickscfg, read by databricks-sdk; default: DATABRICKS_CONFIG_PROFILE",
        **SERVICE_OPTIONS,
    }
)

# databricks-openai 0.18.0, utils/clients.py, read 2026-11.
SERVING_PATH: Final = "/serving-endpoints"
GATEWAY_PATH: Final = "/ai-gateway/mlflow/v1"
_API_PATHS: Final = (SERVING_PATH, GATEWAY_PATH, "/ai-gateway/openai/v1")

# The domains of workspaces: genai-prices 0.2.3 and databricks-sdk, read 2026-11.
_DOMAINS: Final = (".databricks.com", ".azuredatabricks.net", ".databricks.azure.us", ".databricks.azure.cn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the transport and the wire need to know. `credential` None: the client is the caller's."""

    service: ServiceSettings
    host: str
    credential: Credential | None = None

    def describe(self) -> ProviderDescription:
        """See `Provider`."""
        source = None if self.credential is None else credential_source(self.credential)
        return self.service.describe(credential_source=source)

    def redactor(self) -> Redactor:
        """A new one, which knows the credential that was given."""
        service, secret = self.service, self.service.api_key
        match self.credential:
            case PersonalToken(token=given) | MachineClient(client_secret=given):
                secret = given
            case _:
                pass
        redact = Redactor([secret], settings=[service.default_headers, service.default_query])
        redact.remember(getattr(service.client, "api_key", None))
        return redact

    @property
    def token_url(self) -> str:
        """Where a service principal gets its tokens. databricks-sdk 0.162.0, oauth.py, read 2026-11."""
        return f"{self.host}/oidc/v1/token"


def read_settings(
    api_key: str | Secret | None,
    base_url: str | None,
    options: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    has_sdk: bool,
) -> Settings:
    """Settings from arguments, then from `environ`.

    A credential of the environment goes to DATABRICKS_HOST; where that is not set, to any address of Databricks'.
    `has_sdk`: whether `databricks-sdk` is installed.

    Raises:
        LLMConfigurationError: an unknown option, no workspace, a URL that must not be used, a missing credential.
    """
    check_option_names(options, OPTIONS, provider=PROVIDER)
    given = {name: value for name, value in options.items() if value is not None}
    shared = {name: value for name, value in given.items() if name in SERVICE_OPTIONS}
    if "client" in given:
        return _of_client(api_key, base_url, given, shared)
    url, url_source = _url(base_url, given, environ)
    home = environ.get("DATABRICKS_HOST")
    credential = find_credential(api_key, given, environ, trusts_environment=_is_home(url, home), has_sdk=has_sdk)
    service = Service(provider=PROVIDER, title="Databricks", base_url=url, needs_key=False)
    reached = read_service(service, None, url, shared, {})
    return Settings(
        service=replace(reached, api_key=None, base_url_source=url_source), host=_host_of(url), credential=credential
    )


def _of_client(
    api_key: str | Secret | None, base_url: str | None, given: Mapping[str, Any], shared: Mapping[str, Any]
) -> Settings:
    spare = sorted(given.keys() - shared.keys())
    if spare:
        raise LLMConfigurationError(
            f"client was passed beside {', '.join(spare)}; make the SDK client with them instead", provider=PROVIDER
        )
    service = Service(provider=PROVIDER, title="Databricks", base_url="", needs_key=False)
    reached = read_service(service, api_key, base_url, shared, {})
    return Settings(service=reached, host=_host_of(reached.base_url))


def _url(base_url: str | None, given: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[str, str]:
    """The address of the API, from that of the API or of the workspace; and the name that was given under."""
    if base_url is not None and "host" in given:
        raise LLMConfigurationError("base_url and host exclude each other; pass one", provider=PROVIDER)
    host, setting = found("host", given.get("host") or None, environ, "DATABRICKS_HOST")
    address, setting = (base_url, "base_url") if base_url else (host, setting)
    if not address:
        raise LLMConfigurationError(
            "no workspace; pass host='https://NAME.cloud.databricks.com' or set DATABRICKS_HOST", provider=PROVIDER
        )
    address = str(address).rstrip("/")
    if base_url is None and "://" not in address:  # as DATABRICKS_HOST often is
        address = f"https://{address}"
    check_url(address, setting, provider=PROVIDER, allow_http=bool(given.get("allow_insecure_http")))
    if address.endswith(_API_PATHS):
        return address, setting
    return address + (GATEWAY_PATH if given.get("gateway") else SERVING_PATH), setting


def _host_of(url: str) -> str:
    """The workspace that an address of its API belongs to."""
    path = next((path for path in _API_PATHS if url.rstrip("/").endswith(path)), "")
    return url.rstrip("/").removesuffix(path)


def _is_home(url: str, home: str | None) -> bool:
    host = urlsplit(url).hostname or ""
    if home:
        return host == urlsplit(home if "://" in home else f"https://{home}").hostname
    return host.endswith(_DOMAINS)
