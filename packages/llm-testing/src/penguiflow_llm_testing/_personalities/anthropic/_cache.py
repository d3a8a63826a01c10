"""Prompt caching: what a request writes up to its breakpoints, and what it finds there."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing._exchange import JsonObject, dump_json
from penguiflow_llm_testing._personalities._tokens import tokens_in

from ._errors import invalid
from ._parameters import mapping

MAX_BREAKPOINTS: Final = 4
MAX_REMEMBERED: Final = 4096
_LOOKED_BACK: Final = 20  # blocks before a breakpoint; documentation, "Prompt caching", read 2026-11


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheUse:
    """Tokens of one prompt: read from the cache, written for five minutes or an hour, and neither."""

    read: int = 0
    written_5m: int = 0
    written_1h: int = 0
    uncached: int = 0

    @property
    def written(self) -> int:
        """Written for either time."""
        return self.written_5m + self.written_1h

    @property
    def total(self) -> int:
        """The whole prompt."""
        return self.read + self.written + self.uncached


NOT_COUNTED: Final = CacheUse()


@dataclass(frozen=True, slots=True)
class _Piece:
    """One tool or block: its end in tokens, what identifies the prompt up to here, the breakpoint's lifetime."""

    end: int
    key: bytes
    ttl: str | None


class BreakpointCache:
    """The prefixes that requests had cached; nothing in it grows old."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def use(self, body: JsonObject, *, cached_from: int) -> CacheUse:
        """What `body` reads and writes; its breakpoints are remembered for later requests."""
        pieces = list(_pieces(body))
        total = pieces[-1].end if pieces else 0
        marks = [index for index, piece in enumerate(pieces) if piece.ttl and piece.end >= cached_from]
        if not marks:
            return CacheUse(uncached=total)
        read = max((end for mark in marks if (end := self._found(pieces, mark)) is not None), default=0)
        written = {"5m": 0, "1h": 0}
        position = read
        for mark in marks:
            piece = pieces[mark]
            written[piece.ttl or "5m"] += max(piece.end - position, 0)
            position = max(position, piece.end)
            self._remember(piece.key)
        return CacheUse(read=read, written_5m=written["5m"], written_1h=written["1h"], uncached=total - position)

    def _found(self, pieces: list[_Piece], mark: int) -> int | None:
        """The end of the longest cached prefix a breakpoint finds."""
        behind = reversed(pieces[max(mark - _LOOKED_BACK, 0) : mark + 1])
        return next((piece.end for piece in behind if piece.key in self._seen), None)

    def _remember(self, key: bytes) -> None:
        self._seen[key] = None
        self._seen.move_to_end(key)
        while len(self._seen) > MAX_REMEMBERED:
            self._seen.popitem(last=False)


def _pieces(body: JsonObject) -> Iterator[_Piece]:
    """Tools, system prompt and messages, in the order the prompt has them.

    Raises:
        Invalid: too many breakpoints, or a long one behind a short one.
    """
    digest, tokens = hashlib.sha256(str(body["model"]).encode()), 0
    lifetimes: list[str] = []
    blocks = list(_blocks(body))
    for index, (role, block) in enumerate(blocks):
        rest = {name: value for name, value in block.items() if name != "cache_control"}
        data = dump_json([role, rest])
        digest.update(data)
        tokens += tokens_in(data.decode("utf-8", "replace"))
        control = block.get("cache_control")
        if control is None and index == len(blocks) - 1:
            control = body.get("cache_control")
        ttl = None if control is None else str(control.get("ttl") or "5m")
        if ttl is not None:
            lifetimes.append(ttl)
        yield _Piece(tokens, digest.digest(), ttl)
    _check(lifetimes)


def _check(lifetimes: list[str]) -> None:
    if len(lifetimes) > MAX_BREAKPOINTS:
        raise invalid(
            f"A maximum of {MAX_BREAKPOINTS} blocks with cache_control may be provided. Found {len(lifetimes)}."
        )
    if "5m" in lifetimes and "1h" in lifetimes[lifetimes.index("5m") :]:
        raise invalid(
            "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
            "Note that blocks are processed in the following order: `tools`, `system`, `messages`."
        )


def _blocks(body: JsonObject) -> Iterator[tuple[str, dict[str, Any]]]:
    if (output := (body.get("output_config") or {}).get("format")) is not None:
        mapping("output_config.format", output)
        yield "output", dict(output)
    for tool in body.get("tools") or []:
        yield "tool", dict(tool)
    yield from _content("system", body.get("system") or [])
    for message in body["messages"]:
        yield from _content(message["role"], message["content"])


def _content(role: str, content: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(content, str):
        yield role, {"type": "text", "text": content}
    else:
        for block in content:
            yield role, dict(block)
