"""Settings of the provider: what `create` takes, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from penguiflow_llm_types import LLMConfigurationError, ProviderDescription, Secret
from penguiflow_llm_types.wire import (
    NO_KEY,
    Redactor,
    check_headers,
    check_option_names,
    check_url,
    client_description,
    engine_name,
    found,
    found_secret,
)

OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "client": "a genai.Client of your own; it stays yours to close",
        "vertexai": "True for Vertex AI; default: GOOGLE_GENAI_USE_ENTERPRISE, else GOOGLE_GENAI_USE_VERTEXAI",
        "project": "Google Cloud project, for Vertex AI; default: GOOGLE_CLOUD_PROJECT",
        "location": "Google Cloud location, for Vertex AI; default: GOOGLE_CLOUD_LOCATION, else 'global'",
        "credentials": "google.auth credentials, for Vertex AI; default: Application Default Credentials",
        "api_version": "API version; default: GOOGLE_GENAI_API_VERSION, else the SDK's (v1, on Vertex AI v1beta1)",
        "default_headers": "headers sent with every request; they cannot replace the credential",
        "connect_timeout_s": "seconds to wait for a connection; default 5. The deadline of a call is the client's",
        "use_aiohttp": "True or False; default: the aiohttp engine where aiohttp is installed",
        "allow_insecure_http": "allow http:// to a host that is not this machine; the credential is sent in the clear",
    }
)

_PROVIDER: Final = "google"
_KEY_VARIABLES: Final = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
_VERTEX_VARIABLES: Final = ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI")
_HOME: Final = "https://generativelanguage.googleapis.com"
_ONLY_VERTEX: Final = ("project", "location", "credentials")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the transport and the wire need to know."""

    vertex: bool
    api_key: Secret | None = None
    base_url: str | None = None
    base_url_source: str = "default"
    client: Any = field(default=None, repr=False)
    project: str | None = None
    location: str | None = None
    credentials: Any = field(default=None, repr=False)
    api_version: str | None = None
    default_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    connect_timeout_s: float = 5.0
    use_aiohttp: bool | None = None

    @property
    def parent(self) -> str | None:
        """What the names of own resources begin with at Vertex AI; None where the project is not known here."""
        if not self.vertex or self.project is None:
            return None
        return f"projects/{self.project}/locations/{self.location or 'global'}"

    def describe(self) -> ProviderDescription:
        """See `Provider`. The address of Vertex AI follows from the location, which only the SDK may know."""
        api = "generateContent at Vertex AI" if self.vertex else "generateContent"
        if self.client is not None:
            return client_description(api, base_url=None, connect_timeout_s=self.connect_timeout_s)
        return ProviderDescription(
            api=api,
            base_url=self.base_url or (None if self.vertex else _HOME),
            base_url_source=self.base_url_source,
            region=self.location,
            credential_source=self._credential_source,
            engine=engine_name(use_aiohttp=self.use_aiohttp),
            extra_headers=tuple(self.default_headers),
            connect_timeout_s=self.connect_timeout_s,
        )

    @property
    def _credential_source(self) -> str:
        if self.api_key is not None:
            return self.api_key.setting
        return "Application Default Credentials" if self.credentials is None else "credentials"

    def redactor(self) -> Redactor:
        """A new one, which knows the credential that was given."""
        return Redactor([self.api_key], settings=[self.default_headers])


def read_settings(
    api_key: str | Secret | None, base_url: str | None, options: Mapping[str, Any], environ: Mapping[str, str]
) -> Settings:
    """Settings from arguments, then from `environ`.

    A credential from the environment goes to Google, and to a base URL that is from the environment too; a `base_url`
    argument gets only the one passed beside it.

    Raises:
        LLMConfigurationError: an unknown option, a URL that must not be used, a missing or malformed credential.
    """
    check_option_names(options, OPTIONS, provider=_PROVIDER)
    given = {name: value for name, value in options.items() if value is not None}
    allow_http = bool(given.pop("allow_insecure_http", False))
    if "client" in given:
        return _of_client(api_key, base_url, given)
    check_headers(given.get("default_headers", {}), provider=_PROVIDER)
    vertex = bool(given.pop("vertexai", _says_vertex(environ)))
    variable = "GOOGLE_VERTEX_BASE_URL" if vertex else "GOOGLE_GEMINI_BASE_URL"
    url, url_source = found("base_url", base_url or None, environ, variable)
    if url is not None:
        check_url(url, "base_url", provider=_PROVIDER, allow_http=allow_http)
    given |= {"base_url": url, "base_url_source": url_source}
    is_foreign = base_url is not None and not _is_google(base_url)
    trusted: Mapping[str, str] = {} if is_foreign else environ
    if vertex:
        return _vertex(api_key, given, trusted, is_foreign=is_foreign)
    _refuse_vertex_options(given)
    key = found_secret("api_key", api_key, trusted, *_KEY_VARIABLES, provider=_PROVIDER)
    if key is None and not is_foreign:
        raise LLMConfigurationError(
            "no credential for Gemini; pass api_key=... or set GOOGLE_API_KEY (for Vertex AI: vertexai=True)",
            provider=_PROVIDER,
        )
    return Settings(vertex=False, api_key=key or NO_KEY, **given)


def find_credential(environ: Mapping[str, str]) -> str | None:
    """Where the environment holds a credential, or says how to come by one; None where it does not."""
    for name in _KEY_VARIABLES:
        if environ.get(name):
            return name
    if _says_vertex(environ):
        names = ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT")
        return next((name for name in names if environ.get(name)), None)
    return None


def _of_client(api_key: str | Secret | None, base_url: str | None, given: dict[str, Any]) -> Settings:
    spare = sorted(given.keys() - {"client", "connect_timeout_s"})
    spare += [name for name, value in (("api_key", api_key), ("base_url", base_url)) if value is not None]
    if spare:
        raise LLMConfigurationError(
            f"client was passed beside {', '.join(spare)}; make the SDK client with them instead", provider=_PROVIDER
        )
    return Settings(vertex=bool(getattr(given["client"], "vertexai", False)), **given)


def _vertex(
    api_key: str | Secret | None, given: dict[str, Any], environ: Mapping[str, str], *, is_foreign: bool
) -> Settings:
    """Vertex AI: by a key (express mode), by credentials of the caller's, or by those of the machine."""
    if api_key is not None and "credentials" in given:
        raise LLMConfigurationError("api_key and credentials exclude each other; pass one", provider=_PROVIDER)
    given.setdefault("project", environ.get("GOOGLE_CLOUD_PROJECT") or None)
    given.setdefault("location", environ.get("GOOGLE_CLOUD_LOCATION") or None)
    needs_key = "credentials" not in given and given["project"] is None and given["location"] is None
    key = found_secret("api_key", api_key, environ if needs_key else {}, *_KEY_VARIABLES, provider=_PROVIDER)
    if is_foreign and key is None and "credentials" not in given:
        raise LLMConfigurationError(
            "base_url leads away from Google, where this machine's credentials are not sent; pass api_key=... or "
            "credentials=... beside it",
            provider=_PROVIDER,
        )
    return Settings(vertex=True, api_key=key, **given)


def _refuse_vertex_options(given: Mapping[str, Any]) -> None:
    spare = [name for name in _ONLY_VERTEX if name in given]
    if spare:
        raise LLMConfigurationError(
            f"{', '.join(spare)} belong to Vertex AI; pass vertexai=True beside them", provider=_PROVIDER
        )


def _says_vertex(environ: Mapping[str, str]) -> bool:
    said = next((environ[name] for name in _VERTEX_VARIABLES if environ.get(name)), "")
    return said.lower() in ("true", "1")


def _is_google(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "googleapis.com" or host.endswith(".googleapis.com")
