"""Expectations by rule: never tried again, tried again and healed, not to be had here."""

from __future__ import annotations

from typing import Any

from fault_matrix._bench import Bench
from fault_matrix._values import Expect, Expected


def always(expected: Expected) -> Expect:
    """The same for everyone."""
    return lambda _: expected


def fine(*, requests: int = 1, **more: Any) -> Expect:
    """The call succeeds, and nothing went wrong on its way."""
    return lambda _: Expected(requests=requests, **more)


def never(error: str, kind: str | None = None, *, requests: int = 1, **more: Any) -> Expect:
    """Raised by the first attempt, which is the only one."""
    return lambda _: Expected(error=error, kind=kind, requests=requests, **more)


def healed(error: str, kind: str | None = None, *, requests: int = 2, **more: Any) -> Expect:
    """The first attempt fails so, and the next one succeeds."""
    return lambda _: Expected(error=error, kind=kind, healed=True, requests=requests, **more)


def before_and_after(error: str, kind: str | None, **more: Any) -> Expect:
    """Tried again where nothing has been seen, which is where the call is not streamed."""

    def expect(bench: Bench) -> Expected:
        if bench.streamed:
            return Expected(error=error, kind=kind, committed=True, partial=True, **more)
        return Expected(error=error, kind=kind, healed=True, requests=2, **more)

    return expect


def by_provider(default: Expect, **others: Expect) -> Expect:
    """What differs between providers."""
    return lambda bench: others.get(bench.provider, default)(bench)


def not_here(reason: str) -> Expect:
    """A cell that cannot be, and why."""
    return lambda _: reason
