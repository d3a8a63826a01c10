"""A token that is renewed: before it runs out, and once the workspace says that it did."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from penguiflow_llm_types import LLMError, Secret

_MARGIN_S: Final = 300.0
"""A token with less left than this, or than half its life, is renewed before it is used."""
_REFUSED_FROM_S: Final = 40.0
"""Databricks refuses tokens with 30 seconds left ("Token is expiring within 30 seconds", databricks-vscode#583)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token; `lifetime_s` None where its life is the business of who gave it."""

    secret: Secret
    fetched_at_s: float
    lifetime_s: float | None = None

    def left_s(self, now_s: float) -> float:
        """Seconds until it runs out."""
        return float("inf") if self.lifetime_s is None else self.fetched_at_s + self.lifetime_s - now_s

    def is_fresh(self, now_s: float) -> bool:
        """Whether it can be used without a thought."""
        return self.lifetime_s is None or self.left_s(now_s) > min(_MARGIN_S, self.lifetime_s / 2)


class RenewedToken:
    """The token of one connection. However many requests want it at once, it is fetched once."""

    __slots__ = ("_clock", "_fetch", "_flight", "_token")

    def __init__(self, fetch: Callable[[], Awaitable[Token]], *, clock: Callable[[], float] = monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._flight = asyncio.Lock()
        self._token: Token | None = None

    async def get(self) -> Token:
        """The token to use, renewed if it is time.

        Raises:
            LLMError: it could not be fetched, and there is none that would still do.
        """
        token = self._token
        if token is None or not token.is_fresh(self._clock()):
            async with self._flight:
                token = self._token  # another request may have renewed it meanwhile
                if token is None or not token.is_fresh(self._clock()):
                    token = self._token = await self._renewed(token)
        return token

    def discard(self, refused: Token) -> None:
        """Forget a token that was refused, unless another request has renewed it meanwhile."""
        if self._token is refused:
            self._token = None

    async def _renewed(self, old: Token | None) -> Token:
        try:
            return await self._fetch()
        except LLMError:
            if old is None or old.left_s(self._clock()) <= _REFUSED_FROM_S:
                raise
            return old
