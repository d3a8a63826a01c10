"""Sign-ins that `databricks-sdk` knows: profiles, notebooks, the clouds' own. It blocks, so it runs in a thread."""

from __future__ import annotations

import asyncio
import importlib
from time import monotonic

from penguiflow_llm_databricks._credentials import SDKSignIn
from penguiflow_llm_databricks._transport._tokens import Token
from penguiflow_llm_types import LLMAuthError, Secret
from penguiflow_llm_types.wire import Redactor

_ASKED_AGAIN_AFTER_S = 60.0
"""The SDK renews its tokens by itself; its own look-up is cheap, but it belongs off the event loop."""


class SDKTokens:
    """Tokens of one `databricks.sdk` configuration."""

    __slots__ = ("_host", "_redact", "_sign_in")

    def __init__(self, host: str, sign_in: SDKSignIn, redact: Redactor) -> None:
        self._host = host
        self._sign_in = sign_in
        self._redact = redact

    async def fetch(self) -> Token:
        """The token the SDK gives now.

        Raises:
            LLMAuthError: the SDK finds no way to sign in, or the one it finds fails.
        """
        value, problem = await asyncio.to_thread(self._authorization)
        if value is None:
            raise LLMAuthError(
                f"databricks-sdk could not sign in: {self._redact(problem)}; check the profile, or pass api_key",
                kind="invalid",
                phase="local",
            )
        secret = Secret(value, setting="token")
        self._redact.remember(secret)
        return Token(secret=secret, fetched_at_s=monotonic(), lifetime_s=2 * _ASKED_AGAIN_AFTER_S)

    def _authorization(self) -> tuple[str | None, str]:
        """The bearer token, or None and why there is none."""
        try:
            # Settings that name a profile have made sure that it is installed.
            module = importlib.import_module("databricks.sdk.config")
            headers: dict[str, str] = module.Config(host=self._host, profile=self._sign_in.profile).authenticate()
        except Exception as error:  # noqa: BLE001 - the SDK raises ValueError, requests' errors and those of clouds
            return None, f"{type(error).__name__}: {error}"
        scheme, _, value = headers.get("Authorization", "").partition(" ")
        return (value, "") if scheme == "Bearer" and value else (None, f"it signs in by {scheme or 'nothing'}")
