"""What a prompt says that an answer may quote: addresses, dates, amounts, names, phrases, each with its position."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from random import Random
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "email", "uri", "date", "time", "amount", "integer", "currency", "identifier", "name", "phrase"
]

MAX_PROMPT: Final = 40_000  # characters read; a longer prompt's end is where its question stands
_NEAR: Final = 120  # characters between a label and the fact it names

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            *("january jan", "february feb", "march mar", "april apr", "may", "june jun"),
            *("july jul", "august aug", "september sep sept", "october oct", "november nov", "december dec"),
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))

# Every pattern is linear: no nested repetition, and each class stops at the character that follows it.
_PATTERNS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("email", re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b")),
    ("uri", re.compile(r"https?://[^\s<>\"')\]]{1,500}")),
    ("time", re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b")),
    ("amount", re.compile(r"(?<![\w.,-])(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{2})?|\d{1,12}\.\d{2})(?![\w-])")),
    ("integer", re.compile(r"(?<![\w.,:/-])\d{1,9}(?![\w:/-]|[.,]\d)")),
    ("currency", re.compile(r"\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CAD|AUD|INR)\b")),
    ("identifier", re.compile(r"\b(?=[A-Z]{1,8}(?:-[A-Z]{1,8})?[-_/#]?\d)[A-Z0-9]{1,16}(?:[-_/#][A-Z0-9]{1,16}){0,4}")),
    ("name", re.compile(r"\b[A-Z][\w'’-]{1,30}(?: (?:(?:de|van|von|der|of|the|and|&) )?[A-Z][\w'’-]{1,30}){1,3}\b")),
)  # fmt: skip
_DATES: Final = (
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<name>{_MONTH})\.?,? (?P<year>\d{{4}})\b", re.IGNORECASE
    ),
    re.compile(rf"\b(?P<name>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b", re.IGNORECASE),
)
_CLAUSE_END: Final = re.compile(r"[.!?;:,]\s+|[.!?;:,]?\n\s*|[.!?]$|\s[-*|>]\s")
MAX_PHRASE: Final = 80
_SYMBOLS: Final = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of the prompt; `text` is normalised (ISO dates, plain numbers), `start` and `end` are where it stood."""

    text: str
    start: int
    end: int


class Facts:
    """The facts of one prompt, in the order of the text."""

    def __init__(self, prompt: str) -> None:
        self._prompt = prompt[-MAX_PROMPT:]
        self._lowered = self._prompt.lower()
        self._by_kind: dict[Kind, tuple[Fact, ...]] = {kind: _found(kind, self._prompt) for kind, _ in _PATTERNS}
        self._by_kind["date"] = _dates(self._prompt)
        self._by_kind["phrase"] = tuple(_phrases(self._prompt))
        self._by_kind["currency"] += _symbols(self._prompt)

    def of(self, kind: Kind) -> tuple[Fact, ...]:
        """All facts of a kind."""
        return self._by_kind[kind]

    def mentions(self, text: str) -> bool:
        """Whether the prompt contains `text`, in any case."""
        return bool(text) and text.lower() in self._lowered

    def pick(self, kind: Kind, words: Sequence[str], rng: Random, *, index: int = 0) -> str | None:
        """A fact of `kind`, or None: the one close behind the label `words` make, or one of them; else any.

        `index` is the place in a list the fact is for: the items of a list take facts further on, one after another.
        """
        facts = self.of(kind)
        for label in (" ".join(words), *words):
            near = self._after_label(facts, label)
            if near:
                return near[min(index, len(near) - 1)].text
        return rng.choice(facts).text if facts else None

    def _after_label(self, facts: tuple[Fact, ...], label: str) -> tuple[Fact, ...]:
        """The facts behind the first place `label` stands at, if one of them stands close to it."""
        position = self._lowered.find(label) if label else -1
        after = tuple(fact for fact in facts if fact.start >= position >= 0)
        return after if after and after[0].start - position <= _NEAR else ()


@lru_cache(maxsize=64)
def facts_of(prompt: str) -> Facts:
    """The facts of `prompt`; kept for the prompts of the last few requests."""
    return Facts(prompt)


def _found(kind: Kind, prompt: str) -> tuple[Fact, ...]:
    pattern = dict(_PATTERNS)[kind]
    matches = (Fact(match.group().strip(), match.start(), match.end()) for match in pattern.finditer(prompt))
    if kind == "amount":
        return tuple(Fact(fact.text.replace(",", ""), fact.start, fact.end) for fact in matches)
    if kind == "uri":
        return tuple(Fact(fact.text.rstrip(".,;"), fact.start, fact.end) for fact in matches)
    return tuple(matches)


def _dates(prompt: str) -> tuple[Fact, ...]:
    found = []
    for pattern in _DATES:
        for match in pattern.finditer(prompt):
            parts = match.groupdict()
            month = int(parts["month"]) if "month" in parts else _MONTHS[parts["name"].lower()]
            try:
                day = date(int(parts["year"]), month, int(parts["day"]))
            except ValueError:
                continue
            found.append(Fact(day.isoformat(), match.start(), match.end()))
    return tuple(sorted(found, key=lambda fact: fact.start))


def _phrases(prompt: str) -> Iterator[Fact]:
    """Clauses of the prompt, those too long cut at a blank."""
    start = 0
    for match in chain(_CLAUSE_END.finditer(prompt), (None,)):
        end = len(prompt) if match is None else match.start()
        text = prompt[start:end].strip()
        if len(text) > MAX_PHRASE:
            text = text[:MAX_PHRASE].rpartition(" ")[0] or text[:MAX_PHRASE]
        if len(text) > 2:
            yield Fact(text, start, end)
        start = end if match is None else match.end()


def _symbols(prompt: str) -> tuple[Fact, ...]:
    return tuple(
        Fact(_SYMBOLS[character], index, index + 1) for index, character in enumerate(prompt) if character in _SYMBOLS
    )
