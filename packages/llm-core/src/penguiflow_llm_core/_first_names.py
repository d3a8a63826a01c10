"""Names that something is kept for, for good: a server that makes up new ones must not fill the memory with them."""

from __future__ import annotations

from typing import Final

OTHER: Final = "other"
"""What stands for every name that is one too many, or no name at all."""

_LONGEST: Final = 200  # the longest of genai-prices has under 100 characters


class FirstNames:
    """The first so many names that are seen; where several threads ask at once, perhaps a few more."""

    __slots__ = ("_most", "_seen")

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: set[tuple[str, ...]] = set()

    def admits(self, *names: str) -> bool:
        """Whether these, together, are among the first; asked again, the answer is the same."""
        if names in self._seen:
            return True
        if len(self._seen) >= self._most or any(len(name) > _LONGEST for name in names):
            return False
        self._seen.add(names)
        return True
