"""Settings of the provider: what `create` takes, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from penguiflow_llm_bedrock._sigv4 import Keys
from penguiflow_llm_types import LLMConfigurationError, ProviderDescription, Secret
from penguiflow_llm_types.wire import (
    RESERVED_HEADERS,
    Redactor,
    check_headers,
    check_option_names,
    check_url,
    client_description,
    found,
    found_secret,
    make_secret,
)

PROVIDER: Final = "bedrock"
BEARER_VARIABLE: Final = "AWS_BEARER_TOKEN_BEDROCK"

OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "client": "a boto3 'bedrock-runtime' client of your own, used in threads; it stays yours to close",
        "region": "AWS region; default: AWS_REGION, AWS_DEFAULT_REGION, the profile's",
        "profile": "name of an AWS profile (SSO, assumed roles, processes); default: AWS_PROFILE",
        "aws_access_key_id": "an access key, beside aws_secret_access_key; default: what botocore finds",
        "aws_secret_access_key": "the secret of aws_access_key_id",
        "aws_session_token": "the token of temporary keys",
        "use_fips": "True: the FIPS endpoint of the region",
        "use_dualstack": "True: the endpoint that has IPv6 too",
        "guardrail": "a guardrail for every request: {'guardrailIdentifier': ..., 'guardrailVersion': ...}",
        "latency": "'optimized' or 'standard' latency for every request",
        "models": "base model ids by ARN or other name that does not tell its model: {'arn:...': 'anthropic....'}",
        "default_headers": "headers sent with every request; they cannot replace the credential",
        "connect_timeout_s": "seconds to wait for a connection; default 5. The deadline of a call is the client's",
        "allow_insecure_http": "allow http:// to a host that is not this machine",
    }
)

_OF_CLIENT: Final = frozenset({"client", "guardrail", "latency", "models"})
_KEYS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_AWS_HOSTS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn")
_AMZ_HEADERS: Final = frozenset({"x-amz-date", "x-amz-security-token", "x-amz-content-sha256"})


class SDKClient(Protocol):
    """What is needed here of a boto3 client, so that boto3 is not loaded to name it."""

    @property
    def meta(self) -> Any:
        """Where it leads and how it is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the transport and the wire need to know."""

    client: SDKClient | None = field(default=None, repr=False)
    token: Secret | None = None
    """A Bedrock API key, sent as it is; in its absence requests are signed."""
    keys: Keys | None = None
    """Credentials that were passed; in their absence botocore looks for some."""
    base_url: str | None = None
    base_url_source: str = "default"
    configured_url: str | None = None
    """What the environment has for a base URL; where requests go then is found out by botocore, which reads it too."""
    region: str | None = None
    profile: str | None = None
    use_fips: bool | None = None
    use_dualstack: bool | None = None
    allow_insecure_http: bool = False
    connect_timeout_s: float = 5.0
    default_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body_defaults: Mapping[str, Any] = field(default_factory=dict, repr=False)
    models: Mapping[str, str] = field(default_factory=dict)

    def redact(self, text: str) -> str:
        """`text` of the provider's without the credentials passed, and without anything that looks like one."""
        text = text if self.keys is None else self.keys.redact(text)
        return Redactor([self.token], settings=[self.default_headers])(text)

    def describe(self) -> ProviderDescription:
        """See `Provider`. Of what botocore will find, only the environment's variables are known yet."""
        if self.client is not None:
            return client_description("converse", base_url=self.base_url, connect_timeout_s=None)
        return ProviderDescription(
            api="converse",
            base_url=self.base_url or self.configured_url,
            base_url_source=self.base_url_source,
            region=self.region,
            credential_source=self._credential_source,
            engine="aiohttp",
            extra_headers=tuple(self.default_headers),
            connect_timeout_s=self.connect_timeout_s,
        )

    @property
    def _credential_source(self) -> str:
        if self.token is not None:
            return self.token.setting
        if self.keys is not None:
            return self.keys.access_key.setting
        return "profile" if self.profile is not None else "botocore's search"


def read_settings(
    api_key: str | Secret | None, base_url: str | None, options: Mapping[str, Any], environ: Mapping[str, str]
) -> Settings:
    """Settings from arguments, then from `environ`. Nothing is looked for yet that takes I/O.

    A bearer token from the environment goes to AWS alone: a `base_url` argument that leads elsewhere gets only what is
    passed beside it. Requests signed with keys carry no secret, so keys from anywhere sign for any address.

    Raises:
        LLMConfigurationError: an unknown option, a URL that must not be used, credentials that contradict each other.
    """
    check_option_names(options, OPTIONS, provider=PROVIDER)
    given = {name: value for name, value in options.items() if value is not None}
    shared: dict[str, Any] = {"body_defaults": _body_defaults(given), "models": dict(given.pop("models", {}))}
    if "client" in given:
        return _of_client(api_key, base_url, given, shared)
    allow_http = bool(given.pop("allow_insecure_http", False))
    check_headers(given.get("default_headers", {}), provider=PROVIDER, reserved=RESERVED_HEADERS | _AMZ_HEADERS)
    url, url_source = found("base_url", base_url, environ, *_url_variables(environ))
    if url is not None:
        check_url(url, url_source, provider=PROVIDER, allow_http=allow_http)
    keys = _keys(given)
    if api_key is not None and keys is not None:
        raise LLMConfigurationError("api_key and AWS keys exclude each other; pass one", provider=PROVIDER)
    takes_token = keys is None and "profile" not in given and (base_url is None or _is_aws(base_url))
    trusted = environ if takes_token else {}
    return Settings(
        token=found_secret("api_key", api_key, trusted, BEARER_VARIABLE, provider=PROVIDER),
        keys=keys,
        base_url=None if base_url is None else base_url.rstrip("/"),
        base_url_source=url_source,
        configured_url=url if base_url is None else None,
        region=given.pop("region", None) or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None,
        allow_insecure_http=allow_http,
        **given,
        **shared,
    )


def _url_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Those that botocore reads, in its order, unless it is told not to (botocore 1.43, `configprovider`)."""
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return ()
    return ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL")


def _body_defaults(given: dict[str, Any]) -> dict[str, Any]:
    """Body fields of the options that hold for every request."""
    fields: dict[str, Any] = {}
    if (guardrail := given.pop("guardrail", None)) is not None:
        if not isinstance(guardrail, Mapping) or "guardrailIdentifier" not in guardrail:
            raise LLMConfigurationError(
                "guardrail names no 'guardrailIdentifier'; pass it and 'guardrailVersion'", provider=PROVIDER
            )
        fields["guardrailConfig"] = dict(guardrail)
    if (latency := given.pop("latency", None)) is not None:
        fields["performanceConfig"] = {"latency": latency}
    return fields


def _of_client(
    api_key: str | Secret | None, base_url: str | None, given: Mapping[str, Any], shared: Mapping[str, Any]
) -> Settings:
    spare = sorted(given.keys() - _OF_CLIENT)
    spare += [name for name, value in (("api_key", api_key), ("base_url", base_url)) if value is not None]
    if spare:
        raise LLMConfigurationError(
            f"client was passed beside {', '.join(spare)}; make the boto3 client with them instead", provider=PROVIDER
        )
    return Settings(client=given["client"], base_url=str(given["client"].meta.endpoint_url), **shared)


def _keys(given: dict[str, Any]) -> Keys | None:
    """The keys passed, taken out of `given`."""
    passed = {name: given.pop(name) for name in _KEYS if name in given}
    if not passed:
        return None
    if "profile" in given:
        raise LLMConfigurationError("profile and AWS keys exclude each other; pass one", provider=PROVIDER)
    missing = [name for name in _KEYS[:2] if name not in passed]
    if missing:
        raise LLMConfigurationError(f"{missing[0]} is missing beside the other key; pass both", provider=PROVIDER)
    access, secret, token = (
        make_secret(passed[name], provider=PROVIDER, setting=name) if name in passed else None for name in _KEYS
    )
    assert access is not None and secret is not None  # noqa: S101, PT018 - checked above, for the type checker
    return Keys(access_key=access, secret_key=secret, token=token)


def _is_aws(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(_AWS_HOSTS)
