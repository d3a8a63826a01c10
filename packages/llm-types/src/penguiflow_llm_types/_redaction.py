"""Finding a credential in a text that quotes it: whole or only its beginning, plain, encoded, or escaped.

What stands between a provider and its caller escapes what it quotes, and sometimes twice: a key in a URL in a JSON body
in the message of another JSON body. So a text is searched as it is, and as it reads once its escapes are undone.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

MASK: Final = "[redacted]"
SHORTEST_PREFIX: Final = 8
"""So many of a credential's first characters give it away; fewer say little more than whose it is."""

# One character as URLs have it (however often they were encoded), as JSON, and as HTML.
_ESCAPE: Final = re.compile(
    r"%(?:25)*(?P<percent>[0-9A-Fa-f]{2})"
    r"|\\+u00(?P<json>[0-9A-Fa-f]{2})"
    r"|\\+(?P<escaped>[\"'/\\])"
    r"|&\#(?:[xX]0*(?P<hex>[0-9A-Fa-f]{2})|0*(?P<decimal>[0-9]{2,3}));"
    r"|&(?P<name>amp|lt|gt|quot|apos);"
)
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def without(text: str, forms: Iterable[str]) -> str:
    """`text` with each of `forms` masked, wherever it stands whole or from its first eight characters on."""
    plain = _Unescaped(text)
    for form in forms:
        spans = [(plain.place(start), plain.place(end)) for start, end in _spans(plain.text, form)]
        if plain.differs and spans:
            text = _masked(text, spans)
        if spans := list(_spans(text, form)):  # all, or those of a credential that holds what reads as an escape
            text = _masked(text, spans)
        if text is not plain.of:
            plain = _Unescaped(text)
    return text


def encodings(value: str) -> list[str]:
    """`value`, and what base64 makes of it: alone, and as a part of something longer, wherever in it."""
    raw = value.encode()
    forms = [value, json.dumps(value)[1:-1]]
    for skipped in range(3):
        data = base64.b64encode(b"\0" * skipped + raw).decode()
        first, last = (0, 2, 3)[skipped], (skipped + len(raw)) * 8 // 6  # characters that are of `value` alone
        part = data if skipped == 0 else data[first:last]
        if len(part) >= SHORTEST_PREFIX:  # less could be any text
            forms += [part, part.replace("+", "-").replace("/", "_")]
    return list(dict.fromkeys(forms))


def _spans(text: str, form: str) -> Iterator[tuple[int, int]]:
    stem = form[:SHORTEST_PREFIX]
    start = text.find(stem)
    while start >= 0:
        end = start + len(stem)
        while end < len(text) and end - start < len(form) and text[end] == form[end - start]:
            end += 1
        yield start, end
        start = text.find(stem, end)


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    kept = zip([0, *ends], [*starts, len(text)], strict=True)
    return MASK.join(text[start:end] for start, end in kept)


class _Unescaped:
    """A text with its escapes undone, and where in it each character comes from."""

    __slots__ = ("_ends", "_shifts", "of", "text")

    def __init__(self, text: str) -> None:
        self.of = text
        self._ends: list[int] = []  # in the plain text, behind each character that was escaped
        self._shifts: list[int] = []  # by how much what follows it is further on in the original
        pieces: list[str] = []
        at = shift = 0
        for found in _ESCAPE.finditer(text):
            pieces += (text[at : found.start()], _character(found))
            at = found.end()
            self._ends.append(found.start() - shift + 1)
            shift += at - found.start() - 1
            self._shifts.append(shift)
        self.text = "".join((*pieces, text[at:])) if pieces else text

    @property
    def differs(self) -> bool:
        """Whether there was any escape."""
        return bool(self._ends)

    def place(self, place: int) -> int:
        """Where in the original what stands before `place` ends, and what stands there begins."""
        index = bisect_right(self._ends, place)
        return place + (self._shifts[index - 1] if index else 0)


def _character(found: re.Match[str]) -> str:
    groups = found.groupdict()
    digits = groups["percent"] or groups["json"] or groups["hex"]
    if digits is not None:
        return chr(int(digits, 16))
    if groups["decimal"] is not None:
        return chr(int(groups["decimal"]))
    return groups["escaped"] or _NAMED[groups["name"]]
