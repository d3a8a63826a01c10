"""The smallest input that still shows a finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

_MOST_TRIES: Final = 4_000


def minimised(data: bytes, still: Callable[[bytes], bool]) -> bytes:
    """`data` made smaller for as long as `still` holds: by parts of its JSON, by lines, by bytes."""
    tries = 0
    smaller = True
    while smaller and tries < _MOST_TRIES:
        smaller = False
        for candidate in _candidates(data):
            tries += 1
            if len(candidate) < len(data) and still(candidate):
                data, smaller = candidate, True
                break
            if tries >= _MOST_TRIES:
                break
    return data


def _candidates(data: bytes) -> Iterator[bytes]:
    blocks = data.split(b"\n\n")
    if len(blocks) > 2:
        for size in (len(blocks) // 2, len(blocks) // 4, 1):
            if size:
                yield from (b"\n\n".join(blocks[:at] + blocks[at + size :]) for at in range(0, len(blocks), size))
    lines = data.split(b"\n")
    for at, line in enumerate(lines):
        start = line.find(b"{")
        if start < 0:
            continue
        try:
            value = json.loads(line[start:])
        except (ValueError, RecursionError):
            continue
        for less in _less(value):
            text = json.dumps(less, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
            yield b"\n".join([*lines[:at], line[:start] + text, *lines[at + 1 :]])
    size = len(data) // 2
    while size:
        yield from (data[:at] + data[at + size :] for at in range(0, len(data), size))
        size //= 2


def _less(value: Any) -> Iterator[Any]:
    """`value` with one part missing, or made small, the large parts first."""
    if isinstance(value, dict):
        yield from ({key: item for key, item in value.items() if key != name} for name in value)
        for name in value:
            yield from ({**value, name: less} for less in _less(value[name]))
    elif isinstance(value, list):
        yield from (value[:at] + value[at + 1 :] for at in range(len(value)))
        for at, item in enumerate(value):
            yield from ([*value[:at], less, *value[at + 1 :]] for less in _less(item))
    elif isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]
        yield value[0]
