"""What a regular expression uses, without running it: one from a schema may be slow, or of another language."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_balanced", "is_simple", "looks_around", "matches", "renamed", "words_of"]

# an unescaped group that looks ahead or behind, or an escape that refers back
_LOOKS_AROUND: Final = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?(?:=|!|<=|<!|P=)|\\(?:[1-9]|k<))")


def looks_around(pattern: str) -> bool:
    """Whether `pattern` has lookaround or a back reference, which automata cannot follow."""
    return _LOOKS_AROUND.search(pattern) is not None


# one word, or a group of them, and nothing else: what people write where JSON Schema has `const` and `enum`
_WORDS: Final = re.compile(r"\^(?:\((?:\?:)?(?P<group>[\w -]+(?:\|[\w -]+)*)\)|(?P<word>[\w -]+))\$")


def words_of(pattern: str) -> list[str] | None:
    """The only strings that match `pattern`, where it lists them; else None."""
    found = _WORDS.fullmatch(pattern)
    return (found["group"] or found["word"]).split("|") if found else None


# what the plainest engines take: classes, groups that are not named, greedy repetitions of at most 99
_SIMPLE: Final = re.compile(
    r"(?:\\[dDwWsS\W]|\\[nrt]|\[\^?\]?(?:\\[dDwWsSnrt\W]|[^\]\\\[])*\]|\((?:\?:)?|\)|[|.^$]|[*+?](?![*+?])"
    r"|\{\d{1,2}(?:,\d{0,2})?\}(?![*+?])|[^\\\[\](){}|.^$*+?])*"
)


def is_simple(pattern: str) -> bool:
    """Whether `pattern` has only what every engine takes."""
    return not looks_around(pattern) and _SIMPLE.fullmatch(pattern) is not None


_REPETITION: Final = re.compile(r"[*+?{]")
_MOST_REPETITIONS: Final = 3  # of single characters: matching then takes steps in the third power of the length
_LONGEST_NAME: Final = 200


def matches(pattern: str, name: str) -> bool | None:
    """Whether `name` matches `pattern`; None where running it may be slow, or mean something else in Python."""
    is_quick = "(" not in pattern and len(_REPETITION.findall(pattern)) <= _MOST_REPETITIONS
    if not is_quick or len(name) > _LONGEST_NAME or not is_simple(pattern) or not is_balanced(pattern):
        return None
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return None


def renamed(name: str, allowed: str | None) -> str:
    """`name`, or one made of it that the regular expression `allowed` takes."""
    if allowed is None or re.fullmatch(allowed, name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return (plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}")[:60]


_TOKENS: Final = re.compile(r"\\(?s:.)|\[\^?\]?(?:\\(?s:.)|[^\]\\])*\]|[\[()\\]|(?:^|(?<=[(|]))[*+]")


def is_balanced(pattern: str) -> bool:
    """Whether groups and classes of `pattern` are closed and its repetitions repeat something."""
    depth = 0
    for token in _TOKENS.findall(pattern):
        if token in ("[", "\\", "*", "+"):
            return False
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth < 0:
            return False
    return depth == 0
