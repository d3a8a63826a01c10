"""The OpenAI SDK's client, with a token that may change between requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, assert_never

from penguiflow_llm_databricks._credentials import MachineClient, PersonalToken, SDKSignIn
from penguiflow_llm_databricks._errors import DATABRICKS_ERRORS
from penguiflow_llm_databricks._options import Settings
from penguiflow_llm_databricks._transport._databricks_sdk import SDKTokens
from penguiflow_llm_databricks._transport._oauth import TokenEndpoint
from penguiflow_llm_databricks._transport._tokens import RenewedToken, Token
from penguiflow_llm_openai_compat.transport import OPENAI_SDK, service_connection
from penguiflow_llm_types import LLMAuthError, Secret
from penguiflow_llm_types.wire import Answer, Encoded, Redactor, Transport, guard_connection


class TokenSource(Protocol):
    """Gives tokens that run out."""

    async def fetch(self) -> Token:
        """A new token; raises `LLMError` where there is none."""
        ...


def connection(settings: Settings, redact: Redactor) -> Transport:
    """A connection over a client of our own, signed in as the settings say, or over the caller's."""
    credential = settings.credential
    if credential is None or isinstance(credential, PersonalToken):
        return FixedConnection(settings, credential, redact)
    return RenewingConnection(settings, credential, redact)


class FixedConnection:
    """A connection whose credential cannot be renewed here."""

    __slots__ = ("_connection", "_credential")

    def __init__(self, settings: Settings, credential: PersonalToken | None, redact: Redactor) -> None:
        self._credential = credential
        self._connection = service_connection(settings.service, errors=DATABRICKS_ERRORS, redact=redact)

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """See `Transport.send`. A token that cannot be renewed is said to be invalid, not expired: no retry helps."""
        if self._credential is not None:
            request = _signed(request, self._credential.token)
        try:
            return await self._connection.send(request, stream=stream)
        except LLMAuthError as error:
            error.kind = "invalid" if error.kind == "expired" else error.kind
            raise

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._connection.aclose()


class RenewingConnection:
    """A connection whose tokens are fetched, and fetched again when the workspace says that one has expired."""

    __slots__ = ("_connection", "_engine", "_tokens")

    def __init__(self, settings: Settings, credential: MachineClient | SDKSignIn, redact: Redactor) -> None:
        self._engine = _token_engine(settings)
        self._tokens = RenewedToken(_source(settings, credential, self._engine, redact).fetch)
        self._connection = service_connection(settings.service, errors=DATABRICKS_ERRORS, redact=redact)

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """See `Transport.send`."""
        token = await self._tokens.get()
        try:
            return await self._connection.send(_signed(request, token.secret), stream=stream)
        except LLMAuthError as error:
            if error.kind == "expired":
                self._tokens.discard(token)
            raise

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._connection.aclose()
        await self._engine.aclose()


def _signed(request: Encoded, token: Secret) -> Encoded:
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token.reveal()}"})


def _source(settings: Settings, credential: MachineClient | SDKSignIn, engine: Any, redact: Redactor) -> TokenSource:
    match credential:
        case MachineClient():
            return TokenEndpoint(settings.token_url, credential, engine, redact)
        case SDKSignIn():
            return SDKTokens(settings.host, credential, redact)
        case _:
            assert_never(credential)


def _token_engine(settings: Settings) -> Any:
    """An HTTP client for the few requests for tokens; refusals are read by who asks."""
    timeout = OPENAI_SDK.engine.Timeout(None, connect=settings.service.connect_timeout_s)
    return OPENAI_SDK.engine.AsyncClient(
        follow_redirects=False, timeout=timeout, event_hooks={"request": [guard_connection]}
    )
