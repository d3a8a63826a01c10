"""Bytes made hostile without regard to what they mean: flipped, cut, repeated, strewn with what breaks parsers."""

from __future__ import annotations

from random import Random
from typing import Final

_TOKENS: Final = (
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n", b"\n\n",
    b"\r\r",
    b"data", b"data:", b"data: ", b"event:", b"event: error\n", b"id:", b"retry: 1\n", b": \n", b":",
    b"data: [DONE]\n\n",
    b"{", b"}", b"[", b"]", b'"', b"\\", b"\\u", b"\\ud800", b",", b"null", b"NaN", b"1e999", b"-", b"<html>",
    b"```", b"```json\n", b"\n```", b"'", b"//", b"/*", b"*/", b"[sic]", b"{...}",
)  # fmt: skip


def mutated_bytes(data: bytes, rng: Random) -> bytes:
    """`data` after one to four changes."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        data = _changed(data, rng)
    return data


def _changed(data: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    stop = min(len(data), start + rng.choice((1, 1, 2, 4, 8, 40, 400)))
    match rng.randrange(7):
        case 0:
            return data[:start]
        case 1:
            return data[:start] + data[stop:]
        case 2:
            return data[:stop] + data[start:]
        case 3:
            return data[:start] + rng.choice(_TOKENS) * rng.choice((1, 1, 1, 2, 300)) + data[start:]
        case 4:
            return data[:start] + rng.randbytes(stop - start) + data[stop:]
        case 5:
            flipped = bytes(byte ^ (1 << rng.randrange(8)) for byte in data[start : start + 1])
            return data[:start] + flipped + data[start + 1 :]
        case _:
            return data[:start] + data[start:stop] * rng.choice((2, 3, 30)) + data[stop:]
