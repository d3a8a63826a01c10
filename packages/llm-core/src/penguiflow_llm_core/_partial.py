"""The value of a half-written JSON text, for showing it while it grows."""

from __future__ import annotations

from typing import Any, Final

from pydantic_core import from_json

from penguiflow_llm_core._result import PartialValue
from penguiflow_llm_schema import SchemaPlan

_LEAST_GROWTH: Final = 16
_GROWTH_SHARE: Final = 32


class PartialReader:
    """Text deltas in, values out; one instance per attempt.

    The text is read again each time it has grown by a thirty-second part, so that the work stays proportional to its
    length however finely it is cut.
    """

    def __init__(self, plan: SchemaPlan) -> None:
        self._plan = plan
        self._pieces: list[str] = []
        self._length = 0
        self._next_read = 1
        self._last: Any = None

    def feed(self, text: str) -> PartialValue | None:
        """The value so far, if it has changed and enough has come since the last one."""
        self._pieces.append(text)
        self._length += len(text)
        if self._length < self._next_read:
            return None
        self._next_read = self._length + max(_LEAST_GROWTH, self._length // _GROWTH_SHARE)
        return self._read()

    def finish(self) -> PartialValue | None:
        """The value of the whole text, if it is not the last one given."""
        return self._read()

    def _read(self) -> PartialValue | None:
        whole = "".join(self._pieces)
        self._pieces = [whole]
        starts = [at for opener in "{[" if (at := whole.find(opener)) >= 0]
        if not starts:
            return None
        try:
            value = self._plan.restore(from_json(whole[min(starts) :].encode(), allow_partial="trailing-strings"))
        except ValueError:
            return None
        if value == self._last:
            return None
        self._last = value
        return PartialValue(value=value)
