"""Credentials that exist nowhere else, the forms in which providers echo them, and how to find one in a text."""

from __future__ import annotations

import base64
import html
import json
import re
import string
from collections.abc import Iterable, Iterator
from random import Random
from typing import Final
from urllib.parse import quote, unquote

_WINDOW: Final = 12
"""So many characters of a credential in a row are a leak."""
_FIRST: Final = 8
"""And so many of its first."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}")
_UNICODE: Final = re.compile(r"\\+u([0-9a-fA-F]{4})")
_WORDS: Final = string.ascii_letters + string.digits
_SYMBOLS: Final = _WORDS + "/+"


def key(rng: Random, prefix: str, length: int = 32, letters: str = _WORDS) -> str:
    """A credential of `length` characters after its `prefix`."""
    return prefix + "".join(rng.choices(letters, k=length))


def secret_of_aws(rng: Random) -> str:
    """With the characters that are escaped in URLs and in JSON."""
    return key(rng, "", 18, _SYMBOLS) + "/+" + key(rng, "", 20, _SYMBOLS)


def session_token(rng: Random) -> str:
    """A long one, as temporary credentials have it."""
    return key(rng, "FwoGZXIvYXdz", 200, _SYMBOLS) + "=="


def echo(value: str, rng: Random) -> str:
    """`value` as a provider, or what stands before it, may quote it."""
    return rng.choice(_ECHOES)(value, rng)


def _escaped(value: str, rng: Random) -> str:
    """Each character that is no letter as JSON's escape, and some of the others, as careful encoders do."""
    return "".join(f"\\u{ord(char):04x}" if not char.isalnum() or rng.random() < 0.2 else char for char in value)


_ECHOES: Final = (
    lambda value, rng: value,
    lambda value, rng: value,
    lambda value, rng: f"Bearer {value}",
    lambda value, rng: value[: rng.randrange(8, len(value) + 1)],
    lambda value, rng: value[: rng.randrange(8, len(value) + 1)] + "...",
    lambda value, rng: value[: len(value) // 2] + "****" + value[-4:],
    lambda value, rng: base64.b64encode(value.encode()).decode(),
    lambda value, rng: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    lambda value, rng: base64.b64encode(f"{'u' * rng.randrange(1, 4)}:{value}".encode()).decode(),
    lambda value, rng: base64.b64encode(f"Bearer {value}".encode()).decode(),
    lambda value, rng: quote(value, safe=""),
    lambda value, rng: quote(quote(value, safe=""), safe=""),
    lambda value, rng: "".join(f"%{byte:02x}" if not chr(byte).isalnum() else chr(byte) for byte in value.encode()),
    lambda value, rng: json.dumps(value)[1:-1].replace("/", "\\/"),
    lambda value, rng: _escaped(value, rng),
    lambda value, rng: json.dumps(json.dumps({"headers": {"authorization": f"Bearer {value}"}})),
    lambda value, rng: html.escape(value).replace("/", "&#x2F;").replace("+", "&#43;"),
    lambda value, rng: f"https://host/v1?key={quote(value, safe='')}&alt=sse",
    lambda value, rng: f"{value}{value}",
    lambda value, rng: f"x{value}x",
)  # fmt: skip


class Detector:
    """Finds any of some credentials in a text, whichever way it is written there."""

    def __init__(self, values: Iterable[str]) -> None:
        self._parts = tuple({part for value in values for part in (value[:_FIRST], *_windows(value))})

    def __call__(self, text: str) -> bool:
        """Whether `text` holds a part of a credential that is a leak."""
        return any(part in view for view in _views(text) for part in self._parts)


def _windows(value: str) -> Iterator[str]:
    yield from (value[at : at + _WINDOW] for at in range(len(value) - _WINDOW + 1))


def _views(text: str) -> Iterator[str]:
    """`text`, and what it says once its escapes are undone."""
    yield text
    plain = text
    for _ in range(2):
        plain = html.unescape(unquote(plain))
        plain = _UNICODE.sub(lambda found: chr(int(found[1], 16)), plain)
        plain = plain.replace("\\/", "/").replace('\\"', '"').replace("\\\\", "\\")
    if plain != text:
        yield plain
    for found in _BASE64.finditer(plain):
        yield from _decoded(found[0])


def _decoded(text: str) -> Iterator[str]:
    text = text.replace("-", "+").replace("_", "/")
    for skipped in range(4):
        part = text[skipped:]
        part = part[: len(part) - len(part) % 4]
        if part:
            yield base64.b64decode(part).decode("latin-1")
