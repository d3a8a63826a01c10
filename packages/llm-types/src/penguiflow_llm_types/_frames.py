"""Frames that an exception keeps alive, with all their variables."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_OURS: Final = "penguiflow_llm"


def forget_variables(error: BaseException) -> None:
    """Clear the variables of every frame of ours that `error`, and what led to it, has left.

    They hold credentials, headers and prompts, and reporters of errors send them along. Frames that still run keep
    theirs, and so does code that is not ours.
    """
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        found = pending.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        trace = found.__traceback__
        while trace is not None:
            if str(trace.tb_frame.f_globals.get("__name__")).startswith(_OURS):
                with suppress(RuntimeError):  # it still runs
                    trace.tb_frame.clear()
            trace = trace.tb_next
        pending += (found.__cause__, found.__context__, *getattr(found, "exceptions", ()))


def forgetful(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, whose exceptions keep none of its arguments alive: for one that takes credentials."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            forget_variables(error)
            del args, kwargs
            raise

    return called
