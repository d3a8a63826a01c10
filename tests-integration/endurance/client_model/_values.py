"""What the client under test and its reference agree to speak of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from penguiflow_llm import Usage

PIECE: Final = 6
"""Characters of a streamed piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a client is made."""

    models: int
    slots: int | None
    pace: bool
    most_usd: Decimal | None
    cooldown_s: float
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSpec:
    """One call."""

    number: int
    typed: bool
    streamed: bool
    timeout_s: float | None = None
    retries: int = 2
    most_usd: Decimal | None = None
    first_output_s: float | None = None
    progress_s: float | None = None
    token: int | None = None
    leaves_after: int = 0
    """A reader leaves after so many pieces; 0 never."""
    leaves_at_end: bool = False
    """A reader leaves when it sees the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a call ended, when, and what it used; None and empty where its ending does not tell."""

    how: str
    at: float
    steps: int | None = None
    usage: Usage | None = None
    cost: Decimal | None = None
    wait_s: float | None = None
    mode: str | None = None
    history: tuple[tuple[str | None, str, float], ...] = ()
