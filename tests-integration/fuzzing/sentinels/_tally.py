"""What was tried, and what was found where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ._surfaces import is_held
from ._values import Detector


@dataclass(slots=True)
class Tally:
    """Of one holder, or of several."""

    paths: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    """By where: what kind of answer, and what showed it."""
    examples: dict[str, str] = field(default_factory=dict)

    def look(self, kind: str, shown: Iterable[tuple[str, str]], secrets: tuple[str, ...]) -> None:
        """Look for `secrets` in everything that was shown."""
        finds = Detector(secrets)
        seen: set[str] = set()
        for where, text in shown:
            if text in seen:
                continue
            seen.add(text)
            if is_held(text) or finds(text):
                self.hits[f"{kind}: {where}"] += 1
                self.examples.setdefault(f"{kind}: {where}", text[:400])

    def add(self, other: Tally) -> None:
        """Add another's counts."""
        self.paths += other.paths
        self.ends += other.ends
        self.hits += other.hits
        self.examples = {**other.examples, **self.examples}
