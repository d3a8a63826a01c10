"""How long a text is at least, and at most, that matches a regular expression: read off it, without running it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

__all__ = ["lengths"]

_LONGEST: Final = 500  # characters of a pattern that is read
_MOST_LEVELS: Final = 20
_CLASS: Final = re.compile(r"\[\^?\]?(?:\\(?s:.)|[^\]\\])*\]")
_COUNT: Final = re.compile(r"\{(\d{1,6})(?:(,)(\d{1,6})?)?\}")
_QUANTIFIERS: Final = {"*": (0, math.inf), "+": (1, math.inf), "?": (0, 1)}
_Range = tuple[float, float]


class _UnreadError(Exception):
    """The pattern has what is not read here; never leaves this module."""


def lengths(pattern: str) -> _Range:
    """The least and the greatest length of texts in which `pattern` is found: 0 and infinity where it is not read."""
    if len(pattern) > _LONGEST:
        return 0, math.inf
    reader = _Reader(pattern)
    try:
        least, most = reader.alternatives(0)
    except _UnreadError:
        return 0, math.inf
    is_whole = pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$") and not reader.is_split
    return least, most if is_whole else math.inf


@dataclass(slots=True)
class _Reader:
    pattern: str
    at: int = 0
    is_split: bool = False  # into alternatives at the top, each of which would need anchors of its own

    def alternatives(self, level: int) -> _Range:
        """Up to the end of the group."""
        if level > _MOST_LEVELS:
            raise _UnreadError
        ranges = [self._sequence(level)]
        while self._takes("|"):
            self.is_split = self.is_split or not level
            ranges.append(self._sequence(level))
        if (self.at < len(self.pattern)) != bool(level):  # a group that is not closed, or closed without one
            raise _UnreadError
        return min(least for least, _ in ranges), max(most for _, most in ranges)

    def _sequence(self, level: int) -> _Range:
        least, most = 0.0, 0.0
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            own = self._one(level)
            fewest, times = self._repetition()
            least += own[0] * fewest
            most += own[1] * times if own[1] and times else 0
        return least, most

    def _one(self, level: int) -> _Range:
        character = self.pattern[self.at]
        self.at += 1
        match character:
            case "^" | "$":
                return 0, 0
            case "\\":
                return self._escape()
            case "[":
                return self._class()
            case "(":
                return self._group(level)
            case "{" | "}" | "]" | "*" | "+" | "?":
                raise _UnreadError
            case _:
                return 1, 1

    def _escape(self) -> _Range:
        escaped = self.pattern[self.at : self.at + 1]
        self.at += 1
        if escaped in ("b", "B"):
            return 0, 0
        if escaped.isalnum() and escaped not in "dDwWsSnrtfv":
            raise _UnreadError
        return 1, 1

    def _class(self) -> _Range:
        found = _CLASS.match(self.pattern, self.at - 1)
        if found is None:
            raise _UnreadError
        self.at = found.end()
        return 1, 1

    def _group(self, level: int) -> _Range:
        if self._takes("?") and not self._takes(":"):
            raise _UnreadError
        inside = self.alternatives(level + 1)
        if not self._takes(")"):
            raise _UnreadError
        return inside

    def _repetition(self) -> _Range:
        character = self.pattern[self.at : self.at + 1]
        if character in _QUANTIFIERS:
            self.at += 1
            self._takes("?")  # as few as may be: the same lengths
            return _QUANTIFIERS[character]
        found = _COUNT.match(self.pattern, self.at)
        if found is None:
            return 1, 1
        self.at = found.end()
        self._takes("?")
        least = int(found[1])
        return least, math.inf if found[2] and not found[3] else int(found[3] or least)

    def _takes(self, character: str) -> bool:
        is_there = self.pattern.startswith(character, self.at)
        self.at += is_there
        return is_there
