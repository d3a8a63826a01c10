"""Joins the rooms, and announces them to the client."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    CredentialStatus,
    LLMConfigurationError,
    LLMRequest,
    ModelProfile,
    ProviderDescription,
    ProviderPlugin,
    Secret,
    SSEDecoder,
)
from penguiflow_llm_types.wire import (
    Encoded,
    PerLoop,
    Transport,
    WireProvider,
    check_option_names,
    check_url,
    found_secret,
)

from ._decode import LanternStream, decode
from ._encode import encode
from ._profiles import lantern_profile

OPTIONS: Final[Mapping[str, str]] = {
    "allow_insecure_http": "allow http:// to a host that is not this machine; the credential is sent in the clear",
}


class LanternWire:
    """Lantern's API."""

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
        """See `Wire`."""
        return encode(request, profile, stream=stream)

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode(body, warnings=warnings)

    def frames(self) -> SSEDecoder:
        """See `Wire`."""
        return SSEDecoder()

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> LanternStream:
        """See `Wire`."""
        return LanternStream(warnings=warnings)


def create(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> WireProvider:
    """A provider from arguments and the environment.

    Raises:
        LLMConfigurationError: settings that cannot work; nothing was sent.
    """
    check_option_names(options, OPTIONS, provider="lantern")
    url = base_url or "https://api.lantern.example/v1"
    check_url(url, "base_url", provider="lantern", allow_http=bool(options.get("allow_insecure_http")))
    secret = found_secret("api_key", api_key, os.environ, "LANTERN_API_KEY", provider="lantern")
    if secret is None:
        raise LLMConfigurationError("no credential; pass api_key=... or set LANTERN_API_KEY", provider="lantern")
    return WireProvider(
        name="lantern",
        wire=LanternWire(),
        transport=PerLoop(partial(_load, url, secret)),
        profile=lantern_profile,
        redact=secret.redact,
        description=ProviderDescription(
            api="chat",
            base_url=url,
            base_url_source="default" if base_url is None else "base_url",
            credential_source=secret.setting,
            engine="httpx2",
        ),
    )


def _load(url: str, key: Secret) -> Callable[[], Transport]:
    from ._transport import Connection  # here, so that neither an import nor an event loop waits for the HTTP engine

    return partial(Connection, url, key)


def find_credentials(environ: Mapping[str, str]) -> CredentialStatus:
    """Whether the environment holds a key."""
    if environ.get("LANTERN_API_KEY"):
        return CredentialStatus(found=True, source="LANTERN_API_KEY")
    return CredentialStatus(found=False, remedy="set LANTERN_API_KEY")


plugin = ProviderPlugin(
    name="lantern", create=create, credentials=find_credentials, options=OPTIONS, profile=lantern_profile
)
