"""What a provider is to the client, and how an installed package announces one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

from penguiflow_llm_types._events import StreamEvent
from penguiflow_llm_types._profile import ModelProfile
from penguiflow_llm_types._request import LLMRequest
from penguiflow_llm_types._response import CompletionResponse

SPEC_VERSION: Final = 1
"""Version of this contract. It changes only when a provider written against it would have to."""

ENTRY_POINT_GROUP: Final = "penguiflow_llm.providers"
"""The entry-point group that installed providers are found by; each entry loads to a `ProviderPlugin`."""


@runtime_checkable
class Provider(Protocol):
    """A translator between our values and one provider's wire.

    Timeouts, retries and cancel tokens are the client's. A provider sends one request per call, raises only `LLMError`
    (and lets `asyncio.CancelledError` pass), closes its connection promptly when cancelled, and never reports an answer
    whose finish it did not see.

    It may have a method `scrub(error)`, which takes its credentials out of an error that a client made of its answer,
    and `describe()`, which returns a `ProviderDescription`.
    """

    @property
    def name(self) -> str:
        """The provider's name in model references, such as "openai"."""

    @property
    def spec_version(self) -> int:
        """The `SPEC_VERSION` it was written against."""

    def profile(self, model: str) -> ModelProfile:
        """Facts of one model; those of the nearest family, marked as assumed, for a name it does not know."""

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        """One plain request."""

    def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        """One streamed request: deltas, then exactly one `Done`. Closing the generator closes the connection."""

    async def aclose(self) -> None:
        """Release connections. Closing twice is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDescription:
    """How a provider is set up, for people to read. It holds no credential, and nothing is sent or read for it.

    A source is the name of an argument, such as "base_url", or of an environment variable, such as "OPENAI_BASE_URL".
    """

    api: str
    """What is spoken, such as "responses"."""
    base_url: str | None
    """Where requests go; None where only the first of them finds out."""
    base_url_source: str
    """"default" for the provider's own, "client" for that of an SDK client that was handed over."""
    region: str | None = None
    """What the base URL follows from, where that is a region or a location."""
    credential_source: str
    """Whose credential is sent; "none" for none, "client" for that of an SDK client that was handed over."""
    engine: str
    """What sends requests, such as "aiohttp"; "client" for whatever the SDK client that was handed over uses."""
    extra_headers: tuple[str, ...] = ()
    """Names of the headers that are sent beside the provider's own."""
    connect_timeout_s: float | None = None
    proxy: str | None = None
    """The environment's proxy that requests go through, without user name and password; None for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialStatus:
    """Whether a provider could make a call, and what to do if not."""

    found: bool
    source: str | None = None
    """Where the credential was found, such as the name of an environment variable; never its value."""
    remedy: str | None = None
    """What to set, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPlugin:
    """What an entry point of group `penguiflow_llm.providers` loads to. Loading it imports no SDK."""

    name: str
    create: Callable[..., Provider]
    """`create(api_key=..., base_url=..., **options)`: raises `LLMConfigurationError` for settings that cannot work."""
    credentials: Callable[[Mapping[str, str]], CredentialStatus]
    """Looks for a credential in the given environment, without I/O."""
    options: Mapping[str, str]
    """The provider options `create` takes beyond `api_key` and `base_url`: name to one-line meaning."""
    price_provider: str | None = None
    """The provider's id in `genai-prices`; None where its prices are not listed."""
    profile: Callable[[str], ModelProfile] | None = None
    """Facts of a model at the provider's own service, for who has no credential; None where only a provider made by
    `create` can tell."""
    extra: Mapping[str, Any] | None = None
