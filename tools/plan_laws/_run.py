"""One schema before all laws: its plan, valid values on their way there and back, and values as they may be sent."""

from __future__ import annotations

import json
import signal
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from random import Random
from types import FrameType
from typing import Any, Final

from penguiflow_llm_schema import Dialect

from ._corpus import Record
from ._judge import Judge, Unjudgeable
from ._laws import Subject, laws_of_plan, laws_of_sent, laws_of_valid, planned, returned
from ._shown import evidence
from ._values import changed, made_for

__all__ = ["Broken", "Effort", "Tally", "examine"]

_LARGEST: Final = 60_000  # characters of a schema for which values are judged; planning alone has no limit
_MOST_OF_A_KIND: Final = 30  # values of the author's that are tried
_CHANGES: Final = 2  # of each value that may be sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is tried for each plan."""

    values: int  # made for each side
    losses: int = 8  # of which it is looked for a value that shows them
    seconds: float = 6  # for the values, and again for the losses; planning has no limit here
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A counterexample."""

    law: str
    schema: str
    dialect: str
    how: str


@dataclass(slots=True)
class Tally:
    """What was tried, and what did not hold."""

    plans: int = 0
    valid: int = 0  # values that are valid for what was asked for, taken forward and restored
    reshaped: int = 0  # of these, that are sent in another shape
    by_default: int = 0  # of these, that came back as they were but for a default
    merged: int = 0  # of these, that came back with a null for what was left out, which is reported
    sent: int = 0  # values that are valid for what was sent, restored
    evidence: Counter[str] = field(default_factory=Counter)  # what was found out about losses
    unshown: list[str] = field(default_factory=list)  # losses of which no value was found that shows them
    slow: int = 0  # schemas whose values took too long to make or to judge: a validator may need exponential time
    undeclared: int = 0  # valid values with parts that the schema does not declare, which are not sent in every branch
    losses: Counter[str] = field(default_factory=Counter)  # by keyword
    broken: list[Broken] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


class _TooSlow(BaseException):
    """Values are made and judged by programs that are not what is held to laws here."""


@contextmanager
def _within_time(seconds: float) -> Iterator[None]:
    def stop(_number: int, frame: FrameType | None) -> None:
        if frame is None or frame.f_code.co_name != "gc_callback":  # of Hypothesis: what is raised there goes unheard
            raise _TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)  # of this process's own time: others may keep it waiting
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def examine(record: Record, dialect: Dialect, effort: Effort) -> Tally:
    """Hold the plan of one schema to all laws, with values made for each side beside those of its author."""
    tally = Tally()
    subject = planned(record.schema, dialect)
    if subject is None:
        return tally
    tally.plans += 1
    tally.losses.update(loss.keyword for loss in subject.made.losses)
    found = list(laws_of_plan(subject, record.schema, dialect))
    if len(json.dumps(record.schema)) <= _LARGEST:
        rng = Random(f"{record.name}/{dialect.name}/{effort.seed}")
        drawn = _Drawn()
        try:
            with _within_time(effort.seconds):
                found.extend(_laws_of_values(subject, record, tally, drawn, effort.values, rng))
            with _within_time(effort.seconds):
                _look_for_evidence(record.name, subject, tally, drawn, effort.losses, rng)
        except _TooSlow:
            tally.slow += 1
        except Exception as error:  # noqa: BLE001 -- a crash is a counterexample, and no end of the others' run
            found.append(("total", "".join(traceback.format_exception(error)[-3:])))
    tally.broken += [Broken(law=law, schema=record.name, dialect=dialect.name, how=how) for law, how in found]
    return tally


@dataclass(slots=True)
class _Drawn:
    """The values of one schema."""

    valid: list[Any] = field(default_factory=list)  # for what was asked for
    sent: list[Any] = field(default_factory=list)  # for what was sent


def _laws_of_values(
    subject: Subject, record: Record, tally: Tally, drawn: _Drawn, count: int, rng: Random
) -> Iterator[tuple[str, str]]:
    made = [value for value in made_for(record.schema, count, rng.randrange(10**6)) if _is_valid(subject.asked, value)]
    own = record.valid[:_MOST_OF_A_KIND]
    if record.file.startswith("test_suite"):  # parts of which are optional, and not what the judge has
        own = tuple(value for value in own if _is_valid(subject.asked, value))
    drawn.valid = valid = _distinct([*own, *made])
    for value in valid:
        _count(subject, value, tally)
        for law, how in laws_of_valid(subject, value, rng):
            if law == "undeclared":
                tally.undeclared += 1
            else:
                yield law, how
    candidates = _distinct(_sendable(subject, record, valid, count, rng))
    drawn.sent = [sent for sent in candidates if _is_valid(subject.sent, sent)]
    for sent in drawn.sent:
        tally.sent += 1
        yield from laws_of_sent(subject, sent)


def _look_for_evidence(name: str, subject: Subject, tally: Tally, drawn: _Drawn, most: int, rng: Random) -> None:
    losses = subject.made.losses
    looked_at = losses if len(losses) <= most else rng.sample(losses, most)
    for found in evidence(subject, looked_at, drawn.sent, drawn.valid, rng):
        tally.evidence[found.kind] += 1
        if found.kind == "open":
            place = f"{found.loss.keyword} at {found.loss.pointer or '/'!r}"
            tally.unshown.append(f"{name} for {subject.made.dialect}: {place} ({found.loss.action})")


def _count(subject: Subject, value: Any, tally: Tally) -> None:
    sent = subject.made.forward(value)
    how = returned(subject, value, subject.made.restore(sent))
    tally.valid += 1
    tally.reshaped += sent != value
    tally.by_default += how == "by default"
    tally.merged += how == "reported"


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list({json.dumps(value): value for value in values}.values())


def _sendable(subject: Subject, record: Record, valid: list[Any], count: int, rng: Random) -> Iterator[Any]:
    """What a model may write: values for what was sent, wrong ones taken forward, right ones a little changed."""
    own = list(made_for(subject.made.schema, count, rng.randrange(10**6)))
    for sent in [*own, *map(subject.made.forward, [*record.invalid[:_MOST_OF_A_KIND], *valid])]:
        yield sent
        yield from (changed(sent, rng) for _ in range(_CHANGES))


def _is_valid(judge: Judge | None, value: Any) -> bool:
    try:
        return judge is not None and judge.is_valid(value)
    except Unjudgeable:
        return False
