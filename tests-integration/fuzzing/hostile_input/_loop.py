"""Runs targets: every exception and every hang is a finding, known by where it happened."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Final

from ._target import Target

HANG_S: Final = 0.05
"""CPU seconds of one execution that are too many."""
_GIVE_UP_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect, and the first input that showed it."""

    target: str
    what: str
    data: bytes


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the executions of one target."""

    target: str
    executions: int = 0
    seconds: float = 0.0
    """Of CPU, mutations included."""
    slowest_s: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    findings: dict[str, Finding] = field(default_factory=dict)
    failures: int = 0
    """Executions that ended in a finding, known ones included."""


class _TooLong(Exception):  # noqa: N818 - never seen outside of this module
    pass


def examine(target: Target, executions: int, *, seed: int, progress: Callable[[Tally], None] | None = None) -> Tally:
    """Run `target` on so many inputs; the same seed makes the same inputs."""
    rng, tally = Random(f"{seed} {target.name}"), Tally(target=target.name)
    started = time.thread_time()
    with _watched():
        for number in range(executions):
            data = target.make(rng)
            what = _tried(target, data, tally)
            tally.executions += 1
            if what is not None:
                tally.failures += 1
                tally.findings.setdefault(what, Finding(target=target.name, what=what, data=data))
            if progress is not None and number % 1_000 == 999:
                tally.seconds = time.thread_time() - started
                progress(tally)
    tally.seconds = time.thread_time() - started
    return tally


def problem_of(target: Target, data: bytes) -> str | None:
    """What is wrong with how `target` takes `data`; None where nothing is."""
    with _watched():
        return _tried(target, data, Tally(target=target.name))


def _tried(target: Target, data: bytes, tally: Tally) -> str | None:
    took, end, what = _timed(target, data)
    if what is None and took > HANG_S / 10:  # again, because a first time may have paid for a cache or for others
        took = min(took, _timed(target, data)[0], _timed(target, data)[0])
        what = "took more than 50 ms" if took > HANG_S else None
    tally.slowest_s = max(tally.slowest_s, took)
    if end is not None:
        tally.ends[end] += 1
    return what


def _timed(target: Target, data: bytes) -> tuple[float, str | None, str | None]:
    """CPU seconds, how it ended, what was wrong."""
    end = what = None
    started = time.thread_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, _GIVE_UP_S)
    try:
        end = target.run(data)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        what = f"{type(error).__name__} in {_place(error.__traceback__)}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - started, end, what


def _place(trace: TracebackType | None) -> str:
    """The innermost line of code that is ours."""
    found = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if "penguiflow_llm" in code.co_filename or "hostile_input" in code.co_filename:
            found = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_qualname}"
        trace = trace.tb_next
    return found


@contextmanager
def _watched() -> Iterator[None]:
    """An execution that does not come to an end is broken off."""

    def stop(number: int, frame: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)
