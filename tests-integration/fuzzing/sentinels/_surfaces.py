"""Everything about a failed call that a log, a report of errors or a trace could show."""

from __future__ import annotations

import logging
import pickle
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from penguiflow_llm import LLMError

_LONGEST: Final = 20_000
_OURS: Final = "/src/penguiflow_llm"


def of_error(error: BaseException) -> Iterator[tuple[str, str]]:
    """Where, and what is said there: the error's texts, its fields, its pickle, and all that led to it."""
    yield "a traceback", "".join(traceback.format_exception(error))
    for found in _chain(error):
        name = "an error" if found is error else "what led to an error"
        yield f"the text of {name}", f"{found} {found!r} {found.args!r}"
        yield f"the notes of {name}", repr(getattr(found, "__notes__", ()))
        yield f"the fields of {name}", repr(vars(found))
        if isinstance(found, LLMError):
            yield f"the details of {name}", repr(found.details())
            yield f"the body of {name}", found.body_text() or ""
            yield f"what had arrived before {name}", repr(found.partial())
            yield f"a pickle of {name}", pickle.dumps(found).decode("latin-1")
        elif hasattr(found, "request") or hasattr(found, "response"):
            yield "a request on an error", _HELD
        yield from _of_frames(found)


_HELD: Final = "\x00held"
"""Said where an exception holds a request, whatever stands in it."""


def is_held(text: str) -> bool:
    """Whether `text` stands for a request that an exception holds."""
    return text == _HELD


def of_object(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """How a public object shows itself, and its pickle where it has one."""
    yield f"the repr of {name}", f"{value!r} {value}"
    try:
        yield f"a pickle of {name}", pickle.dumps(value).decode("latin-1")
    except (TypeError, AttributeError, pickle.PicklingError) as error:
        yield f"the refusal to pickle {name}", str(error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        found = pending.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        pending += [found.__cause__, found.__context__]
        if isinstance(found, BaseExceptionGroup):
            pending += found.exceptions


def _of_frames(error: BaseException) -> Iterator[tuple[str, str]]:
    """The variables of frames that are ours, as a reporter of errors sends them along."""
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if _OURS in frame.f_code.co_filename:
            for name, value in frame.f_locals.items():
                yield f"variable {name!r} of {frame.f_code.co_qualname}", repr(value)[:_LONGEST]
        trace = trace.tb_next


@contextmanager
def watched() -> Iterator[list[tuple[str, str]]]:
    """Everything that is logged by anyone meanwhile, at its most talkative, and every warning."""
    said: list[tuple[str, str]] = []

    class _Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append((f"the log of {record.name}", f"{record.getMessage()} {vars(record)!r}"))

    root, handler = logging.getLogger(), _Kept(level=logging.DEBUG)
    levels = {name: logger.level for name, logger in _loggers()}
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    for _, logger in _loggers():
        logger.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield said
        said += [("a warning", str(found.message)) for found in warned]
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _loggers() -> list[tuple[str, logging.Logger]]:
    known = list(logging.Logger.manager.loggerDict.items())
    return [(name, found) for name, found in known if isinstance(found, logging.Logger)]
