"""A call of the reference, and where it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ._laws import Account
from ._outcomes import Planned
from ._values import CallSpec


@dataclass(slots=True)
class Flight:
    """A request under way."""

    since: float
    """When the clock of the pause that is going on began."""
    planned: Planned | None = None
    given: int = 0
    """Pieces the reader has."""
    told: bool = False
    """The usage has come."""


@dataclass(slots=True)
class Call:
    """A call, and where it is."""

    spec: CallSpec
    deadline: float | None
    left: list[int]
    """Models that were not tried."""
    at: int
    modes: list[str]
    retries: int
    state: Literal["going", "queued", "paced", "flying", "pausing"] = "going"
    due: float = 0.0
    order: int = 0
    flight: Flight | None = None
    made: int = 0
    perhaps_billed: bool = False
    once: bool = False
    renewed: bool = False
    read: int = 0
    """Pieces its reader has seen of all attempts."""
    account: Account = field(default_factory=Account)
    history: list[tuple[str, str, float]] = field(default_factory=list)
