"""Function calls that come in pieces: their arguments one path at a time (`partialArgs`, Vertex AI)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from penguiflow_llm_types.wire import mapping, objects

_MOST_ITEMS: Final = 10_000  # of one list: a path is data, and must not be able to make a list of any length
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d{1,9})\]|\[(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")\]")
_VALUES: Final = ("stringValue", "numberValue", "boolValue")


def begins_partial(call: Mapping[str, Any]) -> bool:
    """Whether more of a call will follow the part that names it."""
    return bool(call.get("willContinue")) or "partialArgs" in call


class PartialCall:
    """One call whose arguments are still coming; `part` is the part that named it."""

    __slots__ = ("_arguments", "_part")

    def __init__(self, part: Mapping[str, Any]) -> None:
        self._part = part
        self._arguments: dict[str, Any] = {}

    def take(self, call: Mapping[str, Any]) -> bool:
        """Take what a part says of the arguments; whether more will follow."""
        for piece in objects(call.get("partialArgs")):
            self._put(piece)
        return bool(call.get("willContinue"))

    def whole(self) -> dict[str, Any]:
        """The part as it would have come at once."""
        call = {
            name: value
            for name, value in mapping(self._part.get("functionCall")).items()
            if name not in ("willContinue", "partialArgs")
        }
        return {**self._part, "functionCall": call | {"args": self._arguments}}

    def _put(self, piece: Mapping[str, Any]) -> None:
        steps = _steps(str(piece.get("jsonPath") or ""))
        if not steps:
            return
        holder: Any = self._arguments
        for step, following in pairwise(steps):
            holder = _descend(holder, step, [] if isinstance(following, int) else {})
        before = _get(holder, steps[-1])
        value = next((piece[name] for name in _VALUES if name in piece), None)
        joined = before + value if isinstance(before, str) and isinstance(value, str) else _number(value)
        _set(holder, steps[-1], joined)


def _steps(path: str) -> Sequence[str | int]:
    """The names and positions of an RFC 9535 singular query; none for a path that is not one."""
    steps: list[str | int] = []
    position = 1 if path.startswith("$") else len(path)
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None:
            return ()
        name, index, single, double = found.groups()
        steps.append(int(index) if index is not None else name or re.sub(r"\\(.)", r"\1", single or double or ""))
        position = found.end()
    return steps


def _descend(holder: Any, step: str | int, empty: Any) -> Any:
    found = _get(holder, step)
    if not isinstance(found, type(empty)):
        found = empty
        _set(holder, step, found)
    return found


def _get(holder: Any, step: str | int) -> Any:
    if isinstance(holder, dict):
        return holder.get(step)
    return holder[step] if isinstance(step, int) and step < len(holder) else None


def _set(holder: Any, step: str | int, value: Any) -> None:
    if isinstance(holder, dict):
        holder[str(step)] = value
    elif isinstance(step, int) and step < _MOST_ITEMS:
        holder.extend([None] * (step + 1 - len(holder)))
        holder[step] = value


def _number(value: Any) -> Any:
    """Numbers come as doubles; whole ones are meant as integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
