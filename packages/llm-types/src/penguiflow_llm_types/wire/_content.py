"""Bodies out of bytes, decompressed and bounded: a small answer must not become a large one."""

from __future__ import annotations

import zlib
from typing import Final

from penguiflow_llm_types._errors import LLMProtocolError

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
MAX_STREAM_BYTES: Final = 256 * 1024 * 1024
"""The longest answers are 128,000 tokens, and OpenAI's events, the longest, take under 1,000 bytes for one."""
_MAX_RATIO: Final = 100
_RATIO_FREE_BYTES: Final = 1024 * 1024  # small bodies may compress as well as they like
_WINDOW_BITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class ContentDecoder:
    """Takes a body as it came, gives it as it was meant; one instance per body.

    Bounded by `max_bytes` after decompression, and by a ratio of 100 to 1 past the first MiB.

    Nothing is raised before the body is read: whoever made one has still to close the connection.

    Raises:
        LLMProtocolError: kind "encoding", the coding is unknown or the bytes do not follow it; kind "too_large".
    """

    __slots__ = ("_inflate", "_max", "_received", "_unknown", "_written")

    def __init__(self, encoding: str, *, max_bytes: int) -> None:
        coding = encoding.strip().lower()
        self._unknown = coding[:40] if coding not in ("", "identity", *_WINDOW_BITS) else None
        self._inflate = zlib.decompressobj(_WINDOW_BITS[coding]) if coding in _WINDOW_BITS else None
        self._max = max_bytes
        self._received = 0
        self._written = 0

    def feed(self, data: bytes) -> bytes:
        """The bytes that `data` stands for."""
        inflate = self._inflate
        if self._unknown is not None:
            raise _broken("encoding", f"a body in the coding {self._unknown!r}, which was not asked for")
        if inflate is None:
            self._count(len(data))
            return data
        self._received += len(data)
        pieces = []
        while data:
            piece = _decompress(inflate, data)
            self._count(len(piece))
            pieces.append(piece)
            data = inflate.unconsumed_tail
        return b"".join(pieces)

    def end(self) -> None:
        """Check that the body was whole."""
        if self._inflate is not None and self._received and not self._inflate.eof:
            raise _broken("encoding", "a compressed body that breaks off")

    def _count(self, size: int) -> None:
        self._written += size
        if self._written > self._max:
            raise _broken("too_large", f"a body of more than {self._max} bytes")
        if self._inflate is not None and self._written > max(_RATIO_FREE_BYTES, _MAX_RATIO * self._received):
            raise _broken("too_large", f"a body that grows more than {_MAX_RATIO} times when decompressed")


def _decompress(inflate: zlib._Decompress, data: bytes) -> bytes:
    try:
        return inflate.decompress(data, _RATIO_FREE_BYTES)
    except zlib.error:
        raise _broken("encoding", "bytes that cannot be decompressed") from None


def _broken(kind: str, what: str) -> LLMProtocolError:
    message = f"the provider answered with {what}; check base_url and what stands between"
    return LLMProtocolError(message, kind=kind, phase="body", billed="unknown")
