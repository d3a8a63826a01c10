"""The test that the other tests are all there."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ._suite import Suite

_FREE: Final = frozenset({"facts", "make_provider", "make_simulator", "pytestmark"})
"""What a subclass may say for itself."""
_META: Final = "test_nothing_is_left_out"
_MARKS: Final = frozenset({"skip", "skipif", "xfail"})


class Whole(Suite):
    """Holds a subclass to the whole suite."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep the one test that watches over the others.

        Raises:
            TypeError: the subclass replaces it, or names it in `skips` or `overrides`.
        """
        super().__init_subclass__(**kwargs)
        facts = vars(cls).get("facts")
        if _META in vars(cls) or (facts and _META in (*facts.skips, *facts.overrides)):
            raise TypeError(f"{cls.__name__} cannot do without {_META}; take it out of the class, skips and overrides")

    def test_nothing_is_left_out(self) -> None:
        """A provider that passes has passed every test there is, but for those it gives a reason for."""
        assert list(departures(type(self))) == []


def departures(cls: type[Whole]) -> Iterator[str]:
    """What a subclass changed in the suite without a reason, one sentence each."""
    suite = _suite_of(cls)
    tests = {name for name in dir(suite) if name.startswith("test_")}
    yield from _bad_reasons("skips", cls.facts.skips, tests)
    yield from _bad_reasons("overrides", cls.facts.overrides, tests)
    for name in sorted(dir(suite)):
        theirs, ours = inspect.getattr_static(cls, name, None), inspect.getattr_static(suite, name)
        if theirs is not ours and not _is_free(name) and not (callable(theirs) and name in cls.facts.overrides):
            where = "overrides" if callable(theirs) else "skips"
            yield f"{name} is replaced or removed; leave it as it is and, if it cannot pass, give the reason in {where}"
    for name in sorted({"pytestmark", *tests}):
        yield from _marks(cls, name)


def _suite_of(cls: type[Whole]) -> type[Whole]:
    """The suite itself: the first class in the order of look-up that belongs to this package."""
    return next(base for base in cls.__mro__ if base.__module__.startswith(f"{__package__}"))


def _is_free(name: str) -> bool:
    return name in _FREE or (name.startswith("__") and name.endswith("__"))


def _bad_reasons(where: str, reasons: Mapping[str, str], tests: set[str]) -> Iterator[str]:
    for name, reason in reasons.items():
        if name.partition("[")[0] not in tests:
            yield f"{where} names {name}, which is no test of the suite; take it out"
        if not reason.strip():
            yield f"{where} gives no reason for {name}; say what the wire cannot do"


def _marks(cls: type[Whole], name: str) -> Iterator[str]:
    """Marks that keep a test from counting."""
    held = inspect.getattr_static(cls, name, None)
    marks = held if name == "pytestmark" else getattr(held, "pytestmark", ())
    for mark in marks if isinstance(marks, list | tuple) else [marks]:
        if getattr(mark, "name", None) in _MARKS:
            yield f"{name} carries the mark {mark.name}; give the reason in skips instead"
