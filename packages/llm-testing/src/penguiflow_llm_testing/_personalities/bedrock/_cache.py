"""Prompt caching: nothing is cached but what stands before a cache point.

Source: AWS documentation, "Prompt caching for faster model inference", read 2026-11: tools, system and messages in
this order, a prefix of at least 1,024 tokens, a life of five minutes unless an hour is asked for. The simulator's cache
does not age.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing._exchange import JsonObject
from penguiflow_llm_testing._personalities._tokens import tokens_in

_LEAST: Final = 1024  # tokens
MAX_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of the prompt, up to a cache point or to its end; `ttl` None where there is no point."""

    text: str
    ttl: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """How much of a prompt was read from the cache, and how much written to it, by life."""

    read: int = 0
    written: tuple[tuple[str, int], ...] = ()

    @property
    def written_tokens(self) -> int:
        """All that was written."""
        return sum(count for _, count in self.written)


def segments(body: JsonObject) -> tuple[Segment, ...]:
    """The prompt in the order it is cached in, cut at its cache points."""
    found: list[Segment] = []
    pending: list[str] = []
    for item in _items(body):
        point = item.get("cachePoint")
        if point is None:
            pending.append(json.dumps(item, ensure_ascii=False))
        else:
            found.append(Segment(text="".join(pending), ttl=str(point.get("ttl") or "5m")))
            pending = []
    return (*found, Segment(text="".join(pending)))


def _items(body: JsonObject) -> Iterator[Mapping[str, Any]]:
    yield from (body.get("toolConfig") or {}).get("tools") or []
    if body.get("outputConfig") is not None:
        yield {"outputConfig": body["outputConfig"]}
    yield from body.get("system") or []
    for message in body["messages"]:
        yield from message["content"]


class PointCache:
    """The prefixes that were written lately."""

    def __init__(self) -> None:
        self._seen: dict[bytes, None] = {}

    def look_up(self, parts: tuple[Segment, ...]) -> Cached:
        """What of the prompt is cached already; what is not, is from now on."""
        digest, tokens, read = hashlib.sha256(), 0, 0
        marks: list[tuple[bytes, int, str]] = []
        for part in parts:
            digest.update(part.text.encode("utf-8", "backslashreplace"))
            tokens += tokens_in(part.text)
            if part.ttl is not None and tokens >= _LEAST:
                marks.append((digest.digest(), tokens, part.ttl))
        for key, count, _ in marks:
            read = count if key in self._seen else read
        written, start = [], read
        for key, count, ttl in marks:
            if count > start:
                written.append((ttl, count - start))
                start = count
            self._seen[key] = None
        while len(self._seen) > MAX_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return Cached(read=read, written=tuple(written))
