"""The google-genai SDK: its client is made here, and what it and google-auth raise is read here."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import lru_cache
from os import environ
from typing import Final

import httpx2
from google import genai
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, RefreshError, TransportError

from penguiflow_llm_google._options import Settings
from penguiflow_llm_types import LLMAuthError, LLMConfigurationError, LLMConnectionError, LLMError

AUTH_ERRORS: Final = (GoogleAuthError, RuntimeError, ValueError)
"""What looking for credentials and refreshing a token raises."""


def make_client(settings: Settings) -> genai.Client:
    """The SDK's client for `settings`; may read files and ask the machine's metadata server for a project.

    Raises:
        LLMConfigurationError: the SDK refuses the settings, or finds no credentials.
    """
    context = ssl_context()
    try:
        return genai.Client(
            vertexai=settings.vertex,
            api_key=None if settings.api_key is None else settings.api_key.reveal(),
            credentials=settings.credentials,
            project=settings.project,
            location=settings.location,
            http_options=genai.types.HttpOptions(
                base_url=settings.base_url,
                api_version=settings.api_version,
                headers=dict(settings.default_headers),
                client_args={"verify": context},
                async_client_args={"verify": context, "ssl": context},  # the second for its other engines
            ),
        )
    except (*AUTH_ERRORS, ImportError) as error:  # the second for a SOCKS proxy that its engine cannot use
        refused = auth_error(error, settings.redactor())
    raise refused  # outside of the handler, so that nothing of the SDK's hangs on it


def auth_error(error: Exception, redact: Callable[[str], str]) -> LLMError:
    """Ours for what google-auth, or the SDK's client, raised before anything was sent to the model."""
    why = redact(str(error))[:500]
    if isinstance(error, TransportError) or getattr(error, "retryable", False):
        return LLMConnectionError(f"could not fetch an access token: {why}", kind="connect", phase="connect")
    if isinstance(error, RefreshError):
        return LLMAuthError(
            f"the credentials give no access token: {why}; sign in again", kind="invalid", phase="local"
        )
    remedy = "run 'gcloud auth application-default login', or pass credentials=... or api_key=..."
    if isinstance(error, DefaultCredentialsError):
        return LLMConfigurationError(f"no Google Cloud credentials were found: {why}; {remedy}", phase="local")
    return LLMConfigurationError(f"the SDK's client cannot work: {why}; check project, location and credentials")


def ssl_context() -> ssl.SSLContext:
    """One context for all clients: making it is most of what a client costs."""
    return _ssl_context(environ.get("SSL_CERT_FILE"), environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=8)
def _ssl_context(cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:  # noqa: ARG001 - the cache's key
    return httpx2.create_ssl_context()  # reads the two variables itself
