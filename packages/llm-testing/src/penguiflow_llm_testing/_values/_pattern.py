"""Strings for the regular expressions that schemas carry: literals, classes, groups, alternation, repetition.

Look-around, back-references and word boundaries are not generated from; `text_for` says so instead of guessing.
"""

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias, assert_never

from ._valid import matches

MAX_EXTRA: Final = 5  # repetitions beyond the least, where a pattern sets no bound of its own
MAX_REPEAT: Final = 2000
ATTEMPTS: Final = 30

_DIGITS: Final = string.digits
_LETTERS: Final = string.ascii_lowercase + string.ascii_uppercase
_WORD: Final = string.ascii_lowercase + string.digits + "_"
_PRINTABLE: Final = string.ascii_letters + string.digits + " -_.,:;/+@#"
_CLASSES: Final = {"d": _DIGITS, "w": _WORD, "s": " ", "D": _LETTERS, "W": " -.,:;/", "S": _WORD}
_CONTROL: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}


class PatternError(ValueError):
    """A pattern this generator does not read."""


@dataclass(frozen=True, slots=True)
class _Chars:
    """One character out of these."""

    choices: str


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple["_Node", ...]


@dataclass(frozen=True, slots=True)
class _Either:
    branches: tuple["_Node", ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    """`most` None: no bound."""

    node: "_Node"
    least: int
    most: int | None


_Node: TypeAlias = _Chars | _Sequence | _Either | _Repeat


def text_for(pattern: str, rng: Random, *, accepts: Callable[[str], bool], least: int = 0) -> str:
    """A string that `pattern` matches, that `accepts` takes, grown towards `least` characters.

    Raises:
        PatternError: the pattern is not readable, or no attempt gave a string that fits.
    """
    node = _Parser(pattern).parse()
    for attempt in range(ATTEMPTS):
        extra = MAX_EXTRA if attempt % 3 else least + MAX_EXTRA
        text = _write(node, rng, 0 if attempt % 5 == 4 else extra)
        if matches(pattern, text) and accepts(text):
            return text
        padding = "a" * (least - len(text))
        for padded in (text + padding, padding + text) if padding else ():
            if accepts(padded) and matches(pattern, padded):
                return padded
    raise PatternError(f"no string was found for pattern {pattern!r}")


def _write(node: _Node, rng: Random, extra: int) -> str:
    match node:
        case _Chars(choices=choices):
            return rng.choice(choices)
        case _Sequence(parts=parts):
            return "".join(_write(part, rng, extra) for part in parts)
        case _Either(branches=branches):
            return _write(rng.choice(branches), rng, extra)
        case _Repeat(node=inner, least=least, most=most):
            ceiling = least + extra if most is None else min(most, least + extra)
            count = min(rng.randint(least, max(least, ceiling)), MAX_REPEAT)
            return "".join(_write(inner, rng, extra) for _ in range(count))
        case _:
            assert_never(node)


class _Parser:
    """Recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def parse(self) -> _Node:
        try:
            node = self._either()
        except (IndexError, ValueError, RecursionError) as error:
            raise PatternError(f"pattern {self._pattern!r} cannot be read") from error
        if self._at < len(self._pattern):
            raise PatternError(f"pattern {self._pattern!r} cannot be read past character {self._at}")
        return node

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1]

    def _either(self) -> _Node:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._take()
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _Either(tuple(branches))

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            if self._peek() in "^$":
                self._take()
            else:
                parts.append(self._repeated(self._atom()))
        return _Sequence(tuple(parts))

    def _repeated(self, node: _Node) -> _Node:
        while self._peek() in ("*", "+", "?", "{"):
            bounds = self._bounds()
            if bounds is None:
                break
            node = _Repeat(node, *bounds)
            if self._peek() in ("?", "+"):
                self._take()
        return node

    def _bounds(self) -> tuple[int, int | None] | None:
        sign = self._peek()
        if sign != "{":
            self._take()
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        inside, brace, _ = self._pattern[self._at + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        if not brace or not (low + high).isdecimal():
            return None
        self._at += len(inside) + 2
        least = int(low or 0)
        return (least, int(high) if high else None) if comma else (least, least)

    def _atom(self) -> _Node:
        character = self._take()
        match character:
            case "(":
                return self._group()
            case "[":
                return _Chars(self._class())
            case "\\":
                return _Chars(self._escape())
            case ".":
                return _Chars(_PRINTABLE)
            case _:
                return _Chars(character)

    def _group(self) -> _Node:
        if self._peek() == "?":
            self._group_opening()
        node = self._either()
        if self._take() != ")":
            raise PatternError("group not closed")
        return node

    def _group_opening(self) -> None:
        rest = self._pattern[self._at :]
        if rest.startswith("?:"):
            self._at += 2
        elif rest.startswith(("?P<", "?<")) and not rest.startswith(("?<=", "?<!")):
            self._at += rest.index(">") + 1
        else:
            raise PatternError("look-around is not generated from")

    def _escape(self) -> str:
        character = self._take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in ("u", "x"):
            digits = 4 if character == "u" else 2
            self._at += digits
            return chr(int(self._pattern[self._at - digits : self._at], 16))
        if character in ("p", "P"):
            return self._property(character == "P")
        if character in "bB" or character in "123456789":
            raise PatternError(f"\\{character} is not generated from")
        return _CONTROL.get(character, character)

    def _property(self, negated: bool) -> str:
        name, _, _ = self._pattern[self._at + 1 :].partition("}")
        self._at += len(name) + 2
        digits = name.startswith("N")
        return _LETTERS if digits == negated else _DIGITS

    def _class(self) -> str:
        negated = self._peek() == "^"
        if negated:
            self._take()
        members: list[str] = []
        while self._peek() != "]" or not members:
            members.append(self._member())
        self._take()
        listed = "".join(members)
        return "".join(sorted(set(_PRINTABLE) - set(listed))) if negated else _readable(listed)

    def _member(self) -> str:
        first = self._escape() if (character := self._take()) == "\\" else character
        if len(first) == 1 and self._peek() == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("]", ""):
            self._take()
            last = self._escape() if (character := self._take()) == "\\" else character
            return "".join(map(chr, range(ord(first), min(ord(last), ord(first) + 512) + 1)))
        return first


def _readable(listed: Sequence[str]) -> str:
    r"""The printable ASCII of a class where it has any: a range such as [ -~] or [^\\x00-\\x1f] should read as text."""
    plain = "".join(character for character in listed if character in _PRINTABLE)
    return plain or "".join(listed)
