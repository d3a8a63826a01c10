"""What a fault is, what has to come of it, and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from fault_matrix._bench import Bench
from penguiflow_llm import LLMClient

ANY: Final = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What one cell has to come to. None is not looked at."""

    error: str | None = None
    """Type of the first attempt's error; None: there is none."""
    kind: str | None = None
    """ANY: whichever the provider's words mean."""
    healed: bool = False
    """Whether the call succeeds in spite of it, by another request."""
    requests: int | None = 1
    """Requests that reach the provider."""
    billed: str | None = None
    committed: bool | None = False
    retry_after_s: float | None = None
    least_s: float = 0.0
    most_s: float = 15.0
    raised: str | None = None
    """Type of what is raised, where it is not the first attempt's error but names it as its cause."""
    partial: bool = False
    """Whether what had arrived is kept on the error."""


Expect: TypeAlias = Callable[[Bench], Expected | str]
"""The expectation of one cell, or why the cell cannot be: a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One row of the matrix."""

    id: str
    title: str
    inject: Callable[[Bench], Any]
    """Prepares the bench; may be a coroutine function that makes the whole call itself and returns its error."""
    expect: Expect
    plain: bool = True
    streamed: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the client."""
    call: Callable[[Bench, LLMClient], Awaitable[Any]] | None = None
    """Makes the call, where it is not the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a call came to."""

    first: BaseException | None
    """The error of its first attempt."""
    raised: BaseException | None
    requests: int
    elapsed_s: float
    first_s: float
    """How long the first attempt took, where there was another; else the call."""
    leaks: tuple[str, ...]
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One fault of one provider over one transport, and how it went."""

    fault: str
    title: str
    provider: str
    streamed: bool
    outcome: str
    """As it was observed: "ok", "Connection[reset] -> ok", "Auth[invalid]"."""
    problems: tuple[str, ...] = ()
    reason: str | None = None
    """Why it cannot be tried; None where it was."""
    requests: int = 0
    elapsed_s: float = 0.0
    overshoot_s: float | None = None
    """How late a time-out came."""
    drawn: Mapping[str, int] = field(default_factory=dict)
    """What the seed decided: cut positions, sizes, gaps, moments."""
    seed: int = 0
