"""What a regular expression uses."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["looks_around", "words_of"]

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
