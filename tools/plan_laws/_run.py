"""One schema before all laws: its plan, valid values on their way there and back, and values as they may be sent."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from penguiflow_llm_schema import Dialect

from ._corpus import Record
from ._judge import Judge, Unjudgeable
from ._laws import Subject, laws_of_plan, laws_of_sent, laws_of_valid, planned
from ._values import changed, made_for

__all__ = ["Broken", "Tally", "examine"]

_LARGEST: Final = 60_000  # characters of a schema for which values are judged; planning alone has no limit
_SECONDS: Final = 15  # for the values of one schema; planning has no limit here
_MOST_OF_A_KIND: Final = 12  # values of the author's that are tried


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
    valid: int = 0  # cases of a value that is valid for what was asked for
    sent: int = 0  # cases of a value that is valid for what was sent
    slow: int = 0  # schemas whose values took too long to make or to judge: a validator may need exponential time
    undeclared: int = 0  # valid values with parts that the schema does not declare, which are not sent in every branch
    losses: Counter[str] = field(default_factory=Counter)  # by keyword
    broken: list[Broken] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.valid + self.sent

    def add(self, other: Tally) -> None:
        self.plans += other.plans
        self.valid += other.valid
        self.sent += other.sent
        self.slow += other.slow
        self.undeclared += other.undeclared
        self.losses += other.losses
        self.broken += other.broken


class _TooSlow(BaseException):
    """Values are made and judged by programs that are not what is held to laws here."""


@contextmanager
def _within_time() -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def examine(record: Record, dialect: Dialect, *, values: int, seed: int = 0) -> Tally:
    """Hold the plan of one schema to all laws, with `values` made for each side beside those of its author."""
    tally = Tally()
    subject = planned(record.schema, dialect)
    if subject is None:
        return tally
    tally.plans += 1
    tally.losses.update(loss.keyword for loss in subject.made.losses)
    found = list(laws_of_plan(subject, record.schema, dialect))
    if len(json.dumps(record.schema)) <= _LARGEST:
        try:
            with _within_time():
                rng = Random(f"{record.name}/{dialect.name}/{seed}")
                found.extend(_laws_of_values(subject, record, tally, values, rng))
        except _TooSlow:
            tally.slow += 1
    tally.broken += [Broken(law=law, schema=record.name, dialect=dialect.name, how=how) for law, how in found]
    return tally


def _laws_of_values(
    subject: Subject, record: Record, tally: Tally, count: int, rng: Random
) -> Iterator[tuple[str, str]]:
    made = [value for value in made_for(record.schema, count, rng.randrange(10**6)) if _is_valid(subject.asked, value)]
    valid = [*record.valid[:_MOST_OF_A_KIND], *made]
    for value in valid:
        tally.valid += 1
        for law, how in laws_of_valid(subject, value, rng):
            if law == "undeclared":
                tally.undeclared += 1
            else:
                yield law, how
    for sent in _sendable(subject, record, valid, count, rng):
        if _is_valid(subject.sent, sent):
            tally.sent += 1
            yield from laws_of_sent(subject, sent)


def _sendable(subject: Subject, record: Record, valid: list[Any], count: int, rng: Random) -> Iterator[Any]:
    """What a model may write: values for what was sent, wrong ones taken forward, right ones a little changed."""
    yield from made_for(subject.made.schema, count, rng.randrange(10**6))
    yield from map(subject.made.forward, record.invalid[:_MOST_OF_A_KIND])
    for value in valid:
        sent = subject.made.forward(value)
        yield sent
        yield from (changed(sent, rng) for _ in range(count))


def _is_valid(judge: Judge | None, value: Any) -> bool:
    try:
        return judge is not None and judge.is_valid(value)
    except Unjudgeable:
        return False
