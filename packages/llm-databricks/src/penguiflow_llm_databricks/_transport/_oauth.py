"""OAuth for machines: tokens for a service principal's secret.

Sources: RFC 6749, section 4.4; Databricks documentation, "Authorize service principal access with OAuth";
databricks-sdk 0.162.0, oauth.ClientCredentials; read 2026-11.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

from penguiflow_llm_databricks._credentials import MachineClient
from penguiflow_llm_databricks._errors import DATABRICKS_ERRORS
from penguiflow_llm_databricks._transport._tokens import Token
from penguiflow_llm_openai_compat.transport import OPENAI_SDK
from penguiflow_llm_types import LLMAuthError, LLMError, LLMProtocolError, Secret
from penguiflow_llm_types.wire import Redactor, WireJSON, count, error_from_response, failure, text_or_none

_FORM: Final = {"grant_type": "client_credentials", "scope": "all-apis"}
_USUAL_LIFETIME_S: Final = 3600


class TokenEndpoint:
    """Where one workspace gives out tokens."""

    __slots__ = ("_client", "_headers", "_redact", "_url")

    def __init__(self, url: str, client: MachineClient, engine: Any, redact: Redactor) -> None:
        """`engine` is an asynchronous HTTP client that follows no redirects; it stays its owner's to close."""
        self._url = url
        self._client = engine
        self._redact = redact
        pair = f"{client.client_id}:{client.client_secret.reveal()}".encode()
        self._headers = {
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }

    async def fetch(self) -> Token:
        """A new token.

        Raises:
            LLMError: the workspace refuses the secret, or gives no token.
        """
        error: LLMError
        asked_at_s = monotonic()
        try:
            response = await self._client.post(self._url, data=_FORM, headers=self._headers)
        except OPENAI_SDK.exceptions() as cause:
            error = failure(cause, stage="headers", host=str(self._url).split("/", 3)[2])
        else:
            if response.status_code < 300:
                return self._token(response.content, asked_at_s)
            error = self._refusal(response)
        raise error  # outside of the handler, so that the engine's exception and its request are not held by ours

    def _token(self, body: bytes, asked_at_s: float) -> Token:
        answer = WireJSON().body(body)
        value = text_or_none(answer.get("access_token"))
        if value is None:
            raise LLMProtocolError(
                "the token endpoint gave no access_token; check host", kind="empty", phase="parse", billed="no"
            )
        secret = Secret(value, setting="access_token")
        self._redact.remember(secret)
        lifetime = count(answer.get("expires_in")) or _USUAL_LIFETIME_S
        return Token(secret=secret, fetched_at_s=asked_at_s, lifetime_s=float(lifetime))

    def _refusal(self, response: Any) -> LLMError:
        headers = {name.lower(): value for name, value in response.headers.items()}
        now = datetime.now(UTC)
        error = error_from_response(
            response.status_code, response.content, headers, DATABRICKS_ERRORS, now=now, redact=self._redact
        )
        if response.status_code not in (400, 401, 403):
            return error
        return LLMAuthError(
            f"no token for client_id: {error.message}; check client_id, client_secret and host",
            kind="invalid",
            status=response.status_code,
            code=error.code,
            request_id=error.request_id,
            phase="headers",
        )
