"""Who asks and where: the credential and the endpoint, as botocore finds them.

Finding them may take files, processes and requests, and botocore blocks meanwhile: `find` is for a thread. What was
found is kept; temporary credentials are renewed by botocore before they end.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from penguiflow_llm_bedrock._options import PROVIDER, Settings
from penguiflow_llm_bedrock._sigv4 import Keys
from penguiflow_llm_types import (
    LLMAuthError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMError,
    Secret,
    redact_key_like,
)
from penguiflow_llm_types.wire import check_url

_NO_CREDENTIAL: Final = (
    "no credential for AWS; pass api_key=... (a Bedrock API key), profile=... or AWS keys, set "
    "AWS_BEARER_TOKEN_BEDROCK, or configure AWS as for its command line"
)
_LEAST_LIFE_S: Final = 300  # with less left, a call waits for new credentials: an answer may take minutes
_MISCONFIGURED: Final = frozenset(
    {"ProfileNotFound", "ConfigParseError", "NoRegionError", "EndpointResolutionError", "InvalidRegionError"}
)
_NO_REGION: Final = "no AWS region; pass region=... or set AWS_REGION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Where to send, and with what proof: a token, or keys that sign for a region."""

    url: str
    """Scheme, host and perhaps a path, without a slash at its end."""
    token: Secret | None = None
    keys: Keys | None = None
    region: str = ""
    host: str = field(init=False)
    """With its port, as in the `host` header."""
    path: str = field(init=False)
    """What of the URL stands before a request's own path."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        object.__setattr__(self, "host", parts.netloc)
        object.__setattr__(self, "path", parts.path)


@dataclass(frozen=True, slots=True)
class _Found:
    identity: Identity
    credentials: Any
    """botocore's, where they end and are renewed; None where they hold for good."""

    def is_current(self) -> bool:
        return self.credentials is None or not self.credentials.refresh_needed(_LEAST_LIFE_S)

    def is_due(self) -> bool:
        """Whether to renew now: botocore does so from fifteen minutes before the end."""
        return self.credentials is not None and self.credentials.refresh_needed()


class Identities:
    """The identity of one provider, shared by its event loops."""

    __slots__ = ("_found", "_lock", "_of_client", "_session", "_settings")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._found: _Found | None = None
        self._of_client: Keys | None = None
        self._session: Any = None

    def current(self) -> Identity | None:
        """The identity at hand, without any I/O; None when a call has to wait for another."""
        found = self._found
        return found.identity if found is not None and found.is_current() else None

    def is_due(self) -> bool:
        """Whether to call `find` although there is a current identity: it will end soon."""
        return self._found is not None and self._found.is_due()

    def find(self) -> Identity:
        """The identity, looked for or renewed; blocks meanwhile. Several threads wait for one search.

        Raises:
            LLMError: there is none, or it cannot be renewed.
        """
        with self._lock:
            found = self._found
            if found is None or found.is_due():
                self._found = found = self._searched(found)
            return found.identity

    def forget(self, identity: Identity) -> None:
        """Look again next time: the provider says that this one has expired. Does not wait for a search."""
        found = self._found
        if found is not None and found.identity is identity:
            self._found = self._session = None

    def redact(self, text: str) -> str:
        """`text` without any credential that is in use, or that looks like one."""
        found = self._found
        for keys in (None if found is None else found.identity.keys, self._of_client):
            text = text if keys is None else keys.redact(text)
        return self._settings.redact(text)

    def signed_by(self, client: Any) -> None:
        """Know the credentials of a caller's boto3 client, for `redact`; it has just used them, so none is fetched."""
        credentials = getattr(getattr(client, "_request_signer", None), "_credentials", None)  # a test holds botocore
        self._of_client = None if credentials is None else _frozen(credentials)

    def _searched(self, before: _Found | None) -> _Found:
        try:
            return self._looked_for() if before is None else self._renewed(before)
        except LLMError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever botocore and its helpers raise
            problem = _problem(error)
        raise problem  # outside of the handler: botocore's exceptions may hold what was sent

    def _looked_for(self) -> _Found:
        settings = self._settings
        if settings.base_url is not None and settings.token is not None:
            return _Found(Identity(url=settings.base_url, token=settings.token), None)
        region = settings.region or self._boto_session().region_name
        if not region:
            raise LLMConfigurationError(_NO_REGION, provider=PROVIDER, phase="local")
        url = settings.base_url or self._endpoint(region)
        if settings.token is not None or settings.keys is not None:
            return _Found(Identity(url=url, token=settings.token, keys=settings.keys, region=region), None)
        credentials = self._boto_session().get_credentials()
        if credentials is None:
            raise LLMConfigurationError(_NO_CREDENTIAL, provider=PROVIDER, phase="local")
        ends = hasattr(credentials, "refresh_needed")
        return _Found(Identity(url=url, keys=_frozen(credentials), region=region), credentials if ends else None)

    def _renewed(self, before: _Found) -> _Found:
        old = before.identity
        return _Found(Identity(url=old.url, keys=_frozen(before.credentials), region=old.region), before.credentials)

    def _boto_session(self) -> Any:
        if self._session is None:
            # Here and not above: it is slow to load, and with a token and a base_url not needed at all.
            import boto3

            self._session = boto3.Session(profile_name=self._settings.profile, region_name=self._settings.region)
        return self._session

    def _endpoint(self, region: str) -> str:
        """As botocore resolves it: rules, environment, configuration files. Its client is made for this alone."""
        # Here for the same reason.
        from botocore.config import Config

        config = Config(use_fips_endpoint=self._settings.use_fips, use_dualstack_endpoint=self._settings.use_dualstack)
        client = self._boto_session().client("bedrock-runtime", region_name=region, config=config)
        url = str(client.meta.endpoint_url).rstrip("/")
        client.close()
        check_url(url, "the endpoint", provider=PROVIDER, allow_http=self._settings.allow_insecure_http)
        return url


def _frozen(credentials: Any) -> Keys:
    frozen = credentials.get_frozen_credentials()
    return Keys(
        access_key=Secret(frozen.access_key, setting="the AWS access key"),
        secret_key=Secret(frozen.secret_key, setting="the AWS secret key"),
        token=None if frozen.token is None else Secret(frozen.token, setting="the AWS session token"),
    )


def _problem(error: Exception) -> LLMError:
    """Ours for what kept botocore from finding a credential, the network's fault told apart from the credential's."""
    names = {base.__name__ for base in type(error).__mro__}
    why = f"{type(error).__name__}: {redact_key_like(str(error))}"
    if names & _MISCONFIGURED:
        return LLMConfigurationError(f"AWS is not configured: {why}", phase="local")
    if names & {"HTTPClientError", "ConnectionError"}:
        return LLMConnectionError(
            f"no AWS credential, because its source cannot be reached: {why}", kind="connect", phase="connect"
        )
    return LLMAuthError(f"no AWS credential: {why}; sign in again, or check the profile", kind="invalid", phase="local")
