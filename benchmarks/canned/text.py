"""The words of streamed answers, and server-sent events out of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

_WORDS: Final = ("The", " engine", " weaves", " algebraic", " patterns", " just", " as", " the", " loom", " does", ".")


def words(count: int) -> list[str]:
    """So many pieces of text, as models cut it."""
    return [_WORDS[number % len(_WORDS)] for number in range(count)]


def asking_for(chunks: int) -> str:
    """The prompt that the server answers with so many pieces of text."""
    return f"Tell it in {chunks} chunks."


def compact(value: object) -> str:
    """JSON as providers write it into a stream."""
    return json.dumps(value, separators=(",", ":"))


def events(values: Iterable[Any], *, named: bool = False) -> str:
    """Server-sent events; `named` ones say their `type` in an event line too."""
    lines = ((f"event: {value['type']}\n" if named else "") + f"data: {compact(value)}\n\n" for value in values)
    return "".join(lines)
